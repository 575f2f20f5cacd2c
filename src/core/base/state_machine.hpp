// The seam between the log and a service. The log orders opaque commands; the service gives them
// meaning. Called on the replica's strand only; deterministic: same commands, same bytes,
// everywhere.
#pragma once

#include "core/base/bytes.hpp"
#include "core/base/ids.hpp"

namespace dnc {

class StateMachine {
 public:
  virtual ~StateMachine() = default;

  // Executes a command at `seq`, ahead of its commit. Several commands may share a seq; seqs never
  // fall except after rollback. Never fails: a command that makes no sense has a result that says
  // so.
  virtual Bytes apply(SeqNo seq, ByteView command) = 0;

  // All up to and including `seq` is committed: from now on query() sees it and it is never undone.
  virtual void commit(SeqNo seq) = 0;

  // Undoes all that was applied above `seq`. Requires: seq is not below the last commit.
  virtual void rollback(SeqNo seq) = 0;

  // Reads the committed state only.
  virtual Bytes query(ByteView request) const = 0;

  // The state after all that was applied, committed or not. The same state has the same bytes
  // everywhere: they are hashed and compared.
  virtual Bytes snapshot() const = 0;

  // Becomes that state, all of it committed at `seq`. False, and nothing changed, for bytes that
  // no snapshot() made.
  virtual bool restore(SeqNo seq, ByteView snapshot) = 0;
};

}  // namespace dnc
