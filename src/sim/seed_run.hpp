// One seed from start to end: a time of faults in which nothing may go wrong for clients, then a
// calm in which everything must come right.
#pragma once

#include <string>

#include "sim/faults.hpp"
#include "sim/simulation.hpp"

namespace dnc {

struct SeedOptions {
  std::uint64_t seed = 1;
  std::uint64_t minutes = 1;  // of faults; the calm comes on top
  std::size_t nodes = 0;      // 0: 3, 4 or 5 by seed
  bool curve = false;         // also in seeds that would take the keyed hash
};

// Plain numbers: a worker process hands them to its parent as they are.
struct SeedNumbers {
  bool passed = false;
  Time failed_at{0};
  Time simulated{0};
  Duration settled_after{0};  // from the end of faults
  std::uint64_t trace_hash = 0;
  std::uint64_t commits = 0;
  std::uint64_t writes = 0;
  std::uint64_t reads = 0;
  std::uint64_t term_changes = 0;
  std::uint64_t warm_restarts = 0;
  std::uint64_t cold_restarts = 0;
  FaultCounts faults;
};

struct SeedResult {
  SeedNumbers numbers;
  std::string what;  // the violation; empty when there is none
};

SeedResult run_seed(const SeedOptions& options, Trace::Sink sink = {});

}  // namespace dnc
