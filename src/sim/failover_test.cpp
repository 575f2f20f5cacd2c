// Leaders that die, are cut off, or are suspected without reason.
#include "sim/scenario.hpp"

namespace dnc {
namespace {

constexpr Duration kFailover{3000};

TEST(Failover, ThreeNodesFoundAClusterAndServe) {
  Scenario world;
  const Seat leader = world.start();
  world.add(5, leader);
  world.add(7, world.follower());
  world.settle();
  EXPECT_EQ(world.value_at({1}), 12u);
  EXPECT_EQ(world->auditor().log().count(BlockKind::kRestart), 1u);
}

TEST(Failover, ALeaderThatNothingReachesIsReplacedAndThenFollows) {
  Scenario world;
  const Seat old_leader = world.start();
  world.add(1, old_leader);
  world->network().block_inbound(old_leader);
  world.within(kFailover, "another leads", [&] {
    const Seat leader = world.leader();
    return leader != Seat{} && leader != old_leader;
  });
  const Seat new_leader = world.leader();
  world.add(1, new_leader);
  world->network().heal();
  world.within(kFailover, "the old leader follows", [&] {
    const auto status = world->node(old_leader).replica().status();
    return !status.leading && status.leader == new_leader && world.value_at(old_leader) == 2;
  });
  world.settle();
  EXPECT_EQ(world->auditor().log().count(BlockKind::kRejoin), 0u);
}

TEST(Failover, ACrashedLeaderIsReplacedAndRejoinsWarm) {
  Scenario world;
  const Seat old_leader = world.start();
  world.add(1, old_leader);
  const Epoch old_epoch = world->node(old_leader).identity().epoch;
  world->crash(old_leader);
  world.within(kFailover, "another leads", [&] { return world.leader() != Seat{}; });
  world.add(1, world.leader());
  world->power_on(old_leader);
  world.within(Duration(15'000), "it is a member again",
               [&] { return world.standing_of(old_leader) == Standing::kMember; });
  EXPECT_GT(world->node(old_leader).identity().epoch, old_epoch);
  world.settle();
  EXPECT_EQ(world->auditor().log().count(BlockKind::kRejoin), 1u);
  EXPECT_EQ(world->auditor().log().count(BlockKind::kRestart), 1u);
}

// Its machine refuses connections: nobody waits for an echo that cannot come.
TEST(Failover, AKilledLeaderIsReplacedAtOnce) {
  for (const std::size_t nodes : {3u, 4u, 5u, 7u}) {
    Scenario world(nodes);
    const Seat old_leader = world.start();
    world.add(1, old_leader);
    world->run_for(Duration(1000));
    world->kill(old_leader);
    world.within(Duration(150), "another leads", [&] {
      const Seat leader = world.leader();
      return leader != Seat{} && leader != old_leader;
    });
    world.add(1, world.leader());
    world->power_on(old_leader);
    world.settle();
  }
}

TEST(Failover, ANoticeThatTheLeaderIsGoneIsTakenBackByItsHeartbeat) {
  Scenario world;
  const Seat leader = world.start();
  const Term term = world.term_of(leader);
  world->run_for(Duration(1000));
  for (int notices = 0; notices < 50; ++notices) {
    world->network().refuse(world->node(leader).identity(), world.follower());
    world->run_for(Duration(1000));
    ASSERT_EQ(world.leader(), leader);
    ASSERT_EQ(world.term_of(leader), term);
  }
  world.settle();
}

// A machine that stood still has heard nothing, and that says nothing about the others.
TEST(Failover, AFollowerThatStoodStillDoesNotVoteAgainstTheLeader) {
  for (const bool with_its_clock : {false, true}) {
    Scenario world;
    const Seat leader = world.start();
    const Term term = world.term_of(leader);
    const Seat follower = world.follower();
    world->run_for(Duration(1000));
    for (const int ms : {600, 1000, 3000, 20'000}) {
      world->node(follower).pause(Duration(ms), with_its_clock);
      world->run_for(Duration(ms + 3000));
      ASSERT_EQ(world->node(follower).replica().status().last_vote, Term{}) << ms;
      ASSERT_EQ(world.term_of(leader), term) << ms;
    }
    world.settle();
  }
}

TEST(Failover, ALeaderThatStoodStillForLessThanTheOthersWaitGoesOn) {
  Scenario world;
  const Seat leader = world.start();
  const Term term = world.term_of(leader);
  for (int pauses = 0; pauses < 20; ++pauses) {
    world->run_for(Duration(1000));
    world->node(leader).pause(Duration(130), false);
    world.within(Duration(1000), "it still leads, and serves",
                 [&] { return !world->node(leader).paused() && world.leader() == leader; });
    world.add(1, leader);
    ASSERT_EQ(world.term_of(leader), term);
  }
  world.settle();
}

// Nothing tells that its process is gone. The others wait for twice what an echo takes on their
// links.
TEST(Failover, AFrozenLeaderIsReplacedAsSoonAsItsEchoIsLate) {
  for (const std::size_t nodes : {3u, 4u, 5u, 7u}) {
    Scenario world(nodes);
    const Seat leader = world.start();
    world->run_for(Duration(2000));
    world->node(leader).pause(Duration(5000), false);
    world.within(Duration(300), "another leads", [&] {
      const Seat now = world.leader();
      return now != Seat{} && now != leader;
    });
    world.add(1, world.leader());
    world.settle();
  }
}

TEST(Failover, ALeaderFarAwayIsWaitedForLonger) {
  Scenario world;
  const Seat leader = world.start();
  world->network().set_quality({.delay_min = Duration(60), .delay_max = Duration(80)});
  world->run_for(Duration(5000));
  const Seat far = world.await_leader();
  const Term term = world.term_of(far);
  for (int pauses = 0; pauses < 20; ++pauses) {
    world->node(far).pause(Duration(200), false);
    world.always(Duration(1000), "it leads",
                 [&] { return world.term_of(far) == term && world.leader() == far; });
  }
  EXPECT_EQ(far, leader);
  world.settle();
}

// What a follower missed while it stood still is no excuse for a leader that is silent afterwards.
TEST(Failover, AFollowerThatStoodStillReplacesALeaderThatDiedMeanwhile) {
  Scenario world;
  const Seat leader = world.start();
  const Seat follower = world.follower();
  world->run_for(Duration(1000));
  world->node(follower).pause(Duration(2000), false);
  world->run_for(Duration(500));
  world->crash(leader);
  world->run_for(Duration(1500));
  ASSERT_EQ(world->node(follower).replica().status().last_vote, Term{});
  world.within(Duration(1500), "another leads", [&] { return world.leader() != Seat{}; });
  world.add(1, follower);
  world->power_on(leader);
  world.settle();
}

TEST(Failover, OneSeatThatSuspectsForeverNeverDeposes) {
  for (const std::size_t nodes : {3u, 4u, 5u}) {
    Scenario world(nodes);
    const Seat leader = world.start();
    const Term term = world.term_of(leader);
    world->network().block(leader, world.other_than(leader));
    world.always(Duration(120'000), "the leader stays",
                 [&] { return world.leader() == leader && world.term_of(leader) == term; });
    world.settle();
  }
}

TEST(Failover, TwoSuspiciousSeatsOfFiveNeverDepose) {
  Scenario world(5);
  const Seat leader = world.start();
  const Term term = world.term_of(leader);
  const Seat first = world.other_than(leader);
  world->network().block(leader, first);
  world->network().block(leader, world.other_than(first));
  for (int challenges = 0; challenges < 20; ++challenges) {
    world->node(first).challenge();
    world->node(world.other_than(first)).challenge();
    world->run_for(Duration(1000));
  }
  EXPECT_EQ(world.leader(), leader);
  EXPECT_EQ(world.term_of(leader), term);
  world.settle();
}

TEST(Failover, ALeaderCutOffFromPeersServesNoReads) {
  Scenario world;
  const Seat old_leader = world.start();
  world.add(1, old_leader);
  world->network().isolate(old_leader);
  bool answered = false;
  bool refused = false;
  world->node(old_leader).read(Counter::read(), true, [&](const ReadReply* reply) {
    answered = reply != nullptr && reply->error.empty();
    refused = reply != nullptr && !reply->error.empty();
  });
  world->run_for(Duration(8000));
  EXPECT_FALSE(answered);
  EXPECT_TRUE(refused);
  world.settle();
}

TEST(Failover, ALeaderCutOffFromTheChainOnlyStays) {
  Scenario world;
  const Seat leader = world.start();
  const Term term = world.term_of(leader);
  world->chain().cut_off(leader);
  world.always(Duration(60'000), "the leader stays",
               [&] { return world.leader() == leader && world.term_of(leader) == term; });
  world.settle();
}

TEST(Failover, ASlowDiskOfAFollowerDoesNotStopWrites) {
  Scenario world;
  const Seat leader = world.start();
  world->node(world.follower()).disk().set_slow(true);
  for (std::uint64_t write = 0; write < 20; ++write)
    world.add(1, leader, Duration(1000));
  world.settle();
}

TEST(Failover, AChainOutageStopsNeitherWritesNorFailover) {
  Scenario world;
  const Seat old_leader = world.start();
  world->chain().set_down(true);
  world->crash(old_leader);
  world.within(kFailover, "another leads", [&] { return world.leader() != Seat{}; });
  world.add(1, world.leader());
  world->power_on(old_leader);
  world.always(Duration(20'000), "it waits for the chain",
               [&] { return world.standing_of(old_leader) == Standing::kRecovering; });
  world->chain().set_down(false);
  world.within(Duration(15'000), "it joins after the outage",
               [&] { return world.standing_of(old_leader) == Standing::kMember; });
  world.settle();
}

TEST(Failover, AWriteRepeatedAtThreeLeadersExecutesOnce) {
  Scenario world;
  world.start();
  const std::size_t write = world.add(41, world.leader());
  for (std::uint64_t leaders = 1; leaders < 3; ++leaders) {
    const Seat old_leader = world.leader();
    world->crash(old_leader);
    world.within(kFailover, "another leads", [&] { return world.leader() != Seat{}; });
    world->workload().repeat(write, world.leader());
    world.within(Duration(5000), "the repeated write is answered", [&] {
      return world->workload().history().writes[write].successes == leaders + 1;
    });
    world->power_on(old_leader);
    world.within(Duration(20'000), "all serve", [&] { return world.all_serve(); });
  }
  world.settle();
  EXPECT_EQ(world.value_at({1}), 41u);
}

// Seat 2 came back while seat 5 heard nothing, and leads by the time seat 5 hears again: a boot
// that seat 5's log does not count shows it the block that counts it.
TEST(Failover, AMemberFollowsALeaderWhoseReturnItMissed) {
  Scenario world(5);
  const Seat first = world.start();
  const Seat second = world.other_than(first);
  const Seat away{(second.value + 1) % 5 + 1};
  world->network().isolate(away);
  world->reboot(second);
  world.within(Duration(20'000), "the next leader returns through the log",
               [&] { return world.standing_of(second) == Standing::kMember; });
  world->kill(first);
  world.within(kFailover, "it leads", [&] { return world.leader() == second; });
  world.add(1, second);
  world->network().rejoin(away);
  world.within(kFailover, "the one that was away follows",
               [&] { return world.value_at(away) == 1 && world->serves(away); });
  world->power_on(first);
  world.settle();
}

// Its log counts boots that are gone, and the term has lost its leader: nobody is left who would
// show it that term, and without its vote there is no next one.
TEST(Failover, AMemberThatMissedReturnsAndATermIsNotMissingInTheNext) {
  Scenario world(5);
  const Seat first = world.start();
  const Seat second = world.other_than(first);
  const Seat third = world.other_than(second);
  const Seat fourth = world.other_than(third);
  const Seat away = world.other_than(fourth);
  world->network().isolate(away);
  for (const Seat seat : {third, fourth}) {
    world->reboot(seat);
    world.within(Duration(20'000), "it returns through the log",
                 [&] { return world.standing_of(seat) == Standing::kMember; });
  }
  world->crash(first);
  world.within(kFailover, "the second leads", [&] { return world.leader() == second; });
  world.add(1, second);
  world->crash(second);
  world->network().rejoin(away);
  world.within(Duration(20'000), "three of five elect one of them", [&] {
    const Seat leader = world.leader();
    return leader != Seat{} && leader != second;
  });
  world.add(1, third);
  world->power_on(first);
  world->power_on(second);
  world.settle();
  EXPECT_EQ(world.value_at(away), 2u);
}

}  // namespace
}  // namespace dnc
