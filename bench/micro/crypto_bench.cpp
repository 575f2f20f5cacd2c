// Hashes and signatures.
#include <benchmark/benchmark.h>

#include "core/consensus/signing.hpp"
#include "core/crypto/keccak256.hpp"
#include "core/crypto/merkle.hpp"
#include "core/crypto/secp256k1.hpp"
#include "core/crypto/sha256.hpp"
#include "core/notary/curve_signer.hpp"

namespace dnc::bench {
namespace {

PrivateKey some_key() {
  Bytes scalar(32, 7);
  return *PrivateKey::from_bytes(scalar);
}

template <Hash (*kFunction)(ByteView)>
void hash(benchmark::State& state) {
  const Bytes bytes(static_cast<std::size_t>(state.range(0)), 1);
  for (auto _ : state)
    benchmark::DoNotOptimize(kFunction(bytes));
  state.SetBytesProcessed(state.iterations() * state.range(0));
}
BENCHMARK(hash<keccak256>)->Name("keccak256")->Arg(64)->Arg(1024)->Arg(65536);
BENCHMARK(hash<sha256>)->Name("sha256")->Arg(64)->Arg(1024)->Arg(65536);

void merkle(benchmark::State& state) {
  const std::vector<Hash> leaves(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state)
    benchmark::DoNotOptimize(merkle_root(leaves));
}
BENCHMARK(merkle)->Name("merkle_root")->Arg(1)->Arg(64)->Arg(1000);

void sign(benchmark::State& state) {
  const PrivateKey key = some_key();
  Hash digest;
  for (auto _ : state) {
    ++digest.bytes[0];
    benchmark::DoNotOptimize(key.sign(digest));
  }
}
BENCHMARK(sign);

void verify(benchmark::State& state) {
  const PrivateKey key = some_key();
  const Hash digest = keccak256({});
  const Signature signature = key.sign(digest);
  const CurveVerifier verifier;
  for (auto _ : state)
    benchmark::DoNotOptimize(verifier.verify(digest, signature, key.address()));
}
BENCHMARK(verify);

void typed_data_digest(benchmark::State& state) {
  const Signing signing(Eip712Domain{31337, {}});
  const BlockHeader header;
  for (auto _ : state)
    benchmark::DoNotOptimize(signing.propose(header));
}
BENCHMARK(typed_data_digest);

}  // namespace
}  // namespace dnc::bench
