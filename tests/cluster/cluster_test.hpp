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

  // Another node than `old_leader` leads and has taken a write, one that `load` counts as its own.
  // 0: not in time.
  static int taken_over(int old_leader, Millis limit, Load* load = nullptr) {
    int leader = 0;
    const std::string key = fresh_key();
    const Moment start = Clock::now();
    poll_for(limit, [&] {
      leader = world().leader_other_than(old_leader);
      if (leader == 0) return false;
      const Answer answer = increment(leader, key, "", Millis(1'000));
      if (!answer.ok()) return false;
      const auto value = answer.json().value("value", std::uint64_t{0});
      if (load != nullptr) load->include({true, start, Clock::now(), value});
      return true;
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
