// A block's way to the disk and back: queue, records, the log of RocksDB, the sync.
#include <cstdlib>

#include "bench/guard/meter.hpp"
#include "bench/micro/blocks.hpp"
#include "bench/micro/store.hpp"

namespace dnc::guard {

void store(Meter& meter) {
  constexpr std::size_t kBlocks = 50;
  constexpr std::size_t kOperations = 64;
  bench::Store store;
  Hash previous;
  std::uint64_t seq = 0;
  const auto write = [&] {
    const Block block = bench::block_of(++seq, kOperations, previous);
    previous = block_hash(block.header);
    store.write(block);
  };
  write();
  std::vector<Block> blocks;
  for (std::size_t i = 0; i < kBlocks; ++i) {
    blocks.push_back(bench::block_of(++seq, kOperations, previous));
    previous = block_hash(blocks.back().header);
  }
  meter.start();
  for (const auto& block : blocks)
    store.write(block);
  meter.stop(kBlocks);
}

}  // namespace dnc::guard
