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

// A struct's type, "Name(type field,...)". Kept where it is used often, its hash is made once.
class Eip712Type {
 public:
  Eip712Type(std::string_view type);  // NOLINT: a type is its string
  Eip712Type(const char* type) : Eip712Type(std::string_view(type)) {}  // NOLINT: likewise

  const Hash& hash() const { return hash_; }

 private:
  Hash hash_;
};

// keccak256(type hash | fields...). Arrays and nested structs go in as their own hashes.
Hash eip712_struct_hash(const Eip712Type& type, const std::vector<Hash>& fields);
// The hash of an array field: keccak256 of its items' words.
Hash eip712_array_hash(const std::vector<Hash>& items);
// keccak256(0x1901 | separator | struct hash): what is signed.
Hash eip712_digest(const Hash& separator, const Hash& struct_hash);

}  // namespace dnc
