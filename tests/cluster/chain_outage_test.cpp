// The chain is not on the write path: it may hang or die, and writes and failover go on.
#include "cluster_test.hpp"

namespace dnc::cluster {
namespace {

constexpr double kFailoverMax = 3.0;
constexpr double kGapMax = 3.0;  // seconds without an acknowledgement, a failover included

class ChainOutage : public ClusterTest {
 protected:
  // Inside an outage: the leader dies and is replaced, starts again, and has to wait.
  void outage(const std::function<void()>& begin, const std::function<void()>& finish,
              Millis length, const std::string& name) {
    Load load;
    const Moment start = Clock::now();
    begin();
    ASSERT_TRUE(poll_for(Millis(5'000), [&] { return load.acknowledgements().size() > 50; }))
        << "no writes without the chain" << describe();
    const int old_leader = world().leader();
    ASSERT_NE(old_leader, 0) << describe();
    const Moment killed = Clock::now();
    world().kill_now(old_leader);
    const int leader = taken_over(old_leader, Millis(10'000), &load);
    const double failover = seconds_since(killed);
    measure(name + ", leader killed inside, another leads and takes a write", failover);
    EXPECT_NE(leader, 0) << describe();
    EXPECT_LE(failover, kFailoverMax);
    world().node("start", old_leader);
    waits_recovering(old_leader, start + length);
    measure(name + ", longest time without an acknowledgement",
            load.longest_gap(start, Clock::now()));
    EXPECT_LE(load.longest_gap(start, Clock::now()), kGapMax);
    finish();
    const Moment over = Clock::now();
    EXPECT_TRUE(world().wait_ready(old_leader)) << describe();
    measure(name + ", the killed node is a member again after its end", seconds_since(over));
    load.check();
  }

  // Until `end` it answers, and says that it is recovering.
  void waits_recovering(int seat, Moment end) {
    EXPECT_TRUE(poll_for(Millis(10'000), [&] { return world().status(seat).has_value(); }))
        << "the restarted node does not answer";
    std::string last;
    EXPECT_FALSE(poll_until(
        end,
        [&] {
          const auto status = world().status(seat);
          last = status ? status->json.dump() : "no answer";
          return !status || status->role != "recovering" ||
                 get(LocalWorld::port(seat), "/readiness").status != 503;
        },
        Millis(200)))
        << last;
    const auto status = world().status(seat);
    EXPECT_TRUE(status && !status->reason.empty());
  }
};

TEST_F(ChainOutage, AFrozenChainStopsNeitherWritesNorFailover) {
  outage([] { world().chain_script("pause"); }, [] { world().chain_script("resume"); },
         Millis(30'000), "chain frozen for 30 s");
}

TEST_F(ChainOutage, AKilledChainStopsNeitherWritesNorFailover) {
  outage([] { world().chain_script("kill"); }, [] { world().chain_script("start"); },
         Millis(12'000), "chain killed and started again");
}

TEST_F(ChainOutage, LeadersElectedMeanwhileAreReportedAfterwards) {
  world().chain_script("kill");
  const int old_leader = world().leader();
  ASSERT_NE(old_leader, 0);
  world().drop(old_leader);
  const int leader = taken_over(old_leader, Millis(10'000));
  ASSERT_NE(leader, 0) << describe();
  world().heal();
  world().chain_script("start");
  const Moment start = Clock::now();
  const std::string operator_ = world().status(leader)->operator_;
  EXPECT_TRUE(
      poll_for(Millis(20'000), [&] { return world().chain().current_leader() == operator_; }))
      << world().chain().current_leader() << describe();
  measure("chain back, currentLeader() equals the leader elected without it", seconds_since(start));
}

}  // namespace
}  // namespace dnc::cluster
