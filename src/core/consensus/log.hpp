// The block log in memory: hash-chained from genesis, with the rosters that its blocks imply.
// Invariant: block i has seq i + 1 and its prev_hash is the hash of the block before it.
#pragma once

#include <vector>

#include "core/consensus/messages.hpp"
#include "core/consensus/roster.hpp"

namespace dnc {

class Log {
 public:
  bool empty() const { return entries_.empty(); }
  LogHead head() const { return head_at({entries_.size()}); }
  SeqNo head_seq() const { return {entries_.size()}; }

  // Requires: seq <= head_seq(). Seq 0 is genesis: term 0, hash zero.
  LogHead head_at(SeqNo seq) const;
  Hash hash_at(SeqNo seq) const { return head_at(seq).hash; }
  Term term_at(SeqNo seq) const { return head_at(seq).term; }
  // Requires: 1 <= seq <= head_seq().
  const Block& at(SeqNo seq) const;

  bool contains(SeqNo seq, const Hash& hash) const;
  bool contains(const LogHead& head) const { return contains(head.seq, head.hash); }
  // Would this block be next?
  bool continues(const Block& block) const;

  void append(Block block);  // Requires: continues(block)
  void truncate_after(SeqNo seq);

  // Rosters that the blocks themselves imply.
  const RosterHistory& rosters() const { return rosters_; }

 private:
  struct Entry {
    Block block;
    Hash hash;
  };
  std::vector<Entry> entries_;
  RosterHistory rosters_;
};

}  // namespace dnc
