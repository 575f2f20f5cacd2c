#include "sim/disk.hpp"

#include <gtest/gtest.h>

#include <set>

#include "core/base/wire.hpp"
#include "core/consensus/codec.hpp"

namespace dnc {
namespace {

Block block_at(std::uint64_t seq) {
  Block block;
  block.header.seq = {seq};
  if (seq > 1) block.header.prev_hash = block_hash(block_at(seq - 1).header);
  return block;
}

DiskBatch batch_with(std::uint64_t id, std::uint64_t seq) {
  const Block block = block_at(seq);
  DiskBatch batch;
  batch.id = id;
  batch.blocks.push_back({{seq}, encode(block)});
  return batch;
}

TEST(SimDisk, WhatWaitsIsSyncedTogether) {
  EventQueue queue;
  SimDisk disk(queue, Prng(1));
  std::vector<std::uint64_t> synced;
  disk.attach([&](std::uint64_t batch) { synced.push_back(batch); });
  disk.persist(batch_with(1, 1));
  disk.persist(batch_with(2, 2));
  disk.persist(batch_with(3, 3));
  while (queue.run_next(Time(1000))) {
  }
  EXPECT_EQ(synced, (std::vector<std::uint64_t>{1, 3}));
  EXPECT_EQ(disk.recover().blocks.size(), 3u);
}

TEST(SimDisk, ACrashKeepsAPrefixAndReportsNothing) {
  std::set<std::size_t> survivors;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    EventQueue queue;
    SimDisk disk(queue, Prng(seed));
    disk.attach([](std::uint64_t) { FAIL() << "told after the crash"; });
    for (std::uint64_t id = 1; id <= 3; ++id)
      disk.persist(batch_with(id, id));
    disk.crash();
    while (queue.run_next(Time(1000))) {
    }
    const Recovered recovered = disk.recover();
    EXPECT_FALSE(recovered.damaged);
    survivors.insert(recovered.blocks.size());
  }
  EXPECT_EQ(survivors, (std::set<std::size_t>{0, 1, 2, 3}));
}

TEST(SimDisk, DamageIsRememberedUntilTheSeatIsAdmittedAgain) {
  EventQueue queue;
  SimDisk disk(queue, Prng(3));
  disk.attach([](std::uint64_t) {});
  for (std::uint64_t id = 1; id <= 4; ++id)
    disk.persist(batch_with(id, id));
  while (queue.run_next(Time(1000))) {
  }
  disk.crash();
  disk.damage();
  EXPECT_TRUE(disk.recover().damaged);
  EXPECT_LT(disk.recover().blocks.size(), 4u);
  EXPECT_TRUE(disk.recover().damaged);

  DiskBatch admitted = batch_with(1, 1);
  Writer generation;
  generation.u64(2);
  admitted.meta.push_back({MetaKey::kGeneration, generation.take()});
  disk.attach([](std::uint64_t) {});
  disk.persist(admitted);
  while (queue.run_next(Time(2000))) {
  }
  EXPECT_FALSE(disk.recover().damaged);
  EXPECT_EQ(disk.recover().generation, Generation{2});
}

class BadDisk : public testing::Test {
 protected:
  void write(std::uint64_t first, std::uint64_t last) {
    disk_.attach([this](std::uint64_t batch) { synced_ = batch; }, [this] { failed_ = true; });
    for (std::uint64_t id = first; id <= last; ++id) {
      disk_.persist(batch_with(id, id));
      while (queue_.run_next(queue_.now() + Duration(100))) {
      }
    }
  }

  EventQueue queue_;
  SimDisk disk_{queue_, Prng(5)};
  std::uint64_t synced_ = 0;
  bool failed_ = false;
};

TEST_F(BadDisk, AFlippedBitIsNoticed) {
  write(1, 4);
  disk_.crash();
  disk_.flip_bits(true);
  const Recovered recovered = disk_.recover();
  EXPECT_TRUE(recovered.damaged);
  EXPECT_EQ(recovered.blocks.size(), 3u);
}

TEST_F(BadDisk, ALostWriteAtTheEndIsNotNoticed) {
  write(1, 3);
  disk_.miswrite(WriteFault::kLost);
  write(4, 4);
  EXPECT_EQ(synced_, 4u);
  disk_.crash();
  const Recovered recovered = disk_.recover();
  EXPECT_FALSE(recovered.damaged);
  EXPECT_EQ(recovered.blocks.size(), 3u);
}

TEST_F(BadDisk, AMisdirectedWriteIsNoticed) {
  write(1, 3);
  disk_.miswrite(WriteFault::kMisdirected);
  write(4, 4);
  disk_.crash();
  EXPECT_TRUE(disk_.recover().damaged);
}

TEST_F(BadDisk, AStaleDiskStaysWhereItWas) {
  write(1, 2);
  disk_.miswrite(WriteFault::kStale);
  write(3, 5);
  EXPECT_EQ(synced_, 5u);
  disk_.crash();
  EXPECT_EQ(disk_.recover().blocks.size(), 2u);
}

TEST_F(BadDisk, AFailedSyncAndAFullDiskAreTold) {
  write(1, 2);
  disk_.fail_next_sync();
  write(3, 3);
  EXPECT_TRUE(failed_);
  EXPECT_EQ(synced_, 2u);
  disk_.crash();
  failed_ = false;
  disk_.set_full(true);
  write(3, 3);
  EXPECT_TRUE(failed_);
  disk_.crash();
  disk_.set_full(false);
  EXPECT_FALSE(disk_.recover().damaged);
}

TEST_F(BadDisk, AWriteTornByAPowerCutIsWholeOrNotThere) {
  std::set<std::size_t> sizes;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    SimDisk disk(queue_, Prng(seed));
    disk.attach([](std::uint64_t) { FAIL() << "a torn write was reported"; });
    disk.tear_next([&disk] { disk.crash(); });
    disk.persist(batch_with(1, 1));
    while (queue_.run_next(queue_.now() + Duration(100))) {
    }
    const Recovered recovered = disk.recover();
    EXPECT_FALSE(recovered.damaged);
    sizes.insert(recovered.blocks.size());
  }
  EXPECT_EQ(sizes, (std::set<std::size_t>{0, 1}));
}

}  // namespace
}  // namespace dnc
