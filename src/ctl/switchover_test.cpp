#include "ctl/switchover.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace dnc::ctl {
namespace {

ClusterView cluster(const std::vector<std::string>& states, std::optional<std::uint64_t> leader) {
  ClusterView view;
  view.term = 7;
  view.quorum = 2;
  view.leader = leader;
  for (std::size_t i = 0; i < states.size(); ++i)
    view.seats.push_back({i + 1, states[i], "host:1", "0x01", true});
  return view;
}
const ClusterView kHealthy = cluster({"follower", "leader", "follower"}, 2);

std::string refusing_gate(const SwitchoverPlan& plan) {
  for (const Finding& finding : plan.report) {
    if (finding.verdict != Verdict::refused) continue;
    EXPECT_NE(finding.next, "") << finding.cause;
    return finding.gate;
  }
  return "";
}

TEST(SwitchoverPlan, TheNextFollowerRoundTheTableTakesOverWhereNoneIsNamed) {
  EXPECT_EQ(plan_switchover(kHealthy, 0).to, 3u);
  EXPECT_EQ(plan_switchover(cluster({"follower", "leader", "recovering"}, 2), 0).to, 1u);
  EXPECT_EQ(plan_switchover(cluster({"follower", "follower", "leader"}, 3), 0).to, 1u);
  EXPECT_EQ(refusing_gate(plan_switchover(kHealthy, 1)), "");
  EXPECT_EQ(plan_switchover(kHealthy, 1).to, 1u);
}

TEST(SwitchoverPlan, NamesWhatSpeaksAgainstIt) {
  EXPECT_EQ(refusing_gate(plan_switchover(cluster({"follower", "follower"}, {}), 2)), "leader");
  EXPECT_EQ(refusing_gate(plan_switchover(kHealthy, 4)), "successor") << "never minted";
  for (const char* state : {"unreachable", "recovering", "halted", "observer", "vacant"}) {
    const ClusterView view = cluster({"follower", "leader", state}, 2);
    EXPECT_EQ(refusing_gate(plan_switchover(view, 3)), "successor") << state;
  }
  ClusterView uncounted = kHealthy;
  uncounted.seats[2].counted = false;
  EXPECT_EQ(refusing_gate(plan_switchover(uncounted, 3)), "successor");
  EXPECT_EQ(plan_switchover(uncounted, 0).to, 1u);
  const ClusterView alone = cluster({"unreachable", "leader", "unreachable"}, 2);
  EXPECT_EQ(refusing_gate(plan_switchover(alone, 0)), "successor");
}

TEST(SwitchoverPlan, WarnsWhereNoFurtherNodeMayFail) {
  const auto plan = plan_switchover(cluster({"follower", "leader", "unreachable"}, 2), 1);
  EXPECT_EQ(refusing_gate(plan), "");
  EXPECT_EQ(plan.report.back().verdict, Verdict::warn);
}

TEST(SwitchoverPlan, IsDoneWhereTheSeatLeads) {
  const auto plan = plan_switchover(kHealthy, 2);
  EXPECT_TRUE(plan.done);
  EXPECT_EQ(exit_code_of(plan.report), kOk);
}

}  // namespace
}  // namespace dnc::ctl
