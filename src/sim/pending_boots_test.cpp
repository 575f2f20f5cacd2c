// Boots while the chain is down (docs/scenarios.md): nobody can check them, so nobody hears them.
// They wait; forged ones and those of a former operator come to nothing.
#include <algorithm>

#include "core/consensus/codec.hpp"
#include "sim/scenario.hpp"

namespace dnc {
namespace {

class PendingBoots : public testing::TestWithParam<std::uint64_t> {
 protected:
  // All that a boot may say that nobody has admitted, sent to everybody.
  void speak(const Identity& forged) {
    const SeqNo end{world_->auditor().log().entries().size()};
    const LogEntry& last = world_->auditor().log().entries().back();
    const Scope scope{last.block.header.generation, ConfigNonce{1}};
    const Term next = last.block.header.term.next();
    const ChainView view = world_->chain().newest();
    Heartbeat heartbeat;
    heartbeat.term = next;
    heartbeat.standing = Standing::kMember;
    heartbeat.leading = true;
    heartbeat.nonce = 1;
    heartbeat.commit_seq = heartbeat.head_seq = end;
    NoConfidence vote;
    vote.scope = scope;
    vote.seat = forged.seat;
    vote.epoch = forged.epoch;
    vote.to_term = next;
    vote.seen_seq = end;
    Accept accept;
    accept.scope = scope;
    accept.seat = forged.seat;
    accept.epoch = forged.epoch;
    accept.term = last.block.header.term;
    accept.seq = end;
    accept.block_hash = last.hash;
    for (const Message& message :
         {Message(heartbeat), Message(RejoinRequest{{forged, view.height, view.hash}}),
          Message(Votes{{vote}}), Message(accept), Message(Propose{last.block, {}})}) {
      const Bytes bytes = encode(Envelope{scope, forged.seat, forged.epoch, message});
      for (const Seat seat : world_->seats()) {
        if (seat != forged.seat) world_->network().send(forged, seat, bytes);
      }
    }
  }

  bool was_admitted(const Identity& boot) {
    return std::ranges::any_of(world_->auditor().log().entries(), [&](const LogEntry& entry) {
      const auto& rejoin = entry.block.body.rejoin;
      const auto& change = entry.block.body.change;
      return (rejoin && rejoin->identity == boot) || (change && change->identity == boot);
    });
  }

  Scenario world_{3, GetParam()};
};

TEST_P(PendingBoots, ABootInAnOutageWaitsAndForgedOnesAreNotHeard) {
  const Seat leader = world_.start();
  world_.add(1, leader);
  const Seat away = world_.other_than(leader);
  const Term term = world_.term_of(leader);
  world_->chain().set_down(true);
  world_->crash(away);
  const Epoch epoch = world_->chain().newest().find(away)->identity.epoch;
  world_->power_on(away);
  for (std::uint64_t round = 0; round < 30; ++round) {
    for (std::uint64_t ahead = 0; ahead < 3; ++ahead) {  // also with the epoch that is registered
      Identity forged{away, {epoch.value + ahead}, {}};
      forged.boot_key.bytes.fill(static_cast<std::uint8_t>(0x40 + ahead));
      speak(forged);
      EXPECT_FALSE(was_admitted(forged));
    }
    world_.add(1, leader);
    world_->run_for(Duration(1000));
    EXPECT_NE(world_.standing_of(away), Standing::kMember);
  }
  EXPECT_EQ(world_.leader(), leader);
  EXPECT_EQ(world_.term_of(leader), term);
  world_->chain().set_down(false);
  world_.within(Duration(20'000), "it is admitted", [&] { return world_->serves(away); });
  EXPECT_TRUE(was_admitted(world_->node(away).identity()));
  world_.settle();
}

// The owner names another operator; the chain falls silent, and the former operator starts a node.
TEST_P(PendingBoots, AFormerOperatorsBootIsNotHeardInAnOutageOrAfterIt) {
  const Seat leader = world_.start();
  const Seat away = world_.other_than(leader);
  world_->crash(away);
  world_->chain().submit(away, SeatCall{away, SeatAct::kNameOther});
  world_.within(Duration(10'000), "the chain names another",
                [&] { return !world_->may_join(away); });
  world_->run_for(Duration(1000));
  world_->chain().set_down(true);
  world_->power_on(away);
  for (int write = 0; write < 20; ++write) {
    world_.add(1, leader);
    world_->run_for(Duration(1000));
    EXPECT_NE(world_.standing_of(away), Standing::kMember);
  }
  const Identity former = world_->node(away).identity();
  world_->chain().set_down(false);
  world_.always(Duration(20'000), "it is not admitted",
                [&] { return world_.standing_of(away) != Standing::kMember; });
  EXPECT_FALSE(was_admitted(former));
  world_->chain().submit(away, SeatCall{away, SeatAct::kNameOwn});
  world_.within(Duration(30'000), "named again it is", [&] { return world_->serves(away); });
  world_.settle();
}

INSTANTIATE_TEST_SUITE_P(Seeds, PendingBoots, testing::Range<std::uint64_t>(1, 6));

}  // namespace
}  // namespace dnc
