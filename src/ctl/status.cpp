#include "ctl/status.hpp"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <future>
#include <nlohmann/json.hpp>
#include <thread>

#include "ctl/sheet.hpp"

namespace dnc::ctl {
namespace {

using Clock = std::chrono::steady_clock;

// What one look found: the document for programs, and how the cluster is.
struct Look {
  Json document = Json::object();
  Judgement judgement = nobody_answered();
  ClusterView cluster;
};

void add_judgement(Json& document, const Judgement& judgement) {
  document["health"] = name_of(judgement.health);
  document["can_lose"] = judgement.can_lose;
  document["summary"] = judgement.summary;
}

Look look_at(const NodeOptions& nodes) {
  Look look;
  auto status = fetch_status(nodes);
  auto cluster = status ? read_cluster(*status) : status.error();
  if (status && !cluster) {
    complain(cluster.error());
    look.judgement.summary = "cannot tell: " + cluster.error().message;
  }
  if (cluster) {
    look.document = std::move(*status);
    look.cluster = std::move(*cluster);
    look.judgement = judge(look.cluster);
  }
  add_judgement(look.document, look.judgement);
  return look;
}

int exit_code(const Look& look) {
  return static_cast<int>(look.judgement.health);
}

std::string number(const Json& object, const char* field) {
  return std::to_string(object.value(field, std::uint64_t{0}));
}

// Where log and chain stand, and why this node does not serve if it does not.
std::string footing(const Json& status, Output output) {
  const Json chain = status.value("chain", Json::object());
  std::string text = "\nterm " + number(status, "term") + ", generation " +
                     number(status, "generation") + ", commit " + number(status, "commit_seq") +
                     ", quorum " + number(status, "quorum") + "; chain " + number(chain, "id") +
                     " at block " + number(chain, "head") +
                     (chain.value("reachable", false) ? "" : " (not reachable)") + "\n";
  if (output == Output::wide) {
    text += "seen by seat " + number(status, "seat") + ", epoch " + number(status, "epoch") +
            "; configuration " + number(status, "config_nonce") + "; contract " +
            chain.value("contract", "?") + ": seat " + number(chain, "leader_seat") +
            " leads term " + number(chain, "leader_term") + "; gas: " + chain.value("gas", "?") +
            "\n";
  }
  const std::string reason = status.value("reason", "");
  if (!reason.empty()) text += "seat " + number(status, "seat") + ": " + reason + "\n";
  return text;
}

void show_judgement(const Judgement& judgement) {
  std::printf("%s\n", painted(name_of(judgement.health), judgement.summary).c_str());
}

Json seat_rows(const ClusterView& cluster) {
  Json rows = Json::array();
  for (const auto& seat : cluster.seats) {
    rows.push_back({{"seat", seat.seat},
                    {"state", seat.state},
                    {"counted", seat.counted},
                    {"endpoint", seat.endpoint},
                    {"operator", seat.operator_}});
  }
  return rows;
}

void show_status(const Look& look, Output output, bool watching) {
  if (output == Output::json) {
    if (!watching) return print(look.document);
    std::printf("%s\n", dump_json(look.document).c_str());  // a line for each look
    return;
  }
  if (look.judgement.health != Health::cannot_tell) {
    const auto table = as_table(seat_rows(look.cluster),
                                {{"SEAT", "seat"},
                                 {"STATE", "state"},
                                 {"COUNTED", "counted"},
                                 {"ENDPOINT", "endpoint"},
                                 {"OPERATOR", "operator"}},
                                output);
    std::printf("%s%s", table.c_str(), footing(look.document, output).c_str());
  }
  show_judgement(look.judgement);
}

// A seat's row: what the cluster says of it, and what its own node does.
Json member_row(const SeatView& seat, std::uint64_t commit_seq, int timeout_ms) {
  Json row = {{"seat", seat.seat},       {"state", seat.state},
              {"answers", false},        {"role", nullptr},
              {"term", nullptr},         {"commit_seq", nullptr},
              {"behind", nullptr},       {"endpoint", seat.endpoint},
              {"cause", nullptr},        {"operator", seat.operator_},
              {"counted", seat.counted}, {"epoch", nullptr}};
  if (seat.endpoint.empty()) {
    row["cause"] = "no node has joined for this seat";
    return row;
  }
  const auto status = NodeClient("http://" + seat.endpoint, timeout_ms).get_object("/status");
  if (!status) {
    row["cause"] = status.error().message;
    return row;
  }
  if (json_u64(*status, "seat") && *json_u64(*status, "seat") != seat.seat) {
    row["cause"] = "the node of another seat answers there";
    return row;
  }
  row["answers"] = true;
  for (const char* field : {"role", "term", "commit_seq", "epoch"})
    row[field] = status->value(field, Json(nullptr));
  const auto commit = json_u64(*status, "commit_seq");
  if (commit) row["behind"] = commit_seq > *commit ? commit_seq - *commit : 0;
  const auto reason = json_text(*status, "reason");
  if (reason && !reason->empty()) row["cause"] = *reason;
  return row;
}

// All at once, so that the dead ones cost one timeout.
Json ask_members(const ClusterView& cluster, int timeout_ms) {
  std::vector<std::future<Json>> asked;
  for (const auto& seat : cluster.seats) {
    asked.push_back(std::async(std::launch::async, member_row, std::cref(seat), cluster.commit_seq,
                               timeout_ms));
  }
  Json rows = Json::array();
  for (auto& row : asked)
    rows.push_back(row.get());
  return rows;
}

}  // namespace

int run_status(const NodeOptions& nodes, const WatchOptions& watch, Output output) {
  const bool clears = watch.watch && output != Output::json && ::isatty(STDOUT_FILENO) == 1;
  for (std::uint64_t looks = 1;; ++looks) {
    const Look look = look_at(nodes);
    if (clears) std::printf("\033[H\033[2J");
    show_status(look, output, watch.watch);
    std::fflush(stdout);
    if (!watch.watch || looks == watch.count) return exit_code(look);
    std::this_thread::sleep_for(std::chrono::milliseconds(watch.interval_ms));
  }
}

int run_members(const NodeOptions& nodes, Output output) {
  const Look look = look_at(nodes);
  Json document = Json::object();
  add_judgement(document, look.judgement);
  document["members"] = ask_members(look.cluster, nodes.timeout_ms);
  if (output == Output::json) {
    print(document);
    return exit_code(look);
  }
  if (look.judgement.health != Health::cannot_tell) {
    const auto table = as_table(document["members"],
                                {{"SEAT", "seat"},
                                 {"STATE", "state"},
                                 {"ANSWERS", "answers"},
                                 {"ROLE", "role"},
                                 {"TERM", "term"},
                                 {"COMMIT", "commit_seq"},
                                 {"BEHIND", "behind"},
                                 {"ENDPOINT", "endpoint"},
                                 {"COUNTED", "counted", true},
                                 {"EPOCH", "epoch", true},
                                 {"OPERATOR", "operator", true},
                                 {"CAUSE", "cause"}},
                                output);
    std::printf("%s\n", table.c_str());
  }
  show_judgement(look.judgement);
  return exit_code(look);
}

int run_wait_ready(const NodeOptions& nodes, int timeout_ms, Output output) {
  constexpr std::chrono::milliseconds kPause{200};
  constexpr std::chrono::milliseconds kLookMin{500};  // a hurried look would tell nothing
  const auto start = Clock::now();
  const auto deadline = start + std::chrono::milliseconds(timeout_ms);
  std::string said;
  NodeOptions asked = nodes;
  for (;;) {
    const Look look = look_at(asked);
    const bool ready = look.judgement.health == Health::healthy;
    if (ready || Clock::now() + kPause + kLookMin >= deadline) {
      Json document = Json::object();
      add_judgement(document, look.judgement);
      const auto waited =
          std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - start).count();
      document["waited_ms"] = waited;
      if (output == Output::json) {
        print(document);
      } else {
        show_judgement(look.judgement);
        std::printf("waited %.1f s\n", static_cast<double>(waited) / 1000);
      }
      return exit_code(look);
    }
    if (look.judgement.summary != said) {
      said = look.judgement.summary;
      std::fprintf(stderr, "clusterctl: %s\n", said.c_str());
    }
    std::this_thread::sleep_for(kPause);
    // The first look takes the time that it needs; the later ones end in time.
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
    asked.timeout_ms = std::clamp<int>(static_cast<int>(left.count()), 1, nodes.timeout_ms);
    asked.quiet = true;
  }
}

}  // namespace dnc::ctl
