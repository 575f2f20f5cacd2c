// Checkpoints (docs/protocol.md section 12b): the state is captured where a CHECKPOINT block
// stands, before anything later is executed, and kept once the block commits. What lies below the
// older of the checkpoints kept is pruned.
#include <algorithm>
#include <utility>

#include "core/consensus/replica_state.hpp"

namespace dnc {
namespace {

constexpr std::uint64_t kPrunedAtOnce = 32;  // blocks

}  // namespace

// Takes a part of the state at the head. True: that was the last, or there is no more to take.
// Requires: everything up to the head is executed and nothing beyond.
bool Replica::State::capture_part() {
  if (!taking || taking->at != log.head()) {
    capture.reset();
    taking.emplace(Taking{log.head(), Capture(executor, log.rosters().after(log.head_seq()))});
  }
  if (taking->done) return true;
  taking_at = now;
  if (!taking->work.advance(config.checkpoints.part_bytes)) return false;
  taking->done = true;
  Snapshot taken = taking->work.take();
  if (taken.bytes() <= limits::kStateBytesMax) {
    capture = std::move(taken);
  } else {
    if (!state_too_large) event("state_too_large", {{"bytes", std::to_string(taken.bytes())}});
    state_too_large = true;
  }
  return true;
}

// Is the state at the head all taken? Begins with it; the ticks do the rest.
bool Replica::State::captured() {
  return taking && taking->at == log.head() ? taking->done : capture_part();
}

// A leader of the same policy takes the state where I stand: I take it at the same time. Another
// block in place of its checkpoint shows another policy.
bool Replica::State::expects_checkpoint() {
  if (!following() || !checkpoint_due()) {
    checkpoint_at.reset();
    return false;
  }
  if (!checkpoint_at) checkpoint_at = log.head();
  return *checkpoint_at == log.head();
}

// A part at each tick, so that a leader is heard and a follower hears while a large state is taken.
void Replica::State::work_on_checkpoint() {
  if (!held_back.empty() && !(following() && log.continues(held_back.front()))) held_back.clear();
  const bool leads = is_leader() && leading && announced;
  const bool wanted = leads ? checkpoint_due() : !held_back.empty() || expects_checkpoint();
  if (!wanted) return drop_capture();
  if (capture_part()) judge_held();
}

void Replica::State::judge_held() {
  const auto blocks = std::exchange(held_back, {});
  for (const Block& block : blocks) {
    if (!append_proposal(block)) break;  // what is left is fetched
  }
  if (!blocks.empty()) try_commit();
}

// Keeps what comes behind a checkpoint that is not judged yet. False: there is none.
bool Replica::State::hold(const Block& block) {
  if (held_back.empty()) return false;
  const bool next = block.header.seq == held_back.back().header.seq.next();
  if (next && held_back.size() < limits::kBlocksInFlightMax) held_back.push_back(block);
  return true;
}

void Replica::State::drop_capture() {
  taking.reset();
  capture.reset();
  held_back.clear();
}

// All of the state at once. Empty where it is larger than a snapshot may be: then the log goes on
// without checkpoints, and is not pruned.
std::optional<Hash> Replica::State::capture_checkpoint() {
  while (!capture_part()) {
  }
  return capture ? std::optional(capture->checkpoint.state_root) : std::nullopt;
}

// The block for which the state was captured is in the log.
void Replica::State::keep_capture(const BlockHeader& header) {
  capture->checkpoint = header;
  captures.push_back(std::make_shared<const Snapshot>(std::move(*capture)));
  capture.reset();
  taking.reset();
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
  if (!captures.empty() || state_too_large || !committed_in_term()) return false;
  const CheckpointPolicy& policy = config.checkpoints;
  const std::size_t state = snapshots.empty() ? 0 : snapshots.back()->bytes();
  return log.head_seq().value - newest_checkpoint().value >= policy.blocks ||
         bytes_since_checkpoint >= std::clamp(state, policy.bytes_min, policy.bytes_max);
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
// block. Some at a time: to give back an interval of 64 MiB takes long.
void Replica::State::prune_memory() {
  if (snapshots.size() < limits::kSnapshotsKept) return;
  const SeqNo base = snapshots.front()->seq();
  const bool durable = token && log.contains(token->head()) && token->head().seq >= base;
  const bool spoken = standing != Standing::kMember || std::max(accepted.seq, chosen.seq) >= base;
  if (base <= log.base_seq() || !durable || !spoken) return;
  const SeqNo upto = std::min(base, SeqNo{log.base_seq().value + kPrunedAtOnce});
  log.prune_upto(upto);
  receipt_evidence.prune_upto(upto);
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
  drop_capture();
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
