#include "io/api/api.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/base/hex.hpp"
#include "io/api/answers.hpp"
#include "io/api/attestation.hpp"
#include "io/api/backup.hpp"
#include "io/api/contradictions.hpp"
#include "io/api/counter_routes.hpp"
#include "io/api/health.hpp"
#include "io/api/kv_routes.hpp"
#include "io/api/metrics.hpp"
#include "io/api/openapi.hpp"
#include "io/api/page.hpp"
#include "io/api/receipts.hpp"
#include "io/api/recovery.hpp"
#include "io/api/request_parts.hpp"
#include "io/api/switchover.hpp"

namespace dnc {
namespace {

constexpr std::uint64_t kLogPageDefault = 100;
constexpr std::uint64_t kLogPageMax = 1000;
constexpr const char* kLogExample = "/log?from=1&limit=100";

// {"data": "0x.."}: calldata of the cluster's contract.
Result<Bytes> relayed_data(const std::string& body) {
  const auto json = parse_json(body);
  const char* const kHint = R"(send {"data": "0x.."}, the calldata of a call of the contract)";
  if (!json) return bad_request("the body is not JSON: " + json.error().message, kHint);
  const bool one_field = json->is_object() && json->size() == 1;
  const auto text = json_text(*json, "data");
  const auto data = text && text->starts_with("0x") ? from_hex(*text) : std::nullopt;
  if (!one_field || !data) return bad_request("\"data\" is no calldata in hex", kHint);
  return *data;
}

struct Path {
  const char* path;
  const char* method;
};
constexpr Path kPaths[] = {{"/status", "GET"},
                           {"/relay", "POST"},
                           {"/members", "GET"},
                           {"/log", "GET"},
                           {"/recover", "POST"},
                           {"/metrics", "GET"},
                           {"/health", "GET"},
                           {"/leader", "GET"},
                           {"/replica", "GET"},
                           {"/liveness", "GET"},
                           {"/readiness", "GET"},
                           {"/readyz", "GET"},
                           {"/events", "GET"},
                           {"/openapi.json", "GET"},
                           {"/contradictions", "GET"},
                           {"/switchover", "POST"},
                           {"/attestation", "GET"},
                           {"/peers", "GET"},
                           {"/", "GET"}};

}  // namespace

Api::Api(NodeView& node, EventStream& events, PeerList& peers, Load& load,
         const std::vector<Routes>& own)
    : node_(node),
      events_(events),
      peers_(peers),
      load_(load),
      routes_{counter_routes(), kv_routes()} {
  routes_.insert(routes_.end(), own.begin(), own.end());
}

void Api::relay(const HttpRequest& request, const HttpReplier& reply) {
  const auto data = relayed_data(request.body);
  if (!data) return reply(error_answer(400, data.error()));
  reply(relay_answer(node_.relay(*data)));
}

void Api::log(const HttpRequest& request, const HttpReplier& reply) {
  if (const NodeStatus status = node_.status(); !status.silenced.code.empty()) {
    return reply(not_serving_answer(status));
  }
  const SeqNo pruned = node_.pruned_upto();
  const auto from = query_number(request, "from", pruned.value + 1, 1, kLogExample);
  if (!from) return reply(error_answer(400, from.error()));
  if (*from <= pruned.value) {
    const std::string first = std::to_string(pruned.value + 1);
    return reply(error_answer(410, {"pruned", "blocks below " + first + " are pruned",
                                    "ask from=" + first + ", or another node"}));
  }
  const auto limit = query_number(request, "limit", kLogPageDefault, 1, kLogExample);
  if (!limit) return reply(error_answer(400, limit.error()));
  Json blocks = Json::array();
  std::uint64_t seq = *from;
  const std::uint64_t wanted = std::min(*limit, kLogPageMax);
  for (; blocks.size() < wanted; ++seq) {
    const Block* block = node_.block({seq});
    if (!block) break;
    blocks.push_back(to_json(*block));
  }
  Json next = nullptr;
  if (node_.block({seq})) next = seq;
  reply(json_answer({{"blocks", blocks}, {"next", next}}));
}

void Api::handle(const HttpRequest& request, const HttpReplier& reply) {
  for (const Routes& routes : routes_) {
    if (routes.owns(request.path)) return routes.handle(node_, request, reply);
  }
  if (is_receipt_path(request.path)) return handle_receipt(node_, request, reply);
  if (is_snapshot_path(request.path)) return handle_snapshot(node_, request, reply);
  if (is_page_request(request)) return reply(page_answer(request));
  const auto known = std::find_if(std::begin(kPaths), std::end(kPaths),
                                  [&](const Path& entry) { return request.path == entry.path; });
  if (known == std::end(kPaths)) {
    return reply(error_answer(
        404, {"not_found", "there is nothing at " + request.path, "GET / lists what there is"}));
  }
  const std::string method = request.method == "HEAD" ? "GET" : request.method;
  if (method != known->method) {
    return reply(not_allowed_answer(request.path, known->method));
  }
  const std::string_view path = request.path;
  if (path == "/relay") return relay(request, reply);
  if (path == "/log") return log(request, reply);
  if (path == "/recover") return reply(recover_answer(node_, request.body));
  if (path == "/switchover") return reply(switchover_answer(node_, request.body));
  if (path == "/events") return events_.listen(request, reply);
  if (path == "/peers") return peers_.answer(request, reply);
  if (path == "/openapi.json") return reply(openapi_answer(request));
  if (path == "/attestation") return handle_attestation(node_, request, reply);
  if (path == "/contradictions") return reply(json_answer(contradictions_json(node_)));
  const NodeStatus status = node_.status();
  if (path == "/status") return reply(json_answer(to_json(status)));
  if (path == "/members") return reply(json_answer({{"members", members_json(status)}}));
  if (path == "/metrics") return reply(metrics_answer(status, load_));
  if (is_health_path(path)) return reply(health_answer(status, request));
  Json paths = Json::array();
  for (const Routes& routes : routes_) {
    for (const std::string& name : routes.names)
      paths.push_back(name);
  }
  for (const auto& entry : kPaths)
    paths.push_back(std::string(entry.method) + " " + entry.path);
  paths.push_back(kReceiptPath);
  paths.push_back(kPageFilePath);
  for (const char* route : kSnapshotPaths)
    paths.push_back(route);
  reply(json_answer({{"name", "dstack-nft-cluster"}, {"paths", paths}}));
}

}  // namespace dnc
