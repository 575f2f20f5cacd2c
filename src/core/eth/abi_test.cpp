#include "core/eth/abi.hpp"

#include <gtest/gtest.h>

#include "core/base/hex.hpp"
#include "core/base/prng.hpp"
#include "core/eth/eip712.hpp"

namespace dnc {
namespace {

Bytes hex(std::string_view text) {
  return from_hex(text).value();
}

std::string word_hex(std::uint64_t value) {
  return to_hex(abi_word(value).view());
}

Address address(std::string_view text) {
  return fixed_from_hex<Address>(text).value();
}

const Address kFirst = address("0x7e57c1057e4000000000000000000000000000c5");
const Address kSecond = address("0x7e5f4552091a69125d5dfcb7b8c2659029395bdf");
constexpr char kLongText[] = "this text is longer than thirty-two bytes";

// cast abi-encode "f(uint256,(address,bytes,string)[],string[],(uint64,uint64)[],bytes4,uint64[])"
std::string nested_example() {
  const std::string first = "0000000000000000000000007e57c1057e4000000000000000000000000000c5";
  const std::string second = "0000000000000000000000007e5f4552091a69125d5dfcb7b8c2659029395bdf";
  return word_hex(5) + word_hex(0xc0) + word_hex(0x2e0) + word_hex(0x3c0) + "deadbeef" +
         std::string(56, '0') + word_hex(0x460) +
         // (address,bytes,string)[]
         word_hex(2) + word_hex(0x40) + word_hex(0x120) + first + word_hex(0x60) + word_hex(0xa0) +
         word_hex(2) + "0102" + std::string(60, '0') + word_hex(5) + "68656c6c6f" +
         std::string(54, '0') + second + word_hex(0x60) + word_hex(0x80) + word_hex(0) +
         word_hex(0x29) + "746869732074657874206973206c6f6e676572207468616e207468697274792d" +
         "74776f206279746573" + std::string(46, '0') +
         // string[]
         word_hex(2) + word_hex(0x40) + word_hex(0x80) + word_hex(1) + "61" + std::string(62, '0') +
         word_hex(2) + "6262" + std::string(60, '0') +
         // (uint64,uint64)[]
         word_hex(2) + word_hex(1) + word_hex(2) + word_hex(3) + word_hex(4) +
         // uint64[]
         word_hex(3) + word_hex(7) + word_hex(8) + word_hex(9);
}

TEST(Abi, SelectsFunctions) {
  EXPECT_EQ(to_hex(selector("castVote(address,bool)")), "1a419c0c");
  EXPECT_EQ(to_hex(selector("transfer(address,uint256)")), "a9059cbb");
  EXPECT_EQ(to_hex(selector("isAppAllowed((address,bytes32,address,bytes32,bytes32,bytes32,bytes32,"
                            "string,string[]))")),
            "1e079198");
}

TEST(AbiEncoder, EncodesNestedDynamicTypes) {
  AbiEncoder arguments;
  arguments.number(5)
      .tuples({AbiEncoder().address(kFirst).bytes(hex("0102")).text("hello"),
               AbiEncoder().address(kSecond).bytes({}).text(kLongText)})
      .blobs({hex("61"), hex("6262")})
      .tuples({AbiEncoder().number(1).number(2), AbiEncoder().number(3).number(4)})
      .fixed_bytes(hex("deadbeef"))
      .words({abi_word(std::uint64_t{7}), abi_word(std::uint64_t{8}), abi_word(std::uint64_t{9})});
  EXPECT_EQ(to_hex(arguments.encode()), nested_example());
}

TEST(AbiEncoder, InlinesStaticTuples) {
  const AbiEncoder pair = AbiEncoder().number(1).flag(true);
  EXPECT_EQ(to_hex(AbiEncoder().tuple(pair).number(2).encode()),
            word_hex(1) + word_hex(1) + word_hex(2));
  EXPECT_EQ(to_hex(AbiEncoder().call("f()")), to_hex(selector("f()")));
}

// The call data that the real dstack webhook produces.
TEST(AbiEncoder, EncodesTheBootQuestionOfDstack) {
  const auto filled = [](std::uint8_t byte) {
    Hash word;
    word.bytes.fill(byte);
    return word;
  };
  AbiEncoder info;
  info.address(address("0165878a594ca255338adfa4d48449f69242eb8f"))
      .word(filled(0x22))
      .address(address("3333333333333333333333333333333333333333"))
      .word(filled(0xdd))
      .word(filled(0xaa))
      .word(filled(0xbb))
      .word(filled(0x11))
      .text("UpToDate")
      .blobs({hex(to_hex(as_bytes("INTEL-SA-00001")))});
  const std::string data = to_hex(AbiEncoder().tuple(info).encode());
  EXPECT_EQ(data.substr(0, 64), word_hex(0x20));
  EXPECT_EQ(data.substr(8 * 64, 128), word_hex(0x120) + word_hex(0x160));
  EXPECT_EQ(data.substr(12 * 64), word_hex(1) + word_hex(0x20) + word_hex(0xe) +
                                      to_hex(as_bytes("INTEL-SA-00001")) + std::string(36, '0'));
}

TEST(AbiDecoder, ReadsNestedDynamicTypes) {
  const Bytes data = hex(nested_example());
  AbiDecoder decoder(data);
  EXPECT_EQ(decoder.u64(), 5u);
  auto people = decoder.array();
  ASSERT_EQ(people.size, 2u);
  AbiDecoder first = people.items.tuple();
  EXPECT_EQ(first.address(), kFirst);
  EXPECT_EQ(first.bytes(), hex("0102"));
  EXPECT_EQ(first.text(), "hello");
  AbiDecoder second = people.items.tuple();
  EXPECT_EQ(second.address(), kSecond);
  EXPECT_TRUE(second.bytes().empty());
  EXPECT_EQ(second.text(), kLongText);
  auto texts = decoder.array();
  ASSERT_EQ(texts.size, 2u);
  EXPECT_EQ(texts.items.text(), "a");
  EXPECT_EQ(texts.items.text(), "bb");
  auto pairs = decoder.array(2);
  ASSERT_EQ(pairs.size, 2u);
  for (std::uint64_t expected = 1; expected <= 4; ++expected) {
    EXPECT_EQ(pairs.items.u64(), expected);
  }
  EXPECT_EQ(to_hex(decoder.word().view()).substr(0, 8), "deadbeef");
  auto numbers = decoder.array();
  ASSERT_EQ(numbers.size, 3u);
  EXPECT_EQ(numbers.items.number(), U256{7});
  EXPECT_TRUE(decoder.ok());
}

TEST(AbiDecoder, RefusesTruncatedData) {
  const Bytes data = hex(nested_example());
  for (std::size_t size = 0; size < data.size(); size += 7) {
    AbiDecoder decoder(ByteView(data).first(size));
    decoder.u64();
    auto people = decoder.array();
    for (std::size_t i = 0; i < people.size; ++i) {
      AbiDecoder person = people.items.tuple();
      person.address();
      person.bytes();
      person.text();
    }
    auto texts = decoder.array();
    for (std::size_t i = 0; i < texts.size; ++i)
      texts.items.text();
    auto pairs = decoder.array(2);
    for (std::size_t i = 0; i < 2 * pairs.size; ++i)
      pairs.items.u64();
    decoder.word();
    auto numbers = decoder.array();
    for (std::size_t i = 0; i < numbers.size; ++i)
      numbers.items.u64();
    EXPECT_FALSE(decoder.ok()) << size;
  }
}

TEST(AbiDecoder, RefusesHostileOffsetsAndLengths) {
  const std::string huge(64, 'f');
  const std::string wrap = std::string(48, '0') + "ffffffffffffffe0";  // + 32 would wrap
  const Bytes cases[] = {
      hex(huge),
      hex(wrap),
      hex(word_hex(0x20)),                               // points at the end: no length
      hex(word_hex(0x20) + huge),                        // a length beyond 64 bits
      hex(word_hex(0x20) + wrap),                        // a length near 2^64
      hex(word_hex(0x20) + word_hex(33) + word_hex(0)),  // a length beyond the data
      hex(word_hex(0x21) + word_hex(1) + word_hex(0)),   // reads a length of 256
  };
  for (const Bytes& data : cases) {
    AbiDecoder as_bytes_field(data);
    EXPECT_TRUE(as_bytes_field.bytes().empty());
    EXPECT_FALSE(as_bytes_field.ok()) << to_hex(data);
    AbiDecoder as_array(data);
    EXPECT_EQ(as_array.array().size, 0u);
    EXPECT_FALSE(as_array.ok()) << to_hex(data);
  }
}

TEST(AbiDecoder, RefusesValuesOutOfTheirType) {
  const Bytes dirty = hex("01" + std::string(62, '0'));
  EXPECT_FALSE([&] {
    AbiDecoder d(dirty);
    d.u64();
    return d.ok();
  }());
  EXPECT_FALSE([&] {
    AbiDecoder d(dirty);
    d.address();
    return d.ok();
  }());
  const Bytes two = hex(word_hex(2));
  EXPECT_FALSE([&] {
    AbiDecoder d(two);
    d.flag();
    return d.ok();
  }());
}

// 1,000 items that all point at one blob: a small answer must not become a large one.
TEST(AbiDecoder, RefusesOverlappingTails) {
  constexpr std::size_t kItems = 1000;
  std::string data = word_hex(0x20) + word_hex(kItems);
  for (std::size_t i = 0; i < kItems; ++i)
    data += word_hex(32 * kItems);
  data += word_hex(4096) + std::string(2 * 4096, 'a');
  const Bytes bytes = hex(data);
  AbiDecoder decoder(bytes);
  auto items = decoder.array();
  ASSERT_EQ(items.size, kItems);
  std::size_t copied = 0;
  for (std::size_t i = 0; i < items.size; ++i)
    copied += items.items.bytes().size();
  EXPECT_FALSE(decoder.ok());
  EXPECT_LE(copied, bytes.size());
}

TEST(AbiDecoder, SurvivesRandomBytes) {
  Prng prng(3);
  for (int round = 0; round < 2000; ++round) {
    Bytes data(prng.below(256), 0);
    for (std::size_t i = 31; i < data.size(); i += 1 + prng.below(32)) {
      data[i] = static_cast<std::uint8_t>(prng.below(97));
    }
    AbiDecoder decoder(data);
    auto items = decoder.array(1 + prng.below(3));
    for (std::size_t i = 0; i < items.size; ++i) {
      AbiDecoder item = items.items.tuple();
      item.text();
      item.address();
      auto inner = item.array();
      for (std::size_t j = 0; j < inner.size; ++j)
        inner.items.bytes();
    }
  }
}

}  // namespace
}  // namespace dnc
