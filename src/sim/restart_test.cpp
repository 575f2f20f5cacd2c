// Power cuts, lost disks, newcomers: who comes back, and with what.
#include "sim/scenario.hpp"
#include "sim/seed_run.hpp"

namespace dnc {
namespace {

constexpr Duration kColdStart{40'000};

TEST(Restart, APowerCutLosesNothing) {
  for (const std::size_t nodes : {3u, 4u, 5u}) {
    Scenario world(nodes);
    const Seat leader = world.start();
    for (std::uint64_t write = 0; write < 20; ++write)
      world.add(1, leader);
    for (const Seat seat : world->seats())
      world->crash(seat);
    world->run_for(Duration(500));
    world->power_on_all();
    world.within(kColdStart, "the cluster starts cold", [&] { return world.all_serve(); });
    world.add(1, {1});
    world.settle();
    EXPECT_EQ(world->auditor().log().count(BlockKind::kRestart), 2u);
    EXPECT_EQ(world.value_at({1}), 21u);
  }
}

TEST(Restart, TwoOfThreeKilledComeBack) {
  Scenario world;
  const Seat leader = world.start();
  world.add(3, leader);
  const Seat first = world.other_than(leader);
  world->crash(leader);
  world->crash(first);
  world->run_for(Duration(300));
  world->power_on_all();
  world.within(kColdStart, "all serve", [&] { return world.all_serve(); });
  world.settle();
  EXPECT_EQ(world.value_at(leader), 3u);
}

// The join of a killed boot lands after the next boot has taken the same epoch.
TEST(Restart, AJoinThatLandsLateCostsOneMoreBoot) {
  Scenario world;
  world.start();
  const Seat seat = world.follower();
  world->reboot(seat);
  world->run_for(Duration(400));  // the join is on its way
  world->reboot(seat);
  world.within(Duration(20'000), "it serves", [&] { return world.all_serve(); });
  EXPECT_EQ(world->node(seat).identity().epoch.value, 3u);
  world.settle();
}

TEST(Restart, AStoppedFollowerCatchesUp) {
  Scenario world;
  const Seat leader = world.start();
  const Seat follower = world.follower();
  world->crash(follower);
  for (std::uint64_t write = 0; write < 50; ++write)
    world.add(1, leader);
  world->power_on(follower);
  world.settle();
  EXPECT_EQ(world.value_at(follower), 50u);
}

TEST(Restart, ALostDiskIsFilledAgainWhileOthersServe) {
  Scenario world;
  const Seat leader = world.start();
  for (std::uint64_t write = 0; write < 20; ++write)
    world.add(1, leader);
  const Seat follower = world.follower();
  world->crash(follower);
  world->lose_disk(follower);
  world->power_on(follower);
  world.settle();
  EXPECT_EQ(world.value_at(follower), 20u);
  EXPECT_EQ(world->auditor().log().count(BlockKind::kRejoin), 1u);
  world.within(Duration(100), "the loss is made up for", [&] { return world->lossy().empty(); });
}

TEST(Restart, APowerCutWithOneLostDiskLosesNothing) {
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    Scenario world(3, seed);
    const Seat leader = world.start();
    for (std::uint64_t write = 0; write < 20; ++write)
      world.add(1, leader);
    for (const Seat seat : world->seats())
      world->crash(seat);
    world->lose_disk(leader);
    world->power_on_all();
    world.within(kColdStart, "the cluster starts cold", [&] { return world.all_serve(); });
    world.settle();
    EXPECT_EQ(world.value_at({1}), 20u);
  }
}

TEST(Restart, ADiskFilledAgainIsEvidenceInTheNextPowerCut) {
  Scenario world;
  const Seat leader = world.start();
  world.add(20, leader);
  const Seat first = world.follower();
  world->crash(first);
  world->lose_disk(first);
  world->power_on(first);
  world.within(Duration(20'000), "its seat is admitted again", [&] { return world.all_serve(); });
  world->run_for(Duration(500));
  for (const Seat seat : world->seats())
    world->crash(seat);
  world->lose_disk(leader);
  world->power_on_all();
  world.settle();
  EXPECT_EQ(world.value_at(leader), 20u);
}

TEST(Restart, ADamagedDiskIsNoEvidence) {
  Scenario world;
  const Seat leader = world.start();
  for (std::uint64_t write = 0; write < 20; ++write)
    world.add(1, leader);
  const Seat follower = world.follower();
  world->crash(follower);
  world->damage_disk(follower);
  world->power_on(follower);
  world.settle();
  EXPECT_EQ(world.value_at(follower), 20u);
}

TEST(Restart, TwoPowerCutsInARow) {
  Scenario world;
  world.start();
  for (std::uint64_t cut = 1; cut <= 2; ++cut) {
    world.add(1, {1});
    for (const Seat seat : world->seats())
      world->crash(seat);
    world->power_on_all();
    world.within(kColdStart, "the cluster starts cold", [&] { return world.all_serve(); });
  }
  world.settle();
  EXPECT_EQ(world->auditor().log().count(BlockKind::kRestart), 3u);
}

TEST(Restart, AFourthSeatObserves) {
  Scenario world;
  const Seat leader = world.start();
  world.add(9, leader);
  const Seat newcomer = world->add_seat();
  world->run_for(Duration(3000));
  world->power_on(newcomer);
  world.within(Duration(15'000), "it follows without a vote", [&] {
    return world.standing_of(newcomer) == Standing::kObserver && world.value_at(newcomer) == 9;
  });
  world.add(1, leader);
  world.within(Duration(3000), "it keeps following",
               [&] { return world.value_at(newcomer) == 10; });
  EXPECT_EQ(world->node(leader).replica().status().counted.size(), 3u);
  world.settle();
}

TEST(Restart, GenesisWaitsForAllFoundingSeats) {
  Scenario world;
  world->power_on({1});
  world->power_on({2});
  world.always(Duration(20'000), "nobody serves", [&] { return world.leader() == Seat{}; });
  world->power_on({3});
  world.within(Duration(30'000), "all serve", [&] { return world.all_serve(); });
  world.settle();
}

TEST(Restart, TheSameSeedGivesTheSameTrace) {
  for (const std::uint64_t seed : {1u, 2u, 3u, 50u}) {
    const SeedResult first = run_seed({.seed = seed});
    const SeedResult again = run_seed({.seed = seed});
    EXPECT_TRUE(first.numbers.passed) << "seed " << seed << ": " << first.what;
    EXPECT_EQ(first.numbers.trace_hash, again.numbers.trace_hash);
    EXPECT_EQ(first.numbers.commits, again.numbers.commits);
  }
}

// A REJOIN that too few can accept would bar the log's way for ever: those who have not seen that
// boot on the chain never will once the chain shows a later one.
TEST(Restart, ABootThatTooFewLivingMembersSawIsNotProposed) {
  Scenario world(5);
  const Seat leader = world.start();
  const Seat newcomer = world.other_than(leader);
  const Seat blind = world.other_than(newcomer);
  const Seat mortal = world.other_than(blind);
  world->chain().cut_off(blind);
  world->reboot(newcomer);
  world->network().block(newcomer, leader);  // it joins on the chain, and cannot ask yet
  world->run_for(Duration(1500));
  world->crash(mortal);  // it has seen the join, and can accept nothing any more
  world->run_for(Duration(1500));
  world->network().unblock(newcomer, leader);
  world->run_for(Duration(5000));
  world->reboot(newcomer);  // with another key
  world->run_for(Duration(20'000));
  world->power_on(mortal);
  world.settle();
}

// Its former boot had promised a term that never came to be. The new key has promised nothing.
TEST(Restart, ABootIsNotBoundByWhatAnEarlierOnePromised) {
  Scenario world;
  const Seat leader = world.start();
  const Seat promising = world.other_than(leader);
  const Seat voting = world.other_than(promising);
  const Term term = world.term_of(leader);
  world->network().block(leader, promising);
  world->network().block(leader, voting);
  world->network().block(promising, leader);
  world->network().block(promising, voting);
  world.within(Duration(5000), "it promises the next term on its own vote and another's",
               [&] { return world.term_of(promising) > term; });
  world->run_for(Duration(50));  // its promise is on disk
  world->crash(promising);
  world->network().heal();
  world->power_on(promising);
  world.within(Duration(20'000), "it is a member again",
               [&] { return world.standing_of(promising) == Standing::kMember; });
  world.settle();
}

// A commit is proven by the ACCEPTs of those who counted then; that one of them is gone since, with
// the block in which another returned, must not leave a member behind without a proof.
TEST(Restart, AnAcceptOfABootThatIsGoneStillProvesACommit) {
  Scenario world(5);
  const Seat leader = world.start();
  const Seat returning = world.other_than(leader);
  const Seat mortal = world.other_than(returning);
  const Seat behind = world.other_than(mortal);
  world->chain().cut_off(behind);
  for (const Seat seat : {mortal, returning}) {
    world->reboot(seat);
    world.within(Duration(20'000), "the log admits its new boot",
                 [&] { return world.standing_of(seat) == Standing::kMember; });
  }
  world->crash(returning);
  world.add(1, leader);  // three of five hold it, the mortal among them
  world->reboot(mortal);
  world->power_on(returning);  // the chain no longer shows the boot that the log admitted
  world->run_for(Duration(5000));
  world.settle();
}

}  // namespace
}  // namespace dnc
