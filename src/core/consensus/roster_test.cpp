#include "core/consensus/roster.hpp"

#include <gtest/gtest.h>

namespace dnc {
namespace {

Identity seat(std::uint64_t number, std::uint64_t epoch) {
  Identity made{{number}, {epoch}, {}};
  made.boot_key.bytes[0] = static_cast<std::uint8_t>(number);
  made.boot_key.bytes[19] = static_cast<std::uint8_t>(epoch);
  return made;
}

Identity keyless(std::uint64_t number) {
  return {{number}, {0}, {}};
}

Block founding(std::uint64_t seq, std::vector<Identity> founders) {
  Block block;
  block.header.seq = {seq};
  block.header.config_nonce = {1};
  block.header.kind = BlockKind::kRestart;
  block.body.founders = std::move(founders);
  return block;
}

Block rejoin(std::uint64_t seq, const Identity& identity) {
  Block block;
  block.header.seq = {seq};
  block.header.config_nonce = {1};
  block.header.kind = BlockKind::kRejoin;
  block.body.rejoin = Rejoin{identity, {}, {}};
  return block;
}

Block normal(std::uint64_t seq) {
  Block block;
  block.header.seq = {seq};
  block.header.config_nonce = {1};
  block.body.operations = {{{1}, {2}}};
  return block;
}

// --- One position --------------------------------------------------------------------------------

TEST(Roster, AQuorumIsMoreThanHalf) {
  const std::vector<std::size_t> expected{1, 2, 2, 3, 3, 4, 4};
  for (std::size_t n = 1; n <= expected.size(); ++n) {
    EXPECT_EQ(quorum_of(n), expected[n - 1]) << n;
    std::vector<Identity> seats;
    for (std::uint64_t i = 1; i <= n; ++i)
      seats.push_back(seat(i, 1));
    EXPECT_EQ(Roster(seats).quorum(), expected[n - 1]) << n;
    EXPECT_GT(2 * quorum_of(n), n) << "two quorums must meet";
  }
}

TEST(Roster, ASeatWithoutAKeyCountsInNButDoesNotSpeak) {
  const Roster roster({seat(1, 4), keyless(2), seat(3, 1)});
  EXPECT_EQ(roster.size(), 3U);
  EXPECT_EQ(roster.quorum(), 2U);
  EXPECT_TRUE(roster.counts(Seat{2}));
  EXPECT_FALSE(roster.counts(keyless(2)));
  EXPECT_FALSE(roster.counts(Seat{2}, Epoch{0}));
}

TEST(Roster, OnlyThisVeryBootSpeaks) {
  const Roster roster({seat(1, 4)});
  EXPECT_TRUE(roster.counts(seat(1, 4)));
  EXPECT_FALSE(roster.counts(seat(1, 3)));
  EXPECT_FALSE(roster.counts(seat(1, 5)));
  Identity other_key = seat(1, 4);
  other_key.boot_key.bytes[5] = 1;
  EXPECT_FALSE(roster.counts(other_key));
  EXPECT_TRUE(roster.counts(Seat{1}, Epoch{4}));
  EXPECT_FALSE(roster.counts(Seat{1}, Epoch{5}));
  EXPECT_FALSE(roster.counts(Seat{2}));
  EXPECT_FALSE(roster.identity({2}));
  EXPECT_EQ(roster.identity({1}), seat(1, 4));
}

TEST(Roster, IsInOrderOfSeat) {
  const Roster roster({seat(5, 1), seat(1, 1), seat(3, 1)});
  EXPECT_EQ(roster.seats(), (std::vector<Identity>{seat(1, 1), seat(3, 1), seat(5, 1)}));
}

TEST(Roster, TermsGoRoundTheTable) {
  const Roster roster({seat(1, 1), seat(3, 1), seat(7, 1)});
  EXPECT_EQ(roster.leader_of({1}), Seat{1});
  EXPECT_EQ(roster.leader_of({2}), Seat{3});
  EXPECT_EQ(roster.leader_of({3}), Seat{7});
  EXPECT_EQ(roster.leader_of({4}), Seat{1});
  // Terms may jump far: the highest of all, a multiple of three, must not wrap into another seat.
  EXPECT_EQ(roster.leader_of({~std::uint64_t{0}}), Seat{7});
}

TEST(Roster, ASeatWithoutAKeyLeadsNoTerm) {
  const Roster roster({seat(1, 1), keyless(2), seat(3, 1), keyless(4)});
  EXPECT_EQ(roster.leader_of({1}), Seat{1});
  EXPECT_EQ(roster.leader_of({2}), Seat{3});
  EXPECT_EQ(roster.leader_of({3}), Seat{3});
  EXPECT_EQ(roster.leader_of({4}), Seat{1});
  EXPECT_EQ(Roster({keyless(1), keyless(2)}).leader_of({1}), Seat{0});
  EXPECT_EQ(Roster().leader_of({1}), Seat{0});
}

// Members whose logs end before and behind a REJOIN must mean the same leader in most terms, or
// none of them ever gets q grants.
TEST(Roster, ARejoinMovesTheLeaderOfOneTermInARound) {
  const Roster before({seat(1, 1), keyless(2), seat(3, 1), seat(4, 1), keyless(5)});
  Roster after = before;
  after.set(seat(2, 2));
  int differ = 0;
  for (std::uint64_t term = 10; term < 15; ++term)
    differ += before.leader_of({term}) == after.leader_of({term}) ? 0 : 1;
  EXPECT_EQ(differ, 1);
}

TEST(Roster, OneSeatLeadsEveryTerm) {
  EXPECT_EQ(Roster({seat(4, 1)}).leader_of({1}), Seat{4});
}

TEST(Roster, OnlyACountedSeatChangesItsKey) {
  Roster roster({seat(1, 1), seat(2, 1)});
  roster.set(seat(2, 9));
  EXPECT_EQ(roster, Roster({seat(1, 1), seat(2, 9)}));
  EXPECT_DEATH(roster.set(seat(3, 1)), "check failed");
}

// --- Along the log -------------------------------------------------------------------------------

class RosterHistoryTest : public ::testing::Test {
 protected:
  void SetUp() override {
    history_.append(founding(1, {seat(1, 1), seat(2, 1), keyless(3)}));
    history_.append(normal(2));
    history_.append(rejoin(3, seat(3, 2)));
    history_.append(normal(4));
    history_.append(rejoin(5, seat(1, 3)));
  }

