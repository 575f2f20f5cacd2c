// Would this compose boot here? Which gate says no, and what to do.
#pragma once

#include <optional>
#include <string>

#include "ctl/connection.hpp"
#include "ctl/report.hpp"

namespace dnc::ctl {

struct ComposeCheckOptions {
  std::string file;   // or "-"
  bool asks = false;  // the contract too; else only what the file itself says
  ChainOptions chain;
  // As typed; empty: not given.
  std::string device;
  std::string instance;
  std::string tcb_status;
  std::string os_image;
};

ExitCode run_compose_check(const ComposeCheckOptions& options, Output output);

}  // namespace dnc::ctl
