// What commits a block and what does not, and which proposals are taken: messages as no honest peer
// sends them (docs/protocol.md section 6).
#include "core/consensus/limits.hpp"
#include "core/consensus/replica_test.hpp"

namespace dnc {
namespace {

using CommitRules = HandTest;

TEST_F(CommitRules, AMajorityOfAcceptsCommits) {
  become_member();
  take(opening());
  ASSERT_EQ(sent<Accept>().size(), 1U) << "my own";
  EXPECT_EQ(commit(), SeqNo{0}) << "of one seat";
  hear(seat(3), accept_of(seat(3), opening()));
  EXPECT_EQ(commit(), SeqNo{1});
}

TEST_F(CommitRules, AnAcceptOfAnotherBlockDoesNotCount) {
  become_member();
  take(opening());
  Accept other = accept_of(seat(3), opening());
  other.block_hash.bytes[0] ^= 1;
  hear(seat(3), other);
  EXPECT_EQ(commit(), SeqNo{0});
}

TEST_F(CommitRules, AnAcceptOfAnotherTermDoesNotCount) {
  become_member();
  take(opening());
  Accept other = accept_of(seat(3), opening());
  other.term = {2};
  hear(seat(3), other);
  other.term = {0};
  hear(seat(3), other);
  EXPECT_EQ(commit(), SeqNo{0});
}

TEST_F(CommitRules, AForgedAcceptDoesNotCount) {
  become_member();
  take(opening());
  Accept forged = accept_of(seat(3), opening());
  forged.signature = bad_signature();
  hear(seat(3), forged);
  hear(seat(1), Committed{{forged}});
  EXPECT_EQ(commit(), SeqNo{0});
}

TEST_F(CommitRules, AnAcceptOfAnotherSeatIsNotTheSendersToGive) {
  become_member();
  take(opening());
  hear(seat(3), accept_of(seat(1), opening()));
  EXPECT_EQ(commit(), SeqNo{0});
}

// The old boot's word came before its REJOIN, about a block after it.
TEST_F(CommitRules, AnAcceptOfAFencedBootDoesNotCount) {
  follow();
  const Block rejoin = rejoin_after(opening(), seat(3, 2));
  const Block last = after(rejoin);
  hear(seat(3), accept_of(seat(3), last));
  ChainView view = founded();
  view.seats[2].identity = seat(3, 2);
  deliver(view);
  take(rejoin);
  take(last);
  ASSERT_EQ(head(), SeqNo{3});
  EXPECT_EQ(commit(), SeqNo{1});
  hear(seat(1), accept_of(seat(1), last));
  EXPECT_EQ(commit(), SeqNo{3});
}

// Of four seats three must accept it, even if only three seats count by the end of the log.
TEST_F(CommitRules, ARejoinTakesAMajorityOfThoseWhoCountedThere) {
  follow(4);
  const Block rejoin = rejoin_after(opening(4), seat(4, 2));
  ChainView view = founded(4);
  view.seats[3].identity = seat(4, 2);
  deliver(view);
  take(rejoin);
  const Block removal = config_after(rejoin, seat(4, 2), false);
  view.seats[3].revoked = true;
  deliver(view);
  take(removal);
  Block in_force = after(removal);
  in_force.header.config_nonce = {2};
  take(in_force);
  ASSERT_EQ(head(), SeqNo{4});
  hear(seat(1), accept_of(seat(1), in_force));
  EXPECT_EQ(commit(), SeqNo{1});
  hear(seat(3), accept_of(seat(3), in_force));
  EXPECT_EQ(commit(), SeqNo{4});
}

TEST_F(CommitRules, NoMoreAcceptsAreCheckedThanACommitTakes) {
  follow(5);
  const Block next = after(opening(5));
  take(next);
  const std::size_t before = verifier_.checked();
  Committed shown;
  for (const std::uint64_t number : {1, 3, 4, 5})
    shown.accepts.push_back(accept_of(seat(number), next));
  hear(seat(1), shown);
  EXPECT_EQ(commit(), SeqNo{2});
  EXPECT_EQ(verifier_.checked() - before, 2U) << "mine is the third of three";
}

TEST_F(CommitRules, TheTimeOfBlocksDoesNotFall) {
  become_member();
  Block first = opening();
  first.header.leader_time_ms = 100;
  take(first);
  ASSERT_EQ(head(), SeqNo{1});
  Block second = after(first);
  second.header.leader_time_ms = 99;
  take(second);
  EXPECT_EQ(head(), SeqNo{1});
  second.header.leader_time_ms = 100;
  take(second);
  EXPECT_EQ(head(), SeqNo{2});
}

TEST_F(CommitRules, ABlockCarriesWhatItsKindSays) {
  follow();
  ChainView view = founded();
  view.seats[2].identity = seat(3, 2);
  deliver(view);
  Block wrong = rejoin_after(opening(), seat(3, 2));
  wrong.header.kind = BlockKind::kNormal;
  take(wrong);
  take(after(opening(), BlockKind::kTermStart));
  take(after(opening(), BlockKind::kRestart));
  take(after(opening(), BlockKind::kRejoin));
  take(after(opening(), BlockKind::kConfig));
  BlockBody keyless;
  keyless.operations = {{{}, {1}}};
  take(after(opening(), BlockKind::kNormal, keyless));
  BlockBody founders;
  founders.founders = opening().body.founders;
  take(after(opening(), BlockKind::kNormal, founders));
  EXPECT_EQ(head(), SeqNo{1});
}

TEST_F(CommitRules, AGenerationBeginsWithTheConfigurationOfItsRecord) {
  become_member();
  Block other = opening();
  other.header.config_nonce = {2};
  take(other);
  EXPECT_EQ(head(), SeqNo{0});
}

TEST_F(CommitRules, TwoBlocksForOnePlaceCostTheLeaderAVote) {
  become_member();
  take(opening());
  take(opening());
  EXPECT_FALSE(told("contradiction")) << "the same block again";
  Block other = opening();
  other.header.leader_time_ms = 1;
  hear(seat(1), Propose{other, {}});
  EXPECT_TRUE(told("contradiction"));
  ASSERT_EQ(sent<Votes>().size(), 2U) << "one for each other seat";
  EXPECT_EQ(sent<Votes>()[0].votes.at(0).to_term, Term{2});
}

TEST_F(CommitRules, OtherResultsCostTheLeaderAVote) {
  become_member();
  Block other = opening();
  other.header.result_root.bytes[0] ^= 1;
  take(other);
  EXPECT_EQ(head(), SeqNo{0});
  EXPECT_TRUE(told("divergence"));
  EXPECT_EQ(sent<Votes>().size(), 2U);
}

TEST_F(CommitRules, ALeaderDoesNotRunAhead) {
  become_member(3, 2);
  for (std::uint8_t i = 0; i < 100; ++i) {
    deliver(ClientWrite{i, {{i}, {1}}});
    pass(Duration(10));
    hear_of(seat(1));
    hear_of(seat(3));
  }
  EXPECT_EQ(commit(), SeqNo{0});
  EXPECT_EQ(head(), SeqNo{limits::kBlocksInFlightMax});
}

TEST_F(CommitRules, AnAcceptThatMayBeLostIsSentAgain) {
  become_member();
  take(opening());
  ASSERT_EQ(sent<Accept>().size(), 1U);
  pass(Duration(250));
  EXPECT_EQ(sent<Accept>().size(), 2U);
}

// Commits that came with the leader's own ACCEPT may leave the leader without q.
TEST_F(CommitRules, AnAcceptIsSentAgainUntilTheLeaderHasCommitted) {
  follow();
  ASSERT_EQ(commit(), SeqNo{1});
  hear_of(seat(1));
  sent_.clear();
  pass(Duration(300));
  EXPECT_FALSE(sent<Accept>().empty()) << "the leader's commit is 0";
  hear_of(seat(1), 10, {1});
  sent_.clear();
  pass(Duration(300));
  EXPECT_TRUE(sent<Accept>().empty());
}

}  // namespace
}  // namespace dnc
