// secp256k1 ECDSA with recovery: RFC 6979 nonces, low-s only (EIP-2), recovery id 0 or 1.
#pragma once

#include <optional>
#include <string>

#include "core/base/bytes.hpp"

namespace dnc {

// Affine coordinates, x | y, 32 bytes each.
using PublicKey = FixedBytes<64, struct PublicKeyTag>;

class PrivateKey {
 public:
  // Empty unless 0 < scalar < curve order.
  static std::optional<PrivateKey> from_bytes(ByteView scalar);

  Signature sign(const Hash& digest) const;
  const PublicKey& public_key() const { return public_key_; }
  const Address& address() const { return address_; }
  const std::array<std::uint8_t, 32>& secret() const { return scalar_; }

 private:
  PrivateKey() = default;
  std::array<std::uint8_t, 32> scalar_{};
  PublicKey public_key_;
  Address address_;
};

Address address_of(const PublicKey& key);                     // keccak256(x | y), last 20 bytes
std::array<std::uint8_t, 33> compress(const PublicKey& key);  // SEC 1: 02/03 | x
std::optional<PublicKey> decompress(ByteView compressed);     // empty if not a curve point

// The key that signed; empty for a malformed signature, a high s or a recovery id above 1.
std::optional<PublicKey> recover(const Hash& digest, const Signature& signature);

}  // namespace dnc
