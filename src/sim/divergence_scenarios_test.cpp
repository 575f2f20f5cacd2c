// A seat whose services compute something else, beside an honest notary (docs/scenarios.md): it is
// named, it stops, and the others go on.
#include "sim/scenario.hpp"

namespace dnc {
namespace {

constexpr Duration kNoticed{10'000};
constexpr std::uint64_t kEvery = 20;  // blocks from checkpoint to checkpoint

SimulationOptions options(std::size_t nodes, std::uint64_t seed) {
  SimulationOptions options;
  options.nodes = nodes;
  options.seed = seed;
  options.checkpoints.blocks = kEvery;
  return options;
}

class DivergenceScenarios : public testing::TestWithParam<std::uint64_t> {
 protected:
  // Clients write at seats other than `broken` until it has noticed that it is the one who errs.
  static void expect_stops(Scenario& world, Seat broken) {
    for (std::uint64_t write = 0; write < 3 * kEvery; ++write) {
      if (world.ouster_of(broken) == Ouster::kDiverged) break;
      world.add(1, world.other_than(broken), Duration(30'000));
    }
    world.within(kNoticed, "it stops",
                 [&] { return world.ouster_of(broken) == Ouster::kDiverged; });
  }

  // Started again as broken as it was it does not count; repaired it agrees with all others.
  static void expect_returns_once_repaired(Scenario& world, Seat broken) {
    world.always(Duration(20'000), "it is no member",
                 [&] { return world.standing_of(broken) != Standing::kMember; });
    world.add(1, world.other_than(broken));
    world->repair(broken);
    world.settle();
    EXPECT_EQ(world.value_at(broken), world.value_at(world.other_than(broken)));
  }
};

TEST_P(DivergenceScenarios, AFollowerThatMiscountsStopsAndTheLeaderStays) {
  for (const std::size_t nodes : {3u, 5u}) {
    Scenario world(options(nodes, GetParam()));
    const Seat leader = world.start();
    world.add(1, leader);
    const Seat broken = world.other_than(leader);
    world->miscount(broken, Miscount::kResults);
    world.add(1, leader);
    world.within(kNoticed, "it stops",
                 [&] { return world.ouster_of(broken) == Ouster::kDiverged; });
    world.add(1, leader);
    EXPECT_EQ(world.leader(), leader);
    expect_returns_once_repaired(world, broken);
  }
}

// Its own log is the longest, and must not be what the next term continues.
TEST_P(DivergenceScenarios, ALeaderThatMiscountsIsReplacedAndStops) {
  for (const std::size_t nodes : {3u, 5u}) {
    Scenario world(options(nodes, GetParam()));
    const Seat broken = world.start();
    world.add(1, broken);
    world->miscount(broken, Miscount::kResults);
    world.add(1, world.other_than(broken), Duration(5000));
    EXPECT_NE(world.leader(), broken);
    expect_stops(world, broken);
    expect_returns_once_repaired(world, broken);
  }
}

// What it answers is right, so nothing shows until the state is compared.
TEST_P(DivergenceScenarios, AWrongStateShowsAtTheNextCheckpoint) {
  for (const bool leads : {false, true}) {
    Scenario world(options(3, GetParam()));
    const Seat leader = world.start();
    const Seat broken = leads ? leader : world.other_than(leader);
    world->miscount(broken, Miscount::kState);
    expect_stops(world, broken);
    expect_returns_once_repaired(world, broken);
  }
}

// Two of five that err alike: the other three are a quorum.
TEST_P(DivergenceScenarios, TwoSeatsThatErrAlikeConvinceNobody) {
  Scenario world(options(5, GetParam()));
  const Seat first = world.start();
  const Seat second = world.other_than(first);
  const Seat sound = world.other_than(second);
  world->miscount(first, Miscount::kResults);
  world->miscount(second, Miscount::kResults);
  world.add(1, sound, Duration(30'000));
  for (const Seat broken : {first, second}) {
    world.within(Duration(30'000), "it stops",
                 [&] { return world.ouster_of(broken) == Ouster::kDiverged; });
  }
  world.add(1, sound);
  world->repair(first);
  world->repair(second);
  world.settle();
}

INSTANTIATE_TEST_SUITE_P(Seeds, DivergenceScenarios, testing::Range<std::uint64_t>(1, 6));

}  // namespace
}  // namespace dnc
