// What goes wrong, when, and how much of it may. The schedule is drawn from the seed; the budget
// rules, which keep it inside the fault model, are all in faults.cpp.
#pragma once

#include <array>
#include <cstdint>

#include "core/base/prng.hpp"
#include "sim/simulation.hpp"

namespace dnc {

struct FaultCounts {
  std::uint64_t crashes = 0;
  std::uint64_t disk_losses = 0;
  std::uint64_t partitions = 0;
  std::uint64_t inbound_blocks = 0;
  std::uint64_t loss_bursts = 0;
  std::uint64_t pauses = 0;
  std::uint64_t slow_disks = 0;
  std::uint64_t chain_outages = 0;
  std::uint64_t reorgs = 0;
  std::uint64_t challenges = 0;
};

class Faults {
 public:
  Faults(Simulation& simulation, Prng prng, bool roll_backs);

  // Something goes wrong every now and then until stop().
  void start();
  void stop() { stopped_ = true; }
  const FaultCounts& counts() const { return counts_; }

 private:
  using Fault = void (Faults::*)();
  struct Choice {
    Fault fault;
    std::uint64_t weight;
  };

  void next();
  void crash_one();
  void crash_many();
  void lose_disk();
  void partition();
  void cut_one();
  void block_inbound();
  void degrade_links();
  void pause();
  void slow_disk();
  void chain_outage();
  void chain_trouble();
  void challenge();

  void crash_for(Seat seat, Duration down);
  bool may_lose_a_disk();
  // Runs `action` after `delay` unless all faults have ended by then.
  void later(Duration delay, std::function<void()> action);
  Seat any_seat() { return {1 + prng_.below(simulation_.founders())}; }
  Duration between(std::uint64_t low_ms, std::uint64_t high_ms) {
    return Duration(low_ms + prng_.below(high_ms - low_ms + 1));
  }

  Simulation& simulation_;
  Prng prng_;
  bool roll_backs_;
  bool stopped_ = false;
  std::uint64_t gap_max_ms_;
  std::vector<Choice> choices_;
  FaultCounts counts_;
};

}  // namespace dnc
