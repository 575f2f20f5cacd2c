#include "io/base/json.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace dnc {
namespace {

Json object() {
  return parse_json(R"({"name":"n","count":7,"minus":-1,"float":1.5,"on":true,"none":null,
      "hash":"0x00ff","list":[1],"inner":{"a":1}})")
      .value();
}

TEST(JsonParse, RefusesWhatIsNotJson) {
  for (const char* text : {"", "{", "{\"a\":}", "nul", "[1,]", "{\"a\":1} x", "\xff"}) {
    const auto json = parse_json(text);
    ASSERT_FALSE(json) << text;
    EXPECT_EQ(json.error().code, "json_malformed");
  }
}

TEST(JsonParse, HoldsItsLimits) {
  EXPECT_EQ(parse_json(std::string(101, ' '), {100, 32}).error().code, "json_too_large");
  EXPECT_TRUE(parse_json(std::string(32, '[') + std::string(32, ']')));
  EXPECT_FALSE(parse_json(std::string(33, '[') + std::string(33, ']')));
  EXPECT_FALSE(parse_json(std::string(1 << 20, '[')));
  // Brackets inside of text are not nesting, not even behind an escaped quote.
  EXPECT_TRUE(parse_json("\"" + std::string(100, '[') + "\""));
  EXPECT_TRUE(parse_json("\"\\\"" + std::string(100, '[') + "\""));
}

TEST(JsonGet, ReadsFields) {
  const Json json = object();
  EXPECT_EQ(*json_text(json, "name"), "n");
  EXPECT_EQ(*json_u64(json, "count"), 7u);
  EXPECT_TRUE(*json_flag(json, "on"));
  EXPECT_EQ(*json_hex(json, "hash"), (Bytes{0, 0xff}));
  EXPECT_EQ((*json_array(json, "list"))->size(), 1u);
  EXPECT_EQ(*json_u64(**json_object(json, "inner"), "a"), 1u);
  EXPECT_TRUE(json_has(json, "name"));
  EXPECT_FALSE(json_has(json, "none"));
  EXPECT_FALSE(json_has(json, "nothing"));
}

TEST(JsonGet, NamesTheFieldThatIsWrong) {
  const Json json = object();
  EXPECT_EQ(json_text(json, "nothing").error().message, "field \"nothing\" is missing");
  EXPECT_EQ(json_text(json, "count").error().message, "field \"count\" is not text");
  EXPECT_FALSE(json_text(json, "none"));
  EXPECT_FALSE(json_u64(json, "minus"));
  EXPECT_FALSE(json_u64(json, "float"));
  EXPECT_FALSE(json_flag(json, "count"));
  EXPECT_FALSE(json_hex(json, "name"));
  EXPECT_FALSE(json_object(json, "list"));
  EXPECT_FALSE(json_array(json, "inner"));
  EXPECT_EQ(json_fixed<Hash>(json, "hash").error().message,
            "field \"hash\" is not hex of 32 bytes");
}

TEST(JsonGet, SurvivesWhatIsNoObject) {
  for (const char* text : {"[]", "1", "null", "\"x\""}) {
    const Json json = parse_json(text).value();
    EXPECT_FALSE(json_text(json, "name")) << text;
    EXPECT_FALSE(json_has(json, "name")) << text;
  }
}

TEST(JsonDump, NeverFails) {
  EXPECT_EQ(dump_json(Json{{"a", 1}}), "{\"a\":1}");
  EXPECT_EQ(dump_json(Json("\xff")), "\"\xef\xbf\xbd\"");
}

}  // namespace
}  // namespace dnc
