#include "io/dstack/measured_machine.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "core/base/hex.hpp"
#include "io/base/json.hpp"
#include "io/dstack/event_log.hpp"
#include "io/dstack/tdx_test_kit.hpp"

namespace dnc {
namespace {

// A machine of dstack published this event of its log.
constexpr const char* kComposeHash =
    "17285b1c7797e193c3e876621e9755cc0c07ee31225638978d55bb2d50f8f5f5";
constexpr const char* kComposeDigest =
    "3997395cf5dbdbe20a74b3aa348e25c8db36ee336cf601d546e5b83d899f8aae6ab351d95c7d5dc4e000121c7fc7"
    "6b75";
// The digests of dstack's events without payload.
constexpr const char* kPreparingDigest =
    "f9974020ef507068183313d0ca808e0d1ca9b2d1ad0c61f5784e7157c362c06536f5ddacdad4451693f48fcc72ff"
    "f624";
constexpr const char* kReadyDigest =
    "1a76b2a80a0be71eae59f80945d876351a7a3fb8e9fd1ff1cede5734aa84ea11fd72b4edfbb6f04e5a85edd114c7"
    "51bd";

Json event(const std::string& name, const std::string& payload, const std::string& digest = "") {
  return {{"imr", 3},
          {"event_type", 134217729},
          {"digest", digest},
          {"event", name},
          {"event_payload", payload}};
}

const std::string kApp(40, '1');
const std::string kInstance(40, '2');

Json boot_log() {
  return Json::array({{{"imr", 0}, {"event_type", 4}, {"digest", std::string(96, '0')}},
                      event("system-preparing", "", kPreparingDigest),
                      event("app-id", kApp),
                      event("compose-hash", kComposeHash, kComposeDigest),
                      event("instance-id", kInstance),
                      event("system-ready", "", kReadyDigest),
                      event("compose-hash", std::string(64, '6'))});
}

TdxQuote quote_with(const Sha384& rtmr3, const Sha384& config_id = {}) {
  test::QuoteText text;
  text.rtmr3 = rtmr3;
  text.mr_config_id = config_id;
  return *parse_tdx_quote(test::unsigned_quote(text));
}

TEST(EventLog, TheFirstOfEachBeforeTheAppRanCounts) {
  const auto boot = replay_event_log(boot_log().dump());
  ASSERT_TRUE(boot) << boot.error().message;
  EXPECT_EQ(boot->events, 6u);
  EXPECT_EQ(boot->compose_hash, fixed_from_hex<Hash>(kComposeHash));
  EXPECT_EQ(boot->app_id, fixed_from_hex<Address>(kApp));
  EXPECT_EQ(boot->instance_id, fixed_from_hex<Address>(kInstance));
}

TEST(EventLog, LeadsWhereItsEventsLead) {
  Sha384 rtmr;
  for (const char* digest : {kPreparingDigest, kReadyDigest}) {
    Bytes both(rtmr.bytes.begin(), rtmr.bytes.end());
    test::append(both, *from_hex(digest));
    rtmr = sha384(both);
  }
  const Json log = Json::array({event("system-preparing", ""), event("system-ready", "")});
  EXPECT_EQ(replay_event_log(log.dump())->rtmr3, rtmr);
}

TEST(EventLog, DigestsOfBothFormsAreTaken) {
  const std::string as_json = R"({"name":"app-id","payload":")" + kApp + R"(","type":134217729})";
  const std::string digest = to_hex(sha384(as_bytes(as_json)).view());
  EXPECT_TRUE(replay_event_log(Json::array({event("app-id", kApp, digest)}).dump()));
}

TEST(EventLog, AnEventThatIsNotWhatItMeasuresIsRefused) {
  Json log = boot_log();
  log[3]["event_payload"] = std::string(64, '7');
  EXPECT_FALSE(replay_event_log(log.dump()));
  for (const char* field : {"imr", "event", "event_payload"}) {
    log = boot_log();
    log[3].erase(field);
    EXPECT_FALSE(replay_event_log(log.dump())) << field;
  }
  for (const char* text : {"", "{}", "[1]", "[", "null"})
    EXPECT_FALSE(replay_event_log(text)) << text;
}

TEST(MeasuredMachine, IsWhatQuoteAndLogSayTogether) {
  const std::string log = boot_log().dump();
  const auto machine = measured_machine(quote_with(replay_event_log(log)->rtmr3), log);
  ASSERT_TRUE(machine) << machine.error().message;
  EXPECT_EQ(machine->compose_hash, fixed_from_hex<Hash>(kComposeHash));
  EXPECT_EQ(machine->app_id, fixed_from_hex<Address>(kApp));
  EXPECT_EQ(machine->instance_id, fixed_from_hex<Address>(kInstance));
}

TEST(MeasuredMachine, ALogOfAnotherMachineIsRefused) {
  const auto machine = measured_machine(quote_with({}), boot_log().dump());
  ASSERT_FALSE(machine);
  EXPECT_EQ(machine.error().code, "bad_event_log");
}

TEST(MeasuredMachine, QuoteAndLogMustNameOneCompose) {
  const std::string log = boot_log().dump();
  const Sha384 rtmr3 = replay_event_log(log)->rtmr3;
  EXPECT_TRUE(measured_machine(
      quote_with(rtmr3, test::config_id_of(*fixed_from_hex<Hash>(kComposeHash))), log));
  const auto other = measured_machine(quote_with(rtmr3, test::config_id_of(Hash{})), log);
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, "bad_quote");
}

TEST(MeasuredMachine, WithoutALogTheQuoteAloneSpeaks) {
  for (const char* log : {"", "[]"}) {
    EXPECT_FALSE(measured_machine(quote_with({}), log)->compose_hash);
    const TdxQuote quote = quote_with({}, test::config_id_of(*fixed_from_hex<Hash>(kComposeHash)));
    EXPECT_EQ(measured_machine(quote, log)->compose_hash, fixed_from_hex<Hash>(kComposeHash));
    EXPECT_FALSE(measured_machine(quote, log)->instance_id);
  }
}

}  // namespace
}  // namespace dnc
