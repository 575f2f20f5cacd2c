// How the cluster is, as the first node that answers sees it.
#pragma once

#include "ctl/node_client.hpp"
#include "ctl/report.hpp"

namespace dnc::ctl {

// What a script may rely on; cannot tell and usage are those of all commands.
enum Health { kHealthy = 0, kDegraded = 1, kNoQuorum = 2 };

// Returns the exit code.
int run_status(const NodeOptions& nodes, Output output);

}  // namespace dnc::ctl
