// The load itself: connections that write when a write is due, and that remove it all again.
#pragma once

#include <functional>

#include "ctl/node_client.hpp"
#include "ctl/perf_figures.hpp"

namespace dnc::ctl {

struct PerfProgress {
  std::uint64_t confirmed = 0;
  std::uint64_t failed = 0;
};

struct PerfLoad {
  PerfProfile profile;
  NodeOptions nodes;  // one after the other for each connection
  Micros duration{};
  std::function<bool()> stop;  // asked all the time, from any thread
  // Told every second, on the caller's thread.
  std::function<void(Micros since, const PerfProgress&)> show;
};

struct PerfRun {
  PerfSamples samples;
  Micros took{};
};

// Writes until the time is over or `stop` says so. Blocks until the last answer. Error:
// too_few_threads.
Result<PerfRun> run_load(const PerfLoad& load);

// Removes every key that run_load() wrote, of earlier runs as well, over `connections` connections;
// tells how many are gone. Errors: those of NodeClient.
Result<std::uint64_t> remove_load(const NodeOptions& nodes, std::size_t connections,
                                  const std::function<void(std::uint64_t removed)>& show);

}  // namespace dnc::ctl
