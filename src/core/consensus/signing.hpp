// The EIP-712 digests of everything a boot key may sign, and of what an operator tells the nodes.
// Vectors: tests/vectors/eip712.json, those of a boot key proven in Solidity as well.
#pragma once

#include "core/base/bytes.hpp"
#include "core/consensus/messages.hpp"
#include "core/eth/eip712.hpp"

namespace dnc {

// Hashes statements in the domain of one deployment: nothing signed for one world is valid in
// another.
class Signing {
 public:
  explicit Signing(const Eip712Domain& domain) : separator_(domain.separator()) {}

  Hash propose(const BlockHeader& header) const;
  Hash propose(const BlockHeader& header, const Hash& hash) const;  // the block's, known already
  Hash accept(const Accept& accept) const;
  Hash no_confidence(const NoConfidence& vote) const;
  Hash grant(const Grant& grant) const;
  Hash restart_report(const RestartReport& report) const;
  Hash recovery_consent(const RecoveryConsent& consent) const;
  Hash switchover_order(const SwitchoverOrder& order) const;
  Hash start_generation(const StartGeneration& start) const;
  Hash report(const Report& report) const;
  Hash transport_key(const Hash& key_hash, const Identity& identity) const;
  // What a quote of this boot's machine binds as well, for whoever chose the nonce.
  Hash attestation(const Hash& nonce, const Identity& identity) const;

 private:
  Hash separator_;
};

}  // namespace dnc
