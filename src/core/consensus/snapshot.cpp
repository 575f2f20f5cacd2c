#include "core/consensus/snapshot.hpp"

#include <algorithm>

#include "core/base/wire.hpp"
#include "core/consensus/codec_parts.hpp"
#include "core/consensus/limits.hpp"
#include "core/crypto/merkle.hpp"

namespace dnc {
namespace {

constexpr std::uint8_t kStateVersion = 2;
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

std::vector<Hash> leaves_of(const std::vector<Bytes>& pieces) {
  std::vector<Hash> leaves;
  leaves.reserve(pieces.size());
  for (const auto& piece : pieces)
    leaves.push_back(merkle_leaf(piece));
  return leaves;
}

Hash counted_root(std::uint32_t count, const Hash& pieces) {
  Writer out;
  out.u32(count);
  return merkle_root({merkle_leaf(out.bytes()), pieces});
}

// How a state begins.
std::optional<Roster> read_roster(Reader& in) {
  if (in.u8() != kStateVersion) return std::nullopt;
  std::vector<Identity> seats;
  wire::get_list(in, seats, kIdentityBytes, limits::kSeatsMax);
  const auto founding_nonce = in.id<ConfigNonce>();
  const auto nonce = in.id<ConfigNonce>();
  std::optional<SeatChange> pending;
  wire::get_optional(in, pending);
  if (!in.ok()) return std::nullopt;
  return Roster::restored(std::move(seats), founding_nonce, nonce, pending);
}

}  // namespace

std::size_t Snapshot::bytes() const {
  std::size_t total = 0;
  for (const auto& piece : pieces)
    total += piece.size();
  return total;
}

Capture::Capture(const Executor& executor, const Roster& roster) : executor_(executor) {
  out_.u8(kStateVersion);
  wire::put_list(out_, roster.seats());
  out_.id(roster.founding_nonce());
  out_.id(roster.nonce());
  wire::put_optional(out_, roster.pending());
}

// Hashed piece by piece as well: that is a good part of the work.
bool Capture::advance(std::size_t bytes) {
  const bool all = executor_.snapshot(out_, at_, bytes);
  Bytes taken = out_.take();
  std::size_t cut = 0;
  while (taken.size() - cut >= limits::kSnapshotPieceBytes || (all && cut < taken.size())) {
    const ByteView piece =
        ByteView(taken).subspan(cut, std::min(limits::kSnapshotPieceBytes, taken.size() - cut));
    snapshot_.pieces.emplace_back(piece.begin(), piece.end());
    snapshot_.leaves.push_back(merkle_leaf(piece));
    cut += piece.size();
  }
  out_ = Writer();
  out_.raw(ByteView(taken).subspan(cut));
  return all;
}

Snapshot Capture::take() {
  snapshot_.checkpoint.state_root = state_root(snapshot_.leaves);
  return std::move(snapshot_);
}

Snapshot capture_state(const Executor& executor, const Roster& roster) {
  Capture capture(executor, roster);
  while (!capture.advance(limits::kSnapshotPieceBytes)) {
  }
  return capture.take();
}

Hash state_root(const std::vector<Hash>& leaves) {
  return counted_root(static_cast<std::uint32_t>(leaves.size()), merkle_root(leaves));
}

bool proves_piece(const Hash& root, const Hash& leaf, std::uint32_t index, std::uint32_t count,
                  const std::vector<Hash>& path) {
  if (count > limits::kSnapshotPiecesMax || index >= count ||
      path.size() > limits::kSnapshotPathMax) {
    return false;
  }
  // The root says which `count` is true, and that gives the tree its shape.
  return counted_root(count, merkle_climb(leaf, path, merkle_sides(index, count))) == root;
}

std::optional<Roster> roster_of(const Snapshot& snapshot) {
  static_assert((limits::kSeatsMax + 2) * kIdentityBytes < limits::kSnapshotPieceBytes);
  Reader in(snapshot.pieces.front());
  return read_roster(in);
}

std::optional<Roster> restore_state(const Snapshot& snapshot, Executor& executor) {
  Bytes state;
  state.reserve(snapshot.bytes());
  for (const auto& piece : snapshot.pieces)
    state.insert(state.end(), piece.begin(), piece.end());
  Reader in(state);
  auto roster = read_roster(in);
  if (!roster || !executor.restore(snapshot.seq(), in)) return std::nullopt;
  return roster;
}

bool prove_pieces(Snapshot& snapshot) {
  const BlockHeader& checkpoint = snapshot.checkpoint;
  if (!well_cut(snapshot.pieces) || checkpoint.kind != BlockKind::kCheckpoint) return false;
  snapshot.leaves = leaves_of(snapshot.pieces);
  return state_root(snapshot.leaves) == checkpoint.state_root;
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
  if (!in.at_end() || !prove_pieces(snapshot)) return std::nullopt;
  return snapshot;
}

}  // namespace dnc
