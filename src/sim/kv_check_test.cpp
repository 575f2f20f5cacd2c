// The checker itself: what it must believe, and above all what it must not.
#include <gtest/gtest.h>

#include "sim/kv_history.hpp"

namespace dnc {
namespace {

using kv::Condition;
using kv::Outcome;

class KvCheckTest : public testing::Test {
 protected:
  using Kind = KvOperation::Kind;

  // Each in the time from `invoked` to `returned`; a negative one: no answer came.
  KvOperation& add(Kind kind, int invoked, int returned, Outcome outcome, std::uint64_t version,
                   const std::string& value = "", Condition condition = {}) {
    KvOperation operation;
    operation.kind = kind;
    operation.key = key_;
    operation.value = value;
    operation.condition = condition;
    operation.invoked = Time(invoked);
    if (returned >= 0) operation.returned = Time(returned);
    operation.outcome = outcome;
    operation.version = version;
    history_.operations.push_back(operation);
    return history_.operations.back();
  }
  void put(int invoked, int returned, const std::string& value, std::uint64_t version,
           Condition condition = {}) {
    add(Kind::kPut, invoked, returned, Outcome::kOk, version, value, condition);
  }
  void lost_put(int invoked, const std::string& value, Condition condition = {}) {
    add(Kind::kPut, invoked, -1, Outcome::kOk, 0, value, condition);
  }
  void get(int invoked, int returned, const std::string& value, std::uint64_t version) {
    add(Kind::kGet, invoked, returned, Outcome::kOk, version, value);
  }
  void get_nothing(int invoked, int returned) {
    add(Kind::kGet, invoked, returned, Outcome::kAbsent, 0);
  }
  void remove(int invoked, int returned, std::uint64_t version) {
    add(Kind::kRemove, invoked, returned, Outcome::kOk, version);
  }
  void refused(int invoked, int returned, Condition condition, std::uint64_t version) {
    add(Kind::kPut, invoked, returned, Outcome::kConflict, version, "x", condition);
  }
  void range(int invoked, int returned, std::vector<kv::Entry> entries, bool more = false) {
    history_.ranges.push_back({"", "", Time(invoked), Time(returned), std::move(entries), more});
  }
  static kv::Entry entry(const std::string& key, const std::string& value, std::uint64_t version) {
    const ByteView bytes = as_bytes(value);
    return {key, Bytes(bytes.begin(), bytes.end()), version};
  }
  static Condition version_is(std::uint64_t version) {
    return {Condition::Kind::kVersion, version};
  }
  bool objects() { return check_kv_history(history_).has_value(); }

