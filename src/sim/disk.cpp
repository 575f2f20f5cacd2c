#include "sim/disk.hpp"

#include <cstring>
#include <utility>

#include "core/base/check.hpp"
#include "core/base/wire.hpp"
#include "core/consensus/codec.hpp"
#include "core/consensus/limits.hpp"
#include "sim/journal.hpp"

namespace dnc {

std::uint64_t SimDisk::sum_of(ByteView bytes) {
  std::uint64_t sum = 0xcbf29ce484222325 ^ bytes.size();
  const auto fold = [&sum](std::uint64_t word) {
    sum = (sum ^ word) * 0x9e3779b97f4a7c15;
    sum ^= sum >> 29;
  };
  std::uint64_t word = 0;
  for (; bytes.size() >= sizeof word; bytes = bytes.subspan(sizeof word)) {
    std::memcpy(&word, bytes.data(), sizeof word);
    fold(word);
  }
  for (const std::uint8_t byte : bytes)
    fold(byte);
  return sum;
}

void SimDisk::attach(Synced synced, Failed failed) {
  synced_ = std::move(synced);
  failed_ = std::move(failed);
}

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
  if (power_fails_) {
    torn_ = true;
    return std::exchange(power_fails_, nullptr)();
  }
  if ((full_ || std::exchange(fail_next_, false)) && failed_) return failed_();
  const std::uint64_t last = unsynced_[batches - 1].id;
  for (std::size_t done = 0; done < batches; ++done) {
    write(std::move(unsynced_.front()));
    unsynced_.pop_front();
  }
  syncing_ = false;
  if (!unsynced_.empty()) start_sync();
  synced_(last);
}

void SimDisk::write(DiskBatch batch) {
  switch (write_fault_) {
    case WriteFault::kNone:
      return apply(std::move(batch));
    case WriteFault::kStale:
      return;
    case WriteFault::kLost:
      write_fault_ = WriteFault::kNone;
      return;
    case WriteFault::kMisdirected:
      if (!batch.blocks.empty() && !content_.blocks.empty()) {
        write_fault_ = WriteFault::kNone;
        for (auto& [seq, block] : batch.blocks)
          seq = wrong_place(seq);
      }
      return apply(std::move(batch));
  }
}

SeqNo SimDisk::wrong_place(SeqNo right) {
  auto place = content_.blocks.begin();
  std::advance(place, static_cast<std::ptrdiff_t>(prng_.below(content_.blocks.size())));
  return place->first == right ? right.next() : place->first;
}

void SimDisk::apply_checkpoints(const std::vector<SnapshotPtr>& snapshots) {
  auto& kept = content_.checkpoints;
  for (const auto& snapshot : snapshots) {
    Bytes file = encode(*snapshot);
    const std::uint64_t sum = sum_of(file);
    kept[snapshot->seq()] = {std::move(file), sum};
    while (kept.size() > limits::kSnapshotsKept)
      kept.erase(kept.begin());
  }
}

// What was written beside the log is durable, and blocks go for it.
void SimDisk::finish_snapshots() {
  apply_checkpoints(std::exchange(being_written_, {}));
  const SeqNo upto = std::exchange(prune_then_, {}).value_or(SeqNo{});
  content_.blocks.erase(content_.blocks.begin(), content_.blocks.upper_bound(upto));
}

