#include "sim/disk.hpp"

#include "core/base/check.hpp"
#include "core/base/wire.hpp"
#include "core/consensus/codec.hpp"

namespace dnc {
namespace {

std::uint64_t first_u64(const std::map<MetaKey, Bytes>& meta, MetaKey key) {
  const auto found = meta.find(key);
  return found == meta.end() ? 0 : Reader(found->second).u64();
}

}  // namespace

void SimDisk::persist(const DiskBatch& batch) {
  unsynced_.push_back(batch);
  if (!syncing_) start_sync();
}

void SimDisk::start_sync() {
  syncing_ = true;
  // Everything that waits goes into one sync: group commit.
  queue_.after(draw_latency(), [this, batches = unsynced_.size(), crashes = crashes_] {
    if (crashes == crashes_) finish_sync(batches);
  });
}

void SimDisk::finish_sync(std::size_t batches) {
  CHECK(batches > 0 && batches <= unsynced_.size());
  const std::uint64_t last = unsynced_[batches - 1].id;
  for (std::size_t done = 0; done < batches; ++done) {
    write(unsynced_.front());
    unsynced_.pop_front();
  }
  syncing_ = false;
  if (!unsynced_.empty()) start_sync();
  synced_(last);
}

void SimDisk::write(const DiskBatch& batch) {
  if (batch.truncate_after) {
    content_.blocks.erase(content_.blocks.upper_bound(*batch.truncate_after),
                          content_.blocks.end());
  }
  for (const auto& [seq, block] : batch.blocks)
    content_.blocks[seq] = block;
  for (const auto& [key, value] : batch.meta) {
    content_.meta[key] = value;
    // Whoever is admitted holds the whole log; until then a crash must not hide the damage.
    if (key == MetaKey::kGeneration) content_.damaged = false;
  }
}

Duration SimDisk::draw_latency() {
  if (slow_) return Duration(1000 + prng_.below(1500));
  if (prng_.chance(10)) return Duration(10 + prng_.below(60));  // the tail every disk has
  return Duration(prng_.below(3));
}

void SimDisk::crash() {
  ++crashes_;
  synced_ = nullptr;
  const std::uint64_t survivors = prng_.below(unsynced_.size() + 1);
  for (std::uint64_t written = 0; written < survivors; ++written)
    write(unsynced_[written]);
  unsynced_.clear();
  syncing_ = false;
}

void SimDisk::wipe() {
  CHECK(unsynced_.empty());
  content_ = {};
  snapshot_ = {};
}

void SimDisk::damage() {
  CHECK(unsynced_.empty());
  if (content_.blocks.empty()) return;
  auto from = content_.blocks.begin();
  std::advance(from, static_cast<std::ptrdiff_t>(prng_.below(content_.blocks.size())));
  from->second.resize(from->second.size() / 2);
  content_.damaged = true;
}

Recovered SimDisk::recover() {
  Recovered recovered;
  Hash last;
  for (const auto& [seq, bytes] : content_.blocks) {
    auto block = decode_block(bytes);
    if (!block || block->header.seq != seq || seq.value != recovered.blocks.size() + 1) break;
    if (seq.value > 1 && block->header.prev_hash != last) break;
    last = block_hash(block->header);
    recovered.blocks.push_back(std::move(*block));
  }
  if (recovered.blocks.size() < content_.blocks.size()) {
    content_.damaged = true;
    content_.blocks.erase(content_.blocks.upper_bound({recovered.blocks.size()}),
                          content_.blocks.end());
  }
  recovered.damaged = content_.damaged;
  recovered.promised = {first_u64(content_.meta, MetaKey::kPromisedTerm)};
  recovered.commit_seq = {first_u64(content_.meta, MetaKey::kCommit)};
  recovered.generation = {first_u64(content_.meta, MetaKey::kGeneration)};
  const auto certificate = content_.meta.find(MetaKey::kTermCertificate);
  if (certificate != content_.meta.end()) {
    recovered.certificate = decode_new_term(certificate->second);
  }
  return recovered;
}

Generation SimDisk::generation() const {
  return {first_u64(content_.meta, MetaKey::kGeneration)};
}

bool SimDisk::holds(SeqNo seq, const Bytes& block) const {
  const auto found = content_.blocks.find(seq);
  return found != content_.blocks.end() && found->second == block;
}

}  // namespace dnc
