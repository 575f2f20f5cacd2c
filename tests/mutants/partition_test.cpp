// Cuts that leave no majority anywhere.
#include "sim/scenario.hpp"

namespace dnc {
namespace {

TEST(Partition, HalfOfFourSeatsCommitsNothing) {
  Scenario world(4);
  const Seat leader = world.start();
  const Seat companion = world.other_than(leader);
  for (const Seat seat : world->seats()) {
    if (seat == leader || seat == companion) continue;
    for (const Seat here : {leader, companion}) {
      world->network().block(here, seat);
      world->network().block(seat, here);
    }
  }
  world->run_for(Duration(3'000));
  const std::size_t write = world->workload().write(1, leader);
  world->run_for(Duration(8'000));
  EXPECT_FALSE(world->workload().history().writes[write].acknowledged)
      << "acknowledged by half of the seats";
  EXPECT_EQ(world.leader(), Seat{}) << "half of the seats has a leader";
  world.settle();
}

}  // namespace
}  // namespace dnc
