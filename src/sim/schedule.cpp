#include "sim/schedule.hpp"

#include <algorithm>

namespace dnc {
namespace {

struct Kind {
  FaultKind kind;
  const char* name;
  bool sets_back = false;  // leaves a disk that does not know what it lost
};

constexpr std::array<Kind, kFaultKinds> kKinds{{
    {FaultKind::kCrash, "crash"},
    {FaultKind::kKill, "killed process"},
    {FaultKind::kPowerCut, "power cut"},
    {FaultKind::kPause, "pause"},
    {FaultKind::kClockJump, "clock jump"},
    {FaultKind::kClone, "clone", true},
    {FaultKind::kLiar, "liar"},
    {FaultKind::kLostDisk, "lost disk"},
    {FaultKind::kUnreadableEnd, "unreadable end of a log"},
    {FaultKind::kFlippedBits, "flipped bits"},
    {FaultKind::kSetBackDisk, "disk set back", true},
    {FaultKind::kSlowDisk, "slow disk"},
    {FaultKind::kTornWrite, "torn write"},
    {FaultKind::kLostWrite, "lost write", true},
    {FaultKind::kMisdirectedWrite, "misdirected write"},
    {FaultKind::kStaleWrites, "stale writes", true},
    {FaultKind::kSyncError, "sync error"},
    {FaultKind::kFullDisk, "full disk"},
    {FaultKind::kPartition, "partition"},
    {FaultKind::kOneWayPartition, "one-way partition"},
    {FaultKind::kBridge, "bridge"},
    {FaultKind::kIsolation, "isolation"},
    {FaultKind::kBlockedInbound, "blocked inbound"},
    {FaultKind::kBadLinks, "bad links"},
    {FaultKind::kChainOutage, "chain outage"},
    {FaultKind::kCutFromChain, "cut from the chain"},
    {FaultKind::kCensorship, "censorship"},
    {FaultKind::kReorg, "re-org"},
    {FaultKind::kSlowChain, "slow chain"},
    {FaultKind::kLyingEndpoint, "lying endpoint"},
    {FaultKind::kChallenge, "challenge"},
    {FaultKind::kDeposition, "deposition by operators"},
    {FaultKind::kMint, "seat minted"},
    {FaultKind::kRevocation, "seat revoked"},
    {FaultKind::kReinstatement, "seat reinstated"},
    {FaultKind::kTransfer, "seat sold"},
    {FaultKind::kOperatorChange, "operator changed"},
    {FaultKind::kLease, "operator's lease"},
    {FaultKind::kReplacement, "instance replaced"},
}};

// How often each comes, of 100, while the cluster grows and while it shrinks.
struct SeatChangeWeight {
  FaultKind kind;
  std::uint64_t growing;
  std::uint64_t shrinking;
};
constexpr std::array<SeatChangeWeight, 7> kSeatChangeWeights{{
    {FaultKind::kMint, 50, 10},
    {FaultKind::kRevocation, 5, 35},
    {FaultKind::kReinstatement, 5, 15},
    {FaultKind::kTransfer, 10, 10},
    {FaultKind::kOperatorChange, 10, 10},
    {FaultKind::kLease, 10, 10},
    {FaultKind::kReplacement, 10, 10},
}};

Duration between(Prng& prng, std::uint64_t low_ms, std::uint64_t high_ms) {
  return Duration(low_ms + prng.below(high_ms - low_ms + 1));
}

}  // namespace

const char* name_of(FaultKind kind) {
  return kKinds[static_cast<std::size_t>(kind)].name;
}

Schedule draw_schedule(Prng& prng, Duration length, bool set_back) {
  // Every seed has its own mix: what never happens together in an average world does in some.
  std::array<std::uint64_t, kMixedKinds> weights{};
  std::uint64_t total = 0;
  for (std::size_t at = 0; at < kMixedKinds; ++at) {
    const std::uint64_t weight = prng.chance(350) ? 0 : 1 + prng.below(10);
    weights[at] = kKinds[at].sets_back && !set_back ? 0 : weight;
    if (at == 0) weights[at] += 15;  // a crash is what every cluster must survive
    total += weights[at];
  }
  const std::uint64_t gap_max_ms = 1000 + prng.below(9000);
  Schedule schedule;
  Time at = Time(0) + between(prng, 500, 12'000);
  for (; at < Time(0) + length; at += between(prng, 50, gap_max_ms)) {
    std::uint64_t draw = prng.below(total);
    std::size_t kind = 0;
    while (draw >= weights[kind])
      draw -= weights[kind++];
    schedule.push_back({at, static_cast<FaultKind>(kind), prng.next()});
  }
  return schedule;
}

void add_seat_changes(Schedule& schedule, Prng& prng, Duration length) {
  const Time turn = Time(0) + length / 2;
  const std::uint64_t gap_max_ms = 2000 + prng.below(8000);
  Time at = Time(0) + between(prng, 1000, 10'000);
  for (; at < Time(0) + length; at += between(prng, 500, gap_max_ms)) {
    std::uint64_t draw = prng.below(100);
    const auto* change = kSeatChangeWeights.data();
    const auto weight = [&] { return at < turn ? change->growing : change->shrinking; };
    while (draw >= weight()) {
      draw -= weight();
      ++change;
    }
    schedule.push_back({at, change->kind, prng.next()});
  }
  std::ranges::stable_sort(schedule, {}, &Fault::at);
}

std::string describe(const Fault& fault) {
  return std::to_string(fault.at.count()) + " ms  " + name_of(fault.kind) + "  " +
         std::to_string(fault.draw);
}

}  // namespace dnc
