// The calls that a node pays for on behalf of others: those that anybody may send, because what
// they carry is signed or because the contract judges the state alone.
#pragma once

#include <optional>
#include <string>

#include "core/base/identity.hpp"
#include "core/base/result.hpp"
#include "core/crypto/secp256k1.hpp"
#include "io/chain/membership_contract.hpp"

namespace dnc {

inline constexpr std::size_t kRelayedBytesMax = 128u << 10;  // calldata; 255 signatures fit

// What the calldata of join() says, as far as it can be judged without the chain.
struct RelayedJoin {
  JoinRequest request;
  Signature operator_signature;

  Identity identity() const { return {request.seat, request.epoch, request.boot_key}; }
};

struct RelayedCall {
  std::string name;  // "report"
  std::optional<RelayedJoin> join;
};

// Error: not_relayable.
Result<RelayedCall> read_relayed_call(ByteView calldata);

}  // namespace dnc
