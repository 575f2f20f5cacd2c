// Machines and links that work against the others: liars, copies, old boots, strange clocks, odd
// topologies (docs/scenarios.md).
#include "sim/scenario.hpp"
#include "sim/seed_run.hpp"

namespace dnc {
namespace {

constexpr Duration kFailover{5000};

class AdversaryScenarios : public testing::TestWithParam<std::uint64_t> {
 protected:
  bool another_leads(Scenario& world, Seat old) {
    return world.leader().value != 0 && world.leader() != old;
  }

  Scenario world_{3, GetParam()};
};

// Every lie there is, for a minute, by as many as may fail: writes go on, and nobody is misled.
TEST_P(AdversaryScenarios, LyingFollowersStopNobody) {
  for (const std::size_t nodes : {3u, 5u}) {
    Scenario world(nodes, GetParam());
    const Seat leader = world.start();
    Seat liar = leader;
    for (std::size_t liars = 0; liars < (nodes - 1) / 2; ++liars) {
      liar = world.other_than(liar);
      world->start_lying(liar, LiesAbout{LiesAbout::kEverything});
    }
    for (int write = 0; write < 60; ++write) {
      world.add(1, leader, Duration(10'000));
      world->run_for(Duration(1000));
    }
    world.settle();
    EXPECT_EQ(world.value_at(leader), 60u);
  }
}

TEST_P(AdversaryScenarios, ALyingLeaderIsReplacedOrServes) {
  const Seat liar = world_.start();
  world_->start_lying(liar, LiesAbout{LiesAbout::kEverything});
  for (int write = 0; write < 10; ++write)
    world_.add(1, world_.other_than(liar), Duration(60'000));
  world_.settle();
  EXPECT_EQ(world_.value_at(liar), 10u);
}

// Old ACCEPTs, votes and grants said again, across terms and boots of the one who says them.
TEST_P(AdversaryScenarios, OldMessagesSaidAgainChangeNothing) {
  const Seat liar = world_.start();
  for (int round = 0; round < 4; ++round) {
    world_->start_lying(liar, LiesAbout{LiesAbout::kReplays});
    world_.add(1, world_.other_than(liar), Duration(30'000));
    world_->node(liar).challenge();
    world_->node(world_.leader().value != 0 ? world_.leader() : liar).pause(Duration(2000), false);
    world_.add(1, world_.other_than(liar), Duration(30'000));
    world_->run_for(Duration(3000));
  }
  world_.settle();
  EXPECT_EQ(world_.value_at(liar), 8u);
}

// A newcomer asks whoever claims to have committed most; a liar claims so and sends nothing.
TEST_P(AdversaryScenarios, ANewcomerIsNotHeldUpByOneWhoOnlyPromises) {
  Scenario world(5, GetParam());
  const Seat leader = world.start();
  world.add(20, leader);
  const Seat newcomer = world.other_than(leader);
  const Seat liar = world.other_than(newcomer);
  world->crash(newcomer);
  world->lose_disk(newcomer);
  world->start_lying(liar, LiesAbout{LiesAbout::kEverything});
  world->power_on(newcomer);
  world.within(Duration(60'000), "it is a member again",
               [&] { return world.standing_of(newcomer) == Standing::kMember; });
  world.settle();
  EXPECT_EQ(world.value_at(newcomer), 20u);
}

TEST_P(AdversaryScenarios, OfTwoCopiesOfASeatOneSpeaks) {
  const Seat leader = world_.start();
  const Seat twin = world_.other_than(leader);
  world_.add(1, leader);
  // Both boot at the same instant, from the same disk.
  world_->crash(twin);
  world_->clone(twin);
  world_->power_on(twin);
  for (int write = 0; write < 20; ++write) {
    world_.add(1, leader, Duration(20'000));
    world_->run_for(Duration(500));
  }
  world_.settle();
  EXPECT_EQ(world_.value_at(twin), 21u);
}

TEST_P(AdversaryScenarios, AnOldBootThatWakesUpAfterItsSuccessorIsFenced) {
  const Seat leader = world_.start();
  const Seat frozen = world_.other_than(leader);
  for (int write = 0; write < 5; ++write)
    world_->workload().write(1, frozen);  // its ACCEPTs are on their way
  world_->node(frozen).pause(Duration(15'000), true);
  world_->clone(frozen);
  world_.within(Duration(14'000), "the second machine is admitted", [&] {
    SimNode& second = world_->copy(frozen);
    return second.running() && second.replica().status().standing == Standing::kMember;
  });
  world_.add(1, leader, Duration(20'000));
  world_.within(Duration(20'000), "the first one halts",
                [&] { return world_.ouster_of(frozen) == Ouster::kSuperseded; });
  world_.settle();
}

// A leader commits, tells its client and dies before it tells anybody else.
TEST_P(AdversaryScenarios, WhatAClientWasToldOutlivesALeaderThatToldNobodyElse) {
  const Seat leader = world_.start();
  const std::size_t write = world_->workload().write(41, leader);
  world_->run_until(
      [&] { return world_->workload().history().writes[write].acknowledged.has_value(); },
      Duration(5000));
  world_->crash(leader);
  world_.within(kFailover, "another leads", [&] { return another_leads(world_, leader); });
  world_.add(1, world_.leader());
  EXPECT_EQ(world_.value_at(world_.leader()), 42u);
  world_.settle();
}

TEST_P(AdversaryScenarios, ALeaderThatNobodyHearsIsReplacedAndSoIsOneThatHearsNobody) {
  for (const bool hears : {true, false}) {
    Scenario world(3, GetParam());
    const Seat leader = world.start();
    for (const Seat seat : world->seats()) {
      if (seat != leader && hears) world->network().block(leader, seat);
      if (seat != leader && !hears) world->network().block(seat, leader);
    }
    world.within(kFailover, "another leads", [&] { return another_leads(world, leader); });
    world.add(1, world.leader());
    world.settle();
  }
}

TEST_P(AdversaryScenarios, ALineOfSeatsWithAFlappingLinkChangesTermsSeldom) {
  world_.start();
  const std::uint64_t before = world_->auditor().log().count(BlockKind::kTermStart);
  for (int minute = 0; minute < 5; ++minute) {
    world_->network().block({1}, {3});
    world_->network().block({3}, {1});
    world_->run_for(Duration(30'000));
    world_->network().heal();
    world_->run_for(Duration(30'000));
  }
  // Seat 2 hears both: it can lead for good, and a seat that hears it has no reason to object.
  EXPECT_LE(world_->auditor().log().count(BlockKind::kTermStart) - before, 10u);
  world_.settle();
}

TEST_P(AdversaryScenarios, ADelayedLinkSlandersAndTermsStillCommit) {
  const Seat leader = world_.start();
  for (int round = 0; round < 10; ++round) {
    const Seat suspected = world_.leader().value != 0 ? world_.leader() : leader;
    world_->network().block(suspected, world_.other_than(suspected));
    world_->node(world_.other_than(suspected)).challenge();
    world_->node(world_.other_than(world_.other_than(suspected))).challenge();
    world_->run_for(Duration(2000));
    world_->network().heal();
    world_.add(1, {1}, Duration(10'000));
  }
  world_.settle();
  EXPECT_EQ(world_.value_at(leader), 10u);
}

TEST_P(AdversaryScenarios, ClocksThatJumpChangeNoAnswer) {
  const Seat leader = world_.start();
  for (const ClockJump jump :
       {ClockJump::kHourAhead, ClockJump::kHourBack, ClockJump::kStopped, ClockJump::kTimerAhead}) {
    for (const Seat seat : {leader, world_.other_than(leader)}) {
      world_->node(seat).jump_clock(jump);
      world_.add(1, seat, Duration(20'000));
    }
  }
  world_.settle();
  EXPECT_EQ(world_.value_at(leader), 8u);
}

TEST_P(AdversaryScenarios, AllSettlesWithinAMinuteOfTheLastFault) {
  const SeedResult result = run_seed({.seed = 7000 + GetParam()});
  EXPECT_TRUE(result.numbers.passed) << result.what;
  EXPECT_LE(result.numbers.settled_after, Duration(60'000));
}

INSTANTIATE_TEST_SUITE_P(Seeds, AdversaryScenarios, testing::Range<std::uint64_t>(1, 4));

// With links of 1 ms and a quick disk: from the votes that make a term to a leader that commits.
TEST(TermChange, TakesAtMost25MillisecondsFromTheCertificateToTheNewLeader) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    Scenario world(3, seed);
    const Seat old = world.start();
    LinkQuality quick;
    quick.delay_max = quick.delay_min = Duration(1);
    world->network().set_quality(quick);
    std::optional<Time> adopted;
    std::optional<Time> committed;
    world->auditor().set_listener([&](const Event& event) {
      if (event.name == "term_adopted" && !adopted) adopted = world->now();
      if (event.name == "term_committed" && adopted && !committed) committed = world->now();
    });
    world->crash(old);
    world.within(kFailover, "a term commits", [&] { return committed.has_value(); });
    ASSERT_TRUE(adopted && committed);
    EXPECT_LE(*committed - *adopted, Duration(25)) << "seed " << seed;
    world->auditor().set_listener({});
    world.settle();
  }
}

}  // namespace
}  // namespace dnc
