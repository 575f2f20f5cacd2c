// A node obeys the contract: what takes its voice away stops it within five seconds of the block,
// its peers go on without it, and what gives the voice back brings it back.
#include <algorithm>
#include <chrono>

#include "cluster_test.hpp"
#include "clusterctl.hpp"
#include "io/net/service_manager_test_kit.hpp"

namespace dnc::cluster {
namespace {

constexpr double kObeys = 5.0;  // seconds from the block
constexpr const char* kNobody = "0x0000000000000000000000000000000000000000";

double utc() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

class Obedience : public ClusterTest {
 protected:
  // A follower whose owner has ether.
  static int follower() { return world().leader() == 1 ? 2 : 1; }
  static std::string number(int seat) { return std::to_string(seat); }
  static std::string hired() { return world().chain().key(21); }

  // Sends it and returns the time of its block; 0 when it failed.
  static double act(const std::string& key, const std::string& call, const std::string& arguments) {
    const ShellResult sent = world().chain().send(key, call, arguments);
    EXPECT_TRUE(sent.ok()) << sent.output;
    const auto at = sent.output.find("blockNumber");
    if (!sent.ok() || at == std::string::npos) return 0;
    const auto block = std::strtoull(sent.output.c_str() + at + 11, nullptr, 10);
    return static_cast<double>(world().chain().time_of(block));
  }
  static double act_as_owner(int seat, const std::string& call, const std::string& rest = "") {
    return act(owners_key(seat), call, number(seat) + " " + rest);
  }
  static std::string owners_key(int seat) { return world().chain().key(seat); }

