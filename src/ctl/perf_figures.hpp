// What a load of writes showed, in numbers, and whether that is enough. Profiles and limits are
// those of `etcdctl check perf`, so that the two can be compared.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "io/base/json.hpp"

namespace dnc::ctl {

using Micros = std::chrono::microseconds;

struct PerfProfile {
  std::string_view name;
  std::size_t connections;
  std::uint64_t writes_per_second;  // that are asked for
};
inline constexpr std::array<PerfProfile, 3> kPerfProfiles = {
    {{.name = "small", .connections = 50, .writes_per_second = 150},
     {.name = "medium", .connections = 200, .writes_per_second = 1000},
     {.name = "large", .connections = 500, .writes_per_second = 8000}}};

namespace perf {
inline constexpr double kThroughputShareMin = 0.9;  // of the writes that were asked for
inline constexpr double kSlowestMsMax = 500;
inline constexpr double kDeviationMsMax = 100;
}  // namespace perf

// What became of the writes of one connection, or of all.
struct PerfSamples {
  std::vector<Micros> latencies;                // of confirmed writes, from when each was due
  std::map<std::string, std::uint64_t> errors;  // by code

  void add(PerfSamples more);
};

struct PerfFigures {
  std::uint64_t confirmed = 0;
  double per_second = 0;
  double mean_ms = 0;
  double deviation_ms = 0;
  double p50_ms = 0;
  double p99_ms = 0;
  double max_ms = 0;
};

// Sorts the latencies. `took` is the time from the first write to the last answer.
PerfFigures figures_of(PerfSamples& samples, Micros took);

// The document that -o json prints. `checks` has a row for each limit: {"check", "verdict",
// "measured", "limit", "next"}. Verdicts are PASS and FAIL; one FAIL decides.
Json judge(const PerfProfile& profile, const PerfSamples& samples, const PerfFigures& figures,
           Micros took);

}  // namespace dnc::ctl
