// Exactly once: what each idempotency key has led to. Part of the replicated state, so it depends
// on the log alone: the newest kSessionsMax keys are remembered, older ones are forgotten
// everywhere at the same position.
#pragma once

#include <deque>
#include <map>
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
  std::uint64_t ordinal = 0;
};

class Sessions {
 public:
  const Session* find(const Bytes& key) const;
  // Only if committed at or below `commit`.
  const Session* find_committed(const Bytes& key, SeqNo commit) const;
  void insert(const Bytes& key, Session session);
  void commit(SeqNo seq);
  void rollback(SeqNo seq);

  // How far write() has come.
  struct Cursor {
    bool begun = false;
    std::optional<Bytes> last;  // looked at
  };
  // All that is remembered, committed or not, in one encoding, of which each call writes about so
  // many bytes. True: that was the last of it. Requires: nothing is inserted or rolled back between
  // the calls; commits are.
  bool write(Writer& out, Cursor& at, std::size_t bytes) const;
  // A table with what write() wrote, all of it committed; empty for anything else.
  static std::optional<Sessions> read(Reader& in);

 private:
  bool remembers(const Session& session) const;

  struct Change {
    SeqNo seq;
    std::uint64_t ordinal;  // of what was inserted
    Bytes key;
    std::optional<Session> before;
  };
  std::map<Bytes, Session> sessions_;
  std::deque<Change> uncommitted_;
  std::deque<std::pair<std::uint64_t, Bytes>> committed_order_;  // (ordinal, key), oldest first
  std::uint64_t inserted_ = 0;
};

}  // namespace dnc
