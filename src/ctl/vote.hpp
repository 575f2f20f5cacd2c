// Operators' votes of no confidence in the leader, on the contract.
#pragma once

#include <string>

#include "ctl/connection.hpp"
#include "ctl/report.hpp"

namespace dnc::ctl {

struct VoteOptions {
  ChainOptions chain;
  std::string operator_key;  // file; without it only the tally is shown
  bool withdraw = false;     // take an earlier vote back
  bool yes = false;          // send it; without it, only look
};

ExitCode run_vote(const VoteOptions& options, Output output);

}  // namespace dnc::ctl
