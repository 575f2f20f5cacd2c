// What a command would do to a seat: what is done already, what stops the cluster, what is sent.
#include "ctl/seat_plan.hpp"

#include <gtest/gtest.h>

#include "core/base/hex.hpp"
#include "ctl/chain_clock.hpp"

namespace dnc::ctl {
namespace {

constexpr std::uint64_t kNow = 1'800'000'000;

Address address(std::uint8_t last) {
  Address value;
  value.bytes.back() = last;
  return value;
}

// Three seats that run and count; seat K is owned and operated by address K.
ActFacts whole() {
  ActFacts facts;
  facts.owner = address(99);
  facts.view.time = kNow;
  for (std::uint8_t number = 1; number <= 3; ++number) {
    ChainSeat seat;
    seat.identity.seat = {number};
    seat.owner = address(number);
    seat.operator_ = address(number);
    seat.active = true;
    seat.counted = true;
    facts.view.seats.push_back(seat);
  }
  return facts;
}

SeatAct on(Act act, std::uint64_t seat) {
  SeatAct wanted;
  wanted.act = act;
  wanted.seat = {seat};
  return wanted;
}

SeatAct hire(std::uint8_t who, std::uint64_t until) {
  SeatAct act = on(Act::set_operator, 2);
  act.who = address(who);
  act.until = until;
  return act;
}

bool refuses(const Plan& plan, const std::string& gate) {
  for (const Finding& finding : plan.report)
    if (finding.verdict == Verdict::refused) return finding.gate == gate && !finding.next.empty();
  return false;
}

TEST(SeatPlan, AnOwnerWhoHoldsASeatNeedsNoOther) {
  SeatAct mint;
  mint.who = address(2);
  EXPECT_TRUE(plan(mint, whole()).done);
  mint.another = true;
  const Plan more = plan(mint, whole());
  EXPECT_FALSE(more.done);
  EXPECT_NE(more.report[0].cause.find("seat 4"), std::string::npos);
  EXPECT_EQ(more.entitled, address(99));
  EXPECT_EQ(to_hex0x(more.calldata).substr(0, 10), "0x6a627842");
}

TEST(SeatPlan, OneOfThreeMayGoAndTheSecondWouldStopTheCluster) {
  ActFacts facts = whole();
  EXPECT_EQ(exit_code_of(plan(on(Act::revoke, 1), facts).report), kOk);
  facts.view.seats[2].active = false;
  for (const Act act : {Act::revoke, Act::leave, Act::replace, Act::clear_operator}) {
    facts.view.seats[0].operator_ = address(50);  // clearing names another one
    facts.operator_until = kNow + 1;
    EXPECT_TRUE(refuses(plan(on(act, 1), facts), "quorum")) << name_of(act);
    EXPECT_FALSE(refuses(plan(on(act, 3), facts), "quorum")) << name_of(act);
    SeatAct forced = on(act, 1);
    forced.force = true;
    EXPECT_EQ(exit_code_of(plan(forced, facts).report), kOk) << name_of(act);
  }
}

TEST(SeatPlan, WhatIsSoAlreadyIsDone) {
  ActFacts facts = whole();
  EXPECT_TRUE(plan(on(Act::reinstate, 1), facts).done);
  EXPECT_FALSE(plan(on(Act::revoke, 1), facts).done);
  EXPECT_TRUE(plan(on(Act::clear_operator, 1), facts).done);
  facts.view.seats[0].revoked = true;
  EXPECT_TRUE(plan(on(Act::revoke, 1), facts).done);
  EXPECT_FALSE(plan(on(Act::reinstate, 1), facts).done);
}

TEST(SeatPlan, AnOperatorIsNamedOnceAndNotForThePast) {
  ActFacts facts = whole();
  EXPECT_FALSE(plan(hire(7, kNow + 100), facts).done);
  EXPECT_TRUE(refuses(plan(hire(7, kNow), facts), "operator"));
  facts.view.seats[1].operator_ = address(7);
  facts.operator_until = kNow + 100;
  EXPECT_TRUE(plan(hire(7, kNow + 100), facts).done);
  EXPECT_FALSE(plan(hire(7, kNow + 200), facts).done) << "renewed";
  facts.view.seats[2].active = false;
  EXPECT_EQ(exit_code_of(plan(hire(7, kNow + 200), facts).report), kOk) << "the node goes on";
  EXPECT_TRUE(refuses(plan(hire(8, kNow + 200), facts), "quorum")) << "another silences it";
  EXPECT_EQ(plan(hire(8, kNever), facts).entitled, address(2));
}

TEST(SeatPlan, ASeatThatIsNotMintedHasNothingToLose) {
  EXPECT_TRUE(refuses(plan(on(Act::leave, 9), whole()), "seat"));
}

TEST(SeatPlan, TimesAreReadInUtc) {
  EXPECT_EQ(utc_from("1800000000"), kNow);
  EXPECT_EQ(utc_from("2027-01-15T08:00:00Z"), kNow);
  EXPECT_EQ(utc_from("1970-01-02"), 86'400u);
  for (const char* text : {"", "tomorrow", "2027-02-30", "2027-01-15 08:00", "-1", "12x"})
    EXPECT_EQ(utc_from(text), std::nullopt) << text;
}

}  // namespace
}  // namespace dnc::ctl
