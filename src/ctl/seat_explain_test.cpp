// Each cause that keeps a seat's node from serving, and that it is named.
#include "ctl/seat_explain.hpp"

#include <gtest/gtest.h>

#include "ctl/chain_clock.hpp"
#include "ctl/doctor.hpp"

namespace dnc::ctl {
namespace {

constexpr std::uint64_t kNow = 1'800'000'000;

SeatFacts serving() {
  SeatFacts facts;
  facts.seat.identity.seat = {2};
  facts.seat.identity.epoch = {1};
  facts.seat.active = true;
  facts.seat.counted = true;
  facts.joined = true;
  facts.chain_time = kNow - 1;
  facts.now = kNow;
  facts.node = NodeWord{"follower", "", "", "", true, ""};
  return facts;
}

NodeWord recovering(const std::string& reason) {
  return {"recovering", "cannot join: " + reason, "", "", true, ""};
}

// The one gate that refuses.
Finding refused(const SeatFacts& facts) {
  Finding found;
  std::size_t count = 0;
  for (const Finding& finding : explain_seat(facts)) {
    if (finding.verdict != Verdict::refused) continue;
    found = finding;
    ++count;
  }
  EXPECT_EQ(count, 1u);
  EXPECT_FALSE(found.next.empty()) << found.gate << ": " << found.cause;
  return found;
}

TEST(SeatExplain, ASeatThatServesPassesEveryGate) {
  EXPECT_EQ(exit_code_of(explain_seat(serving())), kOk);
}

TEST(SeatExplain, ARevokedSeatIsTheContracts) {
  SeatFacts facts = serving();
  facts.seat.revoked = true;
  EXPECT_EQ(refused(facts).gate, "contract");
}

TEST(SeatExplain, AnExpiredOperatorIsNamedWithTheTime) {
  SeatFacts facts = serving();
  facts.operator_until = kNow - 100;
  EXPECT_EQ(exit_code_of(explain_seat(facts)), kOk) << "the owner runs it meanwhile";
  facts.node = NodeWord{"recovering", "", "", "", true, ""};
  const Finding finding = refused(facts);
  EXPECT_EQ(finding.gate, "operator");
  EXPECT_NE(finding.cause.find("2027-01-15T07:58:20Z"), std::string::npos) << finding.cause;
  facts.operator_until = kNow + 100;
  EXPECT_EQ(exit_code_of(explain_seat(facts)), kOk);
}

TEST(SeatExplain, APauseStopsTheSeatThatHasNotJoinedAndNamesItsEnd) {
  SeatFacts facts = serving();
  facts.pause = {kNow + 100, kNow};
  EXPECT_EQ(exit_code_of(explain_seat(facts)), kOk) << "it has joined, and may restart";
  facts.joined = false;
  const Finding finding = refused(facts);
  EXPECT_EQ(finding.gate, "pause");
  EXPECT_NE(finding.cause.find("2027-01-15T08:01:40Z"), std::string::npos) << finding.cause;
  EXPECT_NE(finding.next.find("clusterctl resume"), std::string::npos) << finding.next;
  facts.pause.time = kNow + 100;
  EXPECT_EQ(exit_code_of(explain_seat(facts)), kOk) << "over by itself";
}

TEST(SeatExplain, WhatTheBootGateSaidIsExplained) {
  const std::pair<const char*, const char*> kSaid[] = {
      {"no keys from the KMS: Boot denied: Compose hash not allowed", "addComposeHash"},
      {"no keys from the KMS: Boot denied: TCB status is not up to date", "BIOS"},
      {"the contract refuses: NotFromKmsRoot(0x01, 0x02)", "setKmsRoot"},
      {"the contract refuses: JoinExpired(1700000000)", "clock"},
      {"the contract refuses: NotOperator(2, 0x01)", "operator set"}};
  for (const auto& [reason, next] : kSaid) {
    SeatFacts facts = serving();
    facts.node = recovering(reason);
    const Finding finding = refused(facts);
    EXPECT_EQ(finding.gate, "node");
    EXPECT_NE(finding.next.find(next), std::string::npos) << reason << ": " << finding.next;
    EXPECT_NE(finding.cause.find(reason), std::string::npos) << "in its own words";
  }
}

TEST(SeatExplain, AHaltedNodeSaysItsOwnNextStep) {
  SeatFacts facts = serving();
  facts.node = NodeWord{"halted", "taken", "seat_left", "start it again", true, ""};
  const Finding finding = refused(facts);
  EXPECT_EQ(finding.cause, "seat_left: taken");
  EXPECT_EQ(finding.next, "start it again");
}

TEST(SeatExplain, ANodeThatDoesNotAnswerIsNotWell) {
  SeatFacts facts = serving();
  facts.node = Error{"http_unreachable", "connection refused", ""};
  EXPECT_NE(refused(facts).cause.find("connection refused"), std::string::npos);
  facts.seat.identity.epoch = {0};
  EXPECT_NE(refused(facts).cause.find("no node has ever joined"), std::string::npos);
}

TEST(SeatExplain, AStaleChainAndAWrongClockAreSeen) {
  SeatFacts facts = serving();
  facts.chain_time = kNow - 1000;
  EXPECT_NE(refused(facts).cause.find("1000 s old"), std::string::npos);
  facts.chain_time = kNow + 1000;
  EXPECT_NE(refused(facts).cause.find("1000 s ahead"), std::string::npos);
  facts = serving();
  facts.node = NodeWord{"follower", "", "", "", false, "endpoints disagree"};
  EXPECT_NE(refused(facts).cause.find("endpoints disagree"), std::string::npos);
}

TEST(ChainClock, SomeSecondsAreNoFault) {
  EXPECT_EQ(clock_finding("clock", kNow - 100, kNow).verdict, Verdict::ok);
  EXPECT_EQ(clock_finding("clock", kNow + 20, kNow).verdict, Verdict::ok);
  EXPECT_EQ(clock_finding("clock", kNow - 121, kNow).verdict, Verdict::refused);
  EXPECT_EQ(clock_finding("clock", kNow + 31, kNow).verdict, Verdict::refused);
}

TEST(Doctor, AFullDiskIsRefusedAndATightOneWarned) {
  constexpr std::uint64_t kGib = 1u << 30;
  EXPECT_EQ(disk_finding("/", kGib - 1, 10 * kGib).verdict, Verdict::refused);
  EXPECT_EQ(disk_finding("/", 2 * kGib, 30 * kGib).verdict, Verdict::warn);
  EXPECT_EQ(disk_finding("/", 20 * kGib, 30 * kGib).verdict, Verdict::ok);
}

}  // namespace
}  // namespace dnc::ctl
