// Machines that stop, freeze, exist twice, have strange clocks, or run software that lies.
#include "sim/faults.hpp"

namespace dnc {

bool Faults::play_on_machine(FaultKind kind, Prng& prng) {
  switch (kind) {
    case FaultKind::kCrash:
      return crash_one(false, prng);
    case FaultKind::kKill:
      return crash_one(true, prng);
    case FaultKind::kPowerCut:
      return cut_power(prng);
    case FaultKind::kPause:
      return pause(prng);
    case FaultKind::kClockJump:
      return jump_clock(prng);
    case FaultKind::kClone:
      return clone(prng);
    case FaultKind::kLiar:
      return lie(prng);
    default:
      return false;
  }
}

// The machine goes without a word, or only the process does and its connections break.
bool Faults::crash_one(bool process_only, Prng& prng) {
  const Seat victim = leader_or_any(prng, 500);
  const Duration down = prng.chance(600) ? between(prng, 50, 800) : between(prng, 1000, 20'000);
  return crash_for(victim, down, process_only);
}

bool Faults::cut_power(Prng& prng) {
  const std::size_t n = simulation_.seats().size();
  const std::size_t victims = prng.chance(500) ? n : quorum_of(n);
  const std::uint64_t first = prng.below(n);
  simulation_.say("power fails for " + std::to_string(victims) + " seats");
  const std::uint64_t spread = prng.chance(500) ? 300 : 6000;
  for (std::size_t at = 0; at < victims; ++at)
    crash_for({1 + (first + at) % n}, between(prng, 50, spread));
  return true;
}

bool Faults::pause(Prng& prng) {
  SimNode& victim = simulation_.node(any_seat(prng));
  if (!victim.running() || victim.paused()) return false;
  simulation_.say("seat " + std::to_string(victim.seat().value) + " freezes");
  victim.pause(prng.chance(500) ? between(prng, 50, 1000) : between(prng, 1000, 10'000),
               prng.chance(500));
  return true;
}

bool Faults::jump_clock(Prng& prng) {
  SimNode& victim = simulation_.node(any_seat(prng));
  if (!victim.running()) return false;
  constexpr std::array kJumps{ClockJump::kHourAhead, ClockJump::kHourBack, ClockJump::kStopped,
                              ClockJump::kTimerAhead};
  victim.jump_clock(kJumps[prng.below(kJumps.size())]);
  return true;
}

// A second machine boots from a copy of the seat's disk while the first one runs. Which of the two
// is admitted last speaks; when the second one is gone again, the first may be behind.
bool Faults::clone(Prng& prng) {
  const Seat victim = any_seat(prng);
  if (!may_lose_a_disk(victim)) return false;
  simulation_.clone(victim);
  later(between(prng, 1000, 15'000), [this, victim] { simulation_.end_clone(victim); });
  return true;
}

bool Faults::lie(Prng& prng) {
  const Seat victim = leader_or_any(prng, 300);
  if (simulation_.liars().size() >= spare_seats() || simulation_.liars().contains(victim)) {
    return false;
  }
  simulation_.start_lying(victim, LiesAbout{static_cast<std::uint32_t>(prng.below(256))});
  later(between(prng, 1000, 20'000), [this, victim] { simulation_.stop_lying(victim); });
  return true;
}

}  // namespace dnc
