// Disks that forget, lie or fail, told one at a time (docs/scenarios.md).
#include "sim/scenario.hpp"

namespace dnc {
namespace {

constexpr Duration kColdStart{40'000};

class StorageScenarios : public testing::TestWithParam<std::uint64_t> {
 protected:
  // A cluster that has written 20; returns its leader.
  Seat start() {
    const Seat leader = world_.start();
    for (std::uint64_t write = 0; write < 20; ++write)
      world_.add(1, leader);
    return leader;
  }

  void expect_nothing_lost(std::uint64_t value) {
    world_.settle();
    for (const Seat seat : world_->seats())
      EXPECT_EQ(world_.value_at(seat), value) << "seat " << seat.value;
  }

  Scenario world_{3, GetParam()};
};

TEST_P(StorageScenarios, ARolledBackFollowerIsFilledAgain) {
  const Seat leader = world_.start();
  world_.add(1, leader);
  const Seat follower = world_.follower();
  world_->node(follower).disk().snapshot();
  for (std::uint64_t write = 0; write < 30; ++write)
    world_.add(1, leader);
  world_->crash(follower);
  world_->roll_back_disk(follower);
  world_->power_on(follower);
  expect_nothing_lost(31);
}

TEST_P(StorageScenarios, ALeaderSetBackInTheMiddleOfWritesLosesNothing) {
  const Seat leader = start();
  world_->node(leader).disk().snapshot();
  for (std::uint64_t write = 0; write < 30; ++write)
    world_->workload().write(1, leader);
  world_->run_for(Duration(3));
  world_->crash(leader);
  world_->roll_back_disk(leader);
  world_->run_for(Duration(200));
  world_->power_on(leader);
  expect_nothing_lost(50);
}

TEST_P(StorageScenarios, ASlowDiskOfTheLeaderDelaysAndLosesNothing) {
  const Seat leader = start();
  world_->node(leader).disk().set_slow(true);
  world_.add(1, leader);
  world_.add(1, world_.other_than(leader));
  expect_nothing_lost(22);
}

TEST_P(StorageScenarios, ANodeWhoseSyncFailsStopsAndComesBackWithANewKey) {
  const Seat leader = start();
  for (const Seat seat : {leader, world_.other_than(leader)}) {
    const Epoch epoch = world_->node(seat).identity().epoch;
    world_->node(seat).disk().fail_next_sync();
    world_->workload().write(1, seat);
    world_.within(Duration(3000), "it stops", [&] { return !world_->node(seat).running(); });
    world_.within(Duration(30'000), "all serve", [&] { return world_.all_serve(); });
    EXPECT_GT(world_->node(seat).identity().epoch, epoch);
  }
  expect_nothing_lost(22);
}

TEST_P(StorageScenarios, AWriteTornByAPowerCutLosesNothing) {
  const Seat leader = start();
  for (const Seat seat : {leader, world_.other_than(leader)}) {
    world_->node(seat).disk().tear_next([&, seat] { world_->crash(seat); });
    world_->workload().write(1, leader);
    world_.within(Duration(3000), "the power fails", [&] { return !world_->node(seat).powered(); });
    world_->power_on(seat);
    world_.within(Duration(30'000), "all serve", [&] { return world_.all_serve(); });
  }
  expect_nothing_lost(22);
}

TEST_P(StorageScenarios, FlippedBitsAreNoticedAndFilledAgain) {
  const Seat leader = start();
  const Seat follower = world_.other_than(leader);
  for (const bool last : {true, false}) {
    world_->crash(follower);
    world_->flip_bits(follower, last);
    world_->power_on(follower);
    world_.within(Duration(20'000), "it serves again", [&] { return world_.all_serve(); });
  }
  for (const Seat seat : world_->seats())
    world_->crash(seat);
  world_->flip_bits(leader, true);
  world_->power_on_all();
  expect_nothing_lost(20);
}

TEST_P(StorageScenarios, WritesThatADiskLostOrMisdirectedAreFilledAgain) {
  const Seat leader = start();
  const Seat follower = world_.other_than(leader);
  std::uint64_t value = 20;
  for (const WriteFault fault : {WriteFault::kLost, WriteFault::kMisdirected, WriteFault::kStale}) {
    world_->miswrite(follower, fault);
    for (int write = 0; write < 5; ++write, ++value)
      world_.add(1, leader);
    world_->reboot(follower);
    world_->end_miswrite(follower);
    world_.within(Duration(20'000), "it serves again", [&] { return world_.all_serve(); });
  }
  expect_nothing_lost(value);
}

TEST_P(StorageScenarios, AFullDiskStopsItsNodeUntilThereIsSpace) {
  const Seat leader = start();
  const Seat follower = world_.other_than(leader);
  world_->node(follower).disk().set_full(true);
  world_.add(1, leader);
  world_.within(Duration(5000), "it stops", [&] { return !world_->node(follower).running(); });
  // Now a term must change with the full disk out of the way: the grants are the others'.
  Scenario five(5, GetParam());
  const Seat first = five.start();
  const Seat full = five.other_than(first);
  five->node(full).disk().set_full(true);
  five->crash(first);
  five.within(Duration(5000), "another leads",
              [&] { return five.leader().value != 0 && five.leader() != first; });
  five.add(1, five.leader());
  five.settle();
  expect_nothing_lost(21);
}

TEST_P(StorageScenarios, APowerCutOfAllWithOneStaleDiskLosesNothing) {
  SimulationOptions options;
  options.seed = GetParam();
  options.auto_consent = false;  // all seats must report
  Scenario world(options);
  const Seat leader = world.start();
  world->node(leader).disk().snapshot();
  for (std::uint64_t write = 0; write < 20; ++write)
    world.add(1, leader);
  for (const Seat seat : world->seats())
    world->crash(seat);
  world->roll_back_disk(leader);
  world->power_on_all();
  world.within(kColdStart, "the cluster starts cold", [&] { return world.all_serve(); });
  world.settle();
  EXPECT_EQ(world.value_at(leader), 20u);
}

TEST_P(StorageScenarios, AColdStartWithoutOneDiskWaitsForIt) {
  SimulationOptions options;
  options.seed = GetParam();
  options.auto_consent = false;
  Scenario world(options);
  const Seat leader = world.start();
  world.add(20, leader);
  for (const Seat seat : world->seats())
    world->crash(seat);
  const Seat missing = world.other_than(leader);
  for (const Seat seat : world->seats()) {
    if (seat != missing) world->power_on(seat);
  }
  world.always(Duration(30'000), "nobody serves", [&] { return world.leader() == Seat{}; });
  world->power_on(missing);
  world.within(kColdStart, "the cluster starts cold", [&] { return world.all_serve(); });
  world.settle();
  EXPECT_EQ(world.value_at(missing), 20u);
}

INSTANTIATE_TEST_SUITE_P(Seeds, StorageScenarios, testing::Range<std::uint64_t>(1, 4));

}  // namespace
}  // namespace dnc
