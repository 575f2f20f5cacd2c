// Seats that bypass their notary: one boot leads two lives, and each signs what the other's notary
// would refuse. The protocol cannot withstand that; it must be noticed, proven and named, and
// writes must be refused until the seat has left (docs/scenarios.md).
#include "sim/scenario.hpp"

namespace dnc {
namespace {

constexpr Duration kNoticed{10'000};
constexpr Seat kLeader{1};  // the lowest founder

class BypassScenarios : public testing::TestWithParam<std::uint64_t> {
 protected:
  static std::optional<Seat> named_by(Scenario& world, Seat seat) {
    if (!world->node(seat).running()) return std::nullopt;
    const auto bypassed = world->node(seat).replica().status().bypassed;
    return bypassed ? std::optional(bypassed->seat) : std::nullopt;
  }

  // All the others come to hold a proof against `culprit`, and it convinces anybody.
  static void expect_named(Scenario& world, Seat culprit) {
    for (const Seat seat : world->seats()) {
      if (seat == culprit) continue;
      world.within(kNoticed, "seat " + std::to_string(seat.value) + " names the culprit",
                   [&] { return named_by(world, seat) == culprit; });
      const auto accusations = world->node(seat).replica().accusations();
      ASSERT_EQ(accusations.size(), 1u);
      EXPECT_TRUE(accusations[0].stands);
      EXPECT_TRUE(world->proves(accusations[0].proof));
    }
  }

  static std::string answer_to_a_write(Scenario& world, Seat at) {
    const auto answer = std::make_shared<std::optional<std::string>>();
    world->node(at).write(
        {{'k', static_cast<std::uint8_t>(at.value)}, Counter::increment(1)},
        [answer](const WriteReply* reply) { *answer = reply == nullptr ? "gone" : reply->error; });
    world.within(kNoticed, "a write is answered", [&] { return answer->has_value(); });
    return answer->value_or("nothing");
  }

  static void expect_refused(Scenario& world, Seat culprit) {
    for (const Seat seat : world->seats()) {
      if (seat == culprit) continue;
      EXPECT_EQ(answer_to_a_write(world, seat), "notary_bypassed");
    }
  }

  // Seat 1 shows itself to the lower half of the others in one life, to the upper half in another.
  static std::set<Seat> upper_half(std::size_t nodes) {
    std::set<Seat> upper;
    for (std::uint64_t seat = nodes / 2 + 2; seat <= nodes; ++seat)
      upper.insert({seat});
    return upper;
  }

  static void cut(Scenario& world, const std::set<Seat>& upper) {
    for (const Seat seat : world->seats()) {
      for (const Seat other : upper) {
        if (seat == kLeader || upper.contains(seat)) continue;
        world->network().block(seat, other);
        world->network().block(other, seat);
      }
    }
  }
};

// Scenario 1: two blocks for one place, each before a majority, and each committed.
TEST_P(BypassScenarios, ALeaderThatForksTheLogIsNamedOnceTheHalvesMeet) {
  for (const std::size_t nodes : {3u, 5u}) {
    Scenario world(nodes, GetParam());
    world->live_twice(kLeader);
    ASSERT_EQ(world.start(), kLeader);
    const std::set<Seat> upper = upper_half(nodes);
    cut(world, upper);
    world->part(kLeader, upper);
    world.add(1, {2});
    world.add(2, *upper.begin());
    EXPECT_TRUE(world->auditor().forked());
    world->network().heal();
    expect_named(world, kLeader);
    expect_refused(world, kLeader);
    world->run_for(Duration(5000));
    expect_refused(world, kLeader);
  }
}

// The proof is on disk: a node that boots knows it before it is anything.
TEST_P(BypassScenarios, AProofSurvivesThePowerCutOfAll) {
  Scenario world(3, GetParam());
  world->live_twice(kLeader);
  ASSERT_EQ(world.start(), kLeader);
  world->part(kLeader, {{3}});
  world->workload().write(1, {2});
  world->workload().write(1, {3});
  expect_named(world, kLeader);
  world->run_for(Duration(1000));
  for (const Seat seat : world->seats())
    world->crash(seat);
  for (const Seat seat : {Seat{2}, Seat{3}}) {
    world->power_on(seat);
    world.within(kNoticed, "it boots", [&] { return world->node(seat).running(); });
    ASSERT_EQ(world->node(seat).replica().accusations().size(), 1u);
    EXPECT_EQ(named_by(world, seat), kLeader);
  }
}

// Scenario 1 before it comes to a fork: one victim, no second majority. Writes stop, the seat loses
// the lead, a new boot of it changes nothing; once it is revoked the others go on.
TEST_P(BypassScenarios, WritesResumeWhenTheSeatHasLeft) {
  Scenario world(5, GetParam());
  world->live_twice(kLeader);
  ASSERT_EQ(world.start(), kLeader);
  world.add(1, {2});
  world->part(kLeader, {{5}});
  world->workload().write(1, {5});
  world->workload().write(1, {2});
  expect_named(world, kLeader);
  EXPECT_FALSE(world->auditor().forked());
  world.within(kNoticed, "another leads",
               [&] { return world.leader().value != 0 && world.leader() != kLeader; });
  expect_refused(world, kLeader);
  world->reboot(kLeader);
  world->run_for(Duration(10'000));
  expect_refused(world, kLeader);
  world->chain().submit({2}, SeatCall{kLeader, SeatAct::kRevoke});
  world.within(Duration(60'000), "the seat counts no more",
               [&] { return !world->counted().contains(kLeader); });
  for (const Seat seat : {Seat{2}, Seat{3}, Seat{4}, Seat{5}}) {
    world.within(kNoticed, "writes are taken again", [&] { return !named_by(world, seat); });
    world.add(1, seat, Duration(30'000));
  }
  world.settle();
}

// A follower that accepts before one half and grants, before the other, as if it had not.
TEST_P(BypassScenarios, AFollowerThatHidesWhatItAcceptedIsNamed) {
  constexpr Seat kCulprit{3};
  Scenario world(3, GetParam());
  world->live_twice(kCulprit);
  ASSERT_EQ(world.start(), kLeader);
  world.add(1, kLeader);
  world->network().block(kLeader, {2});
  world->network().block({2}, kLeader);
  world->part(kCulprit, {{2}});
  world.add(1, kLeader);
  world.within(kNoticed, "a term without the leader",
               [&] { return world.term_of({2}) > world.term_of(kLeader); });
  world.add(1, {2}, Duration(20'000));
  EXPECT_TRUE(world->auditor().forked());
  world->network().heal();
  expect_named(world, kCulprit);
  expect_refused(world, kCulprit);
}

INSTANTIATE_TEST_SUITE_P(Seeds, BypassScenarios, testing::Range<std::uint64_t>(1, 4));

}  // namespace
}  // namespace dnc
