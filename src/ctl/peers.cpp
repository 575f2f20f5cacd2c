#include "ctl/peers.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <thread>

#include "ctl/sheet.hpp"

namespace dnc::ctl {
namespace {

Json peers_of(const ClusterView& cluster) {
  std::vector<SeatView> serving;
  std::copy_if(cluster.seats.begin(), cluster.seats.end(), std::back_inserter(serving),
               [](const SeatView& seat) { return seat.serves(); });
  std::stable_partition(serving.begin(), serving.end(),
                        [&](const SeatView& seat) { return seat.seat == cluster.leader; });
  Json rows = Json::array();
  for (const auto& seat : serving) {
    rows.push_back({{"url", "http://" + seat.endpoint},
                    {"leads", seat.seat == cluster.leader},
                    {"seat", seat.seat},
                    {"operator", seat.operator_}});
  }
  return rows;
}

void show(const Json& document, Output output, bool watching) {
  if (output == Output::json) {
    if (!watching) return print(document);
    std::printf("%s\n", dump_json(document).c_str());
    return;
  }
  const auto table = as_table(
      document["peers"],
      {{"URL", "url"}, {"LEADS", "leads"}, {"SEAT", "seat"}, {"OPERATOR", "operator", true}},
      output);
  std::printf("%s%s", table.c_str(), watching ? "\n" : "");
}

// A node's stream beats every 5 s.
constexpr Duration kSilenceMax{15'000};

// Looks, and shows what has changed since the last look.
class PeerWatch {
 public:
  PeerWatch(const WatchOptions& watch, Output output) : watch_(watch), output_(output) {}

  void look(const NodeOptions& nodes) {
    const auto status = fetch_status(nodes);
    const auto cluster = status ? read_cluster(*status) : status.error();
    const Judgement judgement = cluster ? judge(*cluster) : nobody_answered();
    health_ = judgement.health;
    Json document = {{"health", name_of(judgement.health)},
                     {"peers", cluster ? peers_of(*cluster) : Json::array()}};
    if (document == shown_) return;
    show(document, output_, watch_.watch);
    std::fflush(stdout);
    std::fprintf(stderr, "clusterctl: %s\n", judgement.summary.c_str());
    shown_ = std::move(document);
    ++changes_;
  }

  // Looks whenever the node's own stream says something, until that ends. A heartbeat counts too:
  // health can change where the list does not.
  void follow(const std::string& url, const NodeOptions& nodes) {
    HttpClient http({.url = url,
                     .unix_socket = {},
                     .connect_timeout = Duration{nodes.timeout_ms},
                     .total_timeout = kSilenceMax});
    const NodeOptions only{{url}, nodes.timeout_ms, nodes.quiet};
    const auto ended = http.listen("/peers", [&](std::string_view) {
      look(only);
      return !done();
    });
    (void)ended;  // however it ended, the next one is asked
  }

  bool done() const { return !watch_.watch || changes_ == watch_.count; }
  int exit_code() const { return static_cast<int>(health_); }

 private:
  const WatchOptions watch_;
  const Output output_;
  std::optional<Json> shown_;
  std::uint64_t changes_ = 0;
  Health health_ = Health::cannot_tell;
};

}  // namespace

int run_peers(const NodeOptions& nodes, const WatchOptions& watch, Output output) {
  PeerWatch peers(watch, output);
  for (;;) {
    peers.look(nodes);
    for (const auto& url : nodes.urls) {
      if (!peers.done()) peers.follow(url, nodes);
    }
    if (peers.done()) return peers.exit_code();
    std::this_thread::sleep_for(std::chrono::milliseconds(watch.interval_ms));
  }
}

}  // namespace dnc::ctl
