// What the live tests share: a whole world at the beginning of each.
#pragma once

#include <gtest/gtest.h>

#include "load.hpp"
#include "local_world.hpp"

namespace dnc::cluster {

class ClusterTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(world().make_whole()) << "the world is not whole: " << describe();
  }
  void TearDown() override { world().heal(); }

  static LocalWorld& world() { return LocalWorld::get(); }

  static std::string describe() {
    std::string text;
    for (const int seat : LocalWorld::seats()) {
      const auto status = world().status(seat);
      text += "\n  seat " + std::to_string(seat) + ": " +
              (status ? status->json.dump()
                      : "no answer, pid " + std::to_string(world().node_pid(seat)));
    }
    return text;
  }

  // Another node than `old_leader` leads and has taken a write. 0: not in time.
  static int taken_over(int old_leader, Millis limit) {
    int leader = 0;
    poll_for(limit, [&] {
      leader = world().leader_other_than(old_leader);
      return leader != 0 && increment(leader, fresh_key(), "", Millis(1'000)).ok();
    });
    return leader;
  }

  static bool follows(int seat, int leader, Millis limit) {
    return poll_for(limit, [&] {
      const auto status = world().status(seat);
      return status && status->role == "follower" && status->leader == leader;
    });
  }

  // All nodes read the same, that is `value`.
  static void expect_value(std::uint64_t value) {
    for (const int seat : LocalWorld::seats()) {
      EXPECT_EQ(world().value(seat), value) << "at seat " << seat << describe();
    }
  }
};

}  // namespace dnc::cluster
