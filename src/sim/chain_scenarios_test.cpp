// A chain that is silent, partial, undone or lied about (docs/scenarios.md).
#include "sim/scenario.hpp"

namespace dnc {
namespace {

class ChainScenarios : public testing::TestWithParam<std::uint64_t> {
 protected:
  bool another_leads(Seat old) { return world_.leader().value != 0 && world_.leader() != old; }

  Scenario world_{3, GetParam()};
};

TEST_P(ChainScenarios, AReorgThatUndoesAnElectionUndoesNoTerm) {
  const Seat leader = world_.start();
  world_.add(1, leader);
  for (const Seat voter : world_->seats())
    world_->chain().submit(voter, VoteCall{voter});
  world_.within(Duration(20'000), "the operators' votes depose it",
                [&] { return another_leads(leader); });
  const Term term = world_.term_of(world_.leader());
  for (int reorg = 0; reorg < 5; ++reorg) {
    world_->chain().reorg(2);
    world_->run_for(Duration(3000));
  }
  EXPECT_GE(world_.term_of(world_.leader()), term);
  world_.within(Duration(20'000), "the contract shows the log's term", [&] {
    return world_->chain().newest().leader_term == world_.term_of(world_.leader());
  });
  world_.settle();
}

TEST_P(ChainScenarios, AReorgThatUndoesABootIsRepaired) {
  const Seat leader = world_.start();
  const Seat seat = world_.other_than(leader);
  world_->reboot(seat);
  world_.within(Duration(20'000), "it is admitted",
                [&] { return world_.standing_of(seat) == Standing::kMember; });
  const Identity admitted = world_->node(seat).identity();
  world_->chain().reorg(2);
  world_.within(Duration(20'000), "its join is on the chain again", [&] {
    return world_->chain().newest().find(seat)->identity == world_->node(seat).identity();
  });
  EXPECT_GE(world_->node(seat).identity().epoch, admitted.epoch);
  world_.add(1, leader);
  world_.settle();
}

// One seed: it simulates more time than all others together.
TEST(LongOutage, TwoHoursWithoutTheChainWithAFailoverInside) {
  Scenario world(5);
  const Seat leader = world.start();
  const Seat first = world.other_than(leader);
  world->chain().set_down(true);
  world->crash(first);
  world->run_for(Duration(60'000));
  world->power_on(first);  // it waits for the chain
  world->crash(leader);
  world.within(Duration(5000), "another leads",
               [&] { return world.leader().value != 0 && world.leader() != leader; });
  world->power_on(leader);
  for (int quarter = 0; quarter < 8; ++quarter) {
    world.add(1, world.leader());
    world->run_for(Duration(900'000));
  }
  world.add(1, world.leader());
  world->chain().set_down(false);
  world.settle();
  EXPECT_EQ(world.value_at(leader), 9u);
}

TEST_P(ChainScenarios, ASeatWhoseTransactionsNeverLandTakesPartInTheLog) {
  const Seat leader = world_.start();
  const Seat censored = world_.other_than(leader);
  world_->chain().censor(censored);
  world_->chain().censor(leader);
  world_.add(1, censored);
  world_->crash(leader);
  world_.within(Duration(5000), "another leads", [&] { return another_leads(leader); });
  world_.add(1, world_.leader());
  world_.within(Duration(30'000), "the term is reported by whoever can", [&] {
    return world_->chain().newest().leader_term == world_.term_of(world_.leader());
  });
  world_.settle();
}

TEST_P(ChainScenarios, ASeatThatOneEndpointLiesToIsBlindNotWrong) {
  const Seat leader = world_.start();
  const Seat misled = world_.other_than(leader);
  world_->chain().lie_to(misled);
  world_->chain().lie_to(leader);
  world_.always(Duration(60'000), "nobody halts and the leader stays", [&] {
    return world_.leader() == leader && world_.ouster_of(misled) == Ouster::kNone &&
           world_->node(misled).running();
  });
  world_.add(1, misled);
  world_.settle();
}

// Both halves of four reboot, cut off from each other: the contract takes one record at most.
TEST_P(ChainScenarios, OfTwoHalvesThatStartColdOneAtMostGoesOn) {
  Scenario world(4, GetParam());
  const Seat leader = world.start();
  world.add(1, leader);
  for (const Seat seat : world->seats())
    world->crash(seat);
  for (const std::uint64_t left : {1u, 2u}) {
    for (const std::uint64_t right : {3u, 4u}) {
      world->network().block({left}, {right});
      world->network().block({right}, {left});
    }
  }
  world->power_on_all();
  const Generation before = world->chain().newest().generation.start.generation;
  world->run_for(Duration(40'000));
  EXPECT_LE(world->chain().newest().generation.start.generation.value, before.value + 1);
  world.settle();
  EXPECT_EQ(world.value_at(leader), 1u);
}

// All disks are copied and started as a second cluster. Keys are in memory only, so its machines
// can but join as later boots of the same seats: they fence the first ones, or are fenced by them.
// Whoever writes, there is one log (the auditor watches), and one record for each generation.
TEST_P(ChainScenarios, ACopyOfTheWholeClusterMakesNoSecondLog) {
  const Seat leader = world_.start();
  world_.add(5, leader);
  for (const Seat seat : world_->seats())
    world_->clone(seat);
  for (int write = 0; write < 30; ++write) {
    world_->workload().write(1, {1 + static_cast<std::uint64_t>(write) % 3});
    world_->run_for(Duration(2000));
  }
  EXPECT_FALSE(world_->auditor().violation());
  EXPECT_GE(world_->auditor().log().value(), 5u);
}

INSTANTIATE_TEST_SUITE_P(Seeds, ChainScenarios, testing::Range<std::uint64_t>(1, 4));

}  // namespace
}  // namespace dnc
