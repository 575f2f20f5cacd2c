#include "core/crypto/secp256k1.hpp"

#include <gtest/gtest.h>

#include "core/base/hex.hpp"
#include "core/base/prng.hpp"
#include "core/crypto/keccak256.hpp"
#include "core/crypto/sha256.hpp"

namespace dnc {
namespace {

constexpr char kOrder[] = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141";

PrivateKey key_from(std::string_view hex) {
  return PrivateKey::from_bytes(from_hex(hex).value()).value();
}

PrivateKey key_of_one() {
  return key_from("0000000000000000000000000000000000000000000000000000000000000001");
}

// Turns (r, s, v) into its malleable twin (r, n - s, 1 - v).
Signature with_high_s(Signature signature) {
  const Bytes order = from_hex(kOrder).value();
  int borrow = 0;
  for (int i = 31; i >= 0; --i) {
    int digit = order[i] - signature.bytes[32 + i] - borrow;
    borrow = digit < 0 ? 1 : 0;
    signature.bytes[32 + i] = static_cast<std::uint8_t>(digit + 256 * borrow);
  }
  signature.bytes[64] ^= 1;
  return signature;
}

TEST(Secp256k1, DerivesTheGenerator) {
  const PrivateKey key = key_of_one();
  EXPECT_EQ(to_hex(key.public_key().view()),
            "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"
            "483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8");
  EXPECT_EQ(to_hex0x(key.address()), "0x7e5f4552091a69125d5dfcb7b8c2659029395bdf");
  EXPECT_EQ(to_hex(compress(key.public_key())),
            "0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798");
}

TEST(Secp256k1, RefusesScalarsOffTheCurve) {
  EXPECT_FALSE(PrivateKey::from_bytes(Bytes(32, 0)));
  EXPECT_FALSE(PrivateKey::from_bytes(from_hex(kOrder).value()));
  EXPECT_FALSE(PrivateKey::from_bytes(Bytes(32, 0xff)));
  EXPECT_FALSE(PrivateKey::from_bytes(Bytes(31, 1)));
  EXPECT_FALSE(PrivateKey::from_bytes(Bytes(33, 1)));
}

// The deterministic nonces of RFC 6979 on this curve, as published by Trezor and others.
TEST(Secp256k1, SignsWithRfc6979) {
  const Signature signature = key_of_one().sign(sha256(as_bytes("Satoshi Nakamoto")));
  EXPECT_EQ(to_hex(signature.view().first(64)),
            "934b1ea10a4b3c1757e2b0c017d0b6143ce3c9a7e6a4a49860d7a6ab210ee3d8"
            "2442ce9d2b916064108014783e923ec36b49743e2ffa1c4496f01a512aafd9e5");
}

TEST(Secp256k1, RecoversWhatItSigned) {
  Prng prng(7);
  for (int round = 0; round < 64; ++round) {
    Bytes scalar(32);
    for (auto& byte : scalar)
      byte = static_cast<std::uint8_t>(prng.next());
    const PrivateKey key = PrivateKey::from_bytes(scalar).value();
    const Hash digest = keccak256(scalar);
    const Signature signature = key.sign(digest);
    ASSERT_EQ(recover(digest, signature), key.public_key());
    EXPECT_FALSE(recover(digest, with_high_s(signature)));
    EXPECT_NE(recover(keccak256(digest.view()), signature), key.public_key());
  }
}

TEST(Secp256k1, RefusesMalformedSignatures) {
  const Hash digest = keccak256(as_bytes("message"));
  const Signature good = key_of_one().sign(digest);

  for (int recovery_id = 2; recovery_id < 256; ++recovery_id) {
    Signature bad = good;
    bad.bytes[64] = static_cast<std::uint8_t>(recovery_id);
    EXPECT_FALSE(recover(digest, bad)) << recovery_id;
  }
  EXPECT_FALSE(recover(digest, Signature{}));

  Signature zero_r = good;
  std::fill_n(zero_r.bytes.begin(), 32, 0);
  EXPECT_FALSE(recover(digest, zero_r));
  Signature zero_s = good;
  std::fill_n(zero_s.bytes.begin() + 32, 32, 0);
  EXPECT_FALSE(recover(digest, zero_s));
  Signature huge_r = good;
  std::fill_n(huge_r.bytes.begin(), 32, 0xff);
  EXPECT_FALSE(recover(digest, huge_r));
}

TEST(Secp256k1, CompressesAndDecompresses) {
  Prng prng(11);
  for (int round = 0; round < 32; ++round) {
    Bytes scalar(32, 0);
    scalar[31] = static_cast<std::uint8_t>(1 + prng.below(255));
    const PublicKey key = PrivateKey::from_bytes(scalar)->public_key();
    EXPECT_EQ(decompress(compress(key)), key);
  }
}

TEST(Secp256k1, DecompressRefusesWhatIsNoPoint) {
  auto compressed = compress(key_of_one().public_key());
  EXPECT_FALSE(decompress(ByteView(compressed).first(32)));
  compressed[0] = 4;
  EXPECT_FALSE(decompress(compressed));
  // x = 5 is on no point of the curve.
  EXPECT_FALSE(decompress(
      from_hex("020000000000000000000000000000000000000000000000000000000000000005").value()));
  EXPECT_FALSE(decompress({}));
}

}  // namespace
}  // namespace dnc
