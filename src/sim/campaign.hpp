// What many seeds saw, in numbers: a campaign in which some fault or event never happened proves
// little, and says so.
#pragma once

#include <cstdio>
#include <map>
#include <string>
#include <vector>

#include "sim/seed_run.hpp"

namespace dnc {

class Campaign {
 public:
  void add(std::uint64_t seed, const SeedResult& result);

  void print(std::FILE* out) const;
  // Kinds of faults, events and sizes that were never seen, though there were seeds enough.
  std::vector<std::string> never_seen() const;
  bool passed() const { return failures_.empty() && never_seen().empty(); }
  // Simulated time per CPU time, of the seeds with keyed hashes for signatures; 0 where none ran.
  double speed() const { return hashed_.speed(); }

 private:
  struct Spent {
    Duration simulated{0};
    std::uint64_t cpu_ms = 0;
    double speed() const;
  };

  std::uint64_t seeds_ = 0;
  std::vector<std::string> failures_;  // "seed 7: what went wrong at 123 ms"
  Spent hashed_;
  Spent signed_;  // with real signatures
  std::uint64_t stranded_ = 0;
  Duration settled_after_max_{0};
  Duration unserved_max_{0};
  std::uint64_t unserved_seed_ = 0;
  std::map<std::string, std::uint64_t> outcomes_;
  std::map<std::string, std::uint64_t> faults_;
  std::map<std::string, std::uint64_t> events_;
};

}  // namespace dnc
