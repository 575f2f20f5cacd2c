#include "ctl/cluster_view.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace dnc::ctl {
namespace {

ClusterView cluster(std::vector<std::string> states, std::optional<std::uint64_t> leader,
                    std::uint64_t quorum = 2) {
  ClusterView view;
  view.term = 7;
  view.quorum = quorum;
  view.leader = leader;
  for (std::size_t i = 0; i < states.size(); ++i)
    view.seats.push_back({i + 1, states[i], "", "", true});
  return view;
}

TEST(ClusterView, HealthIsAQuorumWithALeaderAndNoTrouble) {
  const auto all = judge(cluster({"leader", "follower", "follower"}, 1));
  EXPECT_EQ(all.health, Health::healthy);
  EXPECT_EQ(all.can_lose, 1u);
  EXPECT_EQ(all.summary, "healthy: seat 1 leads term 7; 1 more node may fail");
  EXPECT_EQ(judge(cluster({"leader", "follower", "vacant"}, 1)).health, Health::healthy);
  EXPECT_EQ(judge(cluster({"leader", "follower", "observer"}, 1)).health, Health::healthy);
}

TEST(ClusterView, TroubleIsNamed) {
  for (const char* state : {"unreachable", "halted", "recovering"}) {
    const auto two = judge(cluster({"leader", "follower", state}, 1));
    EXPECT_EQ(two.health, Health::degraded);
    EXPECT_EQ(two.can_lose, 0u);
    EXPECT_NE(two.summary.find(std::string("seat 3 is ") + state), std::string::npos);
    EXPECT_NE(two.summary.find("no further node may fail"), std::string::npos);
  }
}

TEST(ClusterView, WithoutQuorumOrLeaderNothingIsServed) {
  EXPECT_EQ(judge(cluster({"leader", "unreachable", "unreachable"}, 1)).health, Health::no_quorum);
  EXPECT_EQ(judge(cluster({"follower", "follower", "follower"}, {})).health, Health::no_quorum);
  EXPECT_EQ(judge(cluster({"leader", "follower", "follower"}, 1, 0)).health, Health::no_quorum);
}

TEST(ClusterView, ReadsAStatusAndNothingElse) {
  const Json status = {{"seat", 2},
                       {"term", 9},
                       {"quorum", 1},
                       {"leader", {{"seat", 2}}},
                       {"counted", {2}},
                       {"members",
                        {{{"seat", 2}, {"state", "leader"}, {"endpoint", "h:1"}},
                         {{"seat", 3}, {"state", "vacant"}}}}};
  const auto read = read_cluster(status);
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(read->leader, std::uint64_t{2});
  ASSERT_EQ(read->seats.size(), 2u);
  EXPECT_TRUE(read->seats[0].counted);
  EXPECT_FALSE(read->seats[1].counted);
  for (const char* field : {"quorum", "leader", "members"}) {
    Json without = status;
    without.erase(field);
    EXPECT_FALSE(read_cluster(without)) << field;
    without[field] = Json::array({7});
    const bool no_leader = std::string(field) == "leader";  // as a node says it that knows none
    EXPECT_EQ(read_cluster(without).ok(), no_leader) << field;
  }
  EXPECT_FALSE(read_cluster(Json::array()));
}

}  // namespace
}  // namespace dnc::ctl
