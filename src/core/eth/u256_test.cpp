#include "core/eth/u256.hpp"

#include <gtest/gtest.h>

#include "core/base/hex.hpp"
#include "core/base/prng.hpp"

namespace dnc {
namespace {

constexpr char kMaxDecimal[] =
    "115792089237316195423570985008687907853269984665640564039457584007913129639935";

U256 max_value() {
  Hash word;
  word.bytes.fill(0xff);
  return U256::from_word(word);
}

TEST(U256, WritesAndReadsDecimal) {
  EXPECT_EQ(U256{}.to_decimal(), "0");
  EXPECT_EQ(U256{UINT64_MAX}.to_decimal(), "18446744073709551615");
  EXPECT_EQ(max_value().to_decimal(), kMaxDecimal);
  EXPECT_EQ(U256::from_decimal(kMaxDecimal), max_value());
  EXPECT_EQ(U256::from_decimal("007"), U256{7});
  for (const char* bad : {"", " 1", "-1", "1.0", "0x1", "1e18"}) {
    EXPECT_FALSE(U256::from_decimal(bad)) << bad;
  }
  EXPECT_FALSE(U256::from_decimal(
      "115792089237316195423570985008687907853269984665640564039457584007913129639936"));
  EXPECT_FALSE(U256::from_decimal(std::string(100, '9')));
}

TEST(U256, WritesAndReadsQuantities) {
  EXPECT_EQ(U256{}.to_hex0x(), "0x0");
  EXPECT_EQ(U256{0x400}.to_hex0x(), "0x400");
  EXPECT_EQ(max_value().to_hex0x(), "0x" + std::string(64, 'f'));
  EXPECT_EQ(U256::from_hex("0x0"), U256{});
  EXPECT_EQ(U256::from_hex("0x3B9aca00"), U256{1000000000});
  EXPECT_EQ(U256::from_hex("0x" + std::string(64, 'f')), max_value());
  for (const char* bad : {"", "0x", "0x0x1", "0xg", "0x-1"})
    EXPECT_FALSE(U256::from_hex(bad)) << bad;
  EXPECT_FALSE(U256::from_hex("0x" + std::string(65, '0')));
}

TEST(U256, ConvertsWords) {
  const auto word =
      fixed_from_hex<Hash>("0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20");
  EXPECT_EQ(U256::from_word(*word).to_word(), *word);
  EXPECT_EQ(U256::from_be(word->view()), U256::from_word(*word));
  EXPECT_EQ(U256::from_be({}), U256{});
  EXPECT_EQ(U256::from_be(Bytes{1, 0}), U256{256});
  EXPECT_FALSE(U256::from_be(Bytes(33, 0)));
}

TEST(U256, OrdersByValue) {
  EXPECT_LT(U256{1}, U256{2});
  EXPECT_LT(U256{UINT64_MAX}, *U256{UINT64_MAX}.plus(1));
  EXPECT_GT(max_value(), U256{UINT64_MAX});
}

TEST(U256, NarrowsOnlyWhatFits) {
  EXPECT_EQ(U256{UINT64_MAX}.to_u64(), UINT64_MAX);
  EXPECT_FALSE(U256{UINT64_MAX}.plus(1)->to_u64());
  EXPECT_FALSE(max_value().to_u64());
}

TEST(U256, NeverWraps) {
  EXPECT_FALSE(max_value().plus(1));
  EXPECT_FALSE(max_value().times(2));
  EXPECT_FALSE(U256{}.minus(1));
  EXPECT_EQ(max_value().plus(0), max_value());
  EXPECT_EQ(max_value().times(0), U256{});
  EXPECT_EQ(max_value().minus(max_value()), U256{});
}

TEST(U256, CarriesAcrossLimbs) {
  Prng prng(5);
  for (int round = 0; round < 200; ++round) {
    U256 number{prng.next()};
    for (int i = 0; i < 2; ++i)
      number = *number.times(prng.next() | 1);
    const U256 other{prng.next()};
    const std::uint64_t factor = prng.next() | 1;
    EXPECT_EQ(number.plus(other)->minus(other), number);
    EXPECT_EQ(number.times(factor)->divided_by(factor), number);
    EXPECT_EQ(U256::from_decimal(number.to_decimal()), number);
    EXPECT_EQ(U256::from_hex(number.to_hex0x()), number);
  }
  EXPECT_EQ(U256{7}.divided_by(2), U256{3});
}

}  // namespace
}  // namespace dnc
