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

}  // namespace

int run_peers(const NodeOptions& nodes, const WatchOptions& watch, Output output) {
  std::optional<Json> shown;
  std::uint64_t changes = 0;
  for (;;) {
    const auto status = fetch_status(nodes);
    const auto cluster = status ? read_cluster(*status) : status.error();
    const Judgement judgement = cluster ? judge(*cluster) : nobody_answered();
    const Json document = {{"health", name_of(judgement.health)},
                           {"peers", cluster ? peers_of(*cluster) : Json::array()}};
    if (document != shown) {
      show(document, output, watch.watch);
      std::fflush(stdout);
      std::fprintf(stderr, "clusterctl: %s\n", judgement.summary.c_str());
      shown = document;
      ++changes;
    }
    if (!watch.watch || changes == watch.count) return static_cast<int>(judgement.health);
    std::this_thread::sleep_for(std::chrono::milliseconds(watch.interval_ms));
  }
}

}  // namespace dnc::ctl
