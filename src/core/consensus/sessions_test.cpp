#include "core/consensus/sessions.hpp"

#include <gtest/gtest.h>

#include "core/consensus/limits.hpp"

namespace dnc {
namespace {

Bytes key(std::uint64_t number) {
  Bytes made;
  for (int shift = 24; shift >= 0; shift -= 8)
    made.push_back(static_cast<std::uint8_t>(number >> shift));
  return made;
}

Session session(std::uint64_t seq, std::uint8_t result = 0) {
  return {{}, {result}, {seq}, {1}};
}

TEST(Sessions, RemembersWhatAKeyLedTo) {
  Sessions sessions;
  EXPECT_EQ(sessions.find(key(1)), nullptr);
  sessions.insert(key(1), session(4, 7));
  const Session* found = sessions.find(key(1));
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(found->result, Bytes{7});
  EXPECT_EQ(found->seq, SeqNo{4});
  EXPECT_EQ(sessions.find(key(2)), nullptr);
}

TEST(Sessions, ShowsOnlyWhatIsCommitted) {
  Sessions sessions;
  sessions.insert(key(1), session(4));
  EXPECT_EQ(sessions.find_committed(key(1), {3}), nullptr);
  EXPECT_NE(sessions.find_committed(key(1), {4}), nullptr);
  EXPECT_NE(sessions.find_committed(key(1), {5}), nullptr);
}

TEST(Sessions, RollbackForgetsWhatItUndoes) {
  Sessions sessions;
  sessions.insert(key(1), session(1));
  sessions.insert(key(2), session(2));
  sessions.insert(key(3), session(3));
  sessions.commit({1});
  sessions.rollback({2});
  EXPECT_NE(sessions.find(key(1)), nullptr);
  EXPECT_NE(sessions.find(key(2)), nullptr);
  EXPECT_EQ(sessions.find(key(3)), nullptr);
  sessions.rollback({1});
  EXPECT_NE(sessions.find(key(1)), nullptr) << "what is committed stays";
  EXPECT_EQ(sessions.find(key(2)), nullptr);
}

// Fills from key `from` on, one key a block, and commits as it goes.
void fill(Sessions& sessions, std::uint64_t from, std::uint64_t count) {
  for (std::uint64_t i = from; i < from + count; ++i) {
    sessions.insert(key(i), session(i));
    sessions.commit({i});
  }
}

TEST(Sessions, ForgetsTheOldestBeyondTheBound) {
  Sessions sessions;
  fill(sessions, 1, limits::kSessionsMax);
  EXPECT_NE(sessions.find(key(1)), nullptr) << "full, and nothing is lost yet";
  fill(sessions, limits::kSessionsMax + 1, 2);
  EXPECT_EQ(sessions.find(key(1)), nullptr);
  EXPECT_NE(sessions.find(key(3)), nullptr);
  EXPECT_NE(sessions.find(key(limits::kSessionsMax + 2)), nullptr);
}

// Seats commit at different times: what they remember must not differ for it.
TEST(Sessions, WhatIsForgottenDependsOnTheLogAlone) {
  Sessions eager;
  Sessions lazy;
  constexpr std::uint64_t kCount = limits::kSessionsMax + 500;
  fill(eager, 1, kCount);
  for (std::uint64_t i = 1; i <= kCount; ++i) {
    lazy.insert(key(i), session(i));
    if (i % 997 == 0) lazy.commit({i - 900});
  }
  for (std::uint64_t i = 490; i <= 510; ++i) {
    EXPECT_EQ(eager.find(key(i)) != nullptr, lazy.find(key(i)) != nullptr) << i;
  }
  EXPECT_EQ(lazy.find(key(490)), nullptr);
  EXPECT_NE(lazy.find(key(510)), nullptr);
}

TEST(Sessions, RollbackRevivesWhatItsBlocksHadPushedOut) {
  Sessions sessions;
  fill(sessions, 1, limits::kSessionsMax);
  constexpr std::uint64_t kNext = limits::kSessionsMax + 1;
  sessions.insert(key(kNext), session(kNext));
  sessions.insert(key(kNext + 1), session(kNext + 1));
  EXPECT_EQ(sessions.find(key(1)), nullptr);
  sessions.rollback({kNext - 1});
  EXPECT_NE(sessions.find(key(1)), nullptr);
  EXPECT_EQ(sessions.find(key(kNext)), nullptr);
}

TEST(Sessions, AForgottenKeyMayComeAgainAndBeUndone) {
  Sessions sessions;
  constexpr std::uint64_t kAgain = limits::kSessionsMax + 3;
  fill(sessions, 1, kAgain - 1);
  ASSERT_EQ(sessions.find(key(1)), nullptr);
  sessions.insert(key(1), session(kAgain, 9));
  ASSERT_NE(sessions.find(key(1)), nullptr);
  EXPECT_EQ(sessions.find(key(1))->seq, SeqNo{kAgain});
  sessions.rollback({kAgain - 1});
  EXPECT_EQ(sessions.find(key(1)), nullptr) << "as before: forgotten";
}

// A key that came again must outlive the memory of its first time.
TEST(Sessions, DroppingTheFirstTimeOfAKeyKeepsTheSecond) {
  Sessions sessions;
  constexpr std::uint64_t kAgain = limits::kSessionsMax + 3;
  fill(sessions, 1, kAgain - 1);
  sessions.insert(key(1), session(kAgain, 9));
  sessions.commit({kAgain});
  fill(sessions, kAgain + 1, limits::kSessionsMax - 1);
  ASSERT_NE(sessions.find(key(1)), nullptr);
  EXPECT_EQ(sessions.find(key(1))->result, Bytes{9});
  fill(sessions, kAgain + limits::kSessionsMax, 2);
  EXPECT_EQ(sessions.find(key(1)), nullptr);
}

Bytes written(const Sessions& sessions) {
  Writer out;
  Sessions::Cursor at;
  EXPECT_TRUE(sessions.write(out, at, SIZE_MAX));
  return out.take();
}

TEST(Sessions, ATableCanBeWrittenAndReadBack) {
  Sessions sessions;
  sessions.insert(key(9), session(4, 7));
  sessions.insert(key(2), session(5, 8));
  sessions.commit({4});
  const Bytes bytes = written(sessions);
  Reader in(bytes);
  auto read = Sessions::read(in);
  ASSERT_TRUE(read && in.at_end());
  EXPECT_EQ(written(*read), bytes);
  ASSERT_NE(read->find_committed(key(2), {5}), nullptr) << "what was ahead is committed now";
  EXPECT_EQ(read->find(key(9))->result, Bytes{7});
}

// Commits go on meanwhile, and drop what is forgotten for good.
TEST(Sessions, ATableIsTheSameWrittenInParts) {
  Sessions sessions;
  fill(sessions, 1, 2 * limits::kSessionsMax);
  for (std::uint64_t seq = 2 * limits::kSessionsMax + 1; seq <= 3 * limits::kSessionsMax; ++seq)
    sessions.insert(key(seq), session(seq));
  const Bytes whole = written(sessions);
  Writer out;
  Sessions::Cursor at;
  std::uint64_t parts = 0;
  while (!sessions.write(out, at, 64 * 1024))
    sessions.commit({2 * limits::kSessionsMax + 500 * ++parts});
  EXPECT_GT(parts, 20U);
  EXPECT_EQ(out.take(), whole);
}

TEST(Sessions, ATableThatWasReadForgetsAtTheSamePositions) {
  Sessions sessions;
  fill(sessions, 1, limits::kSessionsMax + 7);
  const Bytes bytes = written(sessions);
  Reader in(bytes);
  auto read = Sessions::read(in);
  ASSERT_TRUE(read);
  for (Sessions* table : {&sessions, &*read})
    fill(*table, limits::kSessionsMax + 8, 3 * limits::kSessionsMax);
  EXPECT_EQ(written(sessions), written(*read));
}

TEST(Sessions, NothingUndoneIsWritten) {
  Sessions sessions;
  sessions.insert(key(1), session(1));
  const Bytes before = written(sessions);
  sessions.insert(key(2), session(2));
  EXPECT_NE(written(sessions), before);
  sessions.rollback({1});
  EXPECT_EQ(written(sessions), before);
}

TEST(Sessions, OnlyOneEncodingIsRead) {
  Sessions sessions;
  sessions.insert(key(1), session(1));
  sessions.insert(key(2), session(1));
  const Bytes good = written(sessions);
  const auto reads = [](const Bytes& bytes) {
    Reader in(bytes);
    return Sessions::read(in) && in.at_end();
  };
  EXPECT_TRUE(reads(good));
  constexpr std::size_t kFirstKey = 8 + 4 + 4;
  constexpr std::size_t kFirstSeq = kFirstKey + 4 + Hash::kSize + 4 + 1;
  const auto with = [&](std::size_t at, std::uint8_t byte) {
    Bytes bad = good;
    bad[at] = byte;
    return bad;
  };
  EXPECT_FALSE(reads(with(7, 1))) << "fewer were inserted than there are";
  EXPECT_FALSE(reads(with(7, 3))) << "one that must be remembered is not there";
  EXPECT_FALSE(reads(with(kFirstKey + 3, 2))) << "one key twice";
  EXPECT_FALSE(reads(with(kFirstSeq + 7, 2))) << "not in the order of the log";
  EXPECT_FALSE(reads({good.begin(), good.end() - 1}));
}

}  // namespace
}  // namespace dnc
