#include "core/consensus/snapshot.hpp"

#include <algorithm>

#include "core/base/wire.hpp"
#include "core/consensus/codec_parts.hpp"
#include "core/consensus/limits.hpp"
#include "core/crypto/merkle.hpp"

namespace dnc {
namespace {

constexpr std::uint8_t kStateVersion = 1;
constexpr std::size_t kIdentityBytes = 36;

bool well_cut(const std::vector<Bytes>& pieces) {
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    const bool last = i + 1 == pieces.size();
    const std::size_t size = pieces[i].size();
    if (last ? size == 0 || size > limits::kSnapshotPieceBytes
             : size != limits::kSnapshotPieceBytes) {
      return false;
    }
  }
  return !pieces.empty();
}

}  // namespace

std::vector<Hash> Snapshot::leaves() const {
  std::vector<Hash> leaves;
  leaves.reserve(pieces.size());
  for (const auto& piece : pieces)
    leaves.push_back(merkle_leaf(piece));
  return leaves;
}

std::size_t Snapshot::bytes() const {
  std::size_t total = 0;
  for (const auto& piece : pieces)
    total += piece.size();
  return total;
}

std::vector<Bytes> capture_state(const Executor& executor, const Roster& roster) {
  Writer out;
  out.u8(kStateVersion);
  wire::put_list(out, roster.seats());
  out.id(roster.founding_nonce());
  out.id(roster.nonce());
  wire::put_optional(out, roster.pending());
  executor.snapshot(out);
  const Bytes state = out.take();
  std::vector<Bytes> pieces;
  for (std::size_t at = 0; at < state.size(); at += limits::kSnapshotPieceBytes) {
    const std::size_t end = std::min(state.size(), at + limits::kSnapshotPieceBytes);
    pieces.emplace_back(state.begin() + static_cast<std::ptrdiff_t>(at),
                        state.begin() + static_cast<std::ptrdiff_t>(end));
  }
  return pieces;
}

std::optional<Roster> restore_state(const Snapshot& snapshot, Executor& executor) {
  Bytes state;
  state.reserve(snapshot.bytes());
  for (const auto& piece : snapshot.pieces)
    state.insert(state.end(), piece.begin(), piece.end());
  Reader in(state);
  if (in.u8() != kStateVersion) return std::nullopt;
  std::vector<Identity> seats;
  wire::get_list(in, seats, kIdentityBytes, limits::kSeatsMax);
  const auto founding_nonce = in.id<ConfigNonce>();
  const auto nonce = in.id<ConfigNonce>();
  std::optional<SeatChange> pending;
  wire::get_optional(in, pending);
  auto roster = Roster::restored(std::move(seats), founding_nonce, nonce, pending);
  if (!in.ok() || !roster || !executor.restore(snapshot.seq(), in)) return std::nullopt;
  return roster;
}

Bytes encode(const Snapshot& snapshot) {
  Writer out;
  out.u8(kWireVersion);
  wire::put(out, snapshot.checkpoint);
  out.u32(static_cast<std::uint32_t>(snapshot.pieces.size()));
  for (const auto& piece : snapshot.pieces)
    out.blob(piece);
  return out.take();
}

std::optional<Snapshot> decode_snapshot(ByteView bytes) {
  Reader in(bytes);
  if (in.u8() != kWireVersion) return std::nullopt;
  Snapshot snapshot;
  wire::get(in, snapshot.checkpoint);
  const std::uint32_t count = in.count(4);
  for (std::uint32_t i = 0; i < count && in.ok(); ++i)
    snapshot.pieces.push_back(in.blob(limits::kSnapshotPieceBytes));
  if (!in.at_end() || !well_cut(snapshot.pieces) ||
      snapshot.checkpoint.kind != BlockKind::kCheckpoint ||
      merkle_root(snapshot.leaves()) != snapshot.checkpoint.state_root) {
    return std::nullopt;
  }
  return snapshot;
}

}  // namespace dnc
