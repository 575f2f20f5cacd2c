// What goes wrong in one world, drawn before it begins: a list that can be printed, played again
// and shortened. Each fault carries its own number, so dropping one leaves the others as they were.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "core/base/prng.hpp"
#include "core/base/time.hpp"

namespace dnc {

enum class FaultKind : std::uint8_t {
  // Machines.
  kCrash,
  kKill,
  kPowerCut,
  kPause,
  kClockJump,
  kClone,
  kLiar,
  // Disks.
  kLostDisk,
  kUnreadableEnd,
  kFlippedBits,
  kSetBackDisk,
  kSlowDisk,
  kTornWrite,
  kLostWrite,
  kMisdirectedWrite,
  kStaleWrites,
  kSyncError,
  kFullDisk,
  // Network.
  kPartition,
  kOneWayPartition,
  kBridge,
  kIsolation,
  kBlockedInbound,
  kBadLinks,
  // Chain and operators.
  kChainOutage,
  kCutFromChain,
  kCensorship,
  kReorg,
  kSlowChain,
  kLyingEndpoint,
  kChallenge,
  kDeposition,
  // Owners and operators who change seats, in some worlds.
  kMint,
  kRevocation,
  kReinstatement,
  kTransfer,
  kOperatorChange,
  kLease,
  kReplacement,
};
inline constexpr auto kFaultKinds = static_cast<std::size_t>(FaultKind::kReplacement) + 1;
// Those before the changes of seats: any world may have them.
inline constexpr auto kMixedKinds = static_cast<std::size_t>(FaultKind::kMint);

const char* name_of(FaultKind kind);

struct Fault {
  Time at{0};
  FaultKind kind = FaultKind::kCrash;
  std::uint64_t draw = 0;  // whom it hits, how long, how hard: all from this number

  bool operator==(const Fault&) const = default;
};
using Schedule = std::vector<Fault>;

// `set_back`: disks may lose what they reported as synced without knowing it (faults.cpp says
// when that is within the model).
Schedule draw_schedule(Prng& prng, Duration length, bool set_back);
// Adds what owners and operators do to seats: the cluster grows at first and shrinks later.
void add_seat_changes(Schedule& schedule, Prng& prng, Duration length);
std::string describe(const Fault& fault);

// How often each kind had an effect.
using FaultCounts = std::array<std::uint64_t, kFaultKinds>;

}  // namespace dnc
