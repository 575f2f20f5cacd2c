// What a batch of operations costs before it is signed and written: by operations in it.
#include <benchmark/benchmark.h>

#include "bench/micro/blocks.hpp"
#include "core/consensus/executor.hpp"
#include "core/services/services.hpp"

namespace dnc::bench {
namespace {

std::size_t operations(const benchmark::State& state) {
  return static_cast<std::size_t>(state.range(0));
}

void count_operations(benchmark::State& state) {
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

void encode_block(benchmark::State& state) {
  const Block block = block_of(1, operations(state));
  for (auto _ : state)
    benchmark::DoNotOptimize(encode(block));
  count_operations(state);
}
BENCHMARK(encode_block)->Arg(1)->Arg(64)->Arg(1000);

void decode_block(benchmark::State& state) {
  const Bytes bytes = encode(block_of(1, operations(state)));
  for (auto _ : state)
    benchmark::DoNotOptimize(dnc::decode_block(bytes));
  count_operations(state);
}
BENCHMARK(decode_block)->Arg(1)->Arg(64)->Arg(1000);

void hash_block(benchmark::State& state) {
  const Block block = block_of(1, operations(state));
  for (auto _ : state) {
    benchmark::DoNotOptimize(ops_root(block.body));
    benchmark::DoNotOptimize(block_hash(block.header));
  }
  count_operations(state);
}
BENCHMARK(hash_block)->Arg(1)->Arg(64)->Arg(1000);

// Sessions fill up as they do in production: no key comes twice.
void execute_block(benchmark::State& state) {
  Services services;
  Executor executor(services);
  SeqNo seq;
  for (auto _ : state) {
    state.PauseTiming();
    seq = seq.next();
    const BlockBody body = body_of(seq.value, operations(state));
    state.ResumeTiming();
    benchmark::DoNotOptimize(executor.apply(seq, {1}, body));
    benchmark::DoNotOptimize(executor.commit(seq));
  }
  count_operations(state);
}
BENCHMARK(execute_block)->Arg(1)->Arg(64)->Arg(1000);

}  // namespace
}  // namespace dnc::bench