  const Roster founded_{{seat(1, 1), seat(2, 1), keyless(3)}};
  const Roster with_third_{{seat(1, 1), seat(2, 1), seat(3, 2)}};
  const Roster with_first_{{seat(1, 3), seat(2, 1), seat(3, 2)}};
  RosterHistory history_;
};

TEST_F(RosterHistoryTest, NobodyCountsBeforeTheFounding) {
  EXPECT_EQ(history_.after({0}).size(), 0U);
  EXPECT_EQ(history_.at({0}).size(), 0U);
  EXPECT_EQ(RosterHistory().after({9}).size(), 0U);
}

TEST_F(RosterHistoryTest, FoundersSpeakAtTheirOwnBlock) {
  EXPECT_EQ(history_.at({1}), founded_);
  EXPECT_EQ(history_.after({1}), founded_);
  EXPECT_EQ(history_.at({2}), founded_);
}

TEST_F(RosterHistoryTest, TheRejoiningSeatDoesNotCountAtItsRejoin) {
  EXPECT_EQ(history_.at({3}), founded_);
  EXPECT_EQ(history_.after({3}), with_third_);
  EXPECT_EQ(history_.at({4}), with_third_);
  // Neither the boot that goes nor the one that comes.
  const Roster at = history_.at({5});
  EXPECT_FALSE(at.counts(seat(1, 1)));
  EXPECT_FALSE(at.counts(seat(1, 3)));
  EXPECT_TRUE(at.counts(seat(2, 1)));
  EXPECT_EQ(at.quorum(), 2U) << "the seat still counts in n";
  EXPECT_EQ(history_.after({5}), with_first_);
  EXPECT_EQ(history_.at({6}), with_first_);
}

TEST_F(RosterHistoryTest, ListsRejoinsOfARange) {
  EXPECT_EQ(history_.rejoins({0}, {9}), (std::vector<SeqNo>{{3}, {5}}));
  EXPECT_EQ(history_.rejoins({3}, {5}), (std::vector<SeqNo>{{5}}));
  EXPECT_EQ(history_.rejoins({2}, {3}), (std::vector<SeqNo>{{3}}));
  EXPECT_TRUE(history_.rejoins({3}, {4}).empty());
  EXPECT_TRUE(history_.rejoins({5}, {9}).empty());
}

TEST_F(RosterHistoryTest, TruncationBringsTheOldKeysBack) {
  history_.truncate_after({5});
  EXPECT_EQ(history_.after({5}), with_first_);
  history_.truncate_after({4});
  EXPECT_EQ(history_.after({5}), with_third_);
  history_.append(rejoin(5, seat(2, 8)));
  EXPECT_EQ(history_.after({5}), Roster({seat(1, 1), seat(2, 8), seat(3, 2)}));
  history_.truncate_after({0});
  EXPECT_EQ(history_.after({5}).size(), 0U);
}

TEST_F(RosterHistoryTest, ANewGenerationFoundsAnew) {
  history_.append(founding(6, {keyless(1), seat(2, 9), seat(3, 9)}));
  EXPECT_EQ(history_.at({6}), Roster({keyless(1), seat(2, 9), seat(3, 9)}));
  EXPECT_EQ(history_.at({5}).identity({2}), seat(2, 1));
  EXPECT_EQ(history_.rejoins({0}, {9}).size(), 2U) << "a founding is no rejoin";
}

// --- Configurations ------------------------------------------------------------------------------

Block config(std::uint64_t seq, const Identity& identity, bool admits, std::uint64_t nonce = 1) {
  Block block = normal(seq);
  block.header.kind = BlockKind::kConfig;
  block.header.config_nonce = {nonce};
  block.body = {};
  block.body.change = SeatChange{identity, admits, {}, {}};
  return block;
}

Block normal_of(std::uint64_t seq, std::uint64_t nonce) {
  Block block = normal(seq);
  block.header.config_nonce = {nonce};
  return block;
}

TEST_F(RosterHistoryTest, AChangeCountsFromTheFirstBlockOfItsNonce) {
  history_.append(config(6, seat(4, 1), true));
  history_.append(normal(7));
  EXPECT_EQ(history_.at({7}).seats(), with_first_.seats()) << "named, not in force";
  EXPECT_TRUE(history_.at({7}).awaits(seat(4, 1)));
  EXPECT_FALSE(history_.at({7}).awaits(seat(4, 2)));
  EXPECT_FALSE(history_.at({5}).awaits(seat(4, 1)));
  history_.append(normal_of(8, 2));
  EXPECT_TRUE(history_.at({8}).counts(seat(4, 1))) << "by whom the block itself is counted";
  EXPECT_EQ(history_.at({8}).quorum(), 3U);
  EXPECT_EQ(history_.at({8}).nonce(), ConfigNonce{2});
  EXPECT_EQ(history_.at({8}).founding_nonce(), ConfigNonce{1});
  EXPECT_FALSE(history_.after({8}).pending());
  EXPECT_EQ(history_.last_change(), SeqNo{8});
  EXPECT_TRUE(history_.rejoins({5}, {8}).empty());
}

TEST_F(RosterHistoryTest, ARemovalTakesTheSeatOutOfN) {
  history_.append(config(6, seat(3, 2), false));
  history_.append(normal_of(7, 2));
  EXPECT_EQ(history_.after({7}).seats(), (std::vector<Identity>{seat(1, 3), seat(2, 1)}));
  EXPECT_FALSE(history_.fits(config(8, seat(3, 2), false, 2))) << "it does not count";
  EXPECT_TRUE(history_.fits(config(8, seat(3, 3), true, 2)));
}

TEST_F(RosterHistoryTest, ALaterChangeTakesThePlaceOfOneThatIsNotInForce) {
  history_.append(config(6, seat(4, 1), true));
  history_.append(config(7, seat(2, 1), false));
  history_.append(normal_of(8, 2));
  EXPECT_EQ(history_.after({8}).seats(), (std::vector<Identity>{seat(1, 3), seat(3, 2)}));
}

TEST_F(RosterHistoryTest, TruncationTakesChangesBack) {
  history_.append(config(6, seat(4, 1), true));
  history_.append(normal_of(7, 2));
  history_.truncate_after({6});
  EXPECT_EQ(history_.after({9}).size(), 3U);
  EXPECT_TRUE(history_.after({9}).pending());
  history_.truncate_after({5});
  EXPECT_EQ(history_.after({9}), with_first_);
}

TEST_F(RosterHistoryTest, OnlyWhatFollowsFits) {
  EXPECT_FALSE(history_.fits(normal_of(6, 2))) << "a configuration from nowhere";
  EXPECT_FALSE(history_.fits(normal_of(6, 0)));
  EXPECT_FALSE(history_.fits(config(6, seat(2, 1), true))) << "it counts";
  EXPECT_FALSE(history_.fits(config(6, seat(2, 7), false))) << "another boot of it counts";
  EXPECT_FALSE(history_.fits(config(6, keyless(4), true))) << "it never joined";
  EXPECT_FALSE(history_.fits(rejoin(6, seat(4, 1)))) << "it never counted";
  EXPECT_DEATH(history_.append(config(6, seat(2, 1), true)), "check failed");
  history_.append(config(6, seat(4, 1), true));
  EXPECT_FALSE(history_.fits(normal_of(7, 3)));
  Block opening = normal_of(7, 2);
  opening.header.kind = BlockKind::kTermStart;
  EXPECT_FALSE(history_.fits(opening)) << "a new term decides first what it inherits";
  EXPECT_TRUE(history_.fits(normal_of(7, 2)));
}

TEST(Roster, TheLastSeatStays) {
  EXPECT_FALSE(Roster({seat(1, 1)}).may({seat(1, 1), false, {}, {}}));
}

TEST_F(RosterHistoryTest, BlocksComeInOrder) {
  EXPECT_DEATH(history_.append(rejoin(5, seat(2, 2))), "check failed");
}

// --- Since when a seat counts
// ---------------------------------------------------------------------

TEST(RosterHistory, AReturnIsNoBreakAndARemovalIs) {
  RosterHistory history;
  history.append(founding(1, {seat(1, 1), seat(2, 3), seat(3, 1)}));
  history.append(rejoin(5, seat(2, 4)));
  EXPECT_EQ(history.counted_since({2}, {5}), Epoch{3});
  EXPECT_EQ(history.counted_since({4}, {5}), std::nullopt);
  EXPECT_EQ(history.boots_of({2}), (std::vector{seat(2, 3), seat(2, 4)}));
  const auto change = [&](std::uint64_t seq, const Identity& who, bool admits,
                          std::uint64_t nonce) {
    Block block = normal(seq);
    block.header.kind = BlockKind::kConfig;
    block.header.config_nonce = {nonce};
    block.body = {};
    block.body.change = SeatChange{who, admits, {}, {}};
    history.append(block);
    Block in_force = normal(seq + 1);
    in_force.header.config_nonce = {nonce + 1};
    history.append(in_force);
  };
  change(7, seat(2, 4), false, 1);
  EXPECT_EQ(history.counted_since({2}, {7}), Epoch{3}) << "decided, and not in force";
  EXPECT_EQ(history.counted_since({2}, {8}), std::nullopt);
  change(10, seat(2, 6), true, 2);
  EXPECT_EQ(history.counted_since({2}, {11}), Epoch{6});
  EXPECT_EQ(history.counted_since({1}, {11}), Epoch{1});
  Block back = rejoin(12, seat(2, 7));
  back.header.config_nonce = {3};
  history.append(back);
  history.prune_upto({12});
  EXPECT_EQ(history.counted_since({2}, {12}), Epoch{6}) << "pruning forgets no beginning";
}

}  // namespace
}  // namespace dnc
