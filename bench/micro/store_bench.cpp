// Blocks on the disk, synced: in the directory that TMPDIR names, which should be on a real disk.
#include <benchmark/benchmark.h>

#include "bench/micro/blocks.hpp"
#include "bench/micro/store.hpp"

namespace dnc::bench {
namespace {

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
