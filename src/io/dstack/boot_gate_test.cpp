#include "io/dstack/boot_gate.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <nlohmann/json.hpp>

namespace dnc {
namespace {

std::string repeated(const char* byte, int times) {
  std::string text;
  for (int i = 0; i < times; ++i)
    text += byte;
  return text;
}

// What dstack's own webhook was given when it made the golden call.
Json golden_body() {
  return {{"appId", "0165878a594ca255338adfa4d48449f69242eb8f"},
          {"instanceId", repeated("33", 20)},
          {"composeHash", repeated("22", 32)},
          {"deviceId", repeated("dd", 32)},
          {"mrAggregated", repeated("aa", 32)},
          {"mrSystem", repeated("bb", 32)},
          {"osImageHash", repeated("11", 32)},
          {"tcbStatus", "UpToDate"},
          {"advisoryIds", {"INTEL-SA-00001"}}};
}

std::string word(const std::string& digits) {
  return std::string(64 - digits.size(), '0') + digits;
}

std::string text_word(const std::string& text) {
  const std::string hex = to_hex(as_bytes(text));
  return hex + std::string(64 - hex.size(), '0');
}

std::string golden_call() {
  return "1e079198" + word("20") + word("0165878a594ca255338adfa4d48449f69242eb8f") +
         repeated("22", 32) + word(repeated("33", 20)) + repeated("dd", 32) + repeated("aa", 32) +
         repeated("bb", 32) + repeated("11", 32) + word("120") + word("160") + word("8") +
         text_word("UpToDate") + word("1") + word("20") + word("e") + text_word("INTEL-SA-00001");
}

bool is_refused(const Json& body) {
  const auto info = parse_boot_info(body);
  return !info && info.error().code == "bad_boot_info";
}

Json with(const char* field, const Json& value) {
  Json body = golden_body();
  body[field] = value;
  return body;
}

TEST(BootGate, MakesTheCallThatDstackMakes) {
  const auto info = parse_boot_info(golden_body());
  ASSERT_TRUE(info) << info.error().message;
  EXPECT_EQ(to_hex(encode_is_app_allowed(*info)), golden_call());
  EXPECT_EQ(to_hex(encode_is_kms_allowed(*info)), "e067ec9d" + golden_call().substr(8));
}

TEST(BootGate, ReadsTheAnswers) {
  const auto yes = decode_boot_answer(*from_hex(word("1") + word("40") + word("0")));
  ASSERT_TRUE(yes);
  EXPECT_TRUE(yes->allowed);
  EXPECT_EQ(yes->reason, "");
  const auto no = decode_boot_answer(
      *from_hex(word("0") + word("40") + word("12") + text_word("Device not allowed")));
  ASSERT_TRUE(no);
  EXPECT_FALSE(no->allowed);
  EXPECT_EQ(no->reason, "Device not allowed");
  for (const std::string& bad : {std::string(), word("1"), word("2") + word("40") + word("0"),
                                 word("1") + word("80") + word("0")}) {
    EXPECT_FALSE(decode_boot_answer(*from_hex(bad))) << bad;
  }
}

TEST(BootGate, WritesWhatItReads) {
  const Json golden = golden_body();
  const auto info = parse_boot_info(golden);
  const Json written = boot_info_json(*info);
  for (const auto& [field, value] : golden.items())
    EXPECT_EQ(written.at(field), value) << field;
  EXPECT_EQ(*parse_boot_info(written), *info);
  BootInfo without = *info;
  without.instance_id = Address{};
  EXPECT_EQ(boot_info_json(without).at("instanceId"), "");
}

TEST(BootGate, TakesHexInAnyFormAndPadsItOnTheLeft) {
  EXPECT_EQ(parse_boot_info(with("instanceId", ""))->instance_id, Address{});
  EXPECT_EQ(parse_boot_info(with("instanceId", "0x"))->instance_id, Address{});
  Hash one;
  one.bytes[31] = 0x0f;
  EXPECT_EQ(parse_boot_info(with("composeHash", "f"))->compose_hash, one);
  EXPECT_EQ(parse_boot_info(with("composeHash", "0x0F"))->compose_hash, one);
  EXPECT_EQ(*parse_boot_info(with("appId", "0x0165878A594ca255338adfa4d48449f69242Eb8F")),
            *parse_boot_info(golden_body()));
  EXPECT_EQ(*parse_boot_info(with("stranger", 7)), *parse_boot_info(golden_body()));
}

TEST(BootGate, RefusesWhatIsTooLongOrNoHex) {
  const std::pair<const char*, std::size_t> fields[] = {
      {"appId", 20},    {"instanceId", 20},   {"composeHash", 32}, {"deviceId", 32},
      {"mrSystem", 32}, {"mrAggregated", 32}, {"osImageHash", 32}};
  for (const auto& [field, size] : fields) {
    EXPECT_FALSE(is_refused(with(field, std::string(2 * size, 'a')))) << field;
    EXPECT_TRUE(is_refused(with(field, std::string(2 * size + 1, 'a')))) << field;
    for (const char* bad : {"xy", "0xg0", "0X00", "0x0x", " 00"})
      EXPECT_TRUE(is_refused(with(field, bad))) << field << bad;
    EXPECT_TRUE(is_refused(with(field, 7))) << field;
  }
}

TEST(BootGate, KnowsWhatMayBeMissing) {
  for (const char* field :
       {"mrAggregated", "osImageHash", "appId", "composeHash", "instanceId", "deviceId"}) {
    Json body = golden_body();
    body.erase(field);
    EXPECT_TRUE(is_refused(body)) << field;
  }
  Json body = golden_body();
  for (const char* field : {"mrSystem", "tcbStatus", "advisoryIds"})
    body.erase(field);
  const auto info = parse_boot_info(body);
  ASSERT_TRUE(info) << info.error().message;
  EXPECT_EQ(info->mr_system, Hash{});
  EXPECT_EQ(info->tcb_status, "");
  EXPECT_TRUE(info->advisory_ids.empty());
  EXPECT_TRUE(is_refused(Json::array()));
  EXPECT_TRUE(is_refused(Json("text")));
}

TEST(BootGate, LimitsTexts) {
  EXPECT_FALSE(is_refused(with("tcbStatus", std::string(128, 'x'))));
  EXPECT_TRUE(is_refused(with("tcbStatus", std::string(129, 'x'))));
  EXPECT_FALSE(is_refused(with("advisoryIds", Json(std::vector<std::string>(128, "x")))));
  EXPECT_TRUE(is_refused(with("advisoryIds", Json(std::vector<std::string>(129, "x")))));
  EXPECT_FALSE(is_refused(with("advisoryIds", {std::string(256, 'x')})));
  EXPECT_TRUE(is_refused(with("advisoryIds", {std::string(257, 'x')})));
  EXPECT_TRUE(is_refused(with("advisoryIds", {1})));
  EXPECT_TRUE(is_refused(with("advisoryIds", "x")));
}

}  // namespace
}  // namespace dnc
