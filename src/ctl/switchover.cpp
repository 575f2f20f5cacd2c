#include "ctl/switchover.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <thread>

#include "core/base/hex.hpp"
#include "core/consensus/signing.hpp"
#include "ctl/sheet.hpp"
#include "io/base/key_file.hpp"
#include "io/chain/deployment.hpp"

namespace dnc::ctl {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::uint64_t kOrderSeconds = 60;  // how long an order is good, if its term lasts
constexpr std::chrono::milliseconds kLookEvery{20};

std::string name_of(std::uint64_t seat) {
  return "seat " + std::to_string(seat);
}

const SeatView* find(const ClusterView& cluster, std::uint64_t seat) {
  const auto found = std::ranges::find(cluster.seats, seat, &SeatView::seat);
  return found == cluster.seats.end() ? nullptr : &*found;
}

// The first follower that counts, from the leader's seat on and round the table.
std::uint64_t next_after(const ClusterView& cluster, std::uint64_t leader) {
  std::vector<std::uint64_t> able;
  for (const auto& seat : cluster.seats) {
    if (seat.counted && seat.state == "follower") able.push_back(seat.seat);
  }
  const auto next = std::ranges::upper_bound(able, leader);
  if (next != able.end()) return *next;
  return able.empty() ? 0 : able.front();
}

Finding judge_successor(const ClusterView& cluster, std::uint64_t to) {
  const std::string explain = "clusterctl explain " + std::to_string(to);
  const SeatView* seat = find(cluster, to);
  if (to == 0) return refusal("successor", "no other seat follows", "clusterctl members says why");
  if (seat == nullptr) {
    return refusal("successor", name_of(to) + " was never minted", "clusterctl members names them");
  }
  if (!seat->counted) return refusal("successor", name_of(to) + " does not count", explain);
  if (seat->state != "follower") {
    return refusal("successor", name_of(to) + " is " + seat->state, explain);
  }
  return passed("successor", name_of(to) + " follows, at " + seat->endpoint);
}

struct Order {
  SwitchoverPlan plan;
  Json status;  // that the plan was made from
  ClusterView cluster;
};

Result<Order> look(const SwitchoverOptions& options) {
  auto status = fetch_status(options.nodes);
  if (!status) return status.error();
  auto cluster = read_cluster(*status);
  if (!cluster) return cluster.error();
  return Order{plan_switchover(*cluster, options.to), std::move(*status), std::move(*cluster)};
}

Result<SwitchoverOrder> sign(const SwitchoverOptions& options, const Order& order) {
  const auto deployment = read_deployment(options.deployment);
  if (!deployment) return deployment.error();
  const auto key = read_key_file(options.operator_key, "the operator's key");
  if (!key) return key.error();
  const SeatView* leader = find(order.cluster, order.plan.leader);
  if (to_hex0x(key->address()) != leader->operator_) {
    return Error{"not_an_operator",
                 to_hex0x(key->address()) + " does not operate " + name_of(order.plan.leader) +
                     ", which leads",
                 "only its operator " + leader->operator_ +
                     " can order this; operators of other seats vote: clusterctl vote"};
  }
  const auto utc = std::chrono::duration_cast<std::chrono::seconds>(
      std::chrono::system_clock::now().time_since_epoch());
  SwitchoverOrder made{{order.status.value("generation", std::uint64_t{0})},
                       {order.cluster.term},
                       {order.plan.to},
                       static_cast<std::uint64_t>(utc.count()) + kOrderSeconds,
                       {order.plan.leader},
                       {}};
  made.signature =
      key->sign(Signing({deployment->chain_id, deployment->contract}).switchover_order(made));
  return made;
}

std::string body_of(const SwitchoverOrder& order) {
  return dump_json({{"generation", order.generation.value},
                    {"term", order.term.value},
                    {"to", order.to.value},
                    {"deadline", order.deadline},
                    {"seat", order.seat.value},
                    {"signature", to_hex0x(order.signature)}});
}

bool may_have_arrived(const Error& error) {
  return error.code == "http_timeout" || error.code == "http_interrupted";
}

// Who leads a later term than this, as soon as a node knows; null where the time is over.
std::optional<ClusterView> await_leader(const SwitchoverOptions& options, const Order& order) {
  NodeOptions nodes = options.nodes;
  nodes.quiet = true;
  nodes.urls.insert(nodes.urls.begin(), "http://" + find(order.cluster, order.plan.to)->endpoint);
  for (const auto end = Clock::now() + std::chrono::milliseconds(options.wait_ms);
       Clock::now() < end; std::this_thread::sleep_for(kLookEvery)) {
    const auto status = fetch_status(nodes);
    const auto cluster = status ? read_cluster(*status) : status.error();
    if (cluster && cluster->leader && cluster->term > order.cluster.term) return *cluster;
  }
  return std::nullopt;
}

Finding outcome_of(const SwitchoverOptions& options, const Order& order, Clock::time_point sent) {
  const auto now = await_leader(options, order);
  if (!now) {
    return unknown("outcome", "nobody was seen to lead a later term within the time",
                   "clusterctl status says who leads; clusterctl history what happened");
  }
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - sent);
  const std::string leads = name_of(*now->leader) + " leads term " + std::to_string(now->term);
  if (*now->leader != order.plan.to) {
    return refusal("outcome", leads + " instead: " + name_of(order.plan.to) + " did not take over",
                   "clusterctl explain " + std::to_string(order.plan.to) + "; then try again");
  }
  return passed("outcome",
                leads + ", seen " + std::to_string(took.count()) + " ms after the order was sent");
}

