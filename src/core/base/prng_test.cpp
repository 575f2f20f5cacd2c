#include "core/base/prng.hpp"

#include <gtest/gtest.h>

#include <set>

namespace dnc {
namespace {

// The state that splitmix64 makes of seed 0 is published (e220a8397b1dcdaf, 6e789e6aa1b965f4,
// 06c45d188009454f, f88bb8a8724c81ec); the draws follow from the reference code of xoshiro256**.
TEST(Prng, DrawsThePublishedSequence) {
  Prng prng(0);
  EXPECT_EQ(prng.next(), 0x99ec5f36cb75f2b4u);
  EXPECT_EQ(prng.next(), 0xbf6e1f784956452au);
  EXPECT_EQ(prng.next(), 0x1a5f849d4933e6e0u);
}

TEST(Prng, SameSeedSameNumbers) {
  Prng first(42);
  Prng second(42);
  Prng other(43);
  bool differs = false;
  for (int i = 0; i < 100; ++i) {
    const std::uint64_t draw = first.next();
    EXPECT_EQ(draw, second.next());
    differs |= draw != other.next();
  }
  EXPECT_TRUE(differs);
}

TEST(Prng, BelowStaysInRangeAndReachesAll) {
  Prng prng(9);
  std::set<std::uint64_t> seen;
  for (int i = 0; i < 1000; ++i) {
    const std::uint64_t draw = prng.below(7);
    EXPECT_LT(draw, 7u);
    seen.insert(draw);
  }
  EXPECT_EQ(seen.size(), 7u);
  EXPECT_EQ(prng.below(1), 0u);
  EXPECT_LT(prng.below(UINT64_MAX), UINT64_MAX);
}

TEST(Prng, ChanceIsPerMille) {
  Prng prng(9);
  int hits = 0;
  for (int i = 0; i < 10000; ++i) {
    EXPECT_FALSE(prng.chance(0));
    EXPECT_TRUE(prng.chance(1000));
    hits += prng.chance(250) ? 1 : 0;
  }
  EXPECT_NEAR(hits, 2500, 200);
}

TEST(Prng, ForksAreIndependent) {
  Prng parent(1);
  Prng child = parent.fork();
  EXPECT_NE(child.next(), parent.next());
}

}  // namespace
}  // namespace dnc
