// Snapshots of the replicated state: as a file or a payload, and as the state that pieces make up.
// The first byte says which.
#include "core/consensus/limits.hpp"
#include "core/consensus/snapshot.hpp"
#include "core/services/counter.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace {

void decode(dnc::ByteView bytes) {
  const auto snapshot = dnc::decode_snapshot(bytes);
  if (!snapshot) return;
  const dnc::Bytes again = dnc::encode(*snapshot);
  dnc::fuzz::require(std::equal(again.begin(), again.end(), bytes.begin(), bytes.end()));
}

// What was restored is captured as the same bytes.
void restore(dnc::ByteView bytes) {
  if (bytes.empty() || bytes.size() > dnc::limits::kSnapshotPieceBytes) return;
  dnc::Snapshot snapshot;
  snapshot.checkpoint.seq = {7};
  snapshot.pieces = {dnc::Bytes(bytes.begin(), bytes.end())};
  dnc::Counter service;
  dnc::Executor executor(service);
  const auto roster = dnc::restore_state(snapshot, executor);
  if (roster) dnc::fuzz::require(dnc::capture_state(executor, *roster).pieces == snapshot.pieces);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  dnc::ByteView bytes(data, size);
  if (dnc::fuzz::take_byte(bytes) % 2 == 0) {
    decode(bytes);
  } else {
    restore(bytes);
  }
  return 0;
}
