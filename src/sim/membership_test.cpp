// The set of counted seats changes through the log: seats come, go, move and come back under load,
// with crashes and re-orgs in the middle of it.
#include <algorithm>

#include "sim/scenario.hpp"

namespace dnc {
namespace {

constexpr Duration kComesToCount{60'000};

class Membership : public testing::TestWithParam<std::uint64_t> {
 protected:
  std::set<Seat> counted() { return world_->counted(); }

  Seat mint_and_start() {
    const Seat seat = world_->add_seat();
    world_.within(Duration(5000), "the block with the mint",
                  [&] { return world_->chain().newest().find(seat) != nullptr; });
    world_->power_on(seat);
    return seat;
  }
  void expect_counts(Seat seat) {
    world_.within(kComesToCount, "seat " + std::to_string(seat.value) + " counts",
                  [&] { return counted().contains(seat) && world_->serves(seat); });
  }
  void expect_counts_no_more(Seat seat) {
    world_.within(kComesToCount, "seat " + std::to_string(seat.value) + " counts no more",
                  [&] { return !counted().contains(seat); });
  }
  Seat grow() {
    const Seat seat = mint_and_start();
    expect_counts(seat);
    return seat;
  }
  void act(Seat seat, SeatAct what) { world_->chain().submit(seat, SeatCall{seat, what}); }
  // A counted seat that does not lead.
  Seat follower() {
    for (const Seat seat : counted()) {
      if (seat != world_.leader() && world_->serves(seat)) return seat;
    }
    return {};
  }
  bool decided(Seat seat) {
    const auto& entries = world_->auditor().log().entries();
    return std::ranges::any_of(entries, [&](const LogEntry& entry) {
      return entry.block.body.change && entry.block.body.change->identity.seat == seat;
    });
  }
  // The end of the leader's log is about `seat`, committed or not.
  static bool changes(Scenario& world, Seat seat) {
    const Seat leader = world.leader();
    return leader.value != 0 && world->node(leader).replica().status().changing == seat;
  }
  std::uint64_t contract_counts() {
    const ChainView view = world_->chain().newest();
    return static_cast<std::uint64_t>(
        std::ranges::count_if(view.seats, [](const ChainSeat& seat) { return seat.counted; }));
  }

  Scenario world_{3, GetParam()};
};

TEST_P(Membership, GrowsFromThreeToSevenAndBackUnderLoad) {
  world_.start();
  world_->workload().start();
  for (std::size_t n = 4; n <= 7; ++n) {
    grow();
    EXPECT_EQ(counted().size(), n);
    world_.within(Duration(20'000), "the contract counts it in the same term",
                  [&] { return contract_counts() == n; });
  }
  for (std::size_t n = 6; n >= 3; --n) {
    const Seat leaves = follower();
    act(leaves, n % 2 == 0 ? SeatAct::kRevoke : SeatAct::kLeave);
    expect_counts_no_more(leaves);
    EXPECT_EQ(counted().size(), n);
    // A revoked seat cannot join again; of one that left, the node is switched off.
    world_->node(leaves).crash();
    world_.within(Duration(20'000), "the contract counts as many",
                  [&] { return contract_counts() == n; });
  }
  world_->workload().finish();
  world_.settle(Duration(120'000));
}

TEST_P(Membership, AReturningSeatCountsAgainInTheSameTerm) {
  const Seat leader = world_.start();
  const Seat seat = world_.other_than(leader);
  act(seat, SeatAct::kRevoke);
  expect_counts_no_more(seat);
  world_.add(3, leader);
  act(seat, SeatAct::kReinstate);
  const Term before = world_.term_of(leader);
  expect_counts(seat);
  EXPECT_EQ(world_.term_of(leader), before);
  world_.within(Duration(20'000), "the contract counts it", [&] { return contract_counts() == 3; });
  world_.settle();
}

// It was away while most of the seats that it knows left, and boots where it hears nobody: it
// reports for a cold start. By its own log too few live afterwards, but they have a leader, and it
// gives up.
TEST_P(Membership, ASeatThatWasAwayWhileTheClusterShrankComesBack) {
  world_.start();
  while (counted().size() < 7)
    grow();
  const Seat away = follower();
  world_->node(away).crash();
  for (std::size_t n = 6; n >= 4; --n) {
    const Seat leaves = follower();
    act(leaves, SeatAct::kRevoke);
    expect_counts_no_more(leaves);
    world_->node(leaves).crash();
    world_.within(Duration(20'000), "the contract counts as many",
                  [&] { return contract_counts() == n; });
  }
  world_->network().isolate(away);
  world_->reboot(away);
  world_.within(Duration(20'000), "it reports", [&] {
    const SimNode& node = world_->node(away);
    return node.running() && node.replica().status().reason.starts_with("cold start");
  });
  world_->network().heal();
  expect_counts(away);
}

// Scenario 13: a seat votes, leaves, is sold, and the new owner's boot votes in the same term.
TEST_P(Membership, ASeatThatMovesHasOneVote) {
  const Seat leader = world_.start();
  grow();
  const Seat seat = world_.other_than(leader);
  const Term before = world_.term_of(leader);
  world_->node(seat).challenge();
  world_->network().block(leader, seat);  // it hears nothing of the leader: it votes
  world_->run_for(Duration(1500));
  act(seat, SeatAct::kLeave);
  world_->network().heal();
  expect_counts_no_more(seat);
  expect_counts(seat);  // its node joins again with a key of its new owner's
  EXPECT_LE(world_.term_of(world_.leader()).value, before.value + 2);
  world_.add(1, world_.leader());
  world_.settle();
}

// Scenario 16: a follower leaves while its ACCEPTs are in flight.
TEST_P(Membership, ASeatThatLeavesMidTermTakesNothingAlong) {
  world_.start();
  grow();
  world_->workload().start();
  world_->run_for(Duration(1000));
  const Seat seat = follower();
  LinkQuality slow;
  slow.delay_max = Duration(400);
  world_->network().set_quality(slow);
  act(seat, SeatAct::kLeave);
  expect_counts_no_more(seat);
  world_->workload().finish();
  world_.settle(Duration(120'000));
}

// Scenario 17: the leader's seat is revoked with blocks in flight.
TEST_P(Membership, ALeaderWhoseSeatIsTakenIsReplacedAndRemoved) {
  world_.start();
  world_->workload().start();
  world_->run_for(Duration(1500));
  const Seat leader = world_.leader();
  act(leader, SeatAct::kRevoke);
  expect_counts_no_more(leader);
  EXPECT_NE(world_.leader(), leader);
  EXPECT_EQ(counted().size(), 2u);
  world_->workload().finish();
  world_.settle(Duration(120'000));
}

// Scenario 18: a seat comes to count while the others elect.
TEST_P(Membership, AMintDuringAnElectionDisturbsNobody) {
  const Seat leader = world_.start();
  const Seat seat = mint_and_start();
  world_.within(kComesToCount, "its admission is under way", [&] { return changes(world_, seat); });
  world_->node(leader).pause(Duration(4000), false);
  world_.within(Duration(30'000), "another seat leads",
                [&] { return world_.leader().value != 0 && world_.leader() != leader; });
  expect_counts(seat);
  world_.add(2, world_.leader());
  world_.settle();
}

// Scenario 19: the leader dies with a decision that is not committed, and so does the next one.
TEST_P(Membership, AnUndecidedChangeSurvivesTwoLeaders) {
  for (const bool reaches_others : {true, false}) {
    Scenario world(5, GetParam());
    const Seat first = world.start();
    const Seat seat = world->add_seat();
    world.within(Duration(5000), "the mint",
                 [&] { return world->chain().newest().find(seat) != nullptr; });
    world->power_on(seat);
    world.within(kComesToCount, "an admission is written", [&] { return changes(world, seat); });
    if (!reaches_others) world->network().isolate(first);
    world->crash(first);
    world.within(Duration(30'000), "another seat leads",
                 [&] { return world.leader().value != 0 && world.leader() != first; });
    const Seat second = world.leader();
    world->crash(second);
    world.within(Duration(60'000), "a third seat leads", [&] {
      return world.leader().value != 0 && world.leader() != first && world.leader() != second;
    });
    world.add(4, world.leader());
    world->network().heal();
    world.settle(Duration(120'000));
    EXPECT_EQ(world->counted().size(), 6u);
  }
}

// A newcomer takes itself for a member as soon as it holds the decision. If another change takes
// its place before it is in force, and the term changes as well, nobody counts it and it must learn
// so.
TEST_P(Membership, ANewcomerWhoseAdmissionWasReplacedLearnsOfIt) {
  Scenario world(5, GetParam());
  world.start();
  const Seat seat = world->add_seat();
  world->run_for(Duration(2000));
  world->power_on(seat);
  world.within(kComesToCount, "it holds the decision",
               [&] { return world.standing_of(seat) == Standing::kMember; });
  world->network().isolate(seat);
  ASSERT_FALSE(world->counted().contains(seat));
  const Seat leader = world.leader();
  const Seat revoked = world.other_than(leader);
  world->chain().submit(revoked, SeatCall{revoked, SeatAct::kRevoke});
  world.within(kComesToCount, "another change takes its place",
               [&] { return !world->counted().contains(revoked); });
  world->crash(leader);
  world.within(Duration(30'000), "another seat leads",
               [&] { return world.leader().value != 0 && world.leader() != leader; });
  world->power_on(leader);
  EXPECT_FALSE(world->counted().contains(seat));
  world->network().rejoin(seat);
  world.within(kComesToCount, "it counts",
               [&] { return world->counted().contains(seat) && world->serves(seat); });
  world.settle();
}

// Scenario 20: the successor differs by configuration.
TEST_P(Membership, TwoConfigurationsMakeOneLeader) {
  world_.start();
  grow();
  const Seat fifth = mint_and_start();
  world_.within(kComesToCount, "it is decided", [&] { return decided(fifth); });
  // Half of the seats hear no more of it; the leader falls.
  const Seat leader = world_.leader();
  world_->network().isolate(leader);
  world_.within(Duration(60'000), "another seat leads",
                [&] { return world_.leader().value != 0 && world_.leader() != leader; });
  world_.add(1, world_.leader());
  world_->network().heal();
  expect_counts(fifth);
  world_.settle();
}

// Scenario 22: a re-org undoes the join of a boot that counts.
TEST_P(Membership, AJoinThatAReorgUndoesIsPostedAgain) {
  const Seat leader = world_.start();
  const Seat seat = grow();
  const Seat rebooted = world_.other_than(leader);
  world_->crash(rebooted);
  world_->run_for(Duration(300));
  world_->power_on(rebooted);
  world_.within(Duration(30'000), "it is back", [&] { return world_->serves(rebooted); });
  world_->chain().reorg(2);
  world_->run_for(Duration(8000));
  world_->workload().start();
  world_->run_for(Duration(3000));
  world_->workload().finish();
  world_.settle(Duration(90'000));
  EXPECT_TRUE(counted().contains(seat));
}

// The operator hazard: more seats taken at once than the others can do without.
TEST_P(Membership, TooFewVoicesHaltSafelyAndSayWhy) {
  const Seat leader = world_.start();
  std::vector<Seat> taken;
  for (const Seat seat : world_->seats()) {
    if (seat != leader) taken.push_back(seat);
  }
  for (const Seat seat : taken)
    act(seat, SeatAct::kRevoke);
  world_.within(Duration(20'000), "it says why", [&] {
    return world_->node(leader).running() &&
           world_->node(leader).replica().status().reason.find("took away the voice of 2 of 3") !=
               std::string::npos;
  });
  EXPECT_EQ(counted().size(), 3u);
  for (const Seat seat : taken)
    act(seat, SeatAct::kReinstate);
}

INSTANTIATE_TEST_SUITE_P(Seeds, Membership, testing::Range<std::uint64_t>(1, 4));

}  // namespace
}  // namespace dnc
