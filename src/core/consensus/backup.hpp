// A backup: all that a cluster had committed up to one block, in a form that anybody can judge by
// the contract's key history. It is the newest snapshot, the blocks after it, and ACCEPTs of a
// majority for the last of them (docs/protocol.md section 12c).
#pragma once

#include <optional>
#include <vector>

#include "core/base/result.hpp"
#include "core/base/state_machine.hpp"
#include "core/consensus/receipt.hpp"
#include "core/consensus/snapshot.hpp"

namespace dnc {

// What a backup is of; the rest is proved by it.
struct BackupHead {
  Eip712Domain domain;                    // the cluster
  CommitProof proof;                      // that the last block is committed
  std::optional<BlockHeader> checkpoint;  // of the snapshot; none where nothing is pruned yet
  std::uint32_t pieces = 0;               // of the snapshot

  SeqNo first() const { return checkpoint ? checkpoint->seq.next() : SeqNo{1}; }  // of the blocks
};

struct Backup {
  BackupHead head;
  SnapshotPtr snapshot;       // that of head.checkpoint, or null
  std::vector<Block> blocks;  // after it, or from the first one on

  // The header of the last block. Requires: verify_backup() found it good.
  const BlockHeader& last() const {
    return blocks.empty() ? snapshot->checkpoint : blocks.back().header;
  }
};

Bytes encode(const BackupHead& head);
std::optional<BackupHead> decode_backup_head(ByteView bytes);
// The seq of the block that the head proves. Empty: its first header is none.
std::optional<SeqNo> last_of(const BackupHead& head);

// Its ACCEPTs, with what they name. Requires: verify_commit() found the proof good.
std::vector<Accept> accepts_of(const CommitProof& proof);

// The snapshot that these pieces are. Null: they are not the ones that the checkpoint names.
SnapshotPtr assemble(const BlockHeader& checkpoint, std::vector<Bytes> pieces);

// Does the backup hold together, and did a majority sign its end? Errors: broken_log, and those of
// verify_receipt().
Result<Verified> verify_backup(const Backup& backup, const KeyHistory& history);

// Executes it all, so that `service` has the state at its end. Requires: verify_backup() found it
// good. Errors: unreadable_state, replay_differs.
Status replay_backup(const Backup& backup, StateMachine& service);

}  // namespace dnc
