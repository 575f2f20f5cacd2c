// Operators' consent to a cold start with fewer than all seats: what is at stake, and the
// signature.
#pragma once

#include <string>

#include "ctl/report.hpp"

namespace dnc::ctl {

struct RecoverOptions {
  std::string url = "http://127.0.0.1:8081";  // a node that waits for the cold start
  std::string deployment = "deployments/31337.json";
  std::string operator_key;  // file
  bool yes = false;          // sign and send; else only look
  int timeout_ms = 2000;
};

ExitCode run_recover(const RecoverOptions& options);

}  // namespace dnc::ctl
