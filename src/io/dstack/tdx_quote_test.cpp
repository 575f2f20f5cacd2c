#include "io/dstack/tdx_quote.hpp"

#include <gtest/gtest.h>

#include "io/dstack/tdx_test_kit.hpp"

namespace dnc {
namespace {

template <class Fixed>
Fixed filled(std::uint8_t byte) {
  Fixed value;
  value.bytes.fill(byte);
  return value;
}

test::QuoteText text(std::uint16_t version, std::uint16_t body_type = 2) {
  test::QuoteText made;
  made.version = version;
  made.body_type = body_type;
  made.mr_config_id = test::config_id_of(filled<Hash>(0xcc));
  made.rtmr3 = filled<Sha384>(0x33);
  made.report_data.fill(0xda);
  return made;
}

std::string why(const Result<TdxQuote>& quote) {
  return quote ? "" : quote.error().message;
}

TEST(TdxQuote, EveryVersionIsReadAtItsPlaces) {
  const std::pair<std::uint16_t, std::uint16_t> kVersions[] = {{4, 2}, {5, 2}, {5, 3}};
  for (const auto& [version, body_type] : kVersions) {
    const test::QuoteText said = text(version, body_type);
    const auto quote = parse_tdx_quote(test::unsigned_quote(said));
    ASSERT_TRUE(quote) << version << " " << body_type << ": " << why(quote);
    EXPECT_EQ(quote->version, version);
    EXPECT_EQ(quote->report_data, said.report_data);
    EXPECT_EQ(quote->rtmr[3], said.rtmr3);
    EXPECT_EQ(configured_compose(*quote), filled<Hash>(0xcc));
    EXPECT_EQ(quote->signed_part, test::signed_part(said));
    EXPECT_TRUE(check_production(*quote));
    EXPECT_FALSE(quote->certification);
  }
  EXPECT_EQ(test::signed_part(text(4)).size(), 632u) << "the size of version 4 without its end";
}

TEST(TdxQuote, OnlyTheFirstFormOfTheConfigIdShowsAHash) {
  test::QuoteText said = text(4);
  said.mr_config_id.bytes[0] = 2;
  EXPECT_FALSE(configured_compose(*parse_tdx_quote(test::unsigned_quote(said))));
  said = text(4);
  said.mr_config_id.bytes[47] = 1;
  EXPECT_FALSE(configured_compose(*parse_tdx_quote(test::unsigned_quote(said))));
}

TEST(TdxQuote, AMachineThatOthersMayChangeIsNotOneOfProduction) {
  test::QuoteText said = text(5, 3);
  said.td_attributes[0] = 1;
  EXPECT_FALSE(check_production(*parse_tdx_quote(test::unsigned_quote(said))));
  said = text(5, 3);
  said.mr_signer_seam.bytes[7] = 1;
  EXPECT_FALSE(check_production(*parse_tdx_quote(test::unsigned_quote(said))));
  said = text(5, 3);
  said.mr_service_td.bytes[7] = 1;
  EXPECT_FALSE(check_production(*parse_tdx_quote(test::unsigned_quote(said))));
}

TEST(TdxQuote, WhatIsCutOffIsNone) {
  for (const auto& said : {text(4), text(5, 3)}) {
    const Bytes whole = test::unsigned_quote(said);
    for (std::size_t size = 0; size < whole.size(); ++size)
      EXPECT_FALSE(parse_tdx_quote(ByteView(whole).first(size))) << size;
  }
}

TEST(TdxQuote, OtherKindsAreRefusedByName) {
  const Bytes good = test::unsigned_quote(text(4));
  Bytes bad = good;
  bad[0] = 3;
  EXPECT_NE(why(parse_tdx_quote(bad)).find("version"), std::string::npos);
  bad = good;
  bad[2] = 3;
  EXPECT_NE(why(parse_tdx_quote(bad)).find("signed"), std::string::npos);
  bad = good;
  bad[4] = 0;
  EXPECT_NE(why(parse_tdx_quote(bad)).find("TDX"), std::string::npos);
  bad = test::unsigned_quote(text(5, 1));
  EXPECT_NE(why(parse_tdx_quote(bad)).find("report"), std::string::npos);
  bad = test::unsigned_quote(text(5));
  bad[kQuoteHeaderSize + 2] ^= 1;
  EXPECT_NE(why(parse_tdx_quote(bad)).find("size"), std::string::npos);
}

TEST(TdxQuote, ACertificationThatCannotBeReadIsSaid) {
  const Bytes head = test::signed_part(text(4));
  Bytes section(128);
  test::append_number(section, 5, 2);  // not the enclave's form
  test::append_number(section, 0, 4);
  EXPECT_NE(why(parse_tdx_quote(test::with_signature(head, section))).find("unknown form"),
            std::string::npos);
  section.resize(128);
  test::append_number(section, 6, 2);
  test::append_number(section, 9, 4);
  section.resize(section.size() + 9);
  EXPECT_NE(why(parse_tdx_quote(test::with_signature(head, section))).find("no chain"),
            std::string::npos);
}

}  // namespace
}  // namespace dnc
