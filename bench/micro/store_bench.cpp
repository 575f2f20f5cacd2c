// Blocks on the disk, synced: in the directory that TMPDIR names, which should be on a real disk.
#include <benchmark/benchmark.h>

#include <condition_variable>
#include <cstdlib>
#include <filesystem>
#include <mutex>

#include "bench/micro/blocks.hpp"
#include "io/storage/rocks_disk.hpp"

namespace dnc::bench {
namespace {

// A disk in a directory of its own that can be waited for.
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

// One block at a time: the write, the sync and two wake-ups.
void write_block(benchmark::State& state) {
  Store store;
  Hash previous;
  std::uint64_t seq = 0;
  for (auto _ : state) {
    state.PauseTiming();
    const Block block = block_of(++seq, static_cast<std::size_t>(state.range(0)), previous);
    previous = block_hash(block.header);
    state.ResumeTiming();
    store.write(block);
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(write_block)->Arg(1)->Arg(64)->Arg(1000)->UseRealTime();

}  // namespace
}  // namespace dnc::bench
