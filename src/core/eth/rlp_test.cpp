#include "core/eth/rlp.hpp"

#include <gtest/gtest.h>

#include "core/base/hex.hpp"

namespace dnc {
namespace {

// The encoding of a list that holds nothing but `text`, without the list's own short header.
std::string string_hex(std::string_view text) {
  RlpList list;
  list.bytes(as_bytes(text));
  return to_hex(list.encode()).substr(2);
}

std::string number_hex(const U256& value) {
  RlpList list;
  list.number(value);
  return to_hex(list.encode()).substr(2);
}

// The examples of the yellow paper and of the Ethereum wiki.
TEST(Rlp, EncodesStrings) {
  EXPECT_EQ(string_hex(""), "80");
  EXPECT_EQ(string_hex("dog"), "83646f67");
  EXPECT_EQ(string_hex(std::string_view("\x00", 1)), "00");
  EXPECT_EQ(string_hex("\x7f"), "7f");
  EXPECT_EQ(string_hex("\x80"), "8180");
}

TEST(Rlp, EncodesNumbersWithoutLeadingZeros) {
  EXPECT_EQ(number_hex(0), "80");
  EXPECT_EQ(number_hex(15), "0f");
  EXPECT_EQ(number_hex(1024), "820400");
  EXPECT_EQ(number_hex(UINT64_MAX), "88ffffffffffffffff");
}

TEST(Rlp, EncodesLists) {
  RlpList empty;
  EXPECT_EQ(to_hex(empty.encode()), "c0");
  RlpList pets;
  pets.bytes(as_bytes("cat"));
  pets.bytes(as_bytes("dog"));
  EXPECT_EQ(to_hex(pets.encode()), "c88363617483646f67");
  RlpList one;
  one.list(empty);
  RlpList three;  // the set theoretical representation of three
  three.list(empty);
  three.list(one);
  RlpList two;
  two.list(empty);
  two.list(one);
  three.list(two);
  EXPECT_EQ(to_hex(three.encode()), "c7c0c1c0c3c0c1c0");
}

TEST(Rlp, SwitchesToLongHeadersAt56Bytes) {
  RlpList at_limit;
  at_limit.bytes(Bytes(54, 1));
  EXPECT_EQ(to_hex(at_limit.encode()).substr(0, 4), "f7b6");
  RlpList above;
  above.bytes(Bytes(55, 1));
  EXPECT_EQ(to_hex(above.encode()).substr(0, 6), "f838b7");
  RlpList long_string;
  long_string.bytes(Bytes(1024, 1));
  EXPECT_EQ(to_hex(long_string.encode()).substr(0, 12), "f90403b90400");
}

}  // namespace
}  // namespace dnc
