// The replicated state at a checkpoint, as it is hashed, stored and sent (docs/formats.md): one
// encoding, cut into pieces that the state root in the checkpoint's header covers one by one.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "core/base/wire.hpp"
#include "core/consensus/executor.hpp"
#include "core/consensus/messages.hpp"
#include "core/consensus/roster.hpp"

namespace dnc {

struct Snapshot {
  BlockHeader checkpoint;     // of the CHECKPOINT block; the state is the one before and after it
  std::vector<Bytes> pieces;  // all of limits::kSnapshotPieceBytes but the last, which is not empty
  std::vector<Hash> leaves;   // of the state root: one for each piece

  SeqNo seq() const { return checkpoint.seq; }
  std::size_t bytes() const;
};

using SnapshotPtr = std::shared_ptr<const Snapshot>;

// Takes the state after all that `executor` has applied, and the roster in force there: part by
// part, so that nothing else waits for a large one. Requires: the executor outlives it, and applies
// and rolls back nothing meanwhile; it may commit.
class Capture {
 public:
  Capture(const Executor& executor, const Roster& roster);
  // Takes about so many bytes more. True: that was the last of it.
  bool advance(std::size_t bytes);
  // Of the header only the state root is set. Requires: all is taken.
  Snapshot take();

 private:
  const Executor& executor_;
  Executor::Cursor at_;
  Writer out_;  // what is not cut into pieces yet
  Snapshot snapshot_;
};

// All of it at once.
Snapshot capture_state(const Executor& executor, const Roster& roster);
// The roster at the checkpoint; empty where this version cannot read it. Requires: made here or
// decoded.
std::optional<Roster> roster_of(const Snapshot& snapshot);
// The root over the pieces and over how many they are, so that nobody can lie about that either.
Hash state_root(const std::vector<Hash>& leaves);
// Is `leaf` the one at `index` of `count` pieces under that root?
bool proves_piece(const Hash& root, const Hash& leaf, std::uint32_t index, std::uint32_t count,
                  const std::vector<Hash>& path);
// Becomes the state of `snapshot`, with everything up to its checkpoint committed; gives the roster
// there. Empty, and nothing changed, where the pieces are no state that this version can read.
std::optional<Roster> restore_state(const Snapshot& snapshot, Executor& executor);

// Are the pieces cut as they must be, and those of the checkpoint? Sets the leaves.
bool prove_pieces(Snapshot& snapshot);

// As a file, or the payload of one. Decoding proves the pieces against the state root.
Bytes encode(const Snapshot& snapshot);
std::optional<Snapshot> decode_snapshot(ByteView bytes);

}  // namespace dnc
