// One seed from start to end: a time of faults in which nothing may go wrong for clients, then a
// calm in which everything must come right.
#pragma once

#include <optional>
#include <string>

#include "sim/faults.hpp"
#include "sim/simulation.hpp"

namespace dnc {

inline constexpr std::array<std::size_t, 4> kWorldSizes{3, 4, 5, 7};

struct SeedOptions {
  std::uint64_t seed = 1;
  std::uint64_t minutes = 1;           // of faults; the calm comes on top
  std::size_t nodes = 0;               // 0: 3, 4, 5 or 7 by seed
  bool curve = false;                  // also in seeds that would take the keyed hash
  std::optional<Schedule> schedule{};  // instead of the one that the seed draws
  std::string trace_to{};              // a file for the readable trace
};

// Plain numbers: a worker process hands them to its parent as they are.
struct SeedNumbers {
  bool passed = false;
  bool curve = false;  // real signatures
  std::size_t nodes = 0;
  Time failed_at{0};
  Time simulated{0};
  Duration settled_after{0};  // from the end of faults
  Duration unserved{0};       // the longest time without an acknowledged write
  std::uint64_t cpu_ms = 0;
  std::uint64_t trace_hash = 0;
  std::uint64_t commits = 0;
  std::uint64_t writes = 0;
  std::uint64_t reads = 0;
  std::uint64_t term_changes = 0;
  std::uint64_t warm_restarts = 0;
  std::uint64_t cold_restarts = 0;
  std::uint64_t admissions = 0;  // of seats, decided by the log
  std::uint64_t removals = 0;
  std::size_t most_counted = 0;
  bool shrunk = false;    // fewer counted in the end
  bool stranded = false;  // only a restart of all machines freed it
  FaultCounts faults{};
  EventCounts events{};
};

struct SeedResult {
  SeedNumbers numbers;
  std::string what;  // the violation; empty when there is none
};

// The faults that a seed draws for itself.
Schedule schedule_of(const SeedOptions& options);
SeedResult run_seed(const SeedOptions& options, Trace::Sink sink = {});

}  // namespace dnc
