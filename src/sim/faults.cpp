#include "sim/faults.hpp"

namespace dnc {

void Faults::start() {
  for (const Fault& fault : schedule_) {
    simulation_.queue().after(fault.at - simulation_.now(), [this, fault] {
      if (stopped_) return;
      Prng prng(fault.draw);
      if (play(fault.kind, prng)) ++counts_[static_cast<std::size_t>(fault.kind)];
    });
  }
}

bool Faults::play(FaultKind kind, Prng& prng) {
  if (kind < FaultKind::kLostDisk) return play_on_machine(kind, prng);
  if (kind < FaultKind::kPartition) return play_on_disk(kind, prng);
  if (kind < FaultKind::kChainOutage) return play_on_network(kind, prng);
  if (kind < FaultKind::kMint) return play_on_chain(kind, prng);
  return play_on_seats(kind, prng);
}

void Faults::later(Duration delay, std::function<void()> action) {
  simulation_.queue().after(delay, [this, action = std::move(action)] {
    if (!stopped_) action();
  });
}

Seat Faults::leader_or_any(Prng& prng, std::uint32_t per_mille) {
  const Seat any = any_seat(prng);
  const bool prefer = prng.chance(per_mille);
  const auto leader = simulation_.leader();
  return prefer ? leader.value_or(any) : any;
}

// --- The budget ---------------------------------------------------------------------------------
// Crashes, cuts, losses of messages, pauses, clocks, torn writes, failing syncs, lies beside the
// notary and everything about the chain are never limited for safety's sake: the protocol promises
// it under any number of them, and liveness once they end. A crash loses only what was not synced.
// Crashing q nodes or all of them is a cold start, which is in the model.
//
// Disks are limited. A committed block is on q disks; with at most f of n disks lost, one of any q
// disks that still have their log holds it (q - f >= 1 for every n), and a cold start takes reports
// from q such disks. A disk that lost something counts against the budget until its seat is
// admitted again, because only then does it hold the whole log once more.
//
// A disk that missed the last generation is as good as lost until its seat is admitted to it: the
// log that counts is on the founders' disks only.
//
// A disk set back in time looks like evidence and is not; so do one that reported writes which it
// did not do, and that of a seat whose clone went on in its place. With reports of all seats one
// disk that is not stale shows the log; with reports of q by consent it may be missing. So these
// happen only in worlds without consent.
//
// Owners and operators count against f as well: a seat that is silenced may be missing for long,
// and what a revoked one had accepted may be on no other disk than those of its quorum. So the
// seats that are silenced, leave, or have useless disks are at most f together.

Generation Faults::newest_generation() const {
  const auto& log = simulation_.auditor().log().entries();
  return log.empty() ? Generation{} : log.back().block.header.generation;
}

std::set<Seat> Faults::useless_disks(Generation newest) {
  std::set<Seat> useless;
  for (const Seat seat : simulation_.counted()) {
    const bool missed = simulation_.node(seat).disk().generation() < newest;
    if (missed || simulation_.lossy().contains(seat)) useless.insert(seat);
  }
  return useless;
}

bool Faults::may_lose_a_disk(Seat victim) {
  if (simulation_.lossy().contains(victim)) return false;
  std::set<Seat> missing = useless_disks(newest_generation());
  missing.merge(silenced());
  return missing.size() < spare_seats();
}

bool Faults::crash_for(Seat seat, Duration down, bool process_only) {
  if (!simulation_.node(seat).powered()) return false;
  process_only ? simulation_.kill(seat) : simulation_.crash(seat);
  later(down, [this, seat] { simulation_.power_on(seat); });
  return true;
}

}  // namespace dnc
