// Who led when, and why it changed: the contract's events beside a node's log.
#pragma once

#include "ctl/connection.hpp"
#include "ctl/node_client.hpp"
#include "ctl/report.hpp"

namespace dnc::ctl {

// One source may be missing. Returns kOk, or kCannotTell without both.
ExitCode run_history(const NodeOptions& nodes, const ChainOptions& chain, Output output);

}  // namespace dnc::ctl
