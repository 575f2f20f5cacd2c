// Planned changes of leader: an operator orders one, and what may go wrong meanwhile.
#include "sim/scenario.hpp"

namespace dnc {
namespace {

constexpr Duration kHandover{250};  // an unplanned change takes longer than this to be suspected
constexpr Duration kFailover{3000};

// As soon as the leader has heard that the seat can take over.
void order(Scenario& world, Seat leader, Seat to) {
  const auto would = [&] {
    return world->node(leader).replica().judge(world->order_of(leader, to)).ok();
  };
  world.within(Duration(1000), "the leader would hand over", would);
  world->node(leader).hand_in(world->order_of(leader, to));
}

TEST(Switchover, TheSeatThatIsNamedLeadsAtOnceAndNoWriteIsLost) {
  for (const std::size_t nodes : {3u, 4u, 5u, 7u}) {
    Scenario world(nodes);
    Seat leader = world.start();
    world.add(1, leader);
    std::uint64_t expected = 1;
    for (const Seat to : world->seats()) {
      if (to == leader) continue;
      for (const Seat at : world->seats())
        world->workload().write(1, at);  // not waited for: some are under way at every node
      expected += nodes;
      order(world, leader, to);
      world.within(kHandover, "seat " + std::to_string(to.value) + " of " + std::to_string(nodes),
                   [&] { return world.leader() == to; });
      leader = to;
    }
    world.settle();
    EXPECT_EQ(world.value_at(leader), expected) << "each write once";
    EXPECT_EQ(world->auditor().log().count(BlockKind::kRejoin), 0u);
  }
}

TEST(Switchover, ASuccessorThatDiesMeanwhileLeavesItToTheOthers) {
  Scenario world(5);
  const Seat leader = world.start();
  const Seat to = world.other_than(leader);
  order(world, leader, to);
  world->crash(to);
  world.within(kFailover, "somebody leads",
               [&] { return world.leader() != Seat{} && world.leader() != to; });
  world.add(1, world.leader());
  world.settle();
}

// The leader hears a quorum, and the quorum does not hear the leader: its last word is lost as
// well.
TEST(Switchover, ALastWordThatIsLostBringsAnOrdinaryTermChange) {
  Scenario world(5);
  const Seat leader = world.start();
  for (const Seat seat : world->seats())
    if (seat != leader) world->network().block(leader, seat);
  order(world, leader, world.other_than(leader));
  world.within(kFailover, "another leads",
               [&] { return world.leader() != Seat{} && world.leader() != leader; });
  world->network().heal();
  world.add(1, world.leader());
  world.settle();
}

TEST(Switchover, AnOrderOfAnEarlierTermMovesNobody) {
  Scenario world;
  const Seat first = world.start();
  const SwitchoverOrder old = world->order_of(first, world.other_than(first));
  order(world, first, world.other_than(first));
  const Seat second = world.other_than(first);
  world.within(kHandover, "the second leads", [&] { return world.leader() == second; });
  order(world, second, first);
  world.within(kHandover, "the first leads again", [&] { return world.leader() == first; });
  const Term term = world.term_of(first);
  world->node(first).hand_in(old);
  world.always(Duration(1000), "the first leads",
               [&] { return world.leader() == first && world.term_of(first) == term; });
}

}  // namespace
}  // namespace dnc
