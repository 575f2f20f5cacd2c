// What the contract may do to a boot that joined: take its voice away (docs/protocol.md section 9).
// A boot obeys as soon as it sees it, and its peers close their links.
#pragma once

#include <cstdint>

#include "core/consensus/input.hpp"

namespace dnc {

// Why a boot may speak no more: what the chain shows of it, or what the log does.
enum class Ouster : std::uint8_t {
  kNone = 0,
  kOperatorExpired,  // its operator's time is over (ERC-4907)
  kOperatorChanged,  // another operator was named
  kRevoked,          // the seat is suspended
  kLeft,             // the seat gave up its place
  kReplaced,         // its instance was retired
  kUnbound,          // one of the last two: the chain does not show which
  kKeyCleared,       // its key was taken away, and the cause is undone by now
  kSuperseded,       // another boot of the seat was admitted
  kDiverged,         // it computes something else than q seats do
};

// A join as the chain showed it first, and what stood beside it when it was last seen whole.
struct Registration {
  Identity identity;
  BlockNumber since;
  Address operator_;
  std::uint64_t operator_expires = 0;
  bool counted = false;
};

// Takes in what the view shows of a seat: a new join, or news of the one that is known.
void note_registration(Registration& known, const ChainSeat& seat, const ChainView& view);

// May `identity` still speak, as far as the chain shows? `known` is its registration, or null for a
// boot whose join was not seen. A join that the chain does not show yet, or no more after a re-org,
// is no ouster.
Ouster ouster_of(const Identity& identity, const Registration* known, const ChainView& view);

// "the seat was revoked"; empty for kNone.
const char* describe(Ouster ouster);

}  // namespace dnc
