// The mission's own failure tests: the leader's port is blocked, or the leader is killed.
#include "cluster_test.hpp"

namespace dnc::cluster {
namespace {

constexpr double kFailoverMax = 3.0;      // seconds until another node leads and takes a write
constexpr double kContractMax = 5.0;      // seconds until currentLeader() is the new leader
constexpr double kKilledMedianMax = 0.3;  // seconds from kill -9 to the next acknowledged write
constexpr double kKilledSlowestMax = 1.0;
constexpr int kContractEvery = 5;    // kills; the contract is slower than the log
constexpr Millis kPatience{10'000};  // measured, even if too late
constexpr Millis kFollowsAgain{30'000};

class Failover : public ClusterTest {
 protected:
  struct Figures {
    std::vector<double> leads;
    std::vector<double> contract;
    std::vector<double> follows;
  };

  static int runs() { return count_from("DNC_FAILOVERS", 10); }

  void contract_shows(int leader, Moment start, Figures& figures) {
    const std::string operator_ = world().status(leader)->operator_;
    EXPECT_TRUE(poll_until(start + kPatience,
                           [&] { return world().chain().current_leader() == operator_; }))
        << "currentLeader() is " << world().chain().current_leader() << describe();
    figures.contract.push_back(seconds_since(start));
  }

  void expect_figures(const std::string& what, const Figures& figures) {
    measure(what + ", another leads and takes a write", figures.leads);
    measure(what + ", currentLeader() equals it", figures.contract);
    measure(what + ", the old leader follows again, after", figures.follows);
    for (const double seconds : figures.leads)
      EXPECT_LE(seconds, kFailoverMax);
    for (const double seconds : figures.contract)
      EXPECT_LE(seconds, kContractMax);
  }

  // One run: `fail` takes the leader away, `repair` gives it back.
  void run(const std::function<void(int)>& fail, const std::function<void(int)>& repair,
           Figures& figures, Load* load = nullptr) {
    const int old_leader = world().leader();
    ASSERT_NE(old_leader, 0) << describe();
    const Moment start = Clock::now();
    fail(old_leader);
    const int leader = taken_over(old_leader, kPatience, load);
    figures.leads.push_back(seconds_since(start));
    ASSERT_NE(leader, 0) << describe();
    contract_shows(leader, start, figures);
    const Moment repaired = Clock::now();
    repair(old_leader);
    EXPECT_TRUE(follows(old_leader, leader, kFollowsAgain)) << describe();
    figures.follows.push_back(seconds_since(repaired));
  }

  // One write, asked of one node after the other until it is acknowledged.
  static bool write_at(const std::vector<int>& seats, Load& load) {
    const std::string key = fresh_key();
    const Moment start = Clock::now();
    return poll_for(kPatience, [&] {
      for (const int seat : seats) {
        const Answer answer = increment(seat, key);
        if (!answer.ok()) continue;
        load.include({true, start, Clock::now(), answer.json().value("value", std::uint64_t{0})});
        return true;
      }
      return false;
    });
  }

  static bool has_elected(const std::string& log, std::size_t since) {
    return log.find("leader_elected", since) != std::string::npos;
  }
};

TEST_F(Failover, ABlockedLeaderIsReplacedWithTraffic) {
  Figures figures;
  Load load;
  for (int i = 0; i < runs() && !HasFatalFailure(); ++i) {
    run([](int seat) { world().drop(seat); }, [](int) { world().heal(); }, figures, &load);
  }
  load.check();
  expect_figures("port blocked, with traffic", figures);
}

// Between the rule and GET /status nobody asks anything: the logs say when a node was elected.
TEST_F(Failover, ABlockedLeaderIsReplacedWithoutAnyTraffic) {
  Figures figures;
  for (int i = 0; i < runs() && !HasFatalFailure(); ++i) {
    const auto before = world().value(1);
    ASSERT_TRUE(before) << describe();
    std::vector<std::size_t> sizes;
    for (const int seat : LocalWorld::seats())
      sizes.push_back(world().log("node-" + std::to_string(seat)).size());
    const auto elected = [&] {
      for (const int seat : LocalWorld::seats()) {
        const std::string log = world().log("node-" + std::to_string(seat));
        if (has_elected(log, sizes[static_cast<std::size_t>(seat - 1)])) return true;
      }
      return false;
    };
    run(
        [&](int seat) {
          world().drop(seat);
          poll_for(kPatience, elected, Millis(50));
        },
        [](int) { world().heal(); }, figures);
    expect_value(*before + 1);
  }
  expect_figures("port blocked, no traffic", figures);
}

// As a client sees it that talks to a node that lives: from the kill to its next acknowledged
// write.
TEST_F(Failover, AKilledLeaderIsReplaced) {
  Figures figures;
  std::vector<double> writes;
  Load load;
  const int kills = count_from("DNC_KILLS", 50);
  for (int i = 0; i < kills && !HasFatalFailure(); ++i) {
    const int old_leader = world().leader();
    ASSERT_NE(old_leader, 0) << describe();
    const Moment start = Clock::now();
    world().kill_now(old_leader);
    ASSERT_TRUE(write_at(world().others(old_leader), load)) << describe();
    writes.push_back(seconds_since(start));
    const int leader = world().leader_other_than(old_leader);
    ASSERT_NE(leader, 0) << describe();
    if (i % kContractEvery == 0) contract_shows(leader, start, figures);
    const Moment repaired = Clock::now();
    world().node("start", old_leader);
    ASSERT_TRUE(follows(old_leader, leader, kFollowsAgain)) << describe();
    figures.follows.push_back(seconds_since(repaired));
  }
  load.check();
  expect_figures("kill -9", figures);
  const Quantiles seen = measure_quantiles("kill -9, to the next acknowledged write", writes);
  EXPECT_LE(seen.p50, kKilledMedianMax);
  EXPECT_LE(seen.p99, kKilledSlowestMax);
}

TEST_F(Failover, AFrozenLeaderIsReplacedAndServesNothingOldWhenItWakes) {
  const int old_leader = world().leader();
  Load load({.writers = 2, .readers = 2});
  world().node("pause", old_leader);
  const Moment start = Clock::now();
  const int leader = taken_over(old_leader, kPatience, &load);
  measure("SIGSTOP, another leads and takes a write", seconds_since(start));
  ASSERT_NE(leader, 0) << describe();
  world().node("resume", old_leader);
  EXPECT_TRUE(follows(old_leader, leader, kFollowsAgain)) << describe();
  load.check();
}

TEST_F(Failover, ABlockedFollowerDisturbsNobody) {
  const int leader = world().leader();
  const auto term = world().status(leader)->term;
  Load load;
  const int blocked = world().others(leader).front();
  world().drop(blocked);
  EXPECT_FALSE(poll_for(Millis(5'000), [&] {
    const auto status = world().status(leader);
    return !status || status->role != "leader" || status->term != term;
  })) << describe();
  world().heal();
  EXPECT_TRUE(follows(blocked, leader, kFollowsAgain)) << describe();
  load.check();
  EXPECT_EQ(world().status(leader)->term, term);
}

}  // namespace
}  // namespace dnc::cluster
