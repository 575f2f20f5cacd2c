#include "core/consensus/snapshot.hpp"

#include <gtest/gtest.h>

#include "core/base/wire.hpp"
#include "core/consensus/limits.hpp"
#include "core/crypto/merkle.hpp"

namespace dnc {
namespace {

// A service whose state is as large as the test wants.
class Blob : public StateMachine {
 public:
  explicit Blob(std::size_t size = 0) : state(size, 7) {}
  Bytes apply(SeqNo, ByteView) override { return {}; }
  void commit(SeqNo) override {}
  void rollback(SeqNo) override {}
  Bytes query(ByteView) const override { return state; }
  Bytes snapshot() const override { return state; }
  bool restore(SeqNo, ByteView bytes) override {
    state.assign(bytes.begin(), bytes.end());
    return true;
  }
  Bytes state;
};

Roster roster() {
  Roster made({{{1}, {3}, {}}, {{2}, {0}, {}}, {{3}, {1}, {}}});
  made.announce({{{3}, {1}, {}}, false, {7}, {}});
  made.put_in_force();
  made.announce({{{4}, {9}, {}}, true, {8}, {}});
  return made;
}

Snapshot taken(StateMachine& service) {
  Executor executor(service);
  executor.apply({4}, {1}, {{{Bytes{1}, Bytes{2}}}, {}, {}, {}});
  Snapshot snapshot = capture_state(executor, roster());
  snapshot.checkpoint.kind = BlockKind::kCheckpoint;
  snapshot.checkpoint.seq = {5};
  return snapshot;
}

TEST(Snapshot, GivesTheStateBackWithItsRosterAndKeys) {
  Blob service(3 * limits::kSnapshotPieceBytes);
  const Snapshot snapshot = taken(service);
  EXPECT_EQ(snapshot.pieces.size(), 4U);
  Blob other_service;
  Executor other(other_service);
  const auto restored = restore_state(snapshot, other);
  ASSERT_TRUE(restored);
  EXPECT_EQ(*restored, roster());
  EXPECT_EQ(other_service.state, service.state);
  ASSERT_NE(other.find({1}), nullptr);
  EXPECT_EQ(capture_state(other, roster()).pieces, snapshot.pieces);
  EXPECT_EQ(roster_of(snapshot), roster());
}

TEST(Snapshot, TheSameStateHasTheSameRootAndAnotherHasNot) {
  Blob service(10);
  Blob same(10);
  Blob other(11);
  EXPECT_EQ(taken(service).checkpoint.state_root, taken(same).checkpoint.state_root);
  EXPECT_NE(taken(service).checkpoint.state_root, taken(other).checkpoint.state_root);
}

TEST(Snapshot, IsReadOnlyWholeAndTrue) {
  Blob service(2 * limits::kSnapshotPieceBytes);
  const Snapshot snapshot = taken(service);
  const Bytes bytes = encode(snapshot);
  const auto read = decode_snapshot(bytes);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->pieces, snapshot.pieces);
  EXPECT_EQ(read->checkpoint, snapshot.checkpoint);
  EXPECT_FALSE(decode_snapshot({bytes.data(), bytes.size() - 1}));
  for (const std::size_t at : {std::size_t{0}, std::size_t{20}, bytes.size() / 2}) {
    Bytes bad = bytes;
    bad[at] ^= 1;
    // A header with another seq is as good as this one; the block's hash is for others to check.
    EXPECT_EQ(decode_snapshot(bad).has_value(), at == 20) << at;
  }
  Snapshot cut = snapshot;
  cut.pieces.front().pop_back();
  cut.leaves.front() = merkle_leaf(cut.pieces.front());
  cut.checkpoint.state_root = state_root(cut.leaves);
  EXPECT_FALSE(decode_snapshot(encode(cut))) << "pieces of any size would give a state many roots";
}

TEST(Snapshot, APieceIsProvedAtItsPlaceAmongAsManyAsThereAre) {
  Blob service(3 * limits::kSnapshotPieceBytes);
  const Snapshot snapshot = taken(service);
  const Hash& root = snapshot.checkpoint.state_root;
  ASSERT_EQ(snapshot.leaves.size(), 4U);
  for (std::uint32_t index = 0; index < 4; ++index) {
    const auto path = merkle_path(snapshot.leaves, index);
    EXPECT_TRUE(proves_piece(root, snapshot.leaves[index], index, 4, path)) << index;
    EXPECT_FALSE(proves_piece(root, snapshot.leaves[index ^ 1], index, 4, path)) << index;
    for (const std::uint32_t count : {0U, 1U, 3U, 5U, 8U, 100'000U})
      EXPECT_FALSE(proves_piece(root, snapshot.leaves[index], index, count, path)) << count;
    EXPECT_FALSE(proves_piece(root, snapshot.leaves[index], index, 4, {})) << index;
    EXPECT_FALSE(proves_piece(root, snapshot.leaves[index], index, 4, std::vector<Hash>(40)));
  }
}

TEST(Snapshot, AStateOfAnotherVersionIsNotRead) {
  Blob service(5);
  Snapshot snapshot = taken(service);
  snapshot.pieces.front().front() = 9;
  Blob other_service;
  Executor other(other_service);
  EXPECT_FALSE(restore_state(snapshot, other));
  EXPECT_EQ(other.find({1}), nullptr);
}

}  // namespace
}  // namespace dnc
