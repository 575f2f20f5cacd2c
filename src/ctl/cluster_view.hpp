// The cluster as one node sees it: GET /status, read and judged.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ctl/node_client.hpp"

namespace dnc::ctl {

struct SeatView {
  std::uint64_t seat = 0;
  std::string state;
  std::string endpoint;
  std::string operator_;
  bool counted = false;

  bool serves() const { return state == "leader" || state == "follower"; }
  // Neither serves nor is expected to.
  bool troubled() const { return !serves() && state != "vacant" && state != "observer"; }
};

struct ClusterView {
  std::uint64_t seat = 0;  // of the node that speaks
  std::uint64_t term = 0;
  std::uint64_t commit_seq = 0;
  std::uint64_t quorum = 0;
  std::optional<std::uint64_t> leader;
  std::vector<SeatView> seats;  // every minted one, reached or not
};

// Error: bad_answer.
Result<ClusterView> read_cluster(const Json& status);

// What a script may rely on: the exit code of all commands about the cluster's health.
enum class Health { healthy = 0, degraded = 1, no_quorum = 2, cannot_tell = 3 };
std::string_view name_of(Health health);

struct Judgement {
  Health health = Health::cannot_tell;
  std::uint64_t can_lose = 0;  // nodes that may still fail
  std::string summary;         // one sentence
};
Judgement judge(const ClusterView& cluster);
Judgement nobody_answered();

// From the first node that answers.
Result<Json> fetch_status(const NodeOptions& nodes);

}  // namespace dnc::ctl
