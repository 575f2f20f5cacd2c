// Numbers that must never be mixed up, each a type of its own. The words are those of the glossary
// in docs/protocol.md.
#pragma once

#include <compare>
#include <cstdint>

namespace dnc {

template <class Tag>
struct StrongId {
  std::uint64_t value{};

  auto operator<=>(const StrongId&) const = default;
  StrongId next() const { return {value + 1}; }
};

using Seat = StrongId<struct SeatTag>;              // token id of the NFT; 0 is no seat
using Epoch = StrongId<struct EpochTag>;            // boot of a seat, counted by the contract
using Term = StrongId<struct TermTag>;              // a leader's reign
using SeqNo = StrongId<struct SeqNoTag>;            // position of a block in the log; 0 is genesis
using Generation = StrongId<struct GenerationTag>;  // cold starts of the whole cluster
using ConfigNonce = StrongId<struct ConfigNonceTag>;  // versions of the set of counted seats
using BlockNumber = StrongId<struct BlockNumberTag>;  // height of the chain

}  // namespace dnc
