// Hands out the moments at which writes are due: evenly, at a rate, for a time. Whoever is late
// gets the next moment all the same, so that what a slow cluster makes wait is measured, too.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>

namespace dnc::ctl {

class Pacer {
 public:
  using Micros = std::chrono::microseconds;  // since the load began

  // Requires: per_second > 0.
  Pacer(std::uint64_t per_second, Micros duration) : per_second_(per_second), duration_(duration) {}

  struct Turn {
    std::uint64_t number;  // counted from 0
    Micros due;
  };
  // The next write; nothing when the time is over. From any thread.
  std::optional<Turn> next(Micros now) {
    if (now >= duration_) return std::nullopt;
    const std::uint64_t number = handed_out_++;
    const Micros due(number * 1'000'000 / per_second_);
    if (due >= duration_) return std::nullopt;
    return Turn{number, due};
  }

 private:
  const std::uint64_t per_second_;
  const Micros duration_;
  std::atomic<std::uint64_t> handed_out_{0};
};

}  // namespace dnc::ctl
