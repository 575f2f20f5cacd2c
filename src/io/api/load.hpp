// How much a node does: operations that it sees committed, writes that it answers.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
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

class Load {
 public:
  // Requires: loop and node outlive it. `every` is the second, for tests.
  Load(EventLoop& loop, const NodeView& node, Duration every = Duration{1'000})
      : loop_(loop), node_(node), every_(every) {}

  void begin();  // to count; loop thread
  void answered(std::chrono::microseconds took);
  LoadFigures figures();  // up to now

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
  Timer timer_;
};

}  // namespace dnc
