// What the contract takes away stops at once: the seat's own boot obeys, its peers hear it no more,
// and the others go on.
#include "sim/scenario.hpp"

namespace dnc {
namespace {

constexpr Duration kObeys{5000};  // from the block

class Obedience : public testing::TestWithParam<std::uint64_t> {
 protected:
  Seat start(bool leads) {
    const Seat leader = world_.start();
    world_.add(5, leader);
    return leads ? leader : world_.other_than(leader);
  }

  // Sends the act and waits for its block.
  void act(Seat seat, SeatAct what) {
    const BlockNumber before = world_->chain().newest().height;
    world_->chain().submit(seat, SeatCall{seat, what});
    world_.within(Duration(4000), "the block that says so",
                  [&, this] { return world_->chain().newest().height.value >= before.value + 2; });
  }

  void expect_silenced(Seat seat, Ouster why) {
    world_.within(kObeys, describe(why), [&, this] { return world_.ouster_of(seat) == why; });
    const Seat other = world_.other_than(seat);
    const Identity silenced = world_->node(seat).silenced();
    EXPECT_FALSE(world_->node(other).replica().admits(silenced)) << "a peer keeps its link";
  }

  // The seats that are left serve: writes too, and under a leader of their own.
  void expect_the_others_serve(Seat without) {
    world_.within(Duration(20'000), "another seat leads", [&, this] {
      const Seat leader = world_.leader();
      return leader.value != 0 && leader != without;
    });
    world_.add(7, world_.leader());
  }

  Scenario world_{3, GetParam()};
};

TEST_P(Obedience, AFollowerWithAnotherOperatorIsSilentUntilItsOwnIsNamedAgain) {
  const Seat seat = start(false);
  act(seat, SeatAct::kNameOther);
  expect_silenced(seat, Ouster::kOperatorChanged);
  expect_the_others_serve(seat);
  act(seat, SeatAct::kNameOwn);
  world_.settle();
  EXPECT_EQ(world_.value_at(seat), 12u);
}

TEST_P(Obedience, ALeaderWithAnotherOperatorIsReplacedAtOnce) {
  const Seat seat = start(true);
  act(seat, SeatAct::kNameOther);
  expect_silenced(seat, Ouster::kOperatorChanged);
  expect_the_others_serve(seat);
  act(seat, SeatAct::kNameOwn);
  world_.settle();
}

TEST_P(Obedience, AnOperatorWhoseTimeIsOverNeedsNoTransactionToFallSilent) {
  for (const bool leads : {false, true}) {
    Scenario world(3, GetParam());
    const Seat leader = world.start();
    const Seat seat = leads ? leader : world.other_than(leader);
    world->chain().submit(seat, SeatCall{seat, SeatAct::kLend});
    world.within(Duration(10'000) + kObeys, "the operator's time ends",
                 [&] { return world.ouster_of(seat) == Ouster::kOperatorExpired; });
    world.within(Duration(20'000), "another seat leads",
                 [&] { return world.leader().value != 0 && world.leader() != seat; });
    world.add(7, world.leader());
    world->chain().submit(seat, SeatCall{seat, SeatAct::kNameOwn});
    world.settle();
  }
}

TEST_P(Obedience, ARevokedLeaderIsReplacedAndReturnsOnceReinstated) {
  const Seat seat = start(true);
  act(seat, SeatAct::kRevoke);
  expect_silenced(seat, Ouster::kRevoked);
  expect_the_others_serve(seat);
  world_.always(Duration(6000), "a revoked seat stays outside",
                [&, this] { return world_.standing_of(seat) != Standing::kMember; });
  act(seat, SeatAct::kReinstate);
  world_.settle(Duration(90'000));
  EXPECT_EQ(world_.value_at(seat), 12u);
}

TEST_P(Obedience, ASeatThatLeftIsSilent) {
  const Seat seat = start(false);
  act(seat, SeatAct::kLeave);
  expect_silenced(seat, Ouster::kLeft);
  expect_the_others_serve(seat);
}

TEST_P(Obedience, AReplacedInstanceIsSilentAndTheSeatReturns) {
  const Seat seat = start(false);
  act(seat, SeatAct::kReplace);
  expect_silenced(seat, Ouster::kReplaced);
  expect_the_others_serve(seat);
  world_.settle();  // started again, as the new instance would be: it takes the seat
}

// Between the end of the lease and its renewal a node boots and sees the seat for the first time.
TEST_P(Obedience, WhoBootsWhileALeaseIsOverHearsTheSeatOnceItIsRenewed) {
  const Seat leader = world_.start();
  const Seat lent = world_.other_than(leader);
  const Seat boots = world_.other_than(lent);
  SimChain& chain = world_->chain();
  const Address own = chain.newest().find(lent)->operator_;
  chain.cut_off(lent);  // it learns of nothing, and goes on
  chain.submit(leader, SeatCall{lent, SeatAct::kLend});
  world_.within(Duration(20'000), "the lease is over",
                [&] { return chain.newest().find(lent)->operator_ != own; });
  world_->reboot(boots);
  world_.within(Duration(3000), "it has seen the chain",
                [&] { return world_->node(boots).running(); });
  chain.submit(leader, SeatCall{lent, SeatAct::kNameOwn});
  world_.within(Duration(5000), "the operator is renewed",
                [&] { return chain.newest().find(lent)->operator_ == own; });
  chain.reconnect(lent);
  world_.settle();
}

INSTANTIATE_TEST_SUITE_P(Seeds, Obedience, testing::Range<std::uint64_t>(1, 5));

}  // namespace
}  // namespace dnc
