#include "core/consensus/obedience.hpp"

#include <gtest/gtest.h>

namespace dnc {
namespace {

Address account(std::uint8_t fill) {
  Address address;
  address.bytes.fill(fill);
  return address;
}

class ObedienceTest : public ::testing::Test {
 protected:
  ObedienceTest() {
    view_.height = {7};
    view_.time = 1'000;
    view_.seats.resize(1);
    seat().identity = self_;
    seat().owner = account(1);
    seat().operator_ = account(2);
    seat().instance = account(3);
    seat().active = seat().counted = true;
    note_registration(known_, seat(), view_);
  }
  ChainSeat& seat() { return view_.seats[0]; }
  void silence() {
    seat().active = false;
    seat().identity.boot_key = {};
  }
  Ouster seen() const { return ouster_of(self_, &known_, view_); }
  Ouster unseen() const { return ouster_of(self_, nullptr, view_); }

  const Identity self_{{1}, {5}, account(9)};
  ChainView view_;
  Registration known_;
};

TEST_F(ObedienceTest, AJoinThatStandsIsNoOuster) {
  EXPECT_EQ(seen(), Ouster::kNone);
  EXPECT_EQ(unseen(), Ouster::kNone);
  EXPECT_EQ(known_.since, BlockNumber{7});
  EXPECT_TRUE(known_.counted);
}

TEST_F(ObedienceTest, AnOperatorSeenFirstAfterHisTimeMayBeRenewed) {
  Registration late;
  seat().operator_ = seat().owner;  // his time is over
  note_registration(late, seat(), view_);
  seat().operator_ = account(2);
  note_registration(late, seat(), view_);
  EXPECT_EQ(ouster_of(self_, &late, view_), Ouster::kNone) << "another one would have no key";
  seat().operator_ = account(4);
  silence();
  note_registration(late, seat(), view_);
  EXPECT_EQ(ouster_of(self_, &late, view_), Ouster::kOperatorChanged);
}

TEST_F(ObedienceTest, AnExpiryIsHeldAgainstTheBlocksTime) {
  seat().operator_expires = 1'100;
  note_registration(known_, seat(), view_);
  seat().operator_ = seat().owner;
  seat().operator_expires = 0;
  EXPECT_EQ(seen(), Ouster::kOperatorChanged) << "before its time: it was taken away";
  view_.time = 1'101;
  EXPECT_EQ(seen(), Ouster::kOperatorExpired);
  EXPECT_EQ(unseen(), Ouster::kNone) << "who never saw the join cannot tell";
}

TEST_F(ObedienceTest, ALongerTimeIsNoticed) {
  seat().operator_expires = 900;
  note_registration(known_, seat(), view_);
  seat().operator_expires = 5'000;
  note_registration(known_, seat(), view_);
  EXPECT_EQ(known_.operator_expires, 5'000u);
  EXPECT_EQ(known_.since, BlockNumber{7}) << "still the same join";
}

TEST_F(ObedienceTest, EveryCauseIsToldFromTheOthers) {
  silence();
  EXPECT_EQ(seen(), Ouster::kKeyCleared);
  seat().instance = {};
  EXPECT_EQ(seen(), Ouster::kReplaced);
  EXPECT_EQ(unseen(), Ouster::kUnbound);
  seat().counted = false;
  EXPECT_EQ(seen(), Ouster::kLeft);
  seat().operator_ = account(4);
  EXPECT_EQ(seen(), Ouster::kOperatorChanged);
  seat().revoked = true;
  EXPECT_EQ(seen(), Ouster::kRevoked);
  EXPECT_EQ(unseen(), Ouster::kRevoked);
}

TEST_F(ObedienceTest, WhatAReorgUndidIsNoOuster) {
  seat().identity = {{1}, {4}, account(8)};
  EXPECT_EQ(seen(), Ouster::kNone);
  view_.seats.clear();
  EXPECT_EQ(seen(), Ouster::kNone);
}

TEST_F(ObedienceTest, ALaterJoinIsANewRegistration) {
  seat().identity = {{1}, {6}, account(7)};
  seat().operator_ = account(4);
  seat().counted = false;
  view_.height = {8};
  note_registration(known_, seat(), view_);
  EXPECT_EQ(known_.identity, seat().identity);
  EXPECT_EQ(known_.operator_, account(4));
  EXPECT_FALSE(known_.counted);
  silence();
  note_registration(known_, seat(), view_);
  EXPECT_EQ(known_.identity.boot_key, account(7)) << "a silenced seat is no join";
}

}  // namespace
}  // namespace dnc
