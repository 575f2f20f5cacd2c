#include "core/crypto/secp256k1.hpp"

#include <secp256k1.h>
#include <secp256k1_recovery.h>

#include "core/base/check.hpp"
#include "core/crypto/keccak256.hpp"

namespace dnc {
namespace {

// Half the curve order, rounded down: the largest s that is not malleable.
constexpr std::array<std::uint8_t, 32> kHalfOrder = {
    0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0x5d, 0x57, 0x6e, 0x73, 0x57, 0xa4, 0x50, 0x1d, 0xdf, 0xe9, 0x2f, 0x46, 0x68, 0x1b, 0x20, 0xa0};

constexpr std::size_t kUncompressedSize = 1 + PublicKey::kSize;

// One context for the process. It is only read after its creation, so any thread may use it. It is
// not randomised: the core has no randomness of its own, and the library runs in constant time.
const secp256k1_context* context() {
  static const secp256k1_context* const shared = secp256k1_context_create(SECP256K1_CONTEXT_NONE);
  return shared;
}

PublicKey export_key(const secp256k1_pubkey& key) {
  std::array<std::uint8_t, kUncompressedSize> serialized;
  std::size_t size = serialized.size();
  CHECK(secp256k1_ec_pubkey_serialize(context(), serialized.data(), &size, &key,
                                      SECP256K1_EC_UNCOMPRESSED) == 1);
  PublicKey point;
  std::copy(serialized.begin() + 1, serialized.end(), point.bytes.begin());
  return point;
}

}  // namespace

std::optional<PrivateKey> PrivateKey::from_bytes(ByteView scalar) {
  if (scalar.size() != 32) return std::nullopt;
  secp256k1_pubkey point;
  if (secp256k1_ec_pubkey_create(context(), &point, scalar.data()) != 1) return std::nullopt;
  PrivateKey key;
  std::copy(scalar.begin(), scalar.end(), key.scalar_.begin());
  key.public_key_ = export_key(point);
  key.address_ = address_of(key.public_key_);
  return key;
}

Signature PrivateKey::sign(const Hash& digest) const {
  secp256k1_ecdsa_recoverable_signature recoverable;
  CHECK(secp256k1_ecdsa_sign_recoverable(context(), &recoverable, digest.bytes.data(),
                                         scalar_.data(), nullptr, nullptr) == 1);
  Signature signature;
  int recovery_id = 0;
  CHECK(secp256k1_ecdsa_recoverable_signature_serialize_compact(context(), signature.bytes.data(),
                                                                &recovery_id, &recoverable) == 1);
  // 2 and 3 need an r above the curve order: nobody has ever seen one, and the chain refuses them.
  CHECK(recovery_id == 0 || recovery_id == 1);
  signature.bytes[64] = static_cast<std::uint8_t>(recovery_id);
  return signature;
}

Address address_of(const PublicKey& key) {
  const Hash digest = keccak256(key.view());
  Address address;
  std::copy(digest.bytes.begin() + 12, digest.bytes.end(), address.bytes.begin());
  return address;
}

std::array<std::uint8_t, 33> compress(const PublicKey& key) {
  std::array<std::uint8_t, 33> compressed;
  compressed[0] = 2 + (key.bytes[63] & 1);
  std::copy(key.bytes.begin(), key.bytes.begin() + 32, compressed.begin() + 1);
  return compressed;
}

std::optional<PublicKey> decompress(ByteView compressed) {
  secp256k1_pubkey point;
  if (compressed.size() != 33) return std::nullopt;
  if (secp256k1_ec_pubkey_parse(context(), &point, compressed.data(), 33) != 1) return std::nullopt;
  return export_key(point);
}

std::optional<PublicKey> recover(const Hash& digest, const Signature& signature) {
  const auto s_begin = signature.bytes.begin() + 32;
  const auto s_end = s_begin + 32;
  if (signature.bytes[64] > 1) return std::nullopt;
  if (std::lexicographical_compare(kHalfOrder.begin(), kHalfOrder.end(), s_begin, s_end)) {
    return std::nullopt;
  }
  secp256k1_ecdsa_recoverable_signature recoverable;
  if (secp256k1_ecdsa_recoverable_signature_parse_compact(
          context(), &recoverable, signature.bytes.data(), signature.bytes[64]) != 1) {
    return std::nullopt;
  }
  secp256k1_pubkey point;
  if (secp256k1_ecdsa_recover(context(), &point, &recoverable, digest.bytes.data()) != 1) {
    return std::nullopt;
  }
  return export_key(point);
}

}  // namespace dnc
