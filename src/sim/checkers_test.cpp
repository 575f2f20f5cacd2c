// The checkers themselves: each must object to the one thing that it is there for.
#include <gtest/gtest.h>

#include "core/consensus/codec.hpp"
#include "core/services/counter.hpp"
#include "sim/committed_log.hpp"

namespace dnc {
namespace {

class CheckersTest : public testing::Test {
 protected:
  // A block with one increment for each amount, asked for at `invoked`.
  Block block(std::vector<std::uint64_t> amounts, Time invoked = Time(0)) {
    Block made;
    made.header.seq = {log_.entries().size() + 1};
    made.header.term = term_;
    made.header.leader = {term_.value};
    if (!log_.entries().empty()) made.header.prev_hash = log_.entries().back().hash;
    for (const std::uint64_t by : amounts) {
      WriteRecord record;
      record.key = {static_cast<std::uint8_t>(history_.writes.size() + 1)};
      record.by = by;
      record.invoked = invoked;
      made.body.operations.push_back({record.key, Counter::increment(by)});
      history_.by_key[record.key] = history_.writes.size();
      history_.writes.push_back(record);
    }
    made.header.ops_root = ops_root(made.body);
    return made;
  }
  void acknowledge(std::size_t write, Time at, std::uint64_t value, std::uint64_t seq) {
    history_.writes[write].acknowledged = at;
    history_.writes[write].value = value;
    history_.writes[write].seq = {seq};
  }
  void read(Time invoked, Time returned, std::uint64_t value, std::uint64_t seq,
            bool linearizable = true) {
    history_.reads.push_back({invoked, returned, linearizable, value, {seq}});
  }
  bool objects() { return check_history(history_, log_).has_value(); }

  Term term_{1};
  History history_;
  CommittedLog log_;
};

TEST_F(CheckersTest, AGoodLogAndHistoryPass) {
  EXPECT_FALSE(log_.take(block({1, 2}, Time(10))));
  EXPECT_FALSE(log_.take(block({4}, Time(30))));
  acknowledge(0, Time(20), 1, 1);
  acknowledge(2, Time(40), 7, 2);
  read(Time(15), Time(25), 3, 1);
  read(Time(50), Time(60), 7, 2);
  read(Time(50), Time(60), 0, 0, false);
  EXPECT_FALSE(objects());
  EXPECT_EQ(log_.value(), 7u);
}

TEST_F(CheckersTest, AnotherBlockAtTheSamePlaceIsAFork) {
  const Block one = block({1});
  Block other = block({1});
  other.header.leader_time_ms = 1;
  EXPECT_FALSE(log_.take(one));
  EXPECT_FALSE(log_.take(one));
  EXPECT_TRUE(log_.take(other));
}

TEST_F(CheckersTest, BrokenChainsAndGapsAreSeen) {
  ASSERT_FALSE(log_.take(block({1})));
  Block unlinked = block({1});
  unlinked.header.prev_hash = {};
  EXPECT_TRUE(log_.take(unlinked));
  Block later = block({1});
  later.header.seq = {3};
  EXPECT_TRUE(log_.take(later));
  Block foreign = block({1});
  foreign.body.operations.clear();
  EXPECT_TRUE(log_.take(foreign));
}

TEST_F(CheckersTest, TermsNeitherGoBackNorHaveTwoLeaders) {
  term_ = {2};
  ASSERT_FALSE(log_.take(block({1})));
  Block usurped = block({1});
  usurped.header.leader = {3};
  EXPECT_TRUE(log_.take(usurped));
  term_ = {1};
  EXPECT_TRUE(log_.take(block({1})));
}

TEST_F(CheckersTest, OperationsThatNobodyAskedForAreSeen) {
  log_.set_history(&history_);
  Block invented = block({1});
  history_.by_key.clear();
  EXPECT_TRUE(log_.take(invented));
}

TEST_F(CheckersTest, ARetryInTheLogExecutesNothing) {
  const Block once = block({5});
  ASSERT_FALSE(log_.take(once));
  Block twice = block({});
  twice.body = once.body;
  twice.header.ops_root = ops_root(twice.body);
  EXPECT_FALSE(log_.take(twice));
  EXPECT_EQ(log_.value(), 5u);
}

TEST_F(CheckersTest, AnAcknowledgedWriteThatIsNotThereIsLost) {
  ASSERT_FALSE(log_.take(block({1})));
  block({1});  // asked for, never committed
  acknowledge(1, Time(20), 2, 2);
  EXPECT_TRUE(objects());
}

TEST_F(CheckersTest, AWrongAnswerIsSeen) {
  ASSERT_FALSE(log_.take(block({1})));
  acknowledge(0, Time(20), 2, 1);
  EXPECT_TRUE(objects());
}

TEST_F(CheckersTest, AWriteMayNotPrecedeOneThatEndedBefore) {
  ASSERT_FALSE(log_.take(block({1}, Time(100))));
  ASSERT_FALSE(log_.take(block({1}, Time(10))));
  acknowledge(1, Time(20), 2, 2);
  acknowledge(0, Time(120), 1, 1);
  EXPECT_TRUE(objects());
}

TEST_F(CheckersTest, AStaleLinearizableReadIsSeen) {
  ASSERT_FALSE(log_.take(block({1}, Time(10))));
  ASSERT_FALSE(log_.take(block({1}, Time(10))));
  acknowledge(1, Time(20), 2, 2);
  read(Time(30), Time(40), 1, 1);
  EXPECT_TRUE(objects());
}

TEST_F(CheckersTest, ReadsAreMonotoneInRealTime) {
  ASSERT_FALSE(log_.take(block({1}, Time(10))));
  ASSERT_FALSE(log_.take(block({1}, Time(10))));
  read(Time(15), Time(20), 2, 2);
  read(Time(30), Time(40), 1, 1);
  EXPECT_TRUE(objects());
}

TEST_F(CheckersTest, AReadFromTheFutureIsSeen) {
  ASSERT_FALSE(log_.take(block({1}, Time(50))));
  read(Time(10), Time(20), 1, 1, false);
  EXPECT_TRUE(objects());
}

TEST_F(CheckersTest, AReadOfAValueThatNeverWasIsSeen) {
  ASSERT_FALSE(log_.take(block({2})));
  read(Time(10), Time(20), 1, 1, false);
  EXPECT_TRUE(objects());
}

}  // namespace
}  // namespace dnc
