#include "io/storage/snapshot_files.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "core/crypto/merkle.hpp"
#include "io/storage/disk_fixture.hpp"

namespace dnc {
namespace {

namespace fs = std::filesystem;

// The state at the block of `chain` at `seq`, which is made a checkpoint. The disk does not look
// into pieces.
SnapshotPtr snapshot_at(std::uint64_t seq, const Hash& prev_hash = {}) {
  Snapshot made;
  made.checkpoint.generation = {1};
  made.checkpoint.term = {1};
  made.checkpoint.seq = {seq};
  made.checkpoint.kind = BlockKind::kCheckpoint;
  made.checkpoint.prev_hash = prev_hash;
  made.pieces = {Bytes(100, static_cast<std::uint8_t>(seq))};
  made.leaves = {merkle_leaf(made.pieces.front())};
  made.checkpoint.state_root = state_root(made.leaves);
  return std::make_shared<const Snapshot>(std::move(made));
}

Block block_after(const BlockHeader& before) {
  Block block;
  block.header = before;
  block.header.kind = BlockKind::kNormal;
  block.header.state_root = {};
  block.header.seq = before.seq.next();
  block.header.prev_hash = block_hash(before);
  return block;
}

class SnapshotFilesTest : public ::testing::Test {
 protected:
  std::string directory() const { return scratch_.data(); }
  fs::path files() const { return fs::path(directory()) / "snapshots"; }
  fs::path newest() const {
    fs::path last;
    for (const auto& entry : fs::directory_iterator(files()))
      last = std::max(last, entry.path());
    return last;
  }
  void spoil(const fs::path& path) const {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(60);
    file.put('\x7f');
  }
  // Blocks 1 to 3, a snapshot at 4, and what follows it, written as a node writes them.
  Block write_log(TestDisk& disk, bool prune) {
    BlockChain chain(1);
    DiskBatch batch = block_batch(1, chain.at(1));
    batch.blocks.emplace_back(SeqNo{2}, encode(chain.at(2)));
    batch.blocks.emplace_back(SeqNo{3}, encode(chain.at(3)));
    disk->write(batch);
    const auto snapshot = snapshot_at(4, block_hash(chain.at(3).header));
    const Block after = block_after(snapshot->checkpoint);
    DiskBatch next = block_batch(2, after);
    next.snapshots = {snapshot};
    if (prune) next.prune_upto = SeqNo{4};
    disk->write(next);
    EXPECT_TRUE(disk.wait_for(2));
    return after;
  }

 private:
  ScratchDirectory scratch_;
};

TEST_F(SnapshotFilesTest, ABootBeginsAtTheNewestSnapshot) {
  Block after;
  {
    TestDisk disk(directory());
    after = write_log(disk, true);
  }
  TestDisk disk(directory());
  ASSERT_TRUE(disk.recovered().snapshot);
  EXPECT_EQ(disk.recovered().snapshot->seq(), SeqNo{4});
  EXPECT_EQ(disk.recovered().blocks, std::vector<Block>{after});
  EXPECT_FALSE(disk.recovered().damaged);
}

TEST_F(SnapshotFilesTest, TheNewestTwoAreKept) {
  const SnapshotFiles store(files());
  for (const std::uint64_t seq : {10, 20, 30})
    ASSERT_TRUE(store.write(*snapshot_at(seq)));
  EXPECT_EQ(std::distance(fs::directory_iterator(files()), fs::directory_iterator()), 2);
  EXPECT_EQ(store.find().newest->seq(), SeqNo{30});
  spoil(newest());
  const auto found = store.find();
  EXPECT_EQ(found.newest->seq(), SeqNo{20}) << "a corrupt one falls back to the older";
  EXPECT_EQ(found.damaged.size(), 1U);
  ASSERT_TRUE(store.write(*snapshot_at(30)));
  EXPECT_EQ(store.find().newest->seq(), SeqNo{30});
}

TEST_F(SnapshotFilesTest, AFileUnderAnotherNameIsNone) {
  const SnapshotFiles store(files());
  ASSERT_TRUE(store.write(*snapshot_at(10)));
  fs::rename(newest(), files() / ("snapshot-" + std::string(18, '0') + "99"));
  EXPECT_FALSE(store.find().newest);
}

TEST_F(SnapshotFilesTest, WithoutItsSnapshotAPrunedLogIsDamaged) {
  {
    TestDisk disk(directory());
    write_log(disk, true);
  }
  spoil(newest());
  TestDisk disk(directory());
  EXPECT_FALSE(disk.recovered().snapshot);
  EXPECT_TRUE(disk.recovered().blocks.empty());
  EXPECT_TRUE(disk.recovered().damaged);
}

// Of an installation the snapshot may be on disk and the rest of its batch not.
TEST_F(SnapshotFilesTest, ASnapshotReplacesALogThatItDoesNotContinue) {
  {
    TestDisk disk(directory());
    write_log(disk, false);
  }
  ASSERT_TRUE(SnapshotFiles(files()).write(*snapshot_at(4)));  // another block 4
  TestDisk disk(directory());
  EXPECT_EQ(disk.recovered().snapshot->seq(), SeqNo{4});
  EXPECT_TRUE(disk.recovered().blocks.empty());
  EXPECT_FALSE(disk.recovered().damaged) << "nothing is lost that its snapshot has not replaced";
}

}  // namespace
}  // namespace dnc
