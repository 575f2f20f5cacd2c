#include "core/crypto/keccak256.hpp"

#include <gtest/gtest.h>

#include "core/base/hex.hpp"
#include "core/base/prng.hpp"

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

// Few and many, short and long, in one order and the other: groups of four are filled and cut
// short.
TEST(Keccak256, ManyAtOnceAreHashedAsOneByOne) {
  const std::vector<std::size_t> sizes{0, 1, 64, 65, 134, 135, 136, 137, 0, 272, 31, 500, 135, 7};
  Prng prng(3);
  std::vector<Bytes> messages;
  for (const std::size_t size : sizes) {
    Bytes& message = messages.emplace_back(size);
    for (auto& byte : message)
      byte = static_cast<std::uint8_t>(prng.next());
  }
  for (std::size_t from = 0; from <= messages.size(); ++from) {
    const std::vector<ByteView> some(messages.begin() + static_cast<std::ptrdiff_t>(from),
                                     messages.end());
    const std::vector<Hash> hashes = keccak256_each(some);
    ASSERT_EQ(hashes.size(), some.size());
    for (std::size_t i = 0; i < some.size(); ++i)
      EXPECT_EQ(hashes[i], keccak256(some[i])) << some[i].size() << " bytes of " << some.size();
  }
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
