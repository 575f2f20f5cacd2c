#include "core/consensus/executor.hpp"

#include <gtest/gtest.h>

#include "core/consensus/limits.hpp"

namespace dnc {
namespace {

// Appends each command to a text and answers with the whole of it, so that both a lost and a
// doubled execution show in every later result.
class Journal : public StateMachine {
 public:
  Bytes apply(SeqNo seq, ByteView command) override {
    EXPECT_TRUE(entries_.empty() || entries_.back().first <= seq);
    entries_.emplace_back(seq, as_text(command));
    return text_upto(seq);
  }
  void commit(SeqNo seq) override { committed_ = seq; }
  void rollback(SeqNo seq) override {
    EXPECT_GE(seq, committed_);
    while (!entries_.empty() && entries_.back().first > seq)
      entries_.pop_back();
  }
  Bytes query(ByteView) const override { return text_upto(committed_); }
  Bytes snapshot() const override { return text_upto({UINT64_MAX}); }
  bool restore(SeqNo seq, ByteView text) override {
    entries_.assign(1, {seq, std::string(as_text(text))});
    committed_ = seq;
    return true;
  }

 private:
  Bytes text_upto(SeqNo seq) const {
    Bytes text;
    for (const auto& [at, command] : entries_) {
      if (at <= seq) text.insert(text.end(), command.begin(), command.end());
    }
    return text;
  }
  std::vector<std::pair<SeqNo, std::string>> entries_;
  SeqNo committed_;
};

Bytes bytes(std::string_view text) {
  const ByteView view = as_bytes(text);
  return {view.begin(), view.end()};
}

using Pair = std::pair<std::string_view, std::string_view>;

BlockBody body(const std::vector<Pair>& operations) {
  BlockBody made;
  for (const auto& [key, command] : operations)
    made.operations.push_back({bytes(key), bytes(command)});
  return made;
}

class ExecutorTest : public ::testing::Test {
 protected:
  Hash apply(std::uint64_t seq, const std::vector<Pair>& operations) {
    return executor_.apply({seq}, {1}, body(operations));
  }
  std::string seen() const { return as_text(executor_.query({})); }

