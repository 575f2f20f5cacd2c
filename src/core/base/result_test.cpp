#include "core/base/result.hpp"

#include <gtest/gtest.h>

#include <memory>

namespace dnc {
namespace {

Result<int> half(int number) {
  if (number % 2 != 0) return Error{"odd_number", "3 is odd", "pass an even one"};
  return number / 2;
}

TEST(Result, HoldsAValue) {
  auto result = half(4);
  ASSERT_TRUE(result);
  EXPECT_EQ(*result, 2);
  *result = 5;
  EXPECT_EQ(result.value(), 5);
}

TEST(Result, HoldsAnError) {
  const auto result = half(3);
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code, "odd_number");
  EXPECT_EQ(result.error().hint, "pass an even one");
}

TEST(Result, MovesWhatCannotBeCopied) {
  Result<std::unique_ptr<int>> result(std::make_unique<int>(3));
  const auto owned = std::move(*result);
  EXPECT_EQ(*owned, 3);
}

TEST(Result, StatusIsOkByItself) {
  EXPECT_TRUE(ok_status());
}

TEST(ResultDeathTest, ReadingTheWrongSideStops) {
  EXPECT_DEATH(half(3).value(), "check failed");
  EXPECT_DEATH(static_cast<void>(half(4).error()), "check failed");
}

}  // namespace
}  // namespace dnc
