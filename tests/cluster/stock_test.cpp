// The daemon of docs/services.md: an application's service on real nodes.
#include <cstdlib>
#include <fstream>

#include "cluster_test.hpp"

namespace dnc::cluster {
namespace {

class Stock : public ClusterTest {
 protected:
  // What nodes run is said before the world begins.
  static void SetUpTestSuite() {
    another_daemon_ = LocalWorld::started();
    ::setenv("DNC_DAEMON", "clusterd_with_stock", 1);
  }
  void SetUp() override {
    if (another_daemon_) GTEST_SKIP() << "an earlier suite started another daemon";
    ClusterTest::SetUp();
  }

  static Answer post(int seat, const std::string& body, const std::string& key,
                     const std::string& query = "") {
    return call(LocalWorld::port(seat), {.method = "POST",
                                         .target = "/stock/apples" + query,
                                         .headers = {{"Idempotency-Key", key}},
                                         .body = body});
  }
  static void expect_left(std::uint64_t units) {
    for (const int seat : LocalWorld::seats()) {
      const Answer answer = get(LocalWorld::port(seat), "/stock/apples");
      EXPECT_EQ(answer.json().value("units", std::uint64_t{0}), units) << seat << answer.body;
    }
  }

  static inline bool another_daemon_ = false;
};

TEST_F(Stock, IsTakenOnceAndNeverOversoldThroughAFailover) {
  const int leader = world().leader();
  const int follower = world().others(leader).front();
  ASSERT_EQ(post(follower, R"({"add":10})", fresh_key()).status, 200);
  const std::string key = fresh_key();
  EXPECT_EQ(post(leader, R"({"take":6})", key).json()["units"], 4);
  EXPECT_EQ(post(follower, R"({"take":6})", key).json()["units"], 4) << "repeated, not done again";
  const Answer refused = post(leader, R"({"take":6})", fresh_key());
  EXPECT_EQ(refused.status, 409) << refused.body;
  EXPECT_EQ(refused.error_code(), "out_of_stock");
  expect_left(4);
  world().kill_now(leader);
  ASSERT_NE(taken_over(leader, Millis(10'000)), 0) << describe();
  EXPECT_EQ(post(follower, R"({"take":1})", fresh_key()).json()["units"], 3);
  ASSERT_TRUE(world().node("start", leader));
  ASSERT_TRUE(world().make_whole()) << describe();
  expect_left(3);
}

TEST_F(Stock, ATakeHasAReceipt) {
  ASSERT_EQ(post(1, R"({"add":1})", fresh_key()).status, 200);
  const Answer taken = post(2, R"({"take":1})", fresh_key(), "?receipt=1");
  ASSERT_EQ(taken.status, 200) << taken.body;
  const std::string file = world().home() + "/taken.json";
  const std::string keys = world().home() + "/keys.json";
  std::ofstream(file) << taken.body;
  const std::string receipt = world().bin("clusterctl") + " receipt ";
  ASSERT_TRUE(
      shell(receipt + "keys --deployment " + world().deployment_file() + " > " + keys).ok());
  const ShellResult verified = shell(receipt + "verify " + file + " --keys " + keys);
  EXPECT_EQ(verified.status, 0) << verified.output;
}

}  // namespace
}  // namespace dnc::cluster
