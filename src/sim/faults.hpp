// Plays a schedule of faults in a world. How much may go wrong at once is the budget, in
// faults.cpp; the faults themselves are in fault_{machines,disks,network,chain,seats}.cpp.
#pragma once

#include <map>
#include <set>

#include "sim/schedule.hpp"
#include "sim/simulation.hpp"

namespace dnc {

class Faults {
 public:
  Faults(Simulation& simulation, Schedule schedule)
      : simulation_(simulation), schedule_(std::move(schedule)) {}

  // What the schedule says happens at its time, until stop().
  void start();
  void stop() { stopped_ = true; }
  // Owners name their own operators again. Call it when the chain has healed.
  void restore_operators();
  const FaultCounts& counts() const { return counts_; }

 private:
  // Each says whether it had an effect. `prng` is the fault's own.
  bool play(FaultKind kind, Prng& prng);
  bool play_on_machine(FaultKind kind, Prng& prng);
  bool play_on_disk(FaultKind kind, Prng& prng);
  bool play_on_network(FaultKind kind, Prng& prng);
  bool play_on_chain(FaultKind kind, Prng& prng);
  bool play_on_seats(FaultKind kind, Prng& prng);

  bool crash_one(bool process_only, Prng& prng);
  bool cut_power(Prng& prng);
  bool pause(Prng& prng);
  bool jump_clock(Prng& prng);
  bool clone(Prng& prng);
  bool lie(Prng& prng);
  bool ruin_disk(FaultKind kind, Prng& prng);
  bool miswrite(WriteFault fault, Prng& prng);
  bool tear_write(Prng& prng);
  bool fail_disk(FaultKind kind, Prng& prng);
  bool partition(bool one_way, Prng& prng);
  bool bridge(Prng& prng);
  bool isolate(Prng& prng);
  bool block_inbound(Prng& prng);
  bool degrade_links(Prng& prng);
  bool cut_pairs(const std::string& what, std::vector<std::pair<Seat, Seat>> pairs, Prng& prng);
  bool depose(Prng& prng);
  bool mint(Prng& prng);
  bool reinstate(Prng& prng);
  bool take_out(FaultKind kind, Prng& prng);
  bool change_operator(FaultKind kind, Prng& prng);

  bool crash_for(Seat seat, Duration down, bool process_only = false);
  bool may_lose_a_disk(Seat victim);
  std::size_t spare_seats() const { return (simulation_.counted().size() - 1) / 2; }  // f
  // Counted seats that owners or operators silence for now, or that are about to go.
  std::set<Seat> silenced() const;
  bool may_silence(Seat seat);
  Generation newest_generation() const;
  std::set<Seat> useless_disks(Generation newest);
  void submit(Seat seat, SeatAct act);
  // Runs `action` after `delay` unless all faults have ended by then.
  void later(Duration delay, std::function<void()> action);
  Seat any_seat(Prng& prng) { return {1 + prng.below(simulation_.seats().size())}; }
  // The leader so often, else any seat.
  Seat leader_or_any(Prng& prng, std::uint32_t per_mille);
  static Duration between(Prng& prng, std::uint64_t low_ms, std::uint64_t high_ms) {
    return Duration(low_ms + prng.below(high_ms - low_ms + 1));
  }

  Simulation& simulation_;
  Schedule schedule_;
  bool stopped_ = false;
  FaultCounts counts_{};
  std::map<Seat, Time> acted_on_;  // when its owner or operator last did something to it
};

}  // namespace dnc
