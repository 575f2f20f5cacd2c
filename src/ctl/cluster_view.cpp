#include "ctl/cluster_view.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace dnc::ctl {
namespace {

std::string number(std::uint64_t value) {
  return std::to_string(value);
}

std::string troubles(const ClusterView& cluster) {
  std::string text;
  for (const auto& seat : cluster.seats) {
    if (seat.troubled()) text += "; seat " + number(seat.seat) + " is " + seat.state;
  }
  return text;
}

std::string tolerance(std::uint64_t can_lose) {
  if (can_lose == 0) return "; no further node may fail";
  return "; " + number(can_lose) + (can_lose == 1 ? " more node" : " more nodes") + " may fail";
}

ClusterView read_fields(const Json& status) {
  ClusterView cluster;
  cluster.seat = status.value("seat", std::uint64_t{0});
  cluster.term = status.value("term", std::uint64_t{0});
  cluster.commit_seq = status.value("commit_seq", std::uint64_t{0});
  cluster.quorum = status.at("quorum").get<std::uint64_t>();
  const Json& leader = status.at("leader");
  if (leader.is_object()) cluster.leader = leader.at("seat").get<std::uint64_t>();
  const Json counted = status.value("counted", Json::array());
  for (const Json& member : status.at("members")) {
    SeatView seat;
    seat.seat = member.at("seat").get<std::uint64_t>();
    seat.state = member.at("state").get<std::string>();
    seat.endpoint = member.value("endpoint", "");
    seat.operator_ = member.value("operator", "");
    seat.counted = std::find(counted.begin(), counted.end(), Json(seat.seat)) != counted.end();
    cluster.seats.push_back(std::move(seat));
  }
  return cluster;
}

}  // namespace

Result<ClusterView> read_cluster(const Json& status) {
  try {
    return read_fields(status);
  } catch (const Json::exception& error) {
    return Error{"bad_answer", std::string("the answer is not a status: ") + error.what(),
                 "is it a node of the cluster, of this version?"};
  }
}

std::string_view name_of(Health health) {
  switch (health) {
    case Health::healthy:
      return "healthy";
    case Health::degraded:
      return "degraded";
    case Health::no_quorum:
      return "no_quorum";
    case Health::cannot_tell:
      break;
  }
  return "cannot_tell";
}

Judgement judge(const ClusterView& cluster) {
  const auto serving =
      static_cast<std::uint64_t>(std::count_if(cluster.seats.begin(), cluster.seats.end(),
                                               [](const SeatView& seat) { return seat.serves(); }));
  if (cluster.quorum == 0 || serving < cluster.quorum) {
    const std::string some = serving == 1 ? " seat leads or follows, " : " seats lead or follow, ";
    return {Health::no_quorum, 0,
            "no quorum: " + number(serving) + some + number(cluster.quorum) + " are needed" +
                troubles(cluster)};
  }
  if (!cluster.leader) return {Health::no_quorum, 0, "no leader is known" + troubles(cluster)};
  const std::uint64_t can_lose = serving - cluster.quorum;
  const std::string led = "seat " + number(*cluster.leader) + " leads term " + number(cluster.term);
  const std::string bad = troubles(cluster);
  if (bad.empty()) return {Health::healthy, can_lose, "healthy: " + led + tolerance(can_lose)};
  return {Health::degraded, can_lose, "degraded: " + led + bad + tolerance(can_lose)};
}

Judgement nobody_answered() {
  return {Health::cannot_tell, 0, "cannot tell: no node answered"};
}

Result<Json> fetch_status(const NodeOptions& nodes) {
  return first_answer(nodes, [](NodeClient& node) { return node.get_object("/status"); });
}

}  // namespace dnc::ctl
