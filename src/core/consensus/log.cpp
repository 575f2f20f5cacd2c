#include "core/consensus/log.hpp"

#include "core/base/check.hpp"
#include "core/consensus/codec.hpp"

namespace dnc {

LogHead Log::head_at(SeqNo seq) const {
  CHECK(seq.value <= entries_.size());
  if (seq.value == 0) return {};
  const Entry& entry = entries_[seq.value - 1];
  return {entry.block.header.term, seq, entry.hash};
}

const Block& Log::at(SeqNo seq) const {
  CHECK(seq.value >= 1 && seq.value <= entries_.size());
  return entries_[seq.value - 1].block;
}

bool Log::contains(SeqNo seq, const Hash& hash) const {
  return seq.value <= entries_.size() && hash_at(seq) == hash;
}

bool Log::continues(const Block& block) const {
  const LogHead end = head();
  return block.header.seq == end.seq.next() && block.header.prev_hash == end.hash &&
         block.header.term >= end.term;
}

void Log::append(Block block) {
  CHECK(continues(block));
  rosters_.append(block);
  const Hash hash = block_hash(block.header);
  entries_.push_back({std::move(block), hash});
}

void Log::truncate_after(SeqNo seq) {
  if (seq.value >= entries_.size()) return;
  entries_.resize(seq.value);
  rosters_.truncate_after(seq);
}

}  // namespace dnc
