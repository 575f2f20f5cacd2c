#include "core/crypto/keccak256.hpp"

#include <gtest/gtest.h>

#include "core/base/hex.hpp"

namespace dnc {
namespace {

std::string keccak_hex(std::string_view text) {
  return to_hex(keccak256(as_bytes(text)).view());
}

TEST(Keccak256, MatchesPublishedDigests) {
  EXPECT_EQ(keccak_hex(""), "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470");
  EXPECT_EQ(keccak_hex("abc"), "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45");
  EXPECT_EQ(keccak_hex("Transfer(address,address,uint256)"),
            "ddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef");
}

TEST(Keccak256, IsNotSha3) {
  EXPECT_NE(keccak_hex(""), "a7ffc6f8bf1ed76651c14756a061d662f580ff4de43b49fa82d80a4b80f8434a");
}

TEST(Keccak256, DistinguishesLengthsAroundTheBlockSize) {
  // 136 bytes fill one block of the sponge: the padding changes shape there.
  const Hash below = keccak256(Bytes(135, 0));
  const Hash exact = keccak256(Bytes(136, 0));
  const Hash above = keccak256(Bytes(137, 0));
  EXPECT_NE(below, exact);
  EXPECT_NE(exact, above);
}

}  // namespace
}  // namespace dnc