  static constexpr Condition kPresent{Condition::Kind::kPresent, 0};
  static constexpr Condition kAbsent{Condition::Kind::kAbsent, 0};
  std::string key_ = "a";
  KvHistory history_;
};

// --- Single operations --------------------------------------------------------------------------

TEST_F(KvCheckTest, AGoodHistoryPasses) {
  get_nothing(0, 1);
  put(2, 3, "one", 1, kAbsent);
  get(4, 5, "one", 1);
  refused(6, 7, kAbsent, 1);
  put(8, 9, "two", 2, version_is(1));
  remove(10, 11, 2);
  get_nothing(12, 13);
  put(14, 15, "three", 4);
  EXPECT_FALSE(objects());
}

TEST_F(KvCheckTest, ConcurrentOperationsMayComeInAnyOrder) {
  put(0, 10, "one", 2);
  put(0, 10, "two", 1);
  get(5, 9, "two", 1);
  get(20, 21, "one", 2);
  EXPECT_FALSE(objects());
}

TEST_F(KvCheckTest, AStaleReadIsSeen) {
  put(0, 1, "one", 1);
  put(2, 3, "two", 2);
  get(4, 5, "one", 1);
  EXPECT_TRUE(objects());
}

TEST_F(KvCheckTest, AReadThatGoesBackIsSeen) {
  put(0, 1, "one", 1);
  put(2, 20, "two", 2);
  get(4, 5, "two", 2);
  get(6, 7, "one", 1);
  EXPECT_TRUE(objects());
}

TEST_F(KvCheckTest, AReadFromTheFutureIsSeen) {
  get(0, 1, "one", 1);
  put(2, 3, "one", 1);
  EXPECT_TRUE(objects());
}

TEST_F(KvCheckTest, AValueThatNobodyPutIsSeen) {
  put(0, 1, "one", 1);
  get(2, 3, "two", 1);
  EXPECT_TRUE(objects());
}

TEST_F(KvCheckTest, AWrongVersionOfARightValueIsSeen) {
  put(0, 1, "one", 1);
  get(2, 3, "one", 2);
  EXPECT_TRUE(objects());
}

TEST_F(KvCheckTest, ALostWriteIsSeen) {
  put(0, 1, "one", 1);
  get_nothing(2, 3);
  EXPECT_TRUE(objects());
}

TEST_F(KvCheckTest, ARemovalThatDidNothingIsSeen) {
  put(0, 1, "one", 1);
  remove(2, 3, 1);
  get(4, 5, "one", 1);
  EXPECT_TRUE(objects());
}

TEST_F(KvCheckTest, TwoWinnersOfOneConditionAreSeen) {
  put(0, 1, "one", 1);
  put(2, 10, "two", 2, version_is(1));
  put(2, 10, "three", 3, version_is(1));
  EXPECT_TRUE(objects());
}

TEST_F(KvCheckTest, TwoCreatorsAreSeen) {
  put(0, 10, "one", 1, kAbsent);
  put(0, 10, "two", 2, kAbsent);
  EXPECT_TRUE(objects());
}

TEST_F(KvCheckTest, AConditionRefusedWithoutReasonIsSeen) {
  put(0, 1, "one", 1);
  refused(2, 3, version_is(1), 1);
  EXPECT_TRUE(objects());
}

TEST_F(KvCheckTest, ARefusalThatNamesAVersionThatNeverWasIsSeen) {
  put(0, 1, "one", 1);
  refused(2, 3, kAbsent, 2);
  EXPECT_TRUE(objects());
}

TEST_F(KvCheckTest, ARefusedPutThatHappenedIsSeen) {
  put(0, 1, "one", 1);
  refused(2, 3, kAbsent, 1);
  get(4, 5, "x", 2);
  EXPECT_TRUE(objects());
}

TEST_F(KvCheckTest, VersionsOfAKeyThatFallAreSeen) {
  put(0, 1, "one", 2);
  put(2, 3, "two", 1);
  EXPECT_TRUE(objects());
}

// --- Writes without an answer -------------------------------------------------------------------

TEST_F(KvCheckTest, AnUnansweredWriteMayHappenLateOrNever) {
  put(0, 1, "one", 1);
  lost_put(2, "two");
  get(4, 5, "one", 1);
  EXPECT_FALSE(objects());
  get(6, 7, "two", 2);
  get(8, 9, "two", 2);
  EXPECT_FALSE(objects());
}

TEST_F(KvCheckTest, AnUnansweredWriteHappensOnce) {
  lost_put(0, "one");
  get(2, 3, "one", 1);
  put(4, 5, "two", 2);
  get(6, 7, "one", 3);
  EXPECT_TRUE(objects());
}

TEST_F(KvCheckTest, AnUnansweredWriteHappensNotBeforeItIsAsked) {
  get(0, 1, "one", 1);
  lost_put(2, "one");
  EXPECT_TRUE(objects());
}

TEST_F(KvCheckTest, AnUnansweredWriteObeysItsCondition) {
  put(0, 1, "one", 1);
  lost_put(2, "two", kAbsent);
  get(4, 5, "two", 2);
  EXPECT_TRUE(objects());
}

TEST_F(KvCheckTest, AnUnansweredWriteHasOneVersion) {
  lost_put(0, "one");
  get(2, 3, "one", 4);
  get(4, 5, "one", 5);
  EXPECT_TRUE(objects());
}

// --- Several keys -------------------------------------------------------------------------------

TEST_F(KvCheckTest, VersionsRiseWithTimeAcrossKeys) {
  put(0, 1, "one", 2);
  key_ = "b";
  put(2, 3, "two", 1);
  EXPECT_TRUE(objects());
}

TEST_F(KvCheckTest, TwoChangesWithOneVersionAreSeen) {
  put(0, 5, "one", 1);
  key_ = "b";
  put(0, 5, "two", 1);
  EXPECT_TRUE(objects());
}

class KvRangeCheckTest : public KvCheckTest {
 protected:
  KvRangeCheckTest() {
    put(0, 1, "one", 1);
    key_ = "b";
    put(2, 3, "two", 2);
  }
};

TEST_F(KvRangeCheckTest, AGoodPagePasses) {
  range(4, 5, {entry("a", "one", 1), entry("b", "two", 2)});
  range(4, 5, {entry("a", "one", 1)}, true);
  EXPECT_FALSE(objects());
}

TEST_F(KvRangeCheckTest, AnEntryThatIsStaleIsSeen) {
  put(4, 5, "three", 3);
  range(6, 7, {entry("a", "one", 1), entry("b", "two", 2)});
  EXPECT_TRUE(objects());
}

TEST_F(KvRangeCheckTest, ASkippedKeyIsSeen) {
  range(4, 5, {entry("b", "two", 2)});
  EXPECT_TRUE(objects());
}

TEST_F(KvRangeCheckTest, APageThatEndsTooEarlyIsSeen) {
  range(4, 5, {entry("a", "one", 1)});
  EXPECT_TRUE(objects());
}

TEST_F(KvRangeCheckTest, AKeyThatNobodyPutIsSeen) {
  range(4, 5, {entry("a", "one", 1), entry("b", "two", 2), entry("c", "x", 3)});
  EXPECT_TRUE(objects());
}

TEST_F(KvRangeCheckTest, APageOutOfOrderIsSeen) {
  range(4, 5, {entry("b", "two", 2), entry("a", "one", 1)});
  EXPECT_TRUE(objects());
}

TEST_F(KvRangeCheckTest, AKeyOutsideThePrefixIsSeen) {
  range(4, 5, {entry("a", "one", 1), entry("b", "two", 2)});
  history_.ranges.back().prefix = "a";
  EXPECT_TRUE(objects());
}

// Each key by itself could have been read so; together they never were.
TEST_F(KvRangeCheckTest, APageThatMixesMomentsIsSeen) {
  key_ = "a";
  put(10, 20, "three", 3);
  key_ = "b";
  put(10, 20, "four", 4);
  range(10, 20, {entry("a", "one", 1), entry("b", "four", 4)});
  EXPECT_TRUE(objects());
}

}  // namespace
}  // namespace dnc
