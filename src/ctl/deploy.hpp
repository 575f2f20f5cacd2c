// Runs contracts/script/deploy.mjs, which deploys: one implementation, whoever calls it.
#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "ctl/report.hpp"

namespace dnc::ctl {

struct DeployOptions {
  // What the script reads from its environment; an empty value takes a name away.
  std::vector<std::pair<std::string, std::string>> environment;
  bool broadcast = false;  // without it the script sends nothing
  bool replace = false;    // though a cluster stands that the deployment file names
};

// Looks for the script in each of these folders and in all above them. Errors: no_script, with the
// folders in which it looked.
Result<std::string> find_deploy_script(const std::vector<std::filesystem::path>& from);

// This process becomes the script, so output, signals and exit code are its own. Returns only when
// that fails.
ExitCode run_deploy(const DeployOptions& options);

}  // namespace dnc::ctl
