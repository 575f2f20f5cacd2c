// Exactly once: what each idempotency key has led to. Part of the replicated state, so it depends
// on the log alone: the newest kSessionsMax keys are remembered, older ones are forgotten
// everywhere at the same position.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>

#include "core/base/bytes.hpp"
#include "core/base/ids.hpp"
#include "core/base/wire.hpp"

namespace dnc {

struct Session {
  Hash operation;  // hash of the operation: the same key with another command is an error
  Bytes result;
  SeqNo seq;
  Term term;
};

class Sessions {
 public:
  Sessions();
  ~Sessions();
  Sessions(Sessions&&) noexcept;
  Sessions& operator=(Sessions&&) noexcept;

  const Session* find(const Bytes& key) const;
  // Only if committed at or below `commit`.
  const Session* find_committed(const Bytes& key, SeqNo commit) const;
  // Requires: the key is not remembered, and `session.seq` is not below that of an earlier one.
  void insert(const Bytes& key, Session session);
  void commit(SeqNo seq);
  void rollback(SeqNo seq);

  // How far write() has come.
  struct Cursor {
    std::optional<std::uint64_t> last;  // ordinal of what was written; empty: nothing yet
  };
  // All that is remembered, committed or not, in one encoding, of which each call writes about so
  // many bytes. True: that was the last of it. Requires: nothing is inserted or rolled back between
  // the calls; commits are.
  bool write(Writer& out, Cursor& at, std::size_t bytes) const;
  // A table with what write() wrote, all of it committed; empty for anything else.
  static std::optional<Sessions> read(Reader& in);

 private:
  // The newest ordinal of each key. It may be asked for keys that somebody made up to collide, so
  // its hash is seeded.
  struct Index;
  struct Entry {
    Bytes key;
    Session session;
    std::uint64_t before = 0;  // ordinal of the same key's earlier time, or 0
  };

  std::uint64_t inserted() const { return dropped_ + entries_.size(); }
  std::uint64_t first_remembered() const;
  const Entry& entry(std::uint64_t ordinal) const { return entries_[ordinal - dropped_ - 1]; }

  std::deque<Entry> entries_;     // in the order of the log: ordinals dropped_ + 1 and following
  std::uint64_t dropped_ = 0;     // so many were first, and nothing brings them back
  std::uint64_t committed_ = 0;   // ordinal of the newest committed one
  std::unique_ptr<Index> index_;  // points into entries_
};

}  // namespace dnc
