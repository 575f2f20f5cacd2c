// All nodes were off and one stays off: the others wait, until operators consent.
#include "cluster_test.hpp"

namespace dnc::cluster {
namespace {

class Recovery : public ClusterTest {
 protected:
  static ShellResult recover(int seat, const std::string& options = "") {
    return shell(world().bin("clusterctl") +
                 " recover --url http://127.0.0.1:" + std::to_string(LocalWorld::port(1)) +
                 " --deployment " + world().deployment_file() + " --operator-key " +
                 world().operator_key_file(seat) + " " + options);
  }
  static Json cold_start() {
    const auto status = world().status(1);
    return status ? status->json.value("cold_start", Json(nullptr)) : Json(nullptr);
  }
};

TEST_F(Recovery, TwoOperatorsStartTwoOfThreeNodes) {
  const int leader = world().leader();
  ASSERT_TRUE(increment(leader, fresh_key(), "").ok());
  const auto before = world().value(leader);
  EXPECT_EQ(recover(1).status, 1) << "a cluster that serves needs no consent";
  ASSERT_TRUE(world().node("stop", "all"));
  ::setenv("DNC_CONSENT", "operators", 1);
  ASSERT_TRUE(world().node("start", 1));
  ASSERT_TRUE(world().node("start", 2));
  ASSERT_TRUE(poll_for(Millis(60'000), [] {
    const Json waiting = cold_start();
    return waiting.is_object() && waiting["reports"].size() == 2;
  })) << describe();
  EXPECT_TRUE(recover(1).ok()) << "to look costs nothing";
  EXPECT_EQ(cold_start()["consents"], Json::array());
  EXPECT_TRUE(recover(1, "--yes").ok()) << recover(1).output;
  EXPECT_EQ(cold_start()["consents"], Json::parse("[1]"));
  EXPECT_EQ(world().leader(), 0) << "one operator of three is no quorum";
  EXPECT_TRUE(recover(3, "--yes").ok()) << recover(3).output;
  EXPECT_TRUE(world().wait_ready(1)) << describe();
  EXPECT_EQ(world().value(1), before);
  EXPECT_TRUE(increment(1, fresh_key(), "").ok());
  ASSERT_TRUE(world().node("start", 3));
  EXPECT_TRUE(world().wait_ready(3)) << describe();
  ::unsetenv("DNC_CONSENT");
}

}  // namespace
}  // namespace dnc::cluster
