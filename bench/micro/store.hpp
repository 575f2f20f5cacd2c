// A disk in a directory of its own, for the micro-benchmarks and the guard: in the one that TMPDIR
// names, which should be on a real disk.
#pragma once

#include <condition_variable>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>

#include "core/consensus/codec.hpp"
#include "io/storage/rocks_disk.hpp"

namespace dnc::bench {

// One that can be waited for.
class Store {
 public:
  Store() {
    std::string name = (std::filesystem::temp_directory_path() / "dnc-bench-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) std::abort();
    directory_ = name;
    auto opened = RocksDisk::open(directory_ + "/data", {31337, {}});
    if (!opened) std::abort();
    disk_ = std::move(*opened);
    if (!disk_->recover()) std::abort();
    disk_->start([this](std::uint64_t batch) {
      const std::lock_guard lock(mutex_);
      synced_ = batch;
      changed_.notify_all();
    });
  }
  ~Store() {
    disk_->close();
    std::filesystem::remove_all(directory_);
  }
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  void write(const Block& block) {
    DiskBatch batch;
    batch.id = block.header.seq.value;
    batch.blocks.emplace_back(block.header.seq, encode(block));
    disk_->write(std::move(batch));
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return synced_ >= block.header.seq.value; });
  }

 private:
  std::string directory_;
  std::unique_ptr<RocksDisk> disk_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::uint64_t synced_ = 0;
};

}  // namespace dnc::bench
