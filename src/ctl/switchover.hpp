// A planned change of leader: what would follow, the order that the operator of the leader's seat
// signs, and who leads afterwards.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/consensus/messages.hpp"
#include "ctl/cluster_view.hpp"
#include "ctl/report.hpp"

namespace dnc::ctl {

struct SwitchoverOptions {
  NodeOptions nodes;
  std::string deployment = "deployments/31337.json";
  std::string operator_key;  // file
  std::uint64_t to = 0;      // 0: the first seat after the leader's that can
  bool yes = false;          // sign and send; else only look
  int wait_ms = 10'000;      // for somebody to lead afterwards
};

// May the lead go from who has it now to `to`? `to` is chosen where it was not named.
struct SwitchoverPlan {
  Report report;
  std::uint64_t leader = 0;  // 0: none
  std::uint64_t to = 0;      // 0: no seat can
  bool done = false;         // it leads already
};
SwitchoverPlan plan_switchover(const ClusterView& cluster, std::uint64_t to);

ExitCode run_switchover(const SwitchoverOptions& options, Output output);

}  // namespace dnc::ctl
