// Who may speak, and what must be so before seats and keys change (docs/protocol.md sections 9,
// 10).
#include "core/consensus/limits.hpp"
#include "core/consensus/replica_test.hpp"

namespace dnc {
namespace {

class AdmissionRules : public HandTest {
 protected:
  // The chain, with these boots of seats that it lists already.
  void show(std::uint64_t seats, const std::vector<Identity>& boots, std::uint64_t height = 12) {
    view_ = founded(seats);
    view_.height = {height};
    for (const auto& boot : boots)
      view_.seats[boot.seat.value - 1].identity = boot;
    deliver(view_);
  }
  // Seat 2 leads five seats, and the first block is committed.
  void lead() {
    become_member(5, 2);
    Block first = opening(5);
    first.header.leader = {2};
    for (std::uint64_t number : {1, 3})
      hear(seat(number), accept_of(seat(number), first));
    ASSERT_EQ(commit(), SeqNo{1});
  }
  void ask(const Identity& newcomer) { hear(newcomer, RejoinRequest{{newcomer, {12}, {}}}); }
  void all_have_seen(std::uint64_t height) {
    for (std::uint64_t number : {1, 3})
      hear_of(seat(number), height);
  }

  ChainView view_;
};

// --- Taking what a leader proposes ---------------------------------------------------------------

TEST_F(AdmissionRules, OnlyABootThatTheChainShowsRejoins) {
  follow();
  take(rejoin_after(opening(), seat(3, 2)));
  EXPECT_EQ(head(), SeqNo{1});
  show(3, {seat(3, 2)});
  take(rejoin_after(opening(), seat(3, 3)));
  EXPECT_EQ(head(), SeqNo{1});
  take(rejoin_after(opening(), seat(3, 2)));
  EXPECT_EQ(head(), SeqNo{2});
}

TEST_F(AdmissionRules, AnOlderBootDoesNotRejoin) {
  follow();
  show(3, {seat(3, 2)});
  const Block rejoin = rejoin_after(opening(), seat(3, 2));
  take(rejoin);
  show(3, {}, 13);  // a re-org took the later boot away
  take(rejoin_after(rejoin, seat(3, 1)));
  EXPECT_EQ(head(), SeqNo{2});
}

TEST_F(AdmissionRules, ALeaderDoesNotRejoinItself) {
  follow();
  show(3, {seat(1, 2)});
  take(rejoin_after(opening(), seat(1, 2)));
  EXPECT_EQ(head(), SeqNo{1});
}

TEST_F(AdmissionRules, ASeatThatGaveUpItsPlaceDoesNotRejoin) {
  follow();
  view_ = founded();
  view_.height = {12};
  view_.config_nonce = {1};
  view_.seats[2].identity = seat(3, 2);
  view_.seats[2].counted = false;
  deliver(view_);
  take(rejoin_after(opening(), seat(3, 2)));
  EXPECT_EQ(head(), SeqNo{1});
}

TEST_F(AdmissionRules, ANewSeatCountsWhenItsJoinHasStoodForAWhile) {
  follow();
  const Block admission = config_after(opening(), seat(4), true);
  take(admission);
  view_ = founded();
  view_.seats.push_back({});
  view_.seats[3].identity = seat(4);
  view_.seats[3].active = true;
  for (std::uint64_t i = 0; i < limits::kAdmissionDepth; ++i) {
    view_.height = {20 + i};
    deliver(view_);
    take(admission);
    EXPECT_EQ(head(), SeqNo{1}) << "seen " << i << " blocks ago";
  }
  view_.height = view_.height.next();
  deliver(view_);
  take(admission);
  EXPECT_EQ(head(), SeqNo{2});
}

TEST_F(AdmissionRules, OnlyASeatThatLeftIsRemovedAndNeverTheLeaders) {
  follow();
  take(config_after(opening(), seat(3), false));
  EXPECT_EQ(head(), SeqNo{1}) << "the chain counts it";
  view_ = founded();
  view_.seats[0].counted = view_.seats[2].counted = false;
  view_.config_nonce = {1};
  view_.height = {12};
  deliver(view_);
  take(config_after(opening(), seat(1), false));
  EXPECT_EQ(head(), SeqNo{1});
  take(config_after(opening(), seat(3), false));
  EXPECT_EQ(head(), SeqNo{2});
}

TEST_F(AdmissionRules, AConfigurationComesIntoForceOnlyAfterItsChange) {
  follow();
  Block early = after(opening());
  early.header.config_nonce = {2};
  take(early);
  EXPECT_EQ(head(), SeqNo{1});
}

// Its seat left and has joined again since: this boot is removed, and the next one is to be
// admitted.
TEST_F(AdmissionRules, WhoIsNotCountedAnyMoreReboots) {
  follow();
  view_ = founded();
  view_.height = {12};
  view_.config_nonce = {1};
  view_.seats[1].counted = false;
  deliver(view_);
  const Block removal = config_after(opening(), seat(2), false);
  take(removal);
  hear(seat(1), accept_of(seat(1), removal));
  ASSERT_EQ(commit(), SeqNo{2});
  EXPECT_EQ(stop_, Stop::kNone) << "it counts until the change is in force";
  Block in_force = after(removal);
  in_force.header.config_nonce = {2};
  take(in_force);
  for (std::uint64_t number : {1, 3})
    hear(seat(number), accept_of(seat(number), in_force));
  EXPECT_EQ(stop_, Stop::kReboot);
}

// --- What a leader proposes ----------------------------------------------------------------------

TEST_F(AdmissionRules, OneChangeAtATime) {
  lead();
  show(5, {seat(4, 2), seat(5, 2)});
  all_have_seen(12);
  ask(seat(4, 2));
  ASSERT_EQ(head(), SeqNo{2});
  ask(seat(5, 2));
  EXPECT_EQ(head(), SeqNo{2});
  sync();
  const Block rejoin = sent<Propose>().back().block;
  ASSERT_EQ(rejoin.header.kind, BlockKind::kRejoin);
  for (std::uint64_t number : {1, 3})
    hear(seat(number), accept_of(seat(number), rejoin));
  ASSERT_EQ(commit(), SeqNo{2});
  ask(seat(5, 2));
  EXPECT_EQ(head(), SeqNo{3});
}

// Those who have not seen it cannot judge it, and the block would bar the way of all that follow.
TEST_F(AdmissionRules, AMajorityMustKnowOfTheBootFirst) {
  lead();
  show(5, {seat(4, 2)});
  hear_of(seat(1), 12);
  hear_of(seat(3), 11);
  ask(seat(4, 2));
  EXPECT_EQ(head(), SeqNo{1});
  hear_of(seat(4, 2), 12);
  ask(seat(4, 2));
  EXPECT_EQ(head(), SeqNo{1}) << "the newcomer does not judge itself";
  hear_of(seat(3), 12);
  ask(seat(4, 2));
  EXPECT_EQ(head(), SeqNo{2});
}

TEST_F(AdmissionRules, OnlyForItselfABootAsks) {
  lead();
  show(5, {seat(4, 2)});
  all_have_seen(12);
  hear(seat(3), RejoinRequest{{seat(4, 2), {12}, {}}});
  EXPECT_EQ(head(), SeqNo{1});
}

// Raft's bug of single-server changes: a log may differ by two seats from one that an earlier
// leader left uncommitted, unless a block of the new term is committed first.
TEST_F(AdmissionRules, ALeaderCommitsInItsOwnTermBeforeAnyChange) {
  follow();
  for (std::uint64_t number : {1, 3})
    hear(seat(number), Votes{{vote_of(seat(number), {2})}});
  const LogHead last = head_of(opening());
  hear(seat(1), GrantMessage{{kScope, {2}, {2}, seat(2).boot_key, last, {1}, {1}, {}}, {}});
  sync();
  sync();
  ASSERT_TRUE(told("leader_elected"));
  const Block term_start = sent<NewTermMessage>().at(0).first_block;
  ASSERT_EQ(head(), SeqNo{2});
  show(3, {seat(3, 2)});
  all_have_seen(12);
  ask(seat(3, 2));
  EXPECT_EQ(head(), SeqNo{2});
  hear(seat(1), accept_of(seat(1), term_start));
  ASSERT_EQ(commit(), SeqNo{2});
  ask(seat(3, 2));
  EXPECT_EQ(head(), SeqNo{3});
}

TEST_F(AdmissionRules, ANewcomerHoldsTheLogBeforeItCounts) {
  lead();
  view_ = founded(5, 2);
  view_.config_nonce = {1};
  view_.seats.push_back({});
  view_.seats[5].identity = seat(6);
  view_.seats[5].active = true;
  for (std::uint64_t height : {20, 30}) {
    view_.height = {height};
    deliver(view_);
  }
  all_have_seen(30);
  ask(seat(6));
  ASSERT_EQ(head(), SeqNo{2});
  sync();
  const Block admission = sent<Propose>().back().block;
  ASSERT_EQ(admission.header.kind, BlockKind::kConfig);
  for (std::uint64_t number : {1, 3})
    hear(seat(number), accept_of(seat(number), admission));
  ASSERT_EQ(commit(), SeqNo{2});
  EXPECT_EQ(head(), SeqNo{2});
  all_have_seen(30);
  hear_of(seat(6), 30);
  pass(Duration(210));
  EXPECT_EQ(head(), SeqNo{3});
  EXPECT_EQ(replica_->status().config_nonce, ConfigNonce{2});
}

}  // namespace
}  // namespace dnc