void SimDisk::apply(DiskBatch batch) {
  finish_snapshots();
  being_written_ = std::exchange(batch.snapshots, {});
  prune_then_ = batch.prune_upto;
  if (batch.truncate_after) {
    finish_snapshots();  // what takes the place of the log comes first
    content_.blocks.erase(content_.blocks.upper_bound(*batch.truncate_after),
                          content_.blocks.end());
  }
  const auto sealed = [](Bytes& bytes) {
    const std::uint64_t sum = sum_of(bytes);
    return Record{std::move(bytes), sum};
  };
  for (auto& [seq, block] : batch.blocks)
    content_.blocks[seq] = sealed(block);
  for (auto& [key, value] : batch.meta) {
    content_.meta[key] = sealed(value);
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
  failed_ = nullptr;
  const std::size_t survivors = full_ ? 0 : prng_.below(unsynced_.size() + 1);
  for (std::size_t written = 0; written < survivors; ++written)
    write(std::move(unsynced_[written]));
  if (survivors < unsynced_.size()) {
    const DiskBatch& cut = unsynced_[survivors];
    // A snapshot is a file of its own, which may be there before the rest of its batch.
    if (!cut.snapshots.empty() && !full_ && prng_.chance(500)) apply_checkpoints(cut.snapshots);
    if (torn_) {
      content_.journal = encode_journal(cut);
      content_.journal.resize(prng_.below(content_.journal.size() + 1));
    }
  }
  // What was being written beside the log is lost every other time.
  const auto in_time = std::exchange(being_written_, {});
  if (crashes_ % 2 == 0) apply_checkpoints(in_time);
  prune_then_.reset();
  unsynced_.clear();
  syncing_ = torn_ = fail_next_ = false;
  power_fails_ = nullptr;
  write_fault_ = WriteFault::kNone;
}

void SimDisk::heal() {
  slow_ = full_ = fail_next_ = false;
  write_fault_ = WriteFault::kNone;
  power_fails_ = nullptr;
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
  from->second.bytes.resize(from->second.bytes.size() / 2);
  content_.damaged = true;
}

void SimDisk::flip_bits(bool last) {
  CHECK(unsynced_.empty());
  if (content_.blocks.empty()) return;
  auto block = std::prev(content_.blocks.end());
  if (!last) {
    block = content_.blocks.begin();
    std::advance(block, static_cast<std::ptrdiff_t>(prng_.below(content_.blocks.size())));
  }
  flip_bit(block->second.bytes);
}

void SimDisk::flip_bit(Bytes& bytes) {
  if (bytes.empty()) return;
  bytes[prng_.below(bytes.size())] ^= static_cast<std::uint8_t>(1u << prng_.below(8));
}

void SimDisk::damage_checkpoint() {
  CHECK(unsynced_.empty());
  if (!content_.checkpoints.empty()) flip_bit(content_.checkpoints.rbegin()->second.bytes);
}

std::vector<SeqNo> SimDisk::checkpoints() const {
  std::vector<SeqNo> seqs;
  for (const auto& [seq, record] : content_.checkpoints)
    seqs.push_back(seq);
  return seqs;
}

// A write that was cut short was reported to nobody: it is dropped, or done if it is whole.
void SimDisk::replay_journal() {
  if (auto batch = decode_journal(std::exchange(content_.journal, {}))) apply(std::move(*batch));
}

SnapshotPtr SimDisk::newest_checkpoint() const {
  for (auto each = content_.checkpoints.rbegin(); each != content_.checkpoints.rend(); ++each) {
    if (!each->second.good()) continue;
    if (auto snapshot = decode_snapshot(each->second.bytes)) {
      return std::make_shared<const Snapshot>(std::move(*snapshot));
    }
  }
  return nullptr;
}

Recovered SimDisk::recover() {
  replay_journal();
  Recovered recovered;
  LogHead end;
  recovered.snapshot = newest_checkpoint();
  if (recovered.snapshot) end = head_of(recovered.snapshot->checkpoint);
  const SeqNo base = end.seq;
  auto at = content_.blocks.upper_bound(base);
  // A crash may have come between a snapshot from others and the end of the log that it replaces.
  const auto next = content_.blocks.find(base.next());
  const auto after =
      next != content_.blocks.end() ? decode_block(next->second.bytes) : std::nullopt;
  const bool replaced = base.value > 0 && after && after->header.prev_hash != end.hash;
  for (; at != content_.blocks.end(); ++at) {
    if (!at->second.good()) break;
    auto block = decode_block(at->second.bytes);
    if (!block || block->header.seq != at->first || at->first != end.seq.next() ||
        block->header.prev_hash != end.hash) {
      break;
    }
    end = head_of(block->header);
    recovered.blocks.push_back(std::move(*block));
  }
  if (at != content_.blocks.end()) {
    content_.damaged = content_.damaged || !replaced;
    content_.blocks.erase(at, content_.blocks.end());
  }
  recovered.damaged = content_.damaged;
  recovered.promised = {meta_number(MetaKey::kPromisedTerm)};
  recovered.commit_seq = {meta_number(MetaKey::kCommit)};
  recovered.generation = generation();
  const auto certificate = content_.meta.find(MetaKey::kTermCertificate);
  if (certificate != content_.meta.end()) {
    recovered.certificate = decode_new_term(certificate->second.bytes);
  }
  const auto contradictions = content_.meta.find(MetaKey::kContradictions);
  if (contradictions != content_.meta.end()) {
    recovered.contradictions =
        decode_contradictions(contradictions->second.bytes).value_or(std::vector<Contradiction>{});
  }
  return recovered;
}

std::uint64_t SimDisk::meta_number(MetaKey key) const {
  const auto found = content_.meta.find(key);
  return found == content_.meta.end() ? 0 : Reader(found->second.bytes).u64();
}

Generation SimDisk::generation() const {
  return {meta_number(MetaKey::kGeneration)};
}

bool SimDisk::holds(SeqNo seq, const Bytes& block) const {
  if (!content_.checkpoints.empty() && seq <= content_.checkpoints.rbegin()->first) return true;
  const auto found = content_.blocks.find(seq);
  if (found == content_.blocks.end()) return false;
  if (found->second.bytes == block) return true;
  // The same block, perhaps, with another copy of its leader's signature: one that came with a
  // chosen log is believed for its hash.
  const auto kept = decode_block(found->second.bytes);
  const auto wanted = decode_block(block);
  return kept && wanted && kept->header == wanted->header && kept->body == wanted->body;
}

}  // namespace dnc