  static void expect_silenced(int seat, const std::string& code, double block_time) {
    ASSERT_GT(block_time, 0);
    Answer refused;
    EXPECT_TRUE(poll_for(Millis(10'000),
                         [&] {
                           refused = increment(seat, fresh_key());
                           return refused.error_code() == code;
                         }))
        << refused.body << describe();
    const double seconds = utc() - block_time;
    measure(code + ": refuses, counted from the block's second, after", seconds);
    EXPECT_LT(seconds, kObeys);
    EXPECT_EQ(refused.status, 503);
    EXPECT_NE(refused.json()["error"].value("hint", ""), "");
    EXPECT_EQ(get(LocalWorld::port(seat), "/counter").error_code(), code);
    EXPECT_EQ(get(LocalWorld::port(seat), "/counter?consistency=stale").error_code(), code);
    EXPECT_EQ(get(LocalWorld::port(seat), "/readiness").status, 503);
    const auto status = world().status(seat);
    ASSERT_TRUE(status);
    EXPECT_EQ(status->role, "halted");
    EXPECT_EQ(status->json.value("code", ""), code) << status->json.dump();
    EXPECT_NE(status->json.value("next_step", ""), "");
    EXPECT_NE(world().log("node-" + number(seat)).find(code), std::string::npos);
    expect_the_others_serve(seat);
  }

  static void expect_the_others_serve(int without) {
    const int leader = taken_over(without, Millis(15'000));
    EXPECT_NE(leader, 0) << describe();
    EXPECT_TRUE(poll_for(Millis(5'000), [&] {
      const auto status = world().status(leader);
      return status && status->json["members"][without - 1]["state"] != "follower" &&
             status->json["members"][without - 1]["state"] != "leader";
    })) << "a peer still hears it";
  }

  // The log has taken it out, and admits it anew: without a new term.
  static void expect_return(int seat) {
    const Moment start = Clock::now();
    EXPECT_TRUE(world().wait_ready(seat, Millis(60'000))) << describe();
    measure("counts again after", seconds_since(start));
    EXPECT_TRUE(poll_for(Millis(10'000), [&] { return contract_knows(seat); })) << describe();
  }

  // The log counts the seat, and the contract has heard of that configuration.
  static bool contract_knows(int seat) {
    const auto status = world().status(seat);
    if (!status) return false;
    const auto counted = status->json["counted"].get<std::vector<int>>();
    const std::string nonce = std::to_string(status->json["config_nonce"].get<int>());
    return std::ranges::count(counted, seat) > 0 &&
           world().chain().ask("configuration(uint64)(uint256)", nonce) != "0";
  }

  static void run_with(int seat, const std::string& key) {
    ASSERT_TRUE(world().node("stop", seat));
    shell("source scripts/lib.sh; write_secret " + world().operator_key_file(seat) + " " + key);
  }
};

TEST_F(Obedience, AnotherOperatorSilencesTheNodeUntilItsOwnIsNamedAgain) {
  const int leader = world().leader();
  const int seat = leader == LocalWorld::kNodes ? follower() : leader;
  const std::string other = world().chain().address_of(hired());
  expect_silenced(seat, "operator_changed",
                  act_as_owner(seat, "setUser(uint256,address,uint64)", other + " 9999999999"));
  act_as_owner(seat, "setUser(uint256,address,uint64)", std::string(kNobody) + " 0");
  const Moment start = Clock::now();
  EXPECT_TRUE(world().wait_ready(seat, Millis(30'000))) << describe();
  measure("named again, ready after", seconds_since(start));
}

TEST_F(Obedience, AnOperatorsTimeEndsWithoutATransaction) {
  const int seat = follower();
  const auto now = static_cast<std::uint64_t>(utc());
  const std::uint64_t expires = now + 14;
  const std::string user = world().chain().address_of(hired());
  run_with(seat, hired());
  act_as_owner(seat, "setUser(uint256,address,uint64)", user + " " + std::to_string(expires));
  test::NotifySocket manager(world().home() + "/notify");  // in systemd's place
  ::setenv("NOTIFY_SOCKET", manager.path().c_str(), 1);
  ASSERT_TRUE(world().node("start", seat));
  ::unsetenv("NOTIFY_SOCKET");
  EXPECT_NE(manager.until("READY=1", Millis(12'000)), "");
  ASSERT_TRUE(world().wait_ready(seat, Millis(12'000))) << describe();
  EXPECT_TRUE(poll_for(
      Millis(20'000), [&] { return world().chain().time_of(world().chain().height()) > expires; },
      Millis(50)));
  expect_silenced(seat, "operator_expired", static_cast<double>(expires + 1));
  const std::string why = explained(seat, LocalWorld::port(seat), world().deployment_file());
  EXPECT_NE(why.find("operator: the operator's time was over"), std::string::npos) << why;
  act_as_owner(seat, "setUser(uint256,address,uint64)", user + " 9999999999");
  EXPECT_NE(manager.until("RELOADING=1", Millis(30'000)), "") << "a new boot, the same process";
  EXPECT_NE(manager.until("READY=1", Millis(10'000)), "");
  EXPECT_TRUE(world().wait_ready(seat, Millis(30'000))) << "renewed" << describe();
  run_with(seat, owners_key(seat));
  act_as_owner(seat, "setUser(uint256,address,uint64)", std::string(kNobody) + " 0");
}

TEST_F(Obedience, ARevokedSeatIsSilentUntilReinstated) {
  const int seat = follower();
  const std::string owner = world().chain().key(0);
  expect_silenced(seat, "seat_revoked", act(owner, "revoke(uint64)", number(seat)));
  act(owner, "reinstate(uint64)", number(seat));
  expect_return(seat);
}

TEST_F(Obedience, ASeatThatLeftJoinsAgainWhenItsNodeIsStartedAgain) {
  const int seat = follower();
  expect_silenced(seat, "seat_left", act_as_owner(seat, "leave(uint64)"));
  ASSERT_TRUE(world().node("restart", seat));
  expect_return(seat);
}

TEST_F(Obedience, AReplacedInstanceIsSilentAndAnotherTakesTheSeat) {
  const int seat = follower();
  expect_silenced(seat, "instance_replaced", act_as_owner(seat, "replace(uint64)"));
  ASSERT_TRUE(world().node("stop", seat));
  shell("source scripts/lib.sh; stop_process agent-" + number(seat) +
        "; rm -rf \"$DNC_HOME/agent-" + number(seat) + "\"");
  ASSERT_TRUE(world().node("start", seat));
  EXPECT_TRUE(world().wait_ready(seat, Millis(30'000))) << describe();
}

}  // namespace
}  // namespace dnc::cluster
