// EIP-1559 transactions, built and signed here so that no key ever leaves the process.
#pragma once

#include <optional>

#include "core/base/bytes.hpp"
#include "core/crypto/secp256k1.hpp"
#include "core/eth/u256.hpp"

namespace dnc {

struct Transaction {
  std::uint64_t chain_id = 0;
  std::uint64_t nonce = 0;
  U256 max_priority_fee_per_gas;
  U256 max_fee_per_gas;
  std::uint64_t gas_limit = 0;
  std::optional<Address> to;  // empty creates a contract
  U256 value;
  Bytes data;
};

struct SignedTransaction {
  Hash hash;  // the name by which the chain knows it
  Bytes raw;  // what eth_sendRawTransaction takes
};

// What the sender signs: keccak256(2 | rlp of the fields), with an empty access list.
Hash signing_digest(const Transaction& transaction);
SignedTransaction sign(const Transaction& transaction, const PrivateKey& sender);
// For a signature that was made elsewhere over signing_digest().
SignedTransaction attach(const Transaction& transaction, const Signature& signature);

}  // namespace dnc