// The leader may have obeyed even where its answer was lost: then what counts is who leads.
void carry_out(const SwitchoverOptions& options, Order& order) {
  Report& report = order.plan.report;
  const auto made = sign(options, order);
  if (!made) {
    report.push_back(refusal("order", made.error().message, made.error().hint));
    return;
  }
  NodeClient leader("http://" + find(order.cluster, order.plan.leader)->endpoint,
                    options.nodes.timeout_ms);
  const auto sent = Clock::now();
  const Status taken = leader.post("/switchover", body_of(*made));
  if (!taken && taken.error().code == "http_unreachable") {
    report.push_back(unknown("order", taken.error()));
    return;
  }
  if (!taken && !may_have_arrived(taken.error())) {
    report.push_back(refusal("order", taken.error().message, taken.error().hint));
    return;
  }
  report.push_back(taken ? passed("order", "the leader takes it")
                         : warning("order", "its answer was lost: " + taken.error().message, ""));
  report.push_back(outcome_of(options, order, sent));
  order.plan.done = report.back().verdict == Verdict::ok;
}

ExitCode show(const SwitchoverPlan& plan, Output output) {
  if (output != Output::json) return print(plan.report, output);
  Json document = to_json(plan.report);
  document["leader"] = plan.leader == 0 ? Json(nullptr) : Json(plan.leader);
  document["to"] = plan.to == 0 ? Json(nullptr) : Json(plan.to);
  document["done"] = plan.done;
  print(document);
  return exit_code_of(plan.report);
}

}  // namespace

SwitchoverPlan plan_switchover(const ClusterView& cluster, std::uint64_t to) {
  SwitchoverPlan plan;
  if (!cluster.leader) {
    plan.report.push_back(refusal("leader", "no leader is known", "clusterctl status says why"));
    return plan;
  }
  plan.leader = *cluster.leader;
  const std::string leads = name_of(plan.leader) + " leads term " + std::to_string(cluster.term);
  plan.report.push_back(passed("leader", leads));
  plan.to = to != 0 ? to : next_after(cluster, plan.leader);
  if (plan.to == plan.leader) {
    plan.done = true;
    return plan;
  }
  plan.report.push_back(judge_successor(cluster, plan.to));
  const Judgement judgement = judge(cluster);
  if (judgement.health == Health::degraded) {
    plan.report.push_back(warning("health", judgement.summary,
                                  "mend that first: if the successor fails as well, writes stop"));
  }
  return plan;
}

ExitCode run_switchover(const SwitchoverOptions& options, Output output) {
  if (options.yes && options.operator_key.empty()) {
    complain({"usage", "--yes signs, and that takes the key of the leader's operator",
              "name the file: --operator-key FILE"});
    return kUsage;
  }
  auto order = look(options);
  if (!order) {
    complain(order.error());
    return kCannotTell;
  }
  if (order->plan.done) {
    std::fprintf(stderr, "Nothing was sent: it leads already.\n");
  } else if (exit_code_of(order->plan.report) == kOk) {
    if (options.yes) {
      carry_out(options, *order);
    } else {
      std::fprintf(stderr, "Nothing was signed: add --yes to order it.\n");
    }
  }
  return show(order->plan, output);
}

}  // namespace dnc::ctl
