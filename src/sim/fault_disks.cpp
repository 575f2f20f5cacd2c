// Disks that lose, mix up, refuse or delay what they were given.
#include "sim/faults.hpp"

namespace dnc {

bool Faults::play_on_disk(FaultKind kind, Prng& prng) {
  switch (kind) {
    case FaultKind::kLostWrite:
      return miswrite(WriteFault::kLost, prng);
    case FaultKind::kMisdirectedWrite:
      return miswrite(WriteFault::kMisdirected, prng);
    case FaultKind::kStaleWrites:
      return miswrite(WriteFault::kStale, prng);
    case FaultKind::kTornWrite:
      return tear_write(prng);
    case FaultKind::kSlowDisk:
    case FaultKind::kSyncError:
    case FaultKind::kFullDisk:
      return fail_disk(kind, prng);
    default:
      return ruin_disk(kind, prng);
  }
}

// What was there is gone, now or, for a snapshot that is restored, a while later.
bool Faults::ruin_disk(FaultKind kind, Prng& prng) {
  const Seat victim = any_seat(prng);
  if (!may_lose_a_disk(victim)) return false;
  simulation_.node(victim).disk().snapshot();
  const bool set_back = kind == FaultKind::kSetBackDisk;
  const Duration wait = set_back ? between(prng, 500, 8000) : Duration(0);
  const Duration down = between(prng, 100, 8000);
  const bool at_end = prng.chance(500);
  later(wait, [this, victim, kind, down, at_end] {
    if (!may_lose_a_disk(victim)) return;
    crash_for(victim, down);
    if (simulation_.node(victim).powered()) return;
    if (kind == FaultKind::kLostDisk) simulation_.lose_disk(victim);
    if (kind == FaultKind::kUnreadableEnd) simulation_.damage_disk(victim);
    if (kind == FaultKind::kFlippedBits) simulation_.flip_bits(victim, at_end);
    if (kind == FaultKind::kSetBackDisk) simulation_.roll_back_disk(victim);
  });
  return true;
}

// One write goes wrong and is reported as synced; it shows when the machine has been down.
bool Faults::miswrite(WriteFault fault, Prng& prng) {
  const Seat victim = leader_or_any(prng, 300);
  if (!simulation_.node(victim).running() || !may_lose_a_disk(victim)) return false;
  simulation_.miswrite(victim, fault);
  const Duration down = between(prng, 100, 4000);
  later(between(prng, 20, 4000), [this, victim, down] {
    crash_for(victim, down);
    simulation_.end_miswrite(victim);
  });
  return true;
}

bool Faults::tear_write(Prng& prng) {
  const Seat victim = leader_or_any(prng, 500);
  SimNode& node = simulation_.node(victim);
  const Duration down = between(prng, 50, 3000);
  if (!node.running()) return false;
  // Power fails in the middle of the next write, whenever that is.
  node.disk().tear_next([this, victim, down] {
    if (!stopped_) crash_for(victim, down);
  });
  return true;
}

bool Faults::fail_disk(FaultKind kind, Prng& prng) {
  const Seat victim = leader_or_any(prng, 300);
  SimDisk& disk = simulation_.node(victim).disk();
  const std::string whose = "the disk of seat " + std::to_string(victim.value);
  if (kind == FaultKind::kSyncError) {
    simulation_.say(whose + " fails a sync");
    disk.fail_next_sync();
  } else if (kind == FaultKind::kFullDisk) {
    simulation_.say(whose + " is full");
    disk.set_full(true);
    later(between(prng, 500, 10'000), [&disk] { disk.set_full(false); });
  } else {
    simulation_.say(whose + " is slow");
    disk.set_slow(true);
    later(between(prng, 2000, 15'000), [&disk] { disk.set_slow(false); });
  }
  return true;
}

}  // namespace dnc
