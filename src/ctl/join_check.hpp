// Would the contract let this machine join for a seat? Asked with a boot key made for the question:
// the real one is made by the node and never leaves it, so the node alone can join.
#pragma once

#include <string>

#include "ctl/connection.hpp"
#include "ctl/report.hpp"

namespace dnc::ctl {

struct JoinCheckOptions {
  ChainOptions chain;
  std::uint64_t seat = 0;
  std::string operator_key;  // file
  std::string guest_agent;   // empty: where the platform puts it
  std::string endpoint = "127.0.0.1:8081";
};

ExitCode run_join_check(const JoinCheckOptions& options, Output output);

}  // namespace dnc::ctl
