// Nodes die at any moment, in any number, with or without their disks: what was acknowledged stays.
#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>

#include "cluster_test.hpp"

namespace dnc::cluster {
namespace {

constexpr Millis kUpAgain{60'000};

class Restart : public ClusterTest {
 protected:
  // Some time under load, never the same.
  static void run_under_load(const Load& load, std::mt19937& random) {
    const std::size_t enough = load.acknowledged() + 20 + random() % 80;
    poll_for(
        Millis(5'000), [&] { return load.acknowledged() >= enough; }, Millis(1));
  }

  // Time in which anything may happen, up to a moment that nothing announces.
  static void elapse(Millis time) {
    poll_for(time, [] { return false; });
  }

  // One fault, or the end of one.
  static void disturb(std::mt19937& random) {
    const int seat = 1 + static_cast<int>(random() % LocalWorld::kNodes);
    switch (random() % 6) {
      case 0:
        if (world().node_pid(seat) != 0) world().kill_now(seat);
        break;
      case 1:
        world().drop(seat);
        break;
      case 2:
        world().heal();
        break;
      case 3:
        world().node("pause", seat);
        break;
      case 4:
        world().node("resume", "all");
        break;
      default:
        world().node("start", "all");
    }
  }
};

using RestartUnderLoad = Restart;  // a suite, and so a world, of its own: it takes longest

TEST_F(RestartUnderLoad, AllNodesKilledLoseNothing) {
  const int rounds = count_from("DNC_ROUNDS", 20);
  std::mt19937 random(std::random_device{}());
  std::vector<double> serving;
  std::size_t acknowledged = 0;
  for (int round = 0; round < rounds && !HasFailure(); ++round) {
    Load load({.writers = 4, .readers = 1, .pause = Millis(3)});
    run_under_load(load, random);
    ASSERT_TRUE(world().node("kill", "all"));
    const Moment start = Clock::now();
    ASSERT_TRUE(world().node("start", "all"));
    if (round % 3 == 2) {  // once more, somewhere in the cold start
      elapse(Millis(random() % 6'000));
      ASSERT_TRUE(world().node("kill", "all"));
      ASSERT_TRUE(world().node("start", "all"));
    }
    const auto acknowledged_before = load.acknowledged();
    EXPECT_TRUE(poll_for(kUpAgain, [&] { return load.acknowledged() > acknowledged_before; }))
        << "round " << round << describe();
    serving.push_back(seconds_since(start));
    EXPECT_TRUE(poll_for(
        kUpAgain, [&] { return world().all_ready(); }, Millis(50)))
        << "round " << round << describe();
    load.check();
    acknowledged += load.acknowledged();
  }
  measure("all killed, first increment after the start", serving);
  measure("increments acknowledged in these rounds, none lost", static_cast<double>(acknowledged),
          "");
}

TEST_F(Restart, RandomFaultsForAMinuteLoseNothing) {
  const auto seed = static_cast<unsigned>(count_from("DNC_SEED", 0));
  std::mt19937 random(seed != 0 ? seed : std::random_device{}());
  const Moment end = Clock::now() + std::chrono::seconds(count_from("DNC_CHAOS_SECONDS", 60));
  Load load({.writers = 3, .readers = 3, .pause = Millis(5)});
  int faults = 0;
  for (; Clock::now() < end; ++faults) {
    disturb(random);
    elapse(Millis(100 + random() % 2'500));
  }
  const Moment healed = Clock::now();
  ASSERT_TRUE(world().make_whole(Millis(90'000))) << describe();
  measure("random faults", faults, "");
  measure("all ready after the last of them", seconds_since(healed));
  load.check();
  measure("increments acknowledged meanwhile, none lost", static_cast<double>(load.acknowledged()),
          "");
}

TEST_F(Restart, TwoOfThreeKilledResumeWithoutLoss) {
  std::mt19937 random(1);
  Load load;
  run_under_load(load, random);
  const int first = world().leader();
  const int second = world().others(first).front();
  world().kill_now(first);
  world().kill_now(second);
  EXPECT_FALSE(poll_for(
      Millis(1'000), [] { return world().leader() != 0; }, Millis(50)))
      << "one of three leads";
  const Moment start = Clock::now();
  world().node("start", first);
  world().node("start", second);
  EXPECT_TRUE(poll_for(
      kUpAgain, [] { return world().all_ready(); }, Millis(50)))
      << describe();
  measure("two of three killed, all ready after the start", seconds_since(start));
  load.check();
}

TEST_F(Restart, TwoOfThreeKilledAndOneDiskLostResumeFromThePeers) {
  std::mt19937 random(2);
  Load load;
  run_under_load(load, random);
  const int first = world().leader();
  const int second = world().others(first).front();
  world().kill_now(first);
  world().kill_now(second);
  ASSERT_TRUE(poll_for(Millis(5'000), [&] {
    return world().node_pid(first) == 0 && world().node_pid(second) == 0;
  }));
  ASSERT_TRUE(world().node("wipe", first));
  const Moment start = Clock::now();
  world().node("start", first);
  world().node("start", second);
  EXPECT_TRUE(poll_for(
      kUpAgain, [] { return world().all_ready(); }, Millis(50)))
      << describe();
  measure("two of three killed and one disk lost, all ready after the start", seconds_since(start));
  load.check();
  const auto value = world().value(second);
  ASSERT_TRUE(value);
  EXPECT_TRUE(poll_for(Millis(5'000), [&] { return world().value(first, true) == value; }));
}

TEST_F(Restart, AFollowerWithALostDiskComesBackFromItsPeers) {
  const int follower = world().others(world().leader()).back();
  Load load;
  ASSERT_TRUE(world().node("kill", follower));
  ASSERT_TRUE(world().node("wipe", follower));
  const Moment start = Clock::now();
  world().node("start", follower);
  EXPECT_TRUE(world().wait_ready(follower)) << describe();
  measure("follower with an empty disk, ready after the start", seconds_since(start));
  load.check();
}

TEST_F(Restart, AllStoppedAndStartedLoseNothing) {
  const Answer last = increment(1, fresh_key());
  ASSERT_TRUE(last.ok());
  ASSERT_TRUE(world().node("stop", "all"));
  const Moment start = Clock::now();
  ASSERT_TRUE(world().node("start", "all"));
  EXPECT_TRUE(poll_for(
      kUpAgain, [] { return world().all_ready(); }, Millis(50)))
      << describe();
  measure("all stopped, all ready after the start", seconds_since(start));
  expect_value(last.json()["value"]);
}

TEST_F(Restart, TheDataOfAnotherContractOrProcessAreRefusedWithAHint) {
  const int seat = world().others(world().leader()).front();
  const std::string copy = world().home() + "/other.json";
  Json deployment = Json::parse(std::ifstream(world().deployment_file()));
  deployment["address"] = "0x00000000000000000000000000000000000000aa";
  std::ofstream(copy) << deployment.dump();
  const std::string number = std::to_string(seat);
  const auto start_with = [&](const std::string& file) {
    return shell("cd $DNC_HOME && timeout 20 " + world().bin("clusterd") + " --seat " + number +
                 " --listen 127.0.0.1:8099 --data node-" + number + " --deployment " + file +
                 " --rpc http://127.0.0.1:8545 --operator-key keys/seat-" + number +
                 ".operator.key --guest-agent run/agent-" + number + ".sock");
  };
  const ShellResult in_use = start_with(world().deployment_file());
  EXPECT_EQ(in_use.status, 1) << in_use.output;
  EXPECT_NE(in_use.output.find("in use by another process"), std::string::npos) << in_use.output;
  ASSERT_TRUE(world().node("stop", seat));
  const ShellResult other = start_with(copy);
  EXPECT_EQ(other.status, 1) << other.output;
  EXPECT_NE(other.output.find("belongs to another deployment"), std::string::npos) << other.output;
  EXPECT_NE(other.output.find("Use another data directory"), std::string::npos) << other.output;
  ASSERT_TRUE(world().node("start", seat));
  EXPECT_TRUE(world().wait_ready(seat)) << describe();
}

}  // namespace
}  // namespace dnc::cluster
