// How the cluster is, as the first node that answers sees it.
#pragma once

#include <string>
#include <vector>

#include "ctl/report.hpp"

namespace dnc::ctl {

// What a script may rely on; cannot tell and usage are those of all commands.
enum Health { kHealthy = 0, kDegraded = 1, kNoQuorum = 2 };

struct StatusOptions {
  std::vector<std::string> urls = {"http://127.0.0.1:8081"};
  int timeout_ms = 2000;  // for each node
};

// Returns the exit code.
int run_status(const StatusOptions& options, Output output);

}  // namespace dnc::ctl
