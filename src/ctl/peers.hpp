// Where applications send their requests: the nodes that serve, the leader first.
#pragma once

#include "ctl/status.hpp"

namespace dnc::ctl {

// Once, or a new list with every change: told by a node's stream, or found at the next look where
// no node has one. Returns the exit code: that of the cluster's health.
int run_peers(const NodeOptions& nodes, const WatchOptions& watch, Output output);

}  // namespace dnc::ctl
