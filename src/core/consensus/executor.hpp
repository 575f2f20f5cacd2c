// Executes blocks ahead of their commit, each operation at most once, and undoes what the log
// drops.
#pragma once

#include <deque>
#include <optional>
#include <vector>

#include "core/base/state_machine.hpp"
#include "core/consensus/messages.hpp"
#include "core/consensus/sessions.hpp"

namespace dnc {

// What became of one operation of a block.
struct Outcome {
  Bytes key;
  bool key_reused = false;  // the key stood for another operation: not executed
  Bytes result;
  SeqNo seq;  // where it was executed: an earlier block if this was a repetition
  Term term;
};

// An outcome as it is hashed into its block's result root.
Bytes result_leaf(const Outcome& outcome);

// Identifies an operation: a key may stand for one of them only.
Hash operation_hash(const Operation& operation);

class Executor {
 public:
  explicit Executor(StateMachine& service) : service_(service) {}

  // Executes the next block and returns the root of its results.
  Hash apply(SeqNo seq, Term term, const BlockBody& body);
  // Makes everything up to `seq` visible and returns its outcomes, oldest first.
  std::vector<Outcome> commit(SeqNo seq);
  void rollback(SeqNo seq);

  // The committed outcome of a key, or null.
  const Session* find(const Bytes& key) const { return sessions_.find_committed(key, committed_); }
  // What an operation of the committed block at `seq` led to; empty when its key is forgotten. The
  // key may have come to stand for something else since: the block's result root tells.
  std::optional<Outcome> remembered(SeqNo seq, const Operation& operation) const;
  // Executed, committed or not.
  bool knows(const Bytes& key) const { return sessions_.find(key) != nullptr; }
  Bytes query(ByteView request) const { return service_.query(request); }

  // How far snapshot() has come.
  struct Cursor {
    Sessions::Cursor sessions;
    std::optional<Bytes> service;  // its state, once the sessions are written
    std::size_t written = 0;       // of it
  };
  // The state after all that was applied, committed or not: what keys have led to, and the service.
  // Each call writes about so many bytes of it. True: that was the last of it. Requires: nothing is
  // applied or rolled back between the calls; commits are.
  bool snapshot(Writer& out, Cursor& at, std::size_t bytes) const;
  // Becomes that state, all of it committed at `seq`. False, and nothing changed, where the bytes
  // up to the end of `in` are no such state.
  bool restore(SeqNo seq, Reader& in);

 private:
  Outcome execute(SeqNo seq, Term term, const Operation& operation, const Hash& hash);

  StateMachine& service_;
  Sessions sessions_;
  SeqNo committed_;
  std::deque<std::pair<SeqNo, std::vector<Outcome>>> pending_;
};

}  // namespace dnc
