// Checkpoints (docs/protocol.md section 12b): the state is captured where a CHECKPOINT block
// stands, before anything later is executed, and kept once the block commits. What lies below the
// older of the checkpoints kept is pruned.
#include <algorithm>

#include "core/consensus/replica_state.hpp"

namespace dnc {

// Requires: everything up to the head is executed and nothing beyond. Empty where the state is
// larger than a snapshot may be: then the log goes on without checkpoints, and is not pruned.
std::optional<Hash> Replica::State::capture_checkpoint() {
  Snapshot captured = capture_state(executor, log.rosters().after(log.head_seq()));
  if (captured.bytes() > limits::kStateBytesMax) {
    if (!state_too_large) event("state_too_large", {{"bytes", std::to_string(captured.bytes())}});
    state_too_large = true;
    return std::nullopt;
  }
  capture = std::move(captured);
  return capture->checkpoint.state_root;
}

// The block for which the state was captured is in the log.
void Replica::State::keep_capture(const BlockHeader& header) {
  capture->checkpoint = header;
  captures.push_back(std::make_shared<const Snapshot>(std::move(*capture)));
  capture.reset();
  bytes_since_checkpoint = 0;
}

// Does the state here have the root that the checkpoint claims?
bool Replica::State::checkpoint_matches(const BlockHeader& header) {
  const auto root = capture_checkpoint();
  return root && *root == header.state_root;
}

SeqNo Replica::State::newest_checkpoint() const {
  return snapshots.empty() ? SeqNo{} : snapshots.back()->seq();
}

// One at a time.
bool Replica::State::checkpoint_due() const {
  const std::uint64_t since = log.head_seq().value - newest_checkpoint().value;
  return captures.empty() && !state_too_large && committed_in_term() &&
         (since >= config.checkpoints.blocks || bytes_since_checkpoint >= config.checkpoints.bytes);
}

void Replica::State::drop_captures_above(SeqNo seq) {
  while (!captures.empty() && captures.back()->seq() > seq)
    captures.pop_back();
}

// A checkpoint is certified by its commit: what was captured there is kept.
void Replica::State::save_captures() {
  while (!captures.empty() && captures.front()->seq() <= commit_seq) {
    event("checkpoint", {{"seq", std::to_string(captures.front()->seq().value)},
                         {"bytes", std::to_string(captures.front()->bytes())}});
    save_snapshot(captures.front());
    captures.pop_front();
  }
}

// Whoever needs blocks from after the older of the two on is still served block by block.
void Replica::State::save_snapshot(SnapshotPtr snapshot) {
  batch.snapshots.push_back(snapshot);
  snapshots.push_back(std::move(snapshot));
  if (snapshots.size() < limits::kSnapshotsKept) return;
  while (snapshots.size() > limits::kSnapshotsKept)
    snapshots.pop_front();
  batch.prune_upto = snapshots.front()->seq();
}

// Drops from memory what is pruned, once my disk and my ACCEPTs have passed it: they go block by
// block.
void Replica::State::prune_memory() {
  if (snapshots.size() < limits::kSnapshotsKept) return;
  const SeqNo base = snapshots.front()->seq();
  const bool durable = token && log.contains(token->head()) && token->head().seq >= base;
  const bool spoken = standing != Standing::kMember || std::max(accepted.seq, chosen.seq) >= base;
  if (base <= log.base_seq() || !durable || !spoken) return;
  log.prune_upto(base);
  receipt_evidence.prune_upto(base);
}

// What a boot finds: the state of its newest good snapshot. False where this program cannot read
// it.
bool Replica::State::recover_snapshot(const SnapshotPtr& snapshot) {
  auto roster = restore_state(*snapshot, executor);
  if (!roster) return false;
  generation = snapshot->checkpoint.generation;
  config_nonce = roster->founding_nonce();
  begin_after(snapshot->checkpoint, std::move(*roster));
  snapshots.push_back(snapshot);
  return true;
}

// The log begins after this checkpoint, whose state the executor has.
void Replica::State::begin_after(const BlockHeader& base, Roster roster) {
  log.restart_after(base, std::move(roster));
  commit_seq = base.seq;
  snapshots.clear();
  captures.clear();
  bytes_since_checkpoint = 0;
}

Epoch newest_epoch(const Recovered& recovered, Seat seat) {
  Epoch highest;
  const auto note = [&](const Identity& boot) {
    if (boot.seat == seat) highest = std::max(highest, boot.epoch);
  };
  const auto begins = recovered.snapshot ? roster_of(*recovered.snapshot) : std::nullopt;
  if (begins) {
    std::ranges::for_each(begins->seats(), note);
    if (begins->pending()) note(begins->pending()->identity);
  }
  for (const Block& block : recovered.blocks) {
    std::ranges::for_each(block.body.founders, note);
    if (block.body.rejoin) note(block.body.rejoin->identity);
    if (block.body.change) note(block.body.change->identity);
  }
  return highest;
}

}  // namespace dnc
