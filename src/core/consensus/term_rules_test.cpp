// Votes, grants and the certificates of terms, as no honest peer sends them (docs/protocol.md
// section 7).
#include "core/consensus/limits.hpp"
#include "core/consensus/replica_test.hpp"

namespace dnc {
namespace {

class TermRules : public HandTest {
 protected:
  void vote(const Identity& who, Term to_term, SeqNo seen = {}, const Scope& scope = kScope) {
    hear(who, Votes{{vote_of(who, to_term, seen, scope)}}, scope);
  }
  static Grant grant(std::uint64_t granter, std::uint64_t leader, const LogHead& last) {
    return {kScope, {2}, {leader}, seat(leader).boot_key, last, {granter}, {1}, {}};
  }
  // Term 2 of seat 3, which begins after `chosen`.
  static NewTermMessage term_of_seat_3(const Block& chosen) {
    NewTermMessage message;
    message.certificate.term = {2};
    message.certificate.grants = {grant(1, 3, head_of(chosen)), grant(3, 3, head_of(chosen))};
    message.first_block = after(chosen, BlockKind::kTermStart);
    message.first_block.header.term = {2};
    message.first_block.header.leader = {3};
    return message;
  }
  // Term 2 is seat 2's own, as soon as q have granted it.
  void promise_to_myself() {
    follow();
    vote(seat(1), {2});
    vote(seat(3), {2});
    ASSERT_EQ(term(), Term{2});
  }
};

TEST_F(TermRules, AMajorityOfVotesMakesATerm) {
  follow();
  vote(seat(1), {2});
  EXPECT_EQ(term(), Term{1});
  vote(seat(3), {9});
  EXPECT_EQ(term(), Term{2}) << "the highest that a majority wants";
}

TEST_F(TermRules, TheStatusNamesTheVotesForALaterTerm) {
  follow();
  vote(seat(1), {4});
  const auto votes = replica_->status().votes;
  ASSERT_EQ(votes.size(), 1u);
  EXPECT_EQ(votes[0].seat, Seat{1});
  EXPECT_EQ(votes[0].to_term, Term{4});
  vote(seat(3), {4});
  ASSERT_EQ(term(), Term{4});
  EXPECT_TRUE(replica_->status().votes.empty());
}

TEST_F(TermRules, ForgedAndForeignVotesDoNotCount) {
  follow();
  vote(seat(1), {2});
  NoConfidence forged = vote_of(seat(3), {2});
  forged.signature = bad_signature();
  hear(seat(1), Votes{{forged}});
  NoConfidence foreign = vote_of(seat(3), {2});
  foreign.scope.generation = {7};
  hear(seat(3), Votes{{foreign, vote_of(seat(3, 5), {2}), vote_of(seat(9), {2})}});
  EXPECT_EQ(term(), Term{1});
}

TEST_F(TermRules, AVoteOfAFencedBootDoesNotCount) {
  follow();
  vote(seat(3), {2});
  ChainView view = founded();
  view.seats[2].identity = seat(3, 2);
  deliver(view);
  const Block rejoin = rejoin_after(opening(), seat(3, 2));
  take(rejoin);
  hear(seat(1), accept_of(seat(1), rejoin));
  ASSERT_EQ(commit(), SeqNo{2});
  vote(seat(1), {2});
  EXPECT_EQ(term(), Term{1});
  vote(seat(3, 2), {2});
  EXPECT_EQ(term(), Term{2});
}

TEST_F(TermRules, AVoteThatItsTermHasOutlivedIsVoid) {
  Recovered disk;
  disk.blocks = {opening()};
  while (disk.blocks.size() < limits::kGrudgeBlocksMax + 2)
    disk.blocks.push_back(after(disk.blocks.back()));
  const LogHead last = head_of(disk.blocks.back());
  disk.commit_seq = last.seq;
  disk.generation = {1};
  boot(joined(), std::move(disk));
  ChainView view = founded();
  view.generation.start.generation = {2};
  view.generation.start.term = {2};
  view.generation.start.seq = last.seq;
  view.generation.start.head = last.hash;
  deliver(view);
  ASSERT_EQ(replica_->status().standing, Standing::kMember);
  const Scope scope{{2}, {1}};
  vote(seat(1), {3}, {1}, scope);
  vote(seat(3), {3}, {1}, scope);
  EXPECT_EQ(term(), Term{2});
  vote(seat(1), {3}, last.seq, scope);
  vote(seat(3), {3}, last.seq, scope);
  EXPECT_EQ(term(), Term{3});
}

// A generation may begin with any leader; here with the one whose turn is the next term.
TEST_F(TermRules, AVoteAsksForATermThatAnotherSeatLeads) {
  become_member(3, 2);
  pass(Duration(10'000));
  ASSERT_TRUE(told("stepped_down"));
  EXPECT_EQ(sent<Votes>().front().votes.front().to_term, Term{3});
}

TEST_F(TermRules, ATermIsShownOnceItsFirstBlockIsOnDisk) {
  promise_to_myself();
  hear(seat(3), GrantMessage{grant(3, 2, head_of(opening())), {}});
  EXPECT_TRUE(sent<NewTermMessage>().empty()) << "my own promise is not on disk";
  sync();
  EXPECT_EQ(head(), SeqNo{2}) << "TERM_START";
  EXPECT_TRUE(sent<NewTermMessage>().empty());
  sync();
  EXPECT_EQ(sent<NewTermMessage>().size(), 2U);
}

TEST_F(TermRules, ForgedAndForeignGrantsDoNotCount) {
  promise_to_myself();
  sync();
  Grant forged = grant(3, 2, head_of(opening()));
  forged.signature = bad_signature();
  hear(seat(3), GrantMessage{forged, {}});
  hear(seat(3), GrantMessage{grant(3, 1, head_of(opening())), {}});
  hear(seat(3), GrantMessage{grant(1, 2, head_of(opening())), {}});
  Grant fenced = grant(3, 2, head_of(opening()));
  fenced.epoch = {4};
  hear(seat(3), GrantMessage{fenced, {}});
  EXPECT_FALSE(told("leader_elected"));
  hear(seat(3), GrantMessage{grant(3, 2, head_of(opening())), {}});
  EXPECT_TRUE(told("leader_elected"));
}

// What one seat alone accepted may be committed: the leader saw one more ACCEPT, its own.
TEST_F(TermRules, TheLongestLogOfTheHighestTermIsChosen) {
  promise_to_myself();
  sync();
  const Block longer = after(opening());
  hear(seat(3), GrantMessage{grant(3, 2, head_of(longer)), {}});
  EXPECT_FALSE(told("leader_elected")) << "I lack that block";
  ASSERT_EQ(sent<Fetch>().size(), 1U);
  hear(seat(3), Chunk{{longer}, {2}, {}, {}});
  EXPECT_TRUE(told("leader_elected"));
  EXPECT_EQ(head(), SeqNo{3});
}

TEST_F(TermRules, ATermReplacesWhatItsLogDoesNotHold) {
  follow();
  take(after(opening()));
  const NewTermMessage message = term_of_seat_3(opening());
  hear(seat(3), message);
  sync();
  EXPECT_EQ(term(), Term{2});
  EXPECT_EQ(head(), SeqNo{2});
  EXPECT_EQ(sent<Accept>().back().block_hash, block_hash(message.first_block.header));
}

TEST_F(TermRules, ATermThatDropsWhatIsCommittedIsRefused) {
  follow();
  const Block second = after(opening());
  take(second);
  hear(seat(1), accept_of(seat(1), second));
  ASSERT_EQ(commit(), SeqNo{2});
  hear(seat(3), term_of_seat_3(opening()));
  EXPECT_TRUE(told("fork_detected"));
  EXPECT_EQ(term(), Term{1});
  EXPECT_EQ(head(), SeqNo{2});
}

// Its promise keeps it out of the term in which q others go on.
TEST_F(TermRules, AMemberThatTheOthersOutpacedComesBackAsANewBoot) {
  const auto go_on = [this](const std::vector<std::uint64_t>& ahead) {
    for (int i = 0; i < 90; ++i) {
      for (const std::uint64_t number : ahead)
        hear_of(seat(number), 10, {5});
      pass(Duration(100));
    }
  };
  promise_to_myself();
  go_on({1});
  EXPECT_EQ(stop_, Stop::kNone) << "one may lie, or be behind itself";
  go_on({1, 3});
  EXPECT_EQ(stop_, Stop::kReboot);
}

// Who lacks a commit may have another table than the others, and wait for another leader.
TEST_F(TermRules, AMemberTakesWhatIsCommittedWhereATermFoundNoLeader) {
  promise_to_myself();
  vote(seat(1), {3});
  vote(seat(3), {3});
  ASSERT_EQ(term(), Term{3});
  const Block missed = after(opening());
  hear_of(seat(1), 10, {2});
  pass(Duration(60));
  ASSERT_EQ(sent<Fetch>().size(), 1U);
  hear(seat(1), Chunk{{missed}, {2}, {accept_of(seat(1), missed)}, {}});
  EXPECT_EQ(commit(), SeqNo{1});
  hear(seat(1), Chunk{{missed}, {2}, {accept_of(seat(1), missed), accept_of(seat(3), missed)}, {}});
  EXPECT_EQ(commit(), SeqNo{2});
}

TEST_F(TermRules, AMemberCountsItsOwnAcceptForWhatIsCommitted) {
  follow();
  const Block missed = after(opening());
  take(missed);
  for (const std::uint64_t term : {2, 3}) {
    vote(seat(1), {term});
    vote(seat(3), {term});
  }
  ASSERT_EQ(term(), Term{3});
  hear_of(seat(1), 10, {2});
  pass(Duration(60));
  hear(seat(1), Chunk{{missed}, {2}, {accept_of(seat(1), missed), accept_of(seat(2), missed)}, {}});
  EXPECT_EQ(commit(), SeqNo{2});
}

}  // namespace
}  // namespace dnc
