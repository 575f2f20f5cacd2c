// State transfer (docs/protocol.md section 12b): who lacks blocks that are pruned takes the state
// at a checkpoint instead. The checkpoint's header is believed as blocks are, by a chain that ends
// in something certified; each piece of the state is proved against that header, so that it may
// come from anybody.
#include <algorithm>

#include "core/consensus/codec.hpp"
#include "core/consensus/replica_state.hpp"
#include "core/crypto/merkle.hpp"

namespace dnc {

// --- Serving -------------------------------------------------------------------------------------

void Replica::State::on(const Identity& from, const SnapshotFetch& fetch) {
  SnapshotPiece piece;
  piece.seq = fetch.seq;
  piece.index = fetch.index;
  const auto kept = std::find_if(snapshots.begin(), snapshots.end(),
                                 [&](const auto& each) { return each->seq() == fetch.seq; });
  if (kept != snapshots.end() && fetch.index < (*kept)->pieces.size()) {
    piece.count = static_cast<std::uint32_t>((*kept)->pieces.size());
    piece.bytes = (*kept)->pieces[fetch.index];
    piece.path = merkle_path((*kept)->leaves, fetch.index);
  }
  send(from.seat, std::move(piece));
}

// --- What is offered -----------------------------------------------------------------------------

// The source has pruned what I lack. True: its chunk goes on from where staging now begins.
bool Replica::State::take_offer(const Chunk& chunk) {
  const BlockHeader& offered = *chunk.checkpoint;
  const LogHead head = head_of(offered);
  if (offered.kind != BlockKind::kCheckpoint || head.seq <= staging->end()) return false;
  // A member's notary accepts block by block. The others do without it, so it comes back as new;
  // unless it holds the checkpoint, and only does not know of its commit.
  if (standing == Standing::kMember && !log.contains(head)) {
    if (left_behind(chunk)) reboot(kBehind);
    staging.reset();
    return false;
  }
  staging->blocks.clear();
  staging->hashes.clear();
  staging->base = head;
  staging->checkpoint.reset();
  staging->rosters.reset();
  // Where I hold the checkpoint already, blocks after it that I hold as well must not be dropped.
  if (log.contains(head)) {
    staging->rosters = log.rosters();
    staging->rosters->truncate_after(head.seq);
  } else {
    staging->checkpoint = offered;
  }
  return true;
}

// Do q others hold, signed, a log that begins after the end of mine?
// Their boots may have changed since they signed: where nothing commits for long, one voice is
// enough, for without this member nothing may ever commit.
bool Replica::State::left_behind(const Chunk& chunk) {
  if (chunk.checkpoint->seq <= log.head_seq()) return false;
  if (behind_since == kNever) behind_since = now;
  if (now - behind_since >= config.timing.backoff_max) return true;
  const Roster counted(counted_on_chain());
  std::set<Seat> ahead;
  for (const auto& accept : chunk.accepts) {
    const auto speaker = counted.identity(accept.seat);
    if (speaker && speaker->epoch == accept.epoch && accept.seat != self.seat &&
        accept.seq >= chunk.checkpoint->seq &&
        verified(signing.accept(accept), accept.signature, *speaker)) {
      ahead.insert(accept.seat);
    }
  }
  return counted.size() > 0 && ahead.size() >= counted.quorum();
}

// --- Fetching ------------------------------------------------------------------------------------

// A chain that I believe goes through the checkpoint: its state is wanted. What has come of it
// already stays, whoever it came from.
void Replica::State::begin_transfer(const std::vector<Accept>& evidence) {
  const BlockHeader checkpoint = *staging->checkpoint;
  const bool news = !transfer || transfer->checkpoint != checkpoint;
  if (news) transfer = Transfer{};
  transfer->checkpoint = checkpoint;
  transfer->chain = std::move(*staging);
  transfer->evidence = evidence;
  staging.reset();
  if (news) event("snapshot_wanted", {{"seq", std::to_string(checkpoint.seq.value)}});
  fetch_pieces();
}

std::vector<Seat> Replica::State::piece_sources() const {
  std::vector<Seat> sources;
  for (const auto& [seat, peer] : peers) {
    if (heard_lately(peer) && peer.last.commit_seq >= transfer->checkpoint.seq &&
        !transfer->refused.contains(seat)) {
      sources.push_back(seat);
    }
  }
  return sources;
}

// Asks for what lacks, of all sources in turn. When none is left that would give it, a newer
// checkpoint is asked for.
void Replica::State::fetch_pieces() {
  if (!transfer) return;
  const std::vector<Seat> sources = piece_sources();
  if (sources.empty()) {
    if (transfer->refused.empty()) return;  // nobody is heard now: it goes on when somebody is
    transfer.reset();
    return;
  }
  const bool counted = !transfer->pieces.empty();
  transfer->asked.resize(std::max<std::size_t>(1, transfer->pieces.size()), kNever);
  std::size_t in_flight = 0;
  for (std::size_t i = 0; i < transfer->asked.size(); ++i) {
    if (counted && !transfer->pieces[i].empty()) continue;
    if (in_flight == limits::kPiecesInFlight) return;
    ++in_flight;
    if (now - transfer->asked[i] < config.timing.piece_timeout) continue;
    transfer->asked[i] = now;
    send(sources[transfer->next_source++ % sources.size()],
         SnapshotFetch{transfer->checkpoint.seq, static_cast<std::uint32_t>(i)});
  }
}

// False: it is not what the checkpoint says.
bool Replica::State::take_piece(const SnapshotPiece& piece) {
  if (piece.bytes.empty() ||
      !proves_piece(transfer->checkpoint.state_root, merkle_leaf(piece.bytes), piece.index,
                    piece.count, piece.path)) {
    return false;
  }
  transfer->pieces.resize(piece.count);
  transfer->pieces[piece.index] = piece.bytes;
  return true;
}

void Replica::State::on(const Identity& from, const SnapshotPiece& piece) {
  if (!transfer || piece.seq != transfer->checkpoint.seq) return;
  if (piece.count == 0 || !take_piece(piece)) {
    if (piece.count > 0) event("snapshot_poisoned", {{"seat", std::to_string(from.seat.value)}});
    transfer->refused.insert(from.seat);
    if (piece.index < transfer->asked.size()) transfer->asked[piece.index] = kNever;
    return fetch_pieces();
  }
  const bool complete = std::none_of(transfer->pieces.begin(), transfer->pieces.end(),
                                     [](const Bytes& each) { return each.empty(); });
  if (complete) return install_snapshot();
  fetch_pieces();
}

// --- Installing ----------------------------------------------------------------------------------

// Everything is here. The state says who counts at the checkpoint; by them the chain from there on
// must be committed, or else lead to what was chosen.
void Replica::State::install_snapshot() {
  const bool wanted = standing == Standing::kRecovering || standing == Standing::kObserver;
  Transfer done = std::move(*transfer);
  transfer.reset();
  const SeqNo seq = done.checkpoint.seq;
  if (!wanted || seq <= commit_seq) return;
  auto snapshot = std::make_shared<Snapshot>();
  snapshot->checkpoint = done.checkpoint;
  snapshot->pieces = std::move(done.pieces);
  for (const Bytes& each : snapshot->pieces)
    snapshot->leaves.push_back(merkle_leaf(each));
  staging = std::move(done.chain);
  const auto roster = roster_of(*snapshot);
  const bool proved =
      roster && chain_fits(*roster) && (staging->target || certified_by(done.evidence) >= seq);
  if (!proved || !restore_state(*snapshot, executor)) {
    event(roster && !proved ? "snapshot_uncertified" : "snapshot_unreadable",
          {{"seq", std::to_string(seq.value)}});
    fruitless[staging->source] = now;
    staging.reset();
    return;
  }
  replace_log(std::move(snapshot), *roster);
  staging->checkpoint.reset();
  if (staging->target) return finish_staging(done.evidence);
  install_certified(done.evidence);
  staging.reset();
}

// Does what the staged blocks do to the roster follow from this one?
bool Replica::State::chain_fits(const Roster& roster) {
  RosterHistory rosters;
  rosters.restart_after(staging->base.seq, roster);
  for (const Block& block : staging->blocks) {
    if (!rosters.fits(block)) return false;
    rosters.append(block);
  }
  staging->rosters = std::move(rosters);
  return true;
}

// In one batch the snapshot takes the place of the log: a crash leaves the one or the other.
void Replica::State::replace_log(SnapshotPtr snapshot, const Roster& roster) {
  const SeqNo seq = snapshot->seq();
  begin_after(snapshot->checkpoint, roster);
  accepts.clear();
  batch.blocks.clear();
  batch.snapshots.clear();
  batch.truncate_after = batch.prune_upto = seq;
  commit_unsaved = true;
  event("snapshot_installed",
        {{"seq", std::to_string(seq.value)}, {"bytes", std::to_string(snapshot->bytes())}});
  save_snapshot(std::move(snapshot));
}

}  // namespace dnc
