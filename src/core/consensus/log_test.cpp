#include "core/consensus/log.hpp"

#include <gtest/gtest.h>

#include "core/consensus/codec.hpp"

namespace dnc {
namespace {

Block next(const Log& log, std::uint64_t term) {
  Block block;
  block.header.config_nonce = {1};
  block.header.term = {term};
  block.header.seq = log.head_seq().next();
  block.header.prev_hash = log.head().hash;
  return block;
}

Identity seat(std::uint64_t number, std::uint64_t epoch) {
  return {{number}, {epoch}, {}};
}

TEST(Log, BeginsAtGenesis) {
  const Log log;
  EXPECT_TRUE(log.empty());
  EXPECT_EQ(log.head(), LogHead{});
  EXPECT_TRUE(log.contains(LogHead{}));
  EXPECT_FALSE(log.contains({1}, {}));
  EXPECT_EQ(log.term_at({0}), Term{0});
}

TEST(Log, ChainsBlocksByTheirHashes) {
  Log log;
  const Block first = next(log, 1);
  log.append(first);
  EXPECT_FALSE(log.empty());
  EXPECT_EQ(log.head(), (LogHead{{1}, {1}, block_hash(first.header)}));
  const Block second = next(log, 3);
  log.append(second);
  EXPECT_EQ(log.at({1}), first);
  EXPECT_EQ(log.at({2}), second);
  EXPECT_EQ(log.hash_at({1}), second.header.prev_hash);
  EXPECT_EQ(log.term_at({2}), Term{3});
  EXPECT_TRUE(log.contains({1}, block_hash(first.header)));
  EXPECT_FALSE(log.contains({1}, block_hash(second.header)));
  EXPECT_FALSE(log.contains({3}, block_hash(second.header)));
  EXPECT_TRUE(log.contains(log.head()));
}

TEST(Log, TakesOnlyTheNextBlock) {
  Log log;
  log.append(next(log, 2));
  const Block good = next(log, 2);
  EXPECT_TRUE(log.continues(good));
  EXPECT_TRUE(log.continues(next(log, 7)));
  Block gap = good;
  ++gap.header.seq.value;
  EXPECT_FALSE(log.continues(gap));
  Block again = good;
  --again.header.seq.value;
  EXPECT_FALSE(log.continues(again));
  Block fork = good;
  fork.header.prev_hash.bytes[0] ^= 1;
  EXPECT_FALSE(log.continues(fork));
  EXPECT_FALSE(log.continues(next(log, 1))) << "terms never fall along a log";
  EXPECT_DEATH(log.append(gap), "check failed");
}

TEST(Log, TruncatesAndGoesOnDifferently) {
  Log log;
  for (int i = 0; i < 4; ++i)
    log.append(next(log, 1));
  const LogHead second = log.head_at({2});
  const LogHead dropped = log.head_at({3});
  log.truncate_after({9});
  EXPECT_EQ(log.head_seq(), SeqNo{4}) << "nothing stands above";
  log.truncate_after({2});
  EXPECT_EQ(log.head(), second);
  EXPECT_FALSE(log.contains(dropped));
  log.append(next(log, 2));
  EXPECT_EQ(log.head_seq(), SeqNo{3});
  EXPECT_FALSE(log.contains(dropped));
  log.truncate_after({0});
  EXPECT_TRUE(log.empty());
  EXPECT_EQ(log.head(), LogHead{});
}

TEST(Log, KeepsTheRostersOfItsBlocks) {
  Log log;
  Block founding = next(log, 1);
  founding.body.founders = {seat(1, 1), seat(2, 1), seat(3, 1)};
  log.append(founding);
  Block rejoin = next(log, 1);
  rejoin.body.rejoin = Rejoin{seat(3, 2), {}, {}};
  log.append(rejoin);
  EXPECT_TRUE(log.rosters().after({2}).counts(seat(3, 2)));
  EXPECT_FALSE(log.rosters().at({2}).counts(seat(3, 2)));
  log.truncate_after({1});
  EXPECT_TRUE(log.rosters().after({2}).counts(seat(3, 1)));
}

TEST(Log, AsksOnlyForWhatItHas) {
  Log log;
  log.append(next(log, 1));
  EXPECT_DEATH(static_cast<void>(log.at({0})), "check failed");
  EXPECT_DEATH(static_cast<void>(log.at({2})), "check failed");
  EXPECT_DEATH(static_cast<void>(log.head_at({2})), "check failed");
}

TEST(Log, APrunedLogGoesOnFromItsBase) {
  Log log;
  Block founding = next(log, 1);
  founding.body.founders = {seat(1, 1), seat(2, 1), seat(3, 1)};
  log.append(founding);
  for (int i = 0; i < 3; ++i)
    log.append(next(log, 2));
  const LogHead first = log.head_at({1});
  const LogHead base = log.head_at({2});
  const LogHead head = log.head();
  log.prune_upto({2});
  EXPECT_EQ(log.base_seq(), SeqNo{2});
  EXPECT_EQ(log.head(), head);
  EXPECT_EQ(log.head_at({2}), base);
  EXPECT_EQ(log.header_at({2}).term, Term{2});
  EXPECT_TRUE(log.contains(base));
  EXPECT_FALSE(log.contains(first)) << "unknown by now";
  EXPECT_TRUE(log.rosters().after({2}).counts(seat(3, 1)));
  EXPECT_DEATH(static_cast<void>(log.at({2})), "check failed");
  log.truncate_after({2});
  EXPECT_EQ(log.head(), base);
  log.append(next(log, 3));
  EXPECT_EQ(log.head_seq(), SeqNo{3});
}

TEST(Log, StartsAgainAfterABlockOfWhichItHasTheHeader) {
  Log log;
  log.append(next(log, 1));
  BlockHeader base;
  base.term = {4};
  base.seq = {90};
  log.restart_after(base, Roster({seat(1, 6), seat(2, 7)}));
  EXPECT_EQ(log.head(), (LogHead{{4}, {90}, block_hash(base)}));
  EXPECT_FALSE(log.empty());
  EXPECT_TRUE(log.rosters().after({90}).counts(seat(2, 7)));
  EXPECT_TRUE(log.rosters().at({90}).counts(seat(2, 7)));
  Block rejoin = next(log, 4);
  rejoin.body.rejoin = Rejoin{seat(2, 8), {}, {}};
  log.append(rejoin);
  EXPECT_TRUE(log.rosters().after({91}).counts(seat(2, 8)));
  EXPECT_EQ(log.rosters().rejoins({}, {91}), std::vector<SeqNo>{SeqNo{91}});
  log.prune_upto({91});
  EXPECT_TRUE(log.rosters().rejoins({}, {91}).empty());
  EXPECT_TRUE(log.rosters().after({91}).counts(seat(2, 8)));
}

}  // namespace
}  // namespace dnc
