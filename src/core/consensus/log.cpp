#include "core/consensus/log.hpp"

#include "core/base/check.hpp"
#include "core/consensus/codec.hpp"

namespace dnc {

LogHead Log::head_at(SeqNo seq) const {
  CHECK(seq >= base_.seq && seq <= head_seq());
  if (seq == base_.seq) return base_head_;
  const Entry& entry = entries_[seq.value - base_.seq.value - 1];
  return {entry.block.header.term, seq, entry.hash};
}

const BlockHeader& Log::header_at(SeqNo seq) const {
  CHECK(seq.value >= 1);
  return seq == base_.seq ? base_ : at(seq).header;
}

const Block& Log::at(SeqNo seq) const {
  CHECK(seq > base_.seq && seq <= head_seq());
  return entries_[seq.value - base_.seq.value - 1].block;
}

bool Log::contains(SeqNo seq, const Hash& hash) const {
  return seq >= base_.seq && seq <= head_seq() && hash_at(seq) == hash;
}

bool Log::continues(const Block& block) const {
  const LogHead end = head();
  return block.header.seq == end.seq.next() && block.header.prev_hash == end.hash &&
         block.header.term >= end.term && rosters_.fits(block);
}

void Log::append(Block block) {
  CHECK(continues(block));
  rosters_.append(block);
  const Hash hash = block_hash(block.header);
  entries_.push_back({std::move(block), hash});
}

void Log::truncate_after(SeqNo seq) {
  CHECK(seq >= base_.seq);
  if (seq >= head_seq()) return;
  entries_.resize(seq.value - base_.seq.value);
  rosters_.truncate_after(seq);
}

void Log::prune_upto(SeqNo seq) {
  if (seq <= base_.seq) return;
  base_head_ = head_at(seq);
  BlockHeader base = header_at(seq);
  rosters_.prune_upto(seq);
  entries_.erase(entries_.begin(),
                 entries_.begin() + static_cast<std::ptrdiff_t>(seq.value - base_.seq.value));
  base_ = base;
}

void Log::restart_after(const BlockHeader& base, Roster roster) {
  entries_.clear();
  base_ = base;
  base_head_ = head_of(base);
  rosters_.restart_after(base.seq, std::move(roster));
}

}  // namespace dnc
