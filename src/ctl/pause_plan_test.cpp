// A pause before it is sent: its end, what is done already, who may.
#include "ctl/pause_plan.hpp"

#include <gtest/gtest.h>

#include "core/base/hex.hpp"
#include "ctl/chain_clock.hpp"

namespace dnc::ctl {
namespace {

constexpr std::uint64_t kNow = 1'800'000'000;
constexpr std::uint64_t kDay = 86'400;

Address address(std::uint8_t last) {
  Address value;
  value.bytes.back() = last;
  return value;
}

PauseFacts facts_until(std::uint64_t until) {
  PauseFacts facts;
  facts.pause = {until, kNow};
  facts.owner = address(1);
  return facts;
}

const Finding& gate(const Report& report, const std::string& name) {
  static const Finding kNone;
  for (const Finding& finding : report)
    if (finding.gate == name) return finding;
  return kNone;
}

TEST(PausePlan, EndsAreTimesOrDurations) {
  const auto lasts = [](const char* text) { return pause_end_from(text)->lasts; };
  EXPECT_EQ(lasts("90s"), 90u);
  EXPECT_EQ(lasts("30m"), 1'800u);
  EXPECT_EQ(lasts("36h"), 129'600u);
  EXPECT_EQ(lasts("7d"), 7 * kDay);
  EXPECT_EQ(pause_end_from("2027-01-15T08:00:00Z")->at, kNow);
  EXPECT_EQ(pause_end_from("never")->at, kNever);
  for (const char* text : {"", "d", "0d", "-1d", "1.5d", "7w", "soon", "0", "7dd", "40000d",
                           "99999999999999999999d", "1 d"})
    EXPECT_EQ(pause_end_from(text), std::nullopt) << text;
}

TEST(PausePlan, ADurationIsCountedFromTheNewestBlock) {
  const Plan plan = plan_pause({0, 2 * kDay}, facts_until(0));
  EXPECT_EQ(exit_code_of(plan.report), kOk);
  EXPECT_FALSE(plan.done);
  EXPECT_EQ(to_hex0x(plan.calldata), "0xd7848715" + std::string(56, '0') + "6b4c7500");
  EXPECT_EQ(plan.entitled, address(1));
  EXPECT_EQ(gate(plan.report, "end").cause.substr(0, 20), "2027-01-17T08:00:00Z");
}

TEST(PausePlan, TypedAgainItIsDone) {
  const PauseEnd two_days{0, 2 * kDay};
  EXPECT_TRUE(plan_pause(two_days, facts_until(kNow + 2 * kDay - 3'600)).done) << "an hour later";
  EXPECT_FALSE(plan_pause(two_days, facts_until(kNow + kDay)).done) << "a day later it is renewed";
  EXPECT_FALSE(plan_pause(two_days, facts_until(kNever)).done) << "shorter is another pause";
  const PauseEnd noon{kNow + kDay, 0};
  EXPECT_TRUE(plan_pause(noon, facts_until(kNow + kDay)).done);
  EXPECT_FALSE(plan_pause(noon, facts_until(kNow + kDay - 1)).done);
  EXPECT_FALSE(plan_pause({0, 10}, facts_until(kNow)).done) << "that one is over";
  EXPECT_TRUE(plan_resume(facts_until(kNow)).done);
  EXPECT_TRUE(plan_resume(facts_until(0)).done);
  EXPECT_FALSE(plan_resume(facts_until(kNow + 1)).done);
}

TEST(PausePlan, ATimeThatIsOverIsRefused) {
  const Plan plan = plan_pause({kNow, 0}, facts_until(0));
  EXPECT_EQ(gate(plan.report, "end").verdict, Verdict::refused);
  EXPECT_FALSE(gate(plan.report, "end").next.empty());
}

TEST(PausePlan, WhatAPauseStopsIsSaidAndSeatsAreNamed) {
  PauseFacts facts = facts_until(kNow + kDay);
  facts.unjoined = {{4}, {6}};
  const Report report = describe(facts);
  EXPECT_NE(gate(report, "pause").cause.find("until 2027-01-16T08:00:00Z"), std::string::npos);
  EXPECT_FALSE(gate(report, "stops").cause.empty());
  EXPECT_FALSE(gate(report, "goes on").cause.empty());
  EXPECT_NE(gate(report, "seats").cause.find("4, 6"), std::string::npos);
  EXPECT_EQ(exit_code_of(report), kOk) << "a look refuses nothing";
  EXPECT_EQ(gate(describe(facts_until(kNow)), "stops").cause, "") << "it is over";
  EXPECT_EQ(gate(plan_pause({kNever, 0}, facts_until(0)).report, "end").verdict, Verdict::warn);
}

TEST(PausePlan, TheGuardiansTimeIsShown) {
  PauseFacts facts = facts_until(0);
  EXPECT_NE(gate(describe(facts), "guardian").cause.find("none"), std::string::npos);
  facts.guardian = address(9);
  EXPECT_NE(gate(describe(facts), "guardian").cause.find("30 days"), std::string::npos);
  facts.guardian_limit = kNow + 1;
  EXPECT_NE(gate(describe(facts), "guardian").cause.find("until 2027-01-15"), std::string::npos);
  facts.guardian_limit = kNow;
  EXPECT_EQ(gate(describe(facts), "guardian").verdict, Verdict::warn);
}

}  // namespace
}  // namespace dnc::ctl
