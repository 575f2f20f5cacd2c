#include "core/services/counter.hpp"

#include <gtest/gtest.h>

namespace dnc {
namespace {

std::uint64_t add(Counter& counter, std::uint64_t seq, std::uint64_t by) {
  return Counter::decode_value(counter.apply({seq}, Counter::increment(by))).value_or(UINT64_MAX);
}

std::uint64_t committed(const Counter& counter) {
  return Counter::decode_value(counter.query(Counter::read())).value_or(UINT64_MAX);
}

TEST(Counter, AnswersTheValueAfterTheIncrement) {
  Counter counter;
  EXPECT_EQ(add(counter, 1, 5), 5u);
  EXPECT_EQ(add(counter, 1, 2), 7u);
  EXPECT_EQ(add(counter, 2, 0), 7u);
}

TEST(Counter, QueriesSeeCommittedStateOnly) {
  Counter counter;
  add(counter, 1, 5);
  add(counter, 2, 6);
  EXPECT_EQ(committed(counter), 0u);
  counter.commit({1});
  EXPECT_EQ(committed(counter), 5u);
  counter.commit({9});
  EXPECT_EQ(committed(counter), 11u);
}

TEST(Counter, RollbackUndoesWhatLiesAbove) {
  Counter counter;
  add(counter, 1, 1);
  add(counter, 2, 10);
  add(counter, 2, 100);
  add(counter, 3, 1000);
  counter.commit({1});
  counter.rollback({2});
  EXPECT_EQ(add(counter, 3, 0), 111u);
  counter.rollback({1});
  EXPECT_EQ(add(counter, 2, 7), 8u);
  counter.commit({2});
  EXPECT_EQ(committed(counter), 8u);
}

TEST(Counter, OverflowChangesNothing) {
  Counter counter;
  add(counter, 1, UINT64_MAX - 1);
  const Bytes answer = counter.apply({2}, Counter::increment(2));
  EXPECT_EQ(Counter::decode_outcome(answer), Counter::Outcome::kOverflow);
  EXPECT_FALSE(Counter::decode_value(answer));
  EXPECT_EQ(add(counter, 2, 1), UINT64_MAX);
}

TEST(Counter, MalformedCommandsChangeNothing) {
  Counter counter;
  Bytes trailing = Counter::increment(1);
  trailing.push_back(0);
  Bytes foreign = Counter::increment(1);
  foreign[0] = 2;
  Bytes truncated = Counter::increment(1);
  truncated.pop_back();
  for (const Bytes& command : {Bytes{}, Bytes{1}, Bytes{1, 9}, trailing, foreign, truncated}) {
    EXPECT_EQ(Counter::decode_outcome(counter.apply({1}, command)), Counter::Outcome::kMalformed);
  }
  EXPECT_EQ(Counter::decode_outcome(counter.query(Counter::increment(1))),
            Counter::Outcome::kMalformed);
  EXPECT_EQ(add(counter, 1, 3), 3u);
}

TEST(Counter, ReadsThroughTheLogSeeWhatLiesBelow) {
  Counter counter;
  add(counter, 4, 9);
  EXPECT_EQ(Counter::decode_value(counter.apply({5}, Counter::read())), 9u);
}

TEST(Counter, DecodesOnlyItsOwnAnswers) {
  EXPECT_FALSE(Counter::decode_value({}));
  EXPECT_FALSE(Counter::decode_outcome(Bytes{1, 3, 0, 0, 0, 0, 0, 0, 0, 0}));
  EXPECT_FALSE(Counter::decode_value(Bytes{2, 0, 0, 0, 0, 0, 0, 0, 0, 1}));
  EXPECT_EQ(Counter::decode_value(Bytes{1, 0, 0, 0, 0, 0, 0, 0, 1, 1}), 257u);
}

TEST(Counter, ASnapshotHoldsWhatWasAppliedAndRestoresAsCommitted) {
  Counter counter;
  add(counter, 1, 5);
  counter.commit({1});
  add(counter, 2, 6);
  Counter other;
  ASSERT_TRUE(other.restore({2}, counter.snapshot()));
  EXPECT_EQ(committed(other), 11u);
  EXPECT_EQ(other.snapshot(), counter.snapshot());
  counter.rollback({1});
  EXPECT_NE(other.snapshot(), counter.snapshot());
  EXPECT_FALSE(other.restore({3}, Bytes{1, 2, 3}));
  EXPECT_EQ(committed(other), 11u);
}

}  // namespace
}  // namespace dnc
