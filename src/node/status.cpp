#include "node/status.hpp"

#include <algorithm>

#include "io/base/log.hpp"
#include "node/dismissal.hpp"

namespace dnc {
namespace {

std::string role_of(const ReplicaStatus& replica) {
  switch (replica.standing) {
    case Standing::kMember:
      return replica.leading ? "leader" : "follower";
    case Standing::kObserver:
      return "observer";
    case Standing::kHalted:
      return "halted";
    case Standing::kRecovering:
      return "recovering";
  }
  return "recovering";
}

std::string state_of(const ChainSeat& seat, const NodeStatus& node, const ReplicaStatus& replica) {
  if (seat.identity.seat == node.seat) return node.role;
  if (!seat.active) return "vacant";
  const auto peer =
      std::find_if(replica.peers.begin(), replica.peers.end(),
                   [&](const auto& entry) { return entry.seat == seat.identity.seat; });
  if (peer == replica.peers.end() || !peer->heard) return "unreachable";
  ReplicaStatus its;
  its.standing = peer->standing;
  its.leading = replica.leader == seat.identity.seat;
  return role_of(its);
}

}  // namespace

NodeStatus node_status(const NodeConfig& config, const Replica* replica, Epoch epoch,
                       const std::optional<ChainView>& view, const WatcherStatus& watcher,
                       const std::string& join_error) {
  NodeStatus status;
  status.seat = config.seat;
  status.operator_ = config.operator_key.address();
  status.epoch = epoch;
  status.role = "recovering";
  status.reason = "waiting for the chain";
  status.chain = {config.chain_id,
                  config.contract,
                  watcher.head,
                  watcher.reachable,
                  watcher.error.message,
                  {},
                  view ? view->leader_term : Term{},
                  view ? view->leader_seat : Seat{}};
  if (!replica) {
    if (!join_error.empty()) status.reason = "cannot join: " + join_error;
    return status;
  }
  const ReplicaStatus now = replica->status();
  status.role = role_of(now);
  status.reason = now.reason;
  status.silenced = explain(now.ouster, config.seat);
  if (now.bypassed) {
    status.refuses = explain_bypass(*now.bypassed);
    if (status.reason.empty()) status.reason = status.refuses.message;
  }
  if (!join_error.empty() && now.standing == Standing::kRecovering) {
    status.reason = "cannot join: " + join_error;
  }
  status.generation = now.generation;
  status.term = now.term;
  status.commit_seq = now.commit_seq;
  status.quorum = now.quorum;
  status.config_nonce = now.config_nonce;
  status.counted = now.counted;
  status.cold_start = now.cold_start;
  status.head_seq = now.head_seq;
  status.votes = now.votes;
  status.progress.emplace_back(config.seat, now.commit_seq);
  for (const auto& peer : now.peers) {
    if (peer.heard) status.progress.emplace_back(peer.seat, peer.commit_seq);
  }
  if (!view) return status;
  for (const auto& seat : view->seats) {
    status.members.push_back(
        {seat.identity.seat, seat.operator_, seat.endpoint, state_of(seat, status, now)});
    if (now.leader == seat.identity.seat) status.leader = status.members.back();
  }
  return status;
}

void log_replica_event(const Event& event) {
  std::vector<LogField> fields;
  fields.reserve(event.facts.size());
  for (const auto& [name, value] : event.facts)
    fields.push_back({name, value});
  log_event(LogLevel::info, event.name, fields);
}

NetLog net_log() {
  return [](const NetEvent& event) {
    log_info(event.code, {{"detail", event.detail}, {"suppressed", event.suppressed}});
  };
}

}  // namespace dnc
