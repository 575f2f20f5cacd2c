// For the tests of this room: a scratch directory, a chain of blocks, and a disk that can be waited
// for.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <filesystem>
#include <mutex>

#include "core/base/wire.hpp"
#include "core/consensus/codec.hpp"
#include "io/storage/rocks_disk.hpp"

namespace dnc {

inline constexpr auto kDeadline = std::chrono::seconds(60);

class ScratchDirectory {
 public:
  ScratchDirectory() {
    // In memory where there is such a place: these tests boot hundreds of times.
    const std::filesystem::path memory = "/dev/shm";
    const auto base =
        std::filesystem::is_directory(memory) ? memory : std::filesystem::temp_directory_path();
    std::string name = (base / "dnc-disk-XXXXXX").string();
    CHECK(::mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~ScratchDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  ScratchDirectory(const ScratchDirectory&) = delete;
  ScratchDirectory& operator=(const ScratchDirectory&) = delete;

  std::filesystem::path path() const { return path_; }
  std::string data() const { return (path_ / "data").string(); }
  std::filesystem::path blocks() const { return path_ / "data" / "blocks"; }

 private:
  std::filesystem::path path_;
};

inline WorldId test_world() {
  WorldId world{31337, {}};
  world.contract.bytes.fill(0xc5);
  return world;
}

// Block `seq` of the log named `fork`, each continuing the one before it.
class BlockChain {
 public:
  explicit BlockChain(std::uint8_t fork = 0, std::size_t command_bytes = 100)
      : fork_(fork), command_bytes_(command_bytes) {}

  const Block& at(std::uint64_t seq) {
    while (blocks_.size() < seq)
      extend();
    return blocks_[seq - 1];
  }
  // Goes on as `other` after `seq`.
  void branch(BlockChain& other, std::uint64_t seq) {
    blocks_.clear();
    for (std::uint64_t i = 1; i <= seq; ++i)
      blocks_.push_back(other.at(i));
  }

 private:
  void extend() {
    Block block;
    block.header.generation = {1};
    block.header.term = {1};
    block.header.seq = {blocks_.size() + 1};
    block.header.leader = {1};
    if (!blocks_.empty()) block.header.prev_hash = block_hash(blocks_.back().header);
    Bytes command(command_bytes_, fork_);
    for (std::size_t i = 0; i < command.size(); ++i)
      command[i] = static_cast<std::uint8_t>(command[i] + 31 * i + blocks_.size());
    block.body.operations.push_back({{1, 2, 3, fork_}, std::move(command)});
    block.header.ops_root = ops_root(block.body);
    block.leader_signature.bytes.fill(fork_);
    blocks_.push_back(std::move(block));
  }

  std::uint8_t fork_;
  std::size_t command_bytes_;
  std::vector<Block> blocks_;
};

inline Bytes number_bytes(std::uint64_t value) {
  Writer out;
  out.u64(value);
  return out.take();
}

inline DiskBatch block_batch(std::uint64_t id, const Block& block) {
  DiskBatch batch;
  batch.id = id;
  batch.blocks.emplace_back(block.header.seq, encode(block));
  return batch;
}

// A started disk, and what it found at its start.
class TestDisk {
 public:
  explicit TestDisk(const std::string& directory, RocksDiskConfig config = {}) {
    auto opened = RocksDisk::open(directory, test_world(), std::move(config));
    CHECK(opened.ok());
    disk_ = std::move(*opened);
    auto recovered = disk_->recover();
    CHECK(recovered.ok());
    recovered_ = std::move(*recovered);
    disk_->start([this](std::uint64_t batch) {
      const std::lock_guard lock(mutex_);
      synced_.push_back(batch);
      changed_.notify_all();
    });
  }
  ~TestDisk() { disk_->close(); }

  const Recovered& recovered() const { return recovered_; }
  RocksDisk& operator*() { return *disk_; }
  RocksDisk* operator->() { return disk_.get(); }

  bool wait_for(std::uint64_t batch) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, kDeadline,
                             [&] { return !synced_.empty() && synced_.back() >= batch; });
  }
  std::vector<std::uint64_t> synced() {
    const std::lock_guard lock(mutex_);
    return synced_;
  }

 private:
  Recovered recovered_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::uint64_t> synced_;
  std::unique_ptr<RocksDisk> disk_;
};

}  // namespace dnc
