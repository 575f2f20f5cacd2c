#include "core/eth/eip712.hpp"

#include "core/crypto/keccak256.hpp"

namespace dnc {
namespace {

constexpr std::string_view kDomainType =
    "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)";

}  // namespace

Hash abi_word(std::uint64_t value) {
  Hash word;
  for (std::size_t i = 0; i < 8; ++i) {
    word.bytes[31 - i] = static_cast<std::uint8_t>(value >> (8 * i));
  }
  return word;
}

Hash abi_word(bool value) {
  return abi_word(std::uint64_t{value});
}

Hash abi_word(const Address& value) {
  Hash word;
  std::copy(value.bytes.begin(), value.bytes.end(), word.bytes.begin() + 12);
  return word;
}

Hash Eip712Domain::separator() const {
  return eip712_struct_hash(kDomainType,
                            {keccak256(as_bytes("DstackCluster")), keccak256(as_bytes("1")),
                             abi_word(chain_id), abi_word(contract)});
}

Eip712Type::Eip712Type(std::string_view type) : hash_(keccak256(as_bytes(type))) {}

Hash eip712_struct_hash(const Eip712Type& type, const std::vector<Hash>& fields) {
  const Hash& type_hash = type.hash();
  Bytes encoded;
  encoded.reserve(Hash::kSize * (1 + fields.size()));
  encoded.insert(encoded.end(), type_hash.bytes.begin(), type_hash.bytes.end());
  for (const Hash& field : fields) {
    encoded.insert(encoded.end(), field.bytes.begin(), field.bytes.end());
  }
  return keccak256(encoded);
}

Hash eip712_array_hash(const std::vector<Hash>& items) {
  Bytes encoded;
  encoded.reserve(Hash::kSize * items.size());
  for (const Hash& item : items) {
    encoded.insert(encoded.end(), item.bytes.begin(), item.bytes.end());
  }
  return keccak256(encoded);
}

Hash eip712_digest(const Hash& separator, const Hash& struct_hash) {
  std::array<std::uint8_t, 2 + 2 * Hash::kSize> encoded{0x19, 0x01};
  std::copy(separator.bytes.begin(), separator.bytes.end(), encoded.begin() + 2);
  std::copy(struct_hash.bytes.begin(), struct_hash.bytes.end(), encoded.begin() + 34);
  return keccak256(encoded);
}

}  // namespace dnc
