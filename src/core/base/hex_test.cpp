#include "core/base/hex.hpp"

#include <gtest/gtest.h>

namespace dnc {
namespace {

TEST(Hex, WritesLowerCase) {
  EXPECT_EQ(to_hex(Bytes{0x00, 0xff, 0xa0}), "00ffa0");
  EXPECT_EQ(to_hex0x(Bytes{}), "0x");
  EXPECT_EQ(to_hex0x(Address{}), "0x" + std::string(40, '0'));
}

TEST(Hex, ReadsEitherCaseWithAndWithoutPrefix) {
  const Bytes expected{0xde, 0xad};
  for (const char* text : {"dead", "DEAD", "DeaD", "0xdead", "0xDEAD"}) {
    EXPECT_EQ(from_hex(text), expected) << text;
  }
  EXPECT_EQ(from_hex(""), Bytes{});
  EXPECT_EQ(from_hex("0x"), Bytes{});
}

TEST(Hex, RefusesWhatIsNotHex) {
  for (const char* text : {"a", "0x1", "zz", "0xgg", "0Xab", "0x0xab", " ab", "a b ", "-1"}) {
    EXPECT_FALSE(from_hex(text)) << text;
  }
  EXPECT_FALSE(from_hex(std::string_view("\0\0", 2)));
}

TEST(Hex, FixedValuesNeedTheirExactLength) {
  EXPECT_TRUE(fixed_from_hex<Address>("0x" + std::string(40, '1')));
  EXPECT_FALSE(fixed_from_hex<Address>("0x" + std::string(38, '1')));
  EXPECT_FALSE(fixed_from_hex<Address>("0x" + std::string(42, '1')));
  EXPECT_FALSE(fixed_from_hex<Address>(""));
}

}  // namespace
}  // namespace dnc
