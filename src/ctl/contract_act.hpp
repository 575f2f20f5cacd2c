// Has the contract do something: looks, asks the contract whether it would, and sends when it is
// told to. Typed again, it finds that all is done.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "core/base/bytes.hpp"
#include "ctl/connection.hpp"
#include "ctl/report.hpp"

namespace dnc::ctl {

struct ActOptions {
  ChainOptions chain;
  std::string key;   // file of the key that signs and pays; without it only look
  bool yes = false;  // send it; without it, only look
};

// What a call would change, judged from the contract's state before anything is sent.
struct Plan {
  Report report;      // what there is, and what follows; a refusal is ours, not the contract's
  bool done = false;  // the contract is already as asked
  Bytes calldata;
  Address entitled;  // who may send it, as far as one can tell
};

// Reads what it needs and plans; an error is of the chain or of what it answers.
using Planner = std::function<Result<Plan>(const Connection&)>;

// `name` is the command as it is typed.
ExitCode run_contract_act(std::string_view name, const Planner& planner, const ActOptions& options,
                          Output output);

}  // namespace dnc::ctl
