// Backups made by hand, with real keys: what does not hold together or is not signed is refused.
#include "core/consensus/backup.hpp"

#include <gtest/gtest.h>

#include "core/consensus/backup_test.hpp"
#include "core/consensus/codec.hpp"

namespace dnc {
namespace {

class BackupTest : public ::testing::Test {
 protected:
  std::string refusal() const {
    const auto verified = verify_backup(made_.backup, made_.history);
    return verified ? "" : verified.error().code;
  }
  std::string replayed() const {
    TestService service;
    const Status done = replay_backup(made_.backup, service);
    return done ? "" : done.error().code;
  }

  TestBackup made_{true};
};

TEST_F(BackupTest, AGoodOneHoldsWithASnapshotAndWithout) {
  for (const bool with_snapshot : {true, false}) {
    const TestBackup made(with_snapshot);
    const auto verified = verify_backup(made.backup, made.history);
    ASSERT_TRUE(verified) << verified.error().message;
    EXPECT_EQ(verified->seq, made.backup.last().seq);
    EXPECT_EQ(verified->strength, 2U);
    TestService service;
    EXPECT_TRUE(replay_backup(made.backup, service));
    EXPECT_EQ(service.state, made.state);
  }
}

TEST_F(BackupTest, ItsHeadIsReadAsItWasWritten) {
  const Bytes bytes = encode(made_.backup.head);
  const auto head = decode_backup_head(bytes);
  ASSERT_TRUE(head);
  EXPECT_EQ(encode(*head), bytes);
  EXPECT_EQ(last_of(*head), made_.backup.last().seq);
  EXPECT_EQ(head->first(), made_.backup.blocks.front().header.seq);
  for (std::size_t size = 0; size < bytes.size(); ++size)
    EXPECT_FALSE(decode_backup_head({bytes.data(), size})) << size;
  BackupHead none = made_.backup.head;
  none.proof.headers.clear();
  EXPECT_FALSE(decode_backup_head(encode(none)));
  none = made_.backup.head;
  none.pieces = 0;
  EXPECT_FALSE(decode_backup_head(encode(none))) << "a checkpoint without a state";
}

TEST_F(BackupTest, AMissingOrChangedBlockBreaksIt) {
  const Backup good = made_.backup;
  made_.backup.blocks.erase(made_.backup.blocks.begin() + 1);
  EXPECT_EQ(refusal(), "broken_log");
  made_.backup = good;
  made_.backup.blocks[1].body.operations[0].command.push_back(0);
  EXPECT_EQ(refusal(), "broken_log");
  made_.backup = good;
  made_.backup.blocks.back().header.leader_time_ms += 1;
  EXPECT_EQ(refusal(), "broken_log") << "what is signed is another block";
  made_.backup = good;
  made_.backup.blocks.pop_back();
  EXPECT_EQ(refusal(), "broken_log") << "a backup ends where it says";
}

TEST_F(BackupTest, WhatIsSignedByTooFewOrByStrangersIsRefused) {
  const CommitProof good = made_.backup.head.proof;
  made_.backup.head.proof.accepts.pop_back();
  EXPECT_EQ(refusal(), "too_few");
  made_.backup.head.proof = good;
  made_.history.keys.begin()->second = {9};
  made_.history.keys.rbegin()->second = {9};
  EXPECT_EQ(refusal(), "unknown_boot_key");
}

TEST_F(BackupTest, SignaturesForAnotherClusterAreRefused) {
  made_.backup.head.domain.chain_id += 1;
  EXPECT_EQ(refusal(), "unknown_boot_key");
}

// Signed by a majority, and still: a state is taken only as this program computes it.
TEST_F(BackupTest, AResultThatIsNotComputedHereIsRefused) {
  made_.backup.blocks.back().header.result_root.bytes[0] ^= 1;
  EXPECT_EQ(replayed(), "replay_differs");
}

TEST_F(BackupTest, PiecesOfAnotherStateAreNoSnapshot) {
  const Snapshot& snapshot = *made_.backup.snapshot;
  ASSERT_NE(assemble(snapshot.checkpoint, snapshot.pieces), nullptr);
  auto pieces = snapshot.pieces;
  pieces.back().back() ^= 1;
  EXPECT_EQ(assemble(snapshot.checkpoint, pieces), nullptr);
  pieces = snapshot.pieces;
  pieces.pop_back();
  EXPECT_EQ(assemble(snapshot.checkpoint, pieces), nullptr);
}

TEST_F(BackupTest, ItsAcceptsAreThoseThatTheNodesSigned) {
  const auto accepts = accepts_of(made_.backup.head.proof);
  ASSERT_EQ(accepts.size(), 2U);
  EXPECT_EQ(accepts[0].seq, made_.backup.last().seq);
  EXPECT_EQ(accepts[0].block_hash, block_hash(made_.backup.last()));
}

}  // namespace
}  // namespace dnc
