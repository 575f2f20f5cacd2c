// EIP-712 typed-data digests. A struct is a type string and its fields, already one word each.
#pragma once

#include <initializer_list>
#include <string_view>
#include <vector>

#include "core/base/bytes.hpp"

namespace dnc {

// One 32-byte ABI word.
Hash abi_word(std::uint64_t value);
Hash abi_word(bool value);
Hash abi_word(const Address& value);
inline Hash abi_word(const Hash& value) {
  return value;
}

// The domain of one deployment: {name "DstackCluster", version "1", chainId, verifyingContract}.
struct Eip712Domain {
  std::uint64_t chain_id = 0;
  Address contract;

  Hash separator() const;
};

// keccak256(keccak256(type) | fields...). Arrays and nested structs go in as their own hashes.
Hash eip712_struct_hash(std::string_view type, const std::vector<Hash>& fields);
// The hash of an array field: keccak256 of its items' words.
Hash eip712_array_hash(const std::vector<Hash>& items);
// keccak256(0x1901 | separator | struct hash): what is signed.
Hash eip712_digest(const Hash& separator, const Hash& struct_hash);

}  // namespace dnc
