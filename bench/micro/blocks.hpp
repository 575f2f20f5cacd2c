// Blocks as a busy leader makes them, for the micro-benchmarks.
#pragma once

#include <cstddef>

#include "core/consensus/codec.hpp"
#include "core/services/counter.hpp"

namespace dnc::bench {

inline Operation increment(std::uint64_t number) {
  Operation operation;
  operation.key.resize(16);  // what a node gives to a request that brings no key
  for (std::size_t i = 0; i < sizeof number; ++i)
    operation.key[i] = static_cast<std::uint8_t>(number >> (8 * i));
  operation.command = Counter::increment(1);
  return operation;
}

// Increments that no other block of another `seq` holds.
inline BlockBody body_of(std::uint64_t seq, std::size_t operations) {
  BlockBody body;
  for (std::size_t i = 0; i < operations; ++i)
    body.operations.push_back(increment(seq * 100'000 + i));
  return body;
}

inline Block block_of(std::uint64_t seq, std::size_t operations, const Hash& previous = {}) {
  Block block;
  block.header.generation = {1};
  block.header.term = {1};
  block.header.seq = {seq};
  block.header.leader = {1};
  block.header.prev_hash = previous;
  block.body = body_of(seq, operations);
  block.header.ops_root = ops_root(block.body);
  return block;
}

}  // namespace dnc::bench
