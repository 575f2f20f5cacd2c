// The last seat has no ether at all, neither for a gas key nor for its operator: peers relay what
// it signs, its whole life long.
#include <fstream>

#include "cluster_test.hpp"

namespace dnc::cluster {
namespace {

constexpr int kPoor = LocalWorld::kNodes;

class Gasless : public ClusterTest {
 protected:
  static std::string poor_log() { return world().log("node-" + std::to_string(kPoor)); }

  // What the log of the poor node says after `mark`, the place where a test began.
  static bool logged(std::size_t mark, const std::string& first, const std::string& second = "") {
    const std::string text = poor_log();
    std::size_t at = mark;
    while ((at = text.find(first, at)) != std::string::npos) {
      const std::string line = text.substr(at, text.find('\n', at) - at);
      if (line.find(second) != std::string::npos) return true;
      ++at;
    }
    return false;
  }

  static std::string newest_boot_key() {
    const std::string text = poor_log();
    const auto at = text.rfind("boot_key=");
    return at == std::string::npos ? "" : text.substr(at + 9, 42);
  }

  static void expect_penniless() {
    const auto& chain = world().chain();
    EXPECT_FALSE(std::ifstream(world().home() + "/keys/seat-" + std::to_string(kPoor) + ".gas.key"))
        << "there is a gas key";
    EXPECT_EQ(chain.balance(chain.address_of(world().operator_key(kPoor))), "0");
    ASSERT_EQ(newest_boot_key().size(), 42u) << poor_log();
    EXPECT_EQ(chain.balance(newest_boot_key()), "0");
  }

  static std::string epoch() {
    return std::to_string(world().status(kPoor)->json.value("epoch", 0));
  }
};

TEST_F(Gasless, GenesisRestartElectionAndReportNeedNoEther) {
  expect_penniless();
  EXPECT_TRUE(logged(0, "relayed", "join")) << "genesis";
  std::size_t mark = poor_log().size();
  const std::string before = epoch();
  const Moment start = Clock::now();
  ASSERT_TRUE(world().node("restart", kPoor));
  ASSERT_TRUE(world().make_whole()) << describe();
  measure("seat without ether restarts, ready after", seconds_since(start));
  EXPECT_NE(epoch(), before);
  EXPECT_TRUE(logged(mark, "relayed", "join")) << poor_log().substr(mark);
  for (int round = 0; round < 4 && world().leader() != kPoor; ++round) {
    const int old_leader = world().leader();
    world().kill_now(old_leader);
    ASSERT_NE(taken_over(old_leader, Millis(10'000)), 0) << describe();
    ASSERT_TRUE(world().make_whole()) << describe();
  }
  ASSERT_EQ(world().leader(), kPoor);
  const std::string operator_ = world().status(kPoor)->operator_;
  EXPECT_TRUE(poll_for(
      Millis(20'000), [&] { return world().chain().current_leader() == operator_; }, Millis(100)))
      << world().chain().current_leader();
  EXPECT_TRUE(poll_for(Millis(10'000), [&] { return logged(mark, "relayed", "report"); }))
      << poor_log().substr(mark);
  expect_penniless();
}

TEST_F(Gasless, OneDeadRelayDoesNotMatter) {
  const std::size_t mark = poor_log().size();
  world().kill_now(1);
  ASSERT_TRUE(world().node("restart", kPoor));
  EXPECT_TRUE(poll_for(
      Millis(20'000), [&] { return logged(mark, "relayed", "8082"); }, Millis(50)))
      << poor_log().substr(mark);
  ASSERT_TRUE(world().make_whole()) << describe();
}

TEST_F(Gasless, WhenNobodyRelaysItSaysSo) {
  const auto value = world().value(1);
  ASSERT_TRUE(world().node("kill", "all"));
  const std::size_t mark = poor_log().size();
  ASSERT_TRUE(world().node("start", kPoor));
  std::string reason;
  EXPECT_TRUE(poll_for(
      Millis(20'000),
      [&] {
        const auto status = world().status(kPoor);
        if (status) reason = status->reason;
        return reason.find("nobody relays") != std::string::npos;
      },
      Millis(50)))
      << reason;
  std::printf("[ measure ] nobody relays, /status says: %s\n", reason.c_str());
  EXPECT_TRUE(logged(mark, "nobody_relays", "--relay")) << poor_log().substr(mark);
  ASSERT_TRUE(world().make_whole()) << describe();
  expect_value(*value);
}

TEST_F(Gasless, AHostileCallerWastesNeitherEtherNorMemory) {
  const auto& chain = world().chain();
  std::ifstream file(world().home() + "/keys/seat-1.gas.key");
  std::string key;
  file >> key;
  const std::string payer = chain.address_of(key);
  const std::string before = chain.balance(payer);
  const std::size_t memory = world().resident_kib(1);
  const std::string selector = trimmed(chain.cast("sig 'expire(uint64)'").output);
  std::map<int, int> answers;
  HttpConnection connection(LocalWorld::port(1));
  double slowest = 0;
  for (int call = 0; call < 3'000; ++call) {
    char seat[65];
    std::snprintf(seat, sizeof seat, "%064x", 1'000 + call);
    const Moment asked = Clock::now();
    const Answer answer = connection.call({.method = "POST",
                                           .target = "/relay",
                                           .headers = {},
                                           .body = R"({"data":")" + selector + seat + R"("})"});
    slowest = std::max(slowest, seconds_since(asked));
    ++answers[answer.status];
    if (answer.status == 429) {
      EXPECT_TRUE(answer.headers.contains("retry-after")) << answer.body;
    }
  }
  measure("hammered with 3000 calls, of them 429", answers[429], "");
  measure("slowest answer", slowest);
  const double grown = static_cast<double>(world().resident_kib(1)) - static_cast<double>(memory);
  measure("resident memory grew by", grown, "KiB");
  EXPECT_GT(answers[429], 2'500);
  EXPECT_LT(slowest, 2.0);
  EXPECT_LT(grown, 16'384);
  EXPECT_EQ(chain.balance(payer), before);
  const Answer bad = call(
      LocalWorld::port(1),
      {.method = "POST", .target = "/relay", .headers = {}, .body = R"({"data":"0x12345678"})"});
  EXPECT_EQ(bad.status, 400) << bad.body;
  EXPECT_EQ(bad.error_code(), "not_relayable");
  const Answer poor = call(
      LocalWorld::port(kPoor),
      {.method = "POST", .target = "/relay", .headers = {}, .body = R"({"data":"0x12345678"})"});
  EXPECT_EQ(poor.status, 503) << poor.body;
  EXPECT_EQ(poor.error_code(), "no_gas_key");
}

}  // namespace
}  // namespace dnc::cluster
