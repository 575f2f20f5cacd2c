// How much a node does: operations that it sees committed, writes that it answers.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "io/api/node_view.hpp"
#include "io/net/event_loop.hpp"

namespace dnc {

struct LoadFigures {
  std::uint64_t operations = 0;  // in blocks committed since the process began
  std::uint64_t writes = 0;      // answered in the last whole second, and how long they took:
  std::optional<std::uint64_t> p50_us;
  std::optional<std::uint64_t> p99_us;
};

// Since the process began.
struct LoadTotals {
  static constexpr std::array<double, 13> kBounds = {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1,
                                                     0.25,  0.5,    1.0,   2.5,  5.0,   10.0};
  // Writes that were answered, by the first of these seconds that they did not exceed; the last
  // ones exceeded all.
  std::array<std::uint64_t, kBounds.size() + 1> writes{};
  double write_seconds = 0;                      // all of them together
  std::map<std::string, std::uint64_t> refused;  // writes, by the code of the refusal
  std::map<std::string, std::uint64_t> events;   // of the protocol, by name
};

class Load {
 public:
  // Requires: loop and node outlive it. `every` is the second, for tests.
  Load(EventLoop& loop, const NodeView& node, Duration every = Duration{1'000})
      : loop_(loop), node_(node), every_(every) {}

  void begin();  // to count; loop thread
  void answered(std::chrono::microseconds took);
  void refused(const std::string& code) { ++totals_.refused[code]; }
  void happened(const std::string& event) { ++totals_.events[event]; }
  LoadFigures figures();  // up to now
  const LoadTotals& totals() const { return totals_; }

 private:
  void count();
  void turn();  // a second is over

  EventLoop& loop_;
  const NodeView& node_;
  const Duration every_;
  std::optional<SeqNo> counted_upto_;
  std::vector<std::uint32_t> latencies_;  // of this second; further ones are counted only
  std::uint64_t writes_ = 0;
  LoadFigures last_;
  LoadTotals totals_;
  Timer timer_;
};

}  // namespace dnc
