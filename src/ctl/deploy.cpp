#include "ctl/deploy.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace dnc::ctl {
namespace {

namespace fs = std::filesystem;

constexpr const char* kScript = "contracts/script/deploy.mjs";

// Beside the program first: its checkout has the contracts that it was built with.
std::vector<fs::path> usual_places() {
  std::error_code ignored;  // then that place is not looked at
  std::vector<fs::path> places;
  if (const auto self = fs::read_symlink("/proc/self/exe", ignored); !self.empty())
    places.push_back(self.parent_path());
  if (const auto here = fs::current_path(ignored); !here.empty()) places.push_back(here);
  return places;
}

}  // namespace

Result<std::string> find_deploy_script(const std::vector<fs::path>& from) {
  std::string looked;
  for (const fs::path& start : from) {
    for (fs::path folder = start;; folder = folder.parent_path()) {
      std::error_code ignored;  // a folder that cannot be read holds nothing for us
      if (fs::is_regular_file(folder / kScript, ignored)) return (folder / kScript).string();
      if (folder == folder.parent_path()) break;
    }
    looked += (looked.empty() ? "" : ", ") + start.string();
  }
  return Error{"no_script", std::string(kScript) + " is in no folder above these: " + looked,
               "type it in a checkout of the repository, after: scripts/setup.sh contracts"};
}

ExitCode run_deploy(const DeployOptions& options) {
  auto script = find_deploy_script(usual_places());
  if (!script) {
    complain(script.error());
    return kCannotTell;
  }
  for (const auto& [name, value] : options.environment) {
    if (value.empty()) {
      ::unsetenv(name.c_str());
    } else {
      ::setenv(name.c_str(), value.c_str(), 1);
    }
  }
  std::string node = "node";
  std::string broadcast = "--broadcast";
  std::string replace = "--replace";
  std::vector<char*> arguments{node.data(), script->data()};
  if (options.broadcast) arguments.push_back(broadcast.data());
  if (options.replace) arguments.push_back(replace.data());
  arguments.push_back(nullptr);
  ::execvp(node.c_str(), arguments.data());
  complain({"no_node_js", std::string("node does not run: ") + std::strerror(errno),
            "install Node.js: scripts/setup.sh tools"});
  return kCannotTell;
}

}  // namespace dnc::ctl
