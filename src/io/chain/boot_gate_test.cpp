#include "io/chain/boot_gate.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "core/eth/abi.hpp"

namespace dnc {
namespace {

std::string repeated(const char* byte, int times) {
  std::string text;
  while (times-- > 0)
    text += byte;
  return text;
}

Json golden_body() {
  return {
      {"teeVariant", "dstack-tdx"},        {"appId", "0165878a594ca255338adfa4d48449f69242eb8f"},
      {"composeHash", repeated("22", 32)}, {"instanceId", repeated("33", 20)},
      {"deviceId", repeated("dd", 32)},    {"mrAggregated", repeated("aa", 32)},
      {"mrSystem", repeated("bb", 32)},    {"osImageHash", repeated("11", 32)},
      {"tcbStatus", "UpToDate"},           {"advisoryIds", {"INTEL-SA-00001"}}};
}

std::string word(const std::string& hex) {
  return repeated("0", static_cast<int>(64 - hex.size())) + hex;
}
std::string padded(const std::string& text) {
  const std::string hex = to_hex(as_bytes(text));
  return hex + repeated("0", static_cast<int>(64 - hex.size()));
}

// The bytes that dstack's own auth-eth sends for this body.
TEST(BootGate, EncodesTheGoldenCall) {
  const auto info = parse_boot_info(golden_body());
  ASSERT_TRUE(info.ok()) << info.error().message;
  const std::string expected =
      "1e079198" + word("20") + word("0165878a594ca255338adfa4d48449f69242eb8f") +
      repeated("22", 32) + word(repeated("33", 20)) + repeated("dd", 32) + repeated("aa", 32) +
      repeated("bb", 32) + repeated("11", 32) + word("120") + word("160") + word("8") +
      padded("UpToDate") + word("1") + word("20") + word("e") + padded("INTEL-SA-00001");
  EXPECT_EQ(to_hex(encode_is_app_allowed(*info)), expected);
}

TEST(BootGate, TakesPrefixedUpperCaseAndShortHex) {
  Json body = golden_body();
  body["composeHash"] = "0x" + repeated("AB", 31);
  body["deviceId"] = "f";
  body["instanceId"] = "";
  body.erase("mrSystem");
  body.erase("tcbStatus");
  body.erase("advisoryIds");
  const auto info = parse_boot_info(body);
  ASSERT_TRUE(info.ok()) << info.error().message;
  EXPECT_EQ(to_hex(info->compose_hash.view()), "00" + repeated("ab", 31));
  EXPECT_EQ(info->device_id.bytes.back(), 0x0f);
  EXPECT_TRUE(info->instance_id.is_zero());
  EXPECT_TRUE(info->mr_system.is_zero());
  EXPECT_EQ(info->tcb_status, "");
}

TEST(BootGate, NamesTheFieldThatIsWrong) {
  for (const char* field :
       {"mrAggregated", "osImageHash", "appId", "composeHash", "instanceId", "deviceId"}) {
    Json body = golden_body();
    body.erase(field);
    const auto missing = parse_boot_info(body);
    ASSERT_FALSE(missing.ok());
    EXPECT_NE(missing.error().message.find(std::string(field) + "\" is missing"),
              std::string::npos);
    body[field] = "xyz";
    EXPECT_FALSE(parse_boot_info(body).ok());
    body[field] = 7;
    EXPECT_FALSE(parse_boot_info(body).ok());
  }
  Json body = golden_body();
  body["deviceId"] = repeated("dd", 64);  // the chip id of an SNP machine
  EXPECT_NE(parse_boot_info(body).error().message.find("longer than 32"), std::string::npos);
  body = golden_body();
  body["tcbStatus"] = repeated("x", 129);
  EXPECT_FALSE(parse_boot_info(body).ok());
  body = golden_body();
  body["advisoryIds"] = {7};
  EXPECT_FALSE(parse_boot_info(body).ok());
  EXPECT_FALSE(parse_boot_info(Json::array()).ok());
}

TEST(BootGate, ReadsTheAnswer) {
  const Bytes no = AbiEncoder().flag(false).text("Device not allowed").encode();
  const auto refused = decode_boot_answer(no);
  ASSERT_TRUE(refused.ok());
  EXPECT_FALSE(refused->allowed);
  EXPECT_EQ(refused->reason, "Device not allowed");
  EXPECT_TRUE(decode_boot_answer(AbiEncoder().flag(true).text("").encode())->allowed);
  EXPECT_FALSE(decode_boot_answer({}).ok());
  EXPECT_FALSE(decode_boot_answer(ByteView(no).first(40)).ok());
}

}  // namespace
}  // namespace dnc
