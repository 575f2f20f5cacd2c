#include "core/base/wire.hpp"

#include <gtest/gtest.h>

#include "core/base/hex.hpp"
#include "core/base/prng.hpp"

namespace dnc {
namespace {

Bytes sample() {
  Writer writer;
  writer.u8(7);
  writer.u32(0x01020304);
  writer.u64(0x05060708090a0b0c);
  writer.flag(true);
  writer.blob(Bytes{1, 2, 3});
  writer.text("hi");
  writer.id(Seat{9});
  writer.fixed(*fixed_from_hex<Address>("0x7e57c1057e4000000000000000000000000000c5"));
  return writer.take();
}

bool read_sample(ByteView bytes) {
  Reader reader(bytes);
  reader.u8();
  reader.u32();
  reader.u64();
  reader.flag();
  reader.blob(16);
  reader.text(16);
  reader.id<Seat>();
  reader.fixed<Address>();
  return reader.at_end();
}

TEST(Wire, WritesBigEndian) {
  EXPECT_EQ(to_hex(sample()),
            "07"
            "01020304"
            "05060708090a0b0c"
            "01"
            "00000003010203"
            "000000026869"
            "0000000000000009"
            "7e57c1057e4000000000000000000000000000c5");
}

TEST(Wire, ReadsBackWhatWasWritten) {
  const Bytes bytes = sample();
  Reader reader(bytes);
  EXPECT_EQ(reader.u8(), 7);
  EXPECT_EQ(reader.u32(), 0x01020304u);
  EXPECT_EQ(reader.u64(), 0x05060708090a0b0cu);
  EXPECT_TRUE(reader.flag());
  EXPECT_EQ(reader.blob(3), (Bytes{1, 2, 3}));
  EXPECT_EQ(reader.text(2), "hi");
  EXPECT_EQ(reader.id<Seat>(), Seat{9});
  EXPECT_FALSE(reader.at_end());
  EXPECT_EQ(to_hex0x(reader.fixed<Address>()), "0x7e57c1057e4000000000000000000000000000c5");
  EXPECT_TRUE(reader.at_end());
}

TEST(Wire, RefusesEveryTruncation) {
  const Bytes bytes = sample();
  EXPECT_TRUE(read_sample(bytes));
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(read_sample(ByteView(bytes).first(size))) << size;
  }
}

TEST(Wire, ATailIsNotTheEnd) {
  Bytes bytes = sample();
  bytes.push_back(0);
  EXPECT_FALSE(read_sample(bytes));
}

TEST(Wire, StaysFailedAndReadsZeros) {
  const Bytes bytes(12, 0xff);
  Reader reader(bytes);
  EXPECT_EQ(reader.u64(), UINT64_MAX);
  EXPECT_EQ(reader.u64(), 0u);
  EXPECT_FALSE(reader.ok());
  // Four bytes are left, but a failed reader gives none of them away.
  EXPECT_EQ(reader.u8(), 0);
  EXPECT_EQ(reader.u32(), 0u);
  EXPECT_TRUE(reader.blob(100).empty());
  EXPECT_TRUE(reader.fixed<Hash>().is_zero());
  EXPECT_EQ(reader.count(1), 0u);
  EXPECT_FALSE(reader.at_end());
}

TEST(Wire, OneValueHasOneEncoding) {
  const Bytes two{2};
  Reader reader(two);
  reader.flag();
  EXPECT_FALSE(reader.ok());
}

TEST(Wire, BoundsBlobsByLimitAndByData) {
  Writer writer;
  writer.blob(Bytes(10, 1));
  Reader too_small(writer.bytes());
  EXPECT_TRUE(too_small.blob(9).empty());
  EXPECT_FALSE(too_small.ok());

  const Bytes lying = from_hex("ffffffff01").value();
  Reader reader(lying);
  EXPECT_TRUE(reader.blob(SIZE_MAX).empty());
  EXPECT_FALSE(reader.ok());
}

TEST(Wire, CountsNeverExceedWhatIsLeft) {
  const Bytes three_items = from_hex("00000003aabbccddeeff").value();
  Reader fits(three_items);
  EXPECT_EQ(fits.count(2), 3u);
  EXPECT_TRUE(fits.ok());
  Reader does_not(three_items);
  EXPECT_EQ(does_not.count(3), 0u);
  EXPECT_FALSE(does_not.ok());

  const Bytes huge = from_hex("ffffffffaabb").value();
  Reader hostile(huge);
  EXPECT_EQ(hostile.count(1), 0u);
  EXPECT_FALSE(hostile.ok());
}

TEST(Wire, SurvivesRandomBytes) {
  Prng prng(1);
  for (int round = 0; round < 5000; ++round) {
    Bytes bytes(prng.below(80), 0);
    for (auto& byte : bytes)
      byte = static_cast<std::uint8_t>(prng.below(5));
    read_sample(bytes);
  }
}

}  // namespace
}  // namespace dnc
