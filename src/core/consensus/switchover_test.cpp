// Planned changes of leader, as operators order them and as no honest leader asks for them
// (docs/protocol.md section 7.6).
#include "core/consensus/limits.hpp"
#include "core/consensus/replica_test.hpp"

namespace dnc {
namespace {

class SwitchoverRules : public HandTest {
 protected:
  // Seat 2 leads three seats and hears the others; the first block is committed.
  void lead() {
    become_member(3, 2);
    Block first = opening();
    first.header.leader = {2};
    hear(seat(1), accept_of(seat(1), first));
    ASSERT_EQ(commit(), SeqNo{1});
    view_ = founded(3, 2);
    view_.seats[1].operator_ = seat(9).boot_key;
    view_.time = 1'000;
    deliver(view_);
    for (std::uint64_t number : {1, 3})
      hear_of(seat(number), 10, {1});
  }
  static SwitchoverOrder order_to(std::uint64_t to) { return {{1}, {1}, {to}, 1'000, {2}, {}}; }
  std::string refusal_of(const SwitchoverOrder& order) const {
    const Status judged = replica_->judge(order);
    return judged ? "" : judged.error().code;
  }

  ChainView view_;
};

// --- The leader ----------------------------------------------------------------------------------

TEST_F(SwitchoverRules, ALeaderVotesForATermOfTheSeatThatIsNamed) {
  for (const std::uint64_t to : {1, 3}) {
    sent_.clear();
    lead();
    deliver(order_to(to));
    EXPECT_FALSE(replica_->status().leading);
    ASSERT_EQ(sent<StepDown>().size(), 2U) << "to both";
    const Term wanted = sent<StepDown>().back().vote.to_term;
    EXPECT_EQ(Roster({seat(1), seat(2), seat(3)}).leader_of(wanted), Seat{to});
    EXPECT_EQ(sent<Votes>().back().votes.back().to_term, wanted);
  }
}

TEST_F(SwitchoverRules, OnlyTheOperatorOfTheLeadersSeatMayOrderIt) {
  lead();
  EXPECT_EQ(refusal_of(order_to(3)), "");
  SwitchoverOrder order = order_to(3);
  order.signature = bad_signature();
  EXPECT_EQ(refusal_of(order), "bad_order");
  deliver(order);
  EXPECT_TRUE(sent<StepDown>().empty());
  order = order_to(3);
  order.seat = {3};
  EXPECT_EQ(refusal_of(order), "bad_order") << "another seat's operator";
}

TEST_F(SwitchoverRules, AnOrderIsGoodForItsTermAndUntilItsDeadline) {
  lead();
  SwitchoverOrder order = order_to(3);
  order.term = {2};
  EXPECT_EQ(refusal_of(order), "stale_order");
  order = order_to(3);
  order.generation = {2};
  EXPECT_EQ(refusal_of(order), "stale_order");
  order = order_to(3);
  order.deadline = 999;
  EXPECT_EQ(refusal_of(order), "stale_order");
  deliver(order_to(3));
  EXPECT_EQ(refusal_of(order_to(3)), "not_leader") << "it was used";
}

TEST_F(SwitchoverRules, ASuccessorMustBeThereAndCaughtUp) {
  lead();
  EXPECT_EQ(refusal_of(order_to(2)), "bad_target") << "leads already";
  EXPECT_EQ(refusal_of(order_to(4)), "bad_target") << "does not count";
  deliver(PeerGone{seat(3)});
  EXPECT_EQ(refusal_of(order_to(3)), "bad_target") << "is gone";
  EXPECT_EQ(refusal_of(order_to(1)), "");
}

TEST_F(SwitchoverRules, AFollowerIsNotToldToHandOver) {
  follow();
  EXPECT_EQ(refusal_of(order_to(3)), "not_leader");
}

TEST_F(SwitchoverRules, ALeaderThatNobodyFollowsInThatLeadsOn) {
  lead();
  deliver(order_to(3));
  ASSERT_FALSE(replica_->status().leading);
  pass(config_.timing.step_down_max / 2);
  EXPECT_FALSE(replica_->status().leading);
  for (Duration passed{0}; passed < config_.timing.step_down_max; passed += Duration(100)) {
    hear_of(seat(1), 10, {1});
    pass(Duration(100));
  }
  EXPECT_TRUE(replica_->status().leading);
  EXPECT_TRUE(told("resumed"));
}

// --- Its followers -------------------------------------------------------------------------------

TEST_F(SwitchoverRules, AFollowerJoinsItsLeadersVoteAtOnce) {
  follow(5);
  hear(seat(1), StepDown{vote_of(seat(1), {4})});
  ASSERT_FALSE(sent<Votes>().empty());
  EXPECT_EQ(sent<Votes>().back().votes.back().to_term, Term{4});
  EXPECT_EQ(term(), Term{1}) << "two of five are no majority";
}

TEST_F(SwitchoverRules, TheGossipOfTheVoteMayComeFirst) {
  follow(5);
  hear(seat(1), Votes{{vote_of(seat(1), {4})}});
  EXPECT_TRUE(sent<Votes>().empty());
  hear(seat(1), StepDown{vote_of(seat(1), {4})});
  EXPECT_FALSE(sent<Votes>().empty());
}

TEST_F(SwitchoverRules, NobodyElseIsJoined) {
  follow(5);
  hear(seat(3), StepDown{vote_of(seat(3), {4})});
  hear(seat(3), StepDown{vote_of(seat(1), {4})});
  EXPECT_TRUE(sent<Votes>().empty()) << "not the leader's own word";
  hear(seat(1), StepDown{vote_of(seat(3), {4})});
  NoConfidence forged = vote_of(seat(1), {4});
  forged.signature = bad_signature();
  hear(seat(1), StepDown{forged});
  hear(seat(1), StepDown{vote_of(seat(1), {1})});
  EXPECT_TRUE(sent<Votes>().empty())
      << "another's vote, a forged one, one of a term that has begun";
}

}  // namespace
}  // namespace dnc
