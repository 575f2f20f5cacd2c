#include "ctl/perf_figures.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

namespace dnc::ctl {
namespace {

double as_ms(Micros time) {
  return static_cast<double>(time.count()) / 1000;
}

// The smallest latency that so many per cent of all do not exceed. Requires: sorted, not empty.
double percentile_ms(const std::vector<Micros>& sorted, std::size_t percent) {
  const std::size_t rank = (sorted.size() * percent + 99) / 100;
  return as_ms(sorted[std::max<std::size_t>(rank, 1) - 1]);
}

// Nobody reads more digits.
double rounded(double value) {
  return std::round(value * 10) / 10;
}

Json check(const char* name, bool passes, double measured, std::string limit, const char* next) {
  return {{"check", name},
          {"verdict", passes ? "PASS" : "FAIL"},
          {"measured", rounded(measured)},
          {"limit", std::move(limit)},
          {"next", passes ? "" : next}};
}

std::string number(const char* sense, double value) {
  return std::string(sense) + " " + dump_json(Json(static_cast<std::int64_t>(value)));
}

}  // namespace

void PerfSamples::add(PerfSamples more) {
  latencies.insert(latencies.end(), more.latencies.begin(), more.latencies.end());
  for (const auto& [code, times] : more.errors)
    errors[code] += times;
}

PerfFigures figures_of(PerfSamples& samples, Micros took) {
  auto& sorted = samples.latencies;
  PerfFigures figures;
  if (sorted.empty() || took.count() <= 0) return figures;
  std::ranges::sort(sorted);
  const auto count = static_cast<double>(sorted.size());
  for (const Micros latency : sorted)
    figures.mean_ms += as_ms(latency) / count;
  double variance = 0;
  for (const Micros latency : sorted)
    variance += std::pow(as_ms(latency) - figures.mean_ms, 2) / count;
  figures.confirmed = sorted.size();
  figures.per_second = count * 1e6 / static_cast<double>(took.count());
  figures.deviation_ms = std::sqrt(variance);
  figures.p50_ms = percentile_ms(sorted, 50);
  figures.p99_ms = percentile_ms(sorted, 99);
  figures.max_ms = as_ms(sorted.back());
  return figures;
}

Json judge(const PerfProfile& profile, const PerfSamples& samples, const PerfFigures& figures,
           Micros took) {
  std::uint64_t errors = 0;
  for (const auto& [code, times] : samples.errors)
    errors += times;
  const bool any = figures.confirmed > 0;
  const double wanted = static_cast<double>(profile.writes_per_second) * perf::kThroughputShareMin;
  Json checks = Json::array(
      {check("writes_per_second", figures.per_second > wanted, figures.per_second,
             number("above", wanted),
             "the disks' syncs and the way to the followers decide: docs/performance.md"),
       check("slowest_ms", any && figures.max_ms <= perf::kSlowestMsMax, figures.max_ms,
             number("at most", perf::kSlowestMsMax),
             "did the leader change meanwhile? clusterctl history; if not, look at its disk"),
       check("deviation_ms", any && figures.deviation_ms <= perf::kDeviationMsMax,
             figures.deviation_ms, number("at most", perf::kDeviationMsMax),
             "look for what else uses these machines, their disks and the network between"),
       check("errors", errors == 0, static_cast<double>(errors), "0",
             "what a code means: clusterctl explain CODE")});
  const bool passes =
      std::ranges::all_of(checks, [](const Json& row) { return row["verdict"] == "PASS"; });
  return {{"verdict", passes ? "PASS" : "FAIL"},
          {"profile", profile.name},
          {"connections", profile.connections},
          {"wanted_per_second", profile.writes_per_second},
          {"seconds", rounded(as_ms(took) / 1000)},
          {"confirmed", figures.confirmed},
          {"per_second", rounded(figures.per_second)},
          {"latency_ms",
           {{"mean", rounded(figures.mean_ms)},
            {"deviation", rounded(figures.deviation_ms)},
            {"p50", rounded(figures.p50_ms)},
            {"p99", rounded(figures.p99_ms)},
            {"max", rounded(figures.max_ms)}}},
          {"errors", samples.errors},
          {"checks", std::move(checks)}};
}

}  // namespace dnc::ctl