  Journal service_;
  Executor executor_{service_};
};

TEST_F(ExecutorTest, ExecutesInOrderAndAnswersWhenCommitted) {
  apply(1, {{"k1", "a"}, {"k2", "b"}});
  apply(2, {{"k3", "c"}});
  const auto outcomes = executor_.commit({2});
  ASSERT_EQ(outcomes.size(), 3U);
  EXPECT_EQ(outcomes[0].key, bytes("k1"));
  EXPECT_EQ(outcomes[0].result, bytes("a"));
  EXPECT_EQ(outcomes[1].result, bytes("ab"));
  EXPECT_EQ(outcomes[2].result, bytes("abc"));
  EXPECT_EQ(outcomes[2].seq, SeqNo{2});
  EXPECT_EQ(outcomes[2].term, Term{1});
  EXPECT_TRUE(executor_.commit({2}).empty()) << "each outcome is told once";
}

TEST_F(ExecutorTest, OnlyWhatIsCommittedIsVisible) {
  apply(1, {{"k1", "a"}});
  apply(2, {{"k2", "b"}});
  EXPECT_EQ(seen(), "");
  EXPECT_EQ(executor_.find(bytes("k1")), nullptr);
  EXPECT_TRUE(executor_.knows(bytes("k1")));
  EXPECT_EQ(executor_.commit({1}).size(), 1U);
  EXPECT_EQ(seen(), "a");
  ASSERT_NE(executor_.find(bytes("k1")), nullptr);
  EXPECT_EQ(executor_.find(bytes("k1"))->result, bytes("a"));
  EXPECT_EQ(executor_.find(bytes("k2")), nullptr);
  EXPECT_TRUE(executor_.knows(bytes("k2")));
}

TEST_F(ExecutorTest, AKeyExecutesOnceWithinABlock) {
  apply(1, {{"k", "a"}, {"k", "a"}});
  const auto outcomes = executor_.commit({1});
  ASSERT_EQ(outcomes.size(), 2U);
  EXPECT_EQ(outcomes[0].result, bytes("a"));
  EXPECT_EQ(outcomes[1].result, bytes("a"));
  EXPECT_FALSE(outcomes[1].key_reused);
  EXPECT_EQ(seen(), "a");
}

TEST_F(ExecutorTest, ARepetitionGetsTheFirstAnswer) {
  apply(1, {{"k", "a"}});
  apply(2, {{"other", "b"}});
  executor_.commit({1});
  executor_.apply({3}, {4}, body({{"k", "a"}}));
  const auto outcomes = executor_.commit({3});
  ASSERT_EQ(outcomes.size(), 2U);
  EXPECT_EQ(outcomes[1].result, bytes("a"));
  EXPECT_EQ(outcomes[1].seq, SeqNo{1});
  EXPECT_EQ(outcomes[1].term, Term{1});
  EXPECT_EQ(seen(), "ab");
}

TEST_F(ExecutorTest, AKeyStandsForOneCommandOnly) {
  apply(1, {{"k", "a"}});
  apply(2, {{"k", "b"}});
  const auto outcomes = executor_.commit({2});
  ASSERT_EQ(outcomes.size(), 2U);
  EXPECT_FALSE(outcomes[0].key_reused);
  EXPECT_TRUE(outcomes[1].key_reused);
  EXPECT_TRUE(outcomes[1].result.empty());
  EXPECT_EQ(seen(), "a");
  EXPECT_EQ(executor_.find(bytes("k"))->operation, operation_hash({bytes("k"), bytes("a")}))
      << "the first operation keeps the key";
}

TEST_F(ExecutorTest, RollbackRestoresServiceAndSessions) {
  apply(1, {{"k1", "a"}});
  apply(2, {{"k2", "b"}});
  apply(3, {{"k3", "c"}});
  executor_.commit({1});
  executor_.rollback({1});
  EXPECT_FALSE(executor_.knows(bytes("k2")));
  EXPECT_FALSE(executor_.knows(bytes("k3")));
  // Another leader's blocks take the places of those that were dropped.
  executor_.apply({2}, {2}, body({{"k3", "d"}, {"k2", "b"}}));
  const auto outcomes = executor_.commit({2});
  ASSERT_EQ(outcomes.size(), 2U);
  EXPECT_EQ(outcomes[0].result, bytes("ad"));
  EXPECT_FALSE(outcomes[0].key_reused) << "the command that came first was undone";
  EXPECT_EQ(outcomes[1].result, bytes("adb"));
  EXPECT_EQ(outcomes[1].term, Term{2});
  EXPECT_EQ(seen(), "adb");
}

TEST_F(ExecutorTest, RollbackOfARepetitionKeepsTheOriginal) {
  apply(1, {{"k", "a"}});
  apply(2, {{"k", "a"}});
  executor_.rollback({1});
  EXPECT_TRUE(executor_.knows(bytes("k")));
  EXPECT_EQ(executor_.commit({1}).size(), 1U);
  EXPECT_EQ(seen(), "a");
}

TEST_F(ExecutorTest, WhatIsCommittedIsNeverUndone) {
  apply(1, {{"k", "a"}});
  executor_.commit({1});
  EXPECT_DEATH(executor_.rollback({0}), "check failed");
  EXPECT_DEATH(apply(1, {{"l", "b"}}), "check failed");
}

TEST_F(ExecutorTest, BlocksWithoutOperationsAnswerNothing) {
  EXPECT_TRUE(apply(1, {}).is_zero());
  EXPECT_TRUE(executor_.commit({1}).empty());
}

// --- The root of the results ---------------------------------------------------------------------

TEST_F(ExecutorTest, TheSameLogHasTheSameRoots) {
  Journal other_service;
  Executor other(other_service);
  const auto first = body({{"k1", "a"}, {"k2", "b"}});
  const auto second = body({{"k1", "a"}, {"k2", "x"}, {"k3", "c"}});
  EXPECT_EQ(executor_.apply({1}, {1}, first), other.apply({1}, {1}, first));
  // What one has committed and the other has not makes no difference.
  executor_.commit({1});
  EXPECT_EQ(executor_.apply({2}, {1}, second), other.apply({2}, {1}, second));
}

TEST_F(ExecutorTest, TheRootTellsResultsApart) {
  const Hash plain = apply(1, {{"k", "a"}});
  executor_.rollback({0});
  EXPECT_EQ(apply(1, {{"k", "a"}}), plain) << "an undone block leaves no trace";
  executor_.rollback({0});
  EXPECT_NE(apply(1, {{"k", "b"}}), plain);
  executor_.rollback({0});
  EXPECT_NE(apply(1, {{"k", "a"}, {"k", "a"}}), plain);
}

TEST_F(ExecutorTest, TheRootShowsAReusedKey) {
  Journal other_service;
  Executor other(other_service);
  apply(1, {{"k", ""}});
  other.apply({1}, {1}, body({{"k", "x"}}));
  // One executed the empty command and repeats its empty result, the other refuses.
  EXPECT_NE(apply(2, {{"k", ""}}), other.apply({2}, {1}, body({{"k", ""}})));
}

TEST_F(ExecutorTest, ASnapshotIsTheStateAfterAllThatWasApplied) {
  apply(1, {{"k1", "a"}});
  executor_.commit({1});
  apply(2, {{"k2", "b"}});
  Writer out;
  Executor::Cursor at;
  EXPECT_TRUE(executor_.snapshot(out, at, SIZE_MAX));
  Journal other_service;
  Executor other(other_service);
  Reader in(out.bytes());
  ASSERT_TRUE(other.restore({2}, in));
  EXPECT_EQ(as_text(other.query({})), "ab");
  ASSERT_NE(other.find(bytes("k2")), nullptr);
  // From here on both give the same results, also for a key of before.
  const auto third = body({{"k1", "a"}, {"k3", "c"}});
  EXPECT_EQ(executor_.apply({3}, {1}, third), other.apply({3}, {1}, third));
}

TEST_F(ExecutorTest, ABadSnapshotChangesNothing) {
  apply(1, {{"k1", "a"}});
  executor_.commit({1});
  Writer out;
  Executor::Cursor at;
  EXPECT_TRUE(executor_.snapshot(out, at, SIZE_MAX));
  out.u8(0);
  Reader in(out.bytes());
  EXPECT_FALSE(executor_.restore({7}, in));
  EXPECT_EQ(seen(), "a");
  EXPECT_NE(executor_.find(bytes("k1")), nullptr);
}

}  // namespace
}  // namespace dnc
