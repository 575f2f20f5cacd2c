// What a block costs in the core, on one core, without sockets and disks.
#include <cstdlib>

#include "bench/guard/meter.hpp"
#include "bench/micro/blocks.hpp"
#include "core/consensus/executor.hpp"
#include "core/consensus/limits.hpp"
#include "core/crypto/keccak256.hpp"
#include "core/notary/curve_signer.hpp"
#include "core/services/services.hpp"

namespace dnc::guard {
namespace {

constexpr std::size_t kBlocks = 20;
constexpr std::size_t kOperations = 64;  // in a block: one for each connection of the benchmark
constexpr std::size_t kSignatures = 20;

// Keeps the compiler from leaving out what nobody looks at.
template <class T>
void use(const T& value) {
  asm volatile("" : : "g"(&value) : "memory");
}

PrivateKey some_key() {
  return *PrivateKey::from_bytes(Bytes(32, 7));
}

template <class Work>
void each_block(Meter& meter, const Work& work) {
  const Block block = bench::block_of(1, kOperations);
  work(block);  // what is made once is made now
  meter.start();
  for (std::size_t i = 0; i < kBlocks; ++i)
    work(block);
  meter.stop(kBlocks * kOperations);
}

}  // namespace

void encode_block(Meter& meter) {
  each_block(meter, [](const Block& block) { use(encode(block)); });
}

void decode_block(Meter& meter) {
  const Bytes bytes = encode(bench::block_of(1, kOperations));
  each_block(meter, [&](const Block&) { use(dnc::decode_block(bytes)); });
}

void hash_block(Meter& meter) {
  each_block(meter, [](const Block& block) {
    use(ops_root(block.body));
    use(block_hash(block.header));
  });
}

void sign(Meter& meter) {
  const PrivateKey key = some_key();
  Hash digest;
  use(key.sign(digest));
  meter.start();
  for (std::size_t i = 0; i < kSignatures; ++i) {
    ++digest.bytes[0];
    use(key.sign(digest));
  }
  meter.stop(kSignatures);
}

void verify(Meter& meter) {
  const PrivateKey key = some_key();
  const Hash digest = keccak256({});
  const Signature signature = key.sign(digest);
  const CurveVerifier verifier;
  meter.start();
  for (std::size_t i = 0; i < kSignatures; ++i) {
    if (!verifier.verify(digest, signature, key.address())) std::abort();
  }
  meter.stop(kSignatures);
}

// With as many sessions as there may be: so it is on a node that has run for a while.
void apply_block(Meter& meter) {
  Services services;
  Executor executor(services);
  SeqNo seq;
  const auto take = [&](std::size_t operations) {
    seq = seq.next();
    const BlockBody body = bench::body_of(seq.value, operations);
    use(executor.apply(seq, {1}, body));
    use(executor.commit(seq));
  };
  for (std::size_t filled = 0; filled <= 2 * limits::kSessionsMax; filled += limits::kBatchOpsMax)
    take(limits::kBatchOpsMax);
  meter.start();
  for (std::size_t i = 0; i < kBlocks; ++i)
    take(kOperations);
  meter.stop(kBlocks * kOperations);
}

}  // namespace dnc::guard
