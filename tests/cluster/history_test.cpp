// The checker itself, on histories made by hand.
#include "history.hpp"

#include <gtest/gtest.h>

namespace dnc::cluster {
namespace {

Seen seen(bool write, int start, int end, std::uint64_t value) {
  const Moment zero{};
  return {write, zero + Millis(start), zero + Millis(end), value};
}

TEST(History, AcceptsWhatOneCounterCouldShow) {
  EXPECT_FALSE(contradiction(
      {seen(true, 0, 10, 1), seen(true, 0, 10, 2), seen(false, 5, 12, 0), seen(false, 11, 12, 2)},
      0, 2));
}

TEST(History, FindsAStaleRead) {
  EXPECT_TRUE(contradiction({seen(true, 0, 10, 1), seen(false, 11, 12, 0)}, 0, 1));
}

TEST(History, FindsReadsThatGoBack) {
  EXPECT_TRUE(
      contradiction({seen(true, 0, 10, 1), seen(false, 1, 2, 1), seen(false, 3, 4, 0)}, 0, 1));
}

TEST(History, FindsALostIncrement) {
  EXPECT_TRUE(contradiction({seen(true, 0, 10, 1), seen(true, 20, 30, 1)}, 0, 1));
  EXPECT_TRUE(contradiction({seen(true, 0, 10, 1), seen(true, 20, 30, 2)}, 0, 1));
}

TEST(History, FindsADoubledIncrement) {
  EXPECT_TRUE(contradiction({seen(true, 0, 10, 1)}, 0, 2));
}

}  // namespace
}  // namespace dnc::cluster
