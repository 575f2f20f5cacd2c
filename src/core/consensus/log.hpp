// The block log in memory: hash-chained, with the rosters that its blocks imply. It begins at
// genesis, or after a block that all before and including it was pruned up to: of that one, its
// base, the header is left. Invariant: entry i has seq base + i + 1 and its prev_hash is the hash
// of the block before it.
#pragma once

#include <deque>

#include "core/consensus/messages.hpp"
#include "core/consensus/roster.hpp"

namespace dnc {

class Log {
 public:
  bool empty() const { return head_seq().value == 0; }
  LogHead head() const { return head_at(head_seq()); }
  SeqNo head_seq() const { return {base_.seq.value + entries_.size()}; }
  // The newest pruned block; 0: nothing was pruned.
  SeqNo base_seq() const { return base_.seq; }

  // Requires: base_seq() <= seq <= head_seq(). Seq 0 is genesis: term 0, hash zero.
  LogHead head_at(SeqNo seq) const;
  Hash hash_at(SeqNo seq) const { return head_at(seq).hash; }
  Term term_at(SeqNo seq) const { return head_at(seq).term; }
  // The same, and seq >= 1.
  const BlockHeader& header_at(SeqNo seq) const;
  // Requires: base_seq() < seq <= head_seq().
  const Block& at(SeqNo seq) const;

  // Of what was pruned, only the base is known.
  bool contains(SeqNo seq, const Hash& hash) const;
  bool contains(const LogHead& head) const { return contains(head.seq, head.hash); }
  // Would this block be next, and does what it does to the roster make sense?
  bool continues(const Block& block) const;

  void append(Block block);        // Requires: continues(block)
  void truncate_after(SeqNo seq);  // Requires: seq >= base_seq()
  // Drops the blocks up to `seq`, which becomes the base. Requires: seq <= head_seq().
  void prune_upto(SeqNo seq);
  // Forgets everything and begins after the block of this header, with the roster after it.
  void restart_after(const BlockHeader& base, Roster roster);

  // Rosters that the blocks themselves imply.
  const RosterHistory& rosters() const { return rosters_; }

 private:
  struct Entry {
    Block block;
    Hash hash;
  };
  BlockHeader base_;  // seq 0: none
  LogHead base_head_;
  std::deque<Entry> entries_;
  RosterHistory rosters_;
};

}  // namespace dnc
