// How old a peer's newest echo grows before the next one comes, and hence when one is late. What a
// retransmission timer does with round trips (RFC 6298), but with the worst of late in place of the
// mean: a false alarm costs a change of leader, so a long silence is remembered for a while.
#pragma once

#include <algorithm>
#include <cstdint>

#include "core/base/time.hpp"
#include "core/consensus/limits.hpp"

namespace dnc {

class EchoRhythm {
 public:
  // An echo came in the place of one that was `age` old. Beyond the longest wait that was an
  // outage, which says nothing of the link.
  void note(Duration age, const Timing& timing) {
    if (age > timing.leader_echo_max) return;
    noted_ = std::min(noted_ + 1, kNotedMin);
    const std::chrono::microseconds came = age;
    worst_ = came > worst_ ? came : worst_ - (worst_ - came) / kMemory;
  }

  // An echo that is older than this is late.
  Duration late(const Timing& timing) const {
    if (noted_ < kNotedMin) return timing.leader_echo_max;
    return std::clamp(std::chrono::ceil<Duration>(2 * worst_), timing.leader_echo_min,
                      timing.leader_echo_max);
  }

 private:
  static constexpr int kNotedMin = 4;  // echoes, which come once a heartbeat_interval
  static constexpr int kMemory = 256;  // of them until two thirds of a silence are forgotten

  int noted_ = 0;
  std::chrono::microseconds worst_{0};
};

}  // namespace dnc
