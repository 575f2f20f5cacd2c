// How the cluster is: as the first node that answers sees it, or as each seat's node says itself.
#pragma once

#include "ctl/cluster_view.hpp"
#include "ctl/report.hpp"

namespace dnc::ctl {

// How often to look: once, or again and again.
struct WatchOptions {
  bool watch = false;
  int interval_ms = 1000;
  std::uint64_t count = 0;  // looks; 0: until it is stopped
};

// Each returns the exit code, that of the last look.
int run_status(const NodeOptions& nodes, const WatchOptions& watch, Output output);
// Asks every seat's node by itself: one row for each seat, reached or not.
int run_members(const NodeOptions& nodes, Output output);
// Looks until the cluster is healthy or the time is over.
int run_wait_ready(const NodeOptions& nodes, int timeout_ms, Output output);

}  // namespace dnc::ctl
