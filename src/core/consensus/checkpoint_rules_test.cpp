// A large state is taken in parts: what waits for it meanwhile, and what does not.
#include "core/consensus/replica_test.hpp"

namespace dnc {
namespace {

constexpr Duration kAllParts{200};

class CheckpointRules : public HandTest {
 protected:
  CheckpointRules() { config_.checkpoints.part_bytes = 8; }

  // The block after the first one: it makes a state of some parts.
  Block filling() {
    BlockBody body;
    body.operations = {{Bytes{1}, as_bytes_of("the state of a service")}, {Bytes{2}, Bytes{3}}};
    Block made = after(opening(), BlockKind::kNormal, body);
    made.header.result_root = same_.apply(made.header.seq, {1}, made.body);
    return made;
  }
  Block checkpoint_after(const Block& previous) {
    Block made = after(previous, BlockKind::kCheckpoint);
    const Roster counted({seat(1), seat(2), seat(3)});
    made.header.state_root = capture_state(same_, counted).checkpoint.state_root;
    made.header.result_root = {};
    return made;
  }
  static Bytes as_bytes_of(std::string_view text) { return {text.begin(), text.end()}; }

  // As the leader: the newest block is synced here and accepted by the others.
  void commit_newest() {
    sync();
    const Block newest = sent<Propose>().back().block;
    for (const std::uint64_t other : {1, 3})
      hear(seat(other), accept_of(seat(other), newest));
  }
  std::vector<BlockKind> proposed() const {
    std::vector<BlockKind> kinds;
    SeqNo last;
    for (const auto& propose : sent<Propose>()) {
      if (propose.block.header.seq > last) kinds.push_back(propose.block.header.kind);
      last = std::max(last, propose.block.header.seq);
    }
    return kinds;
  }

 private:
  Text text_;
  Executor same_{text_};
};

TEST_F(CheckpointRules, AFollowerHoldsWhatComesBehindUntilTheStateIsTaken) {
  follow();
  const Block filled = filling();
  const Block checkpoint = checkpoint_after(filled);
  Block behind = after(checkpoint);
  behind.header.state_root = {};
  take(filled);
  take(checkpoint);
  take(behind);
  hear_of(seat(1));
  EXPECT_EQ(head(), filled.header.seq);
  pass(kAllParts);
  sync();
  EXPECT_EQ(head(), behind.header.seq);
  EXPECT_TRUE(sent<Fetch>().empty()) << "what came was kept";
  EXPECT_TRUE(sent<Votes>().empty());
}

TEST_F(CheckpointRules, AnotherStateIsRefusedWhenItIsTaken) {
  follow();
  const Block filled = filling();
  Block lie = checkpoint_after(filled);
  lie.header.state_root.bytes[0] ^= 1;
  take(filled);
  take(lie);
  EXPECT_FALSE(told("divergence"));
  pass(kAllParts);
  EXPECT_TRUE(told("divergence"));
  EXPECT_FALSE(sent<Votes>().empty());
  EXPECT_EQ(head(), filled.header.seq);
}

TEST_F(CheckpointRules, ALeaderOrdersNothingUntilTheStateIsTaken) {
  config_.checkpoints.blocks = 3;
  become_member(3, 2);
  commit_newest();
  for (const std::uint8_t number : {1, 2}) {
    deliver(ClientWrite{number, {Bytes{number}, as_bytes_of("something that takes some space")}});
    commit_newest();
  }
  ASSERT_EQ(commit(), SeqNo{3});
  deliver(ClientWrite{3, {Bytes{3}, Bytes{3}}});
  EXPECT_EQ(head(), SeqNo{3}) << "a checkpoint is due, and the state is not taken";
  const std::size_t heartbeats = sent<Heartbeat>().size();
  pass(kAllParts);
  EXPECT_GT(sent<Heartbeat>().size(), heartbeats);
  EXPECT_EQ(proposed(), (std::vector{BlockKind::kRestart, BlockKind::kNormal, BlockKind::kNormal,
                                     BlockKind::kCheckpoint, BlockKind::kNormal}));
}

TEST_F(CheckpointRules, ACheckpointIsDueAfterAsManyBytesAsTheStateHas) {
  config_.checkpoints.part_bytes = 1u << 20;
  config_.checkpoints.bytes_min = 1000;
  config_.checkpoints.bytes_max = 100'000;
  become_member(3, 2);
  commit_newest();
  std::vector<std::size_t> at;  // blocks before each checkpoint
  for (std::size_t number = 1; number <= 400; ++number) {
    const Bytes key{static_cast<std::uint8_t>(number), static_cast<std::uint8_t>(number >> 8)};
    deliver(ClientWrite{number, {key, Bytes(100, 7)}});
    commit_newest();
    while (std::ranges::count(proposed(), BlockKind::kCheckpoint) > std::ssize(at)) {
      at.push_back(number);
      commit_newest();
    }
  }
  ASSERT_GE(at.size(), 3u);
  EXPECT_LT(at[0], 10u) << "a small state: the lower bound";
  EXPECT_GT(at.back() - at[at.size() - 2], 5 * at[0])
      << "the state has grown, and with it the way to the next";
}

}  // namespace
}  // namespace dnc
