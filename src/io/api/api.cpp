#include "io/api/api.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/base/hex.hpp"
#include "core/services/counter.hpp"
#include "io/api/answers.hpp"
#include "io/api/contradictions.hpp"
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

// The largest integer that every JSON reader keeps exact.
constexpr std::uint64_t kIncrementMax = (1ull << 53) - 1;
constexpr std::uint64_t kLogPageDefault = 100;
constexpr std::uint64_t kLogPageMax = 1000;
constexpr const char* kLogExample = "/log?from=1&limit=100";

Result<std::uint64_t> increment_by(const std::string& body) {
  if (body.empty()) return std::uint64_t{1};
  const auto json = parse_json(body);
  const char* const kHint = R"(send no body, or {"by": 5})";
  if (!json) return bad_request("the body is not JSON: " + json.error().message, kHint);
  if (!json->is_object()) return bad_request("the body is not a JSON object", kHint);
  for (const auto& [name, value] : json->items()) {
    if (name != "by") return bad_request("unknown field \"" + name + "\"", kHint);
  }
  if (json->empty()) return std::uint64_t{1};
  const auto by = json_u64(*json, "by");
  if (!by || *by < 1 || *by > kIncrementMax) {
    return bad_request("\"by\" is not an integer from 1 to 9007199254740991", kHint);
  }
  return *by;
}

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

HttpResponse write_answer(const NodeView& node, const WriteReply& reply, const WriteParts& parts) {
  if (!reply.error.empty()) return refusal_answer(node, reply.error);
  const auto value = Counter::decode_value(reply.result);
  if (!value) {
    return error_answer(
        409, {"counter_overflow", "the counter would exceed 64 bits", "nothing was changed"});
  }
  return written_answer(node, reply, parts, "value", *value);
}

HttpResponse read_answer(const NodeView& node, const ReadReply& reply) {
  if (!reply.error.empty()) return refusal_answer(node, reply.error);
  const auto value = Counter::decode_value(reply.result);
  return numbers_answer({{"seq", reply.seq.value}, {"value", value.value_or(0)}});
}

struct Path {
  const char* path;
  const char* method;
};
constexpr Path kPaths[] = {
    {"/increment", "POST"},   {"/counter", "GET"}, {"/status", "GET"},         {"/relay", "POST"},
    {"/members", "GET"},      {"/log", "GET"},     {"/recover", "POST"},       {"/metrics", "GET"},
    {"/health", "GET"},       {"/leader", "GET"},  {"/replica", "GET"},        {"/liveness", "GET"},
    {"/readiness", "GET"},    {"/readyz", "GET"},  {"/contradictions", "GET"}, {"/events", "GET"},
    {"/openapi.json", "GET"}, {"/peers", "GET"},   {"/switchover", "POST"},    {"/", "GET"}};

}  // namespace

void Api::increment(const HttpRequest& request, const HttpReplier& reply) {
  const auto by = increment_by(request.body);
  if (!by) return reply(error_answer(400, by.error()));
  const auto parts = write_parts(request);
  if (!parts) return reply(error_answer(400, parts.error()));
  node_.write({parts->key, Counter::increment(*by)},
              [this, reply, parts = *parts](const WriteReply& done) {
                reply(write_answer(node_, done, parts));
              });
}

void Api::counter(const HttpRequest& request, const HttpReplier& reply) {
  const auto linearizable = wants_linearizable(request);
  if (!linearizable) return reply(error_answer(400, linearizable.error()));
  node_.read(Counter::read(), *linearizable,
             [this, reply](const ReadReply& done) { reply(read_answer(node_, done)); });
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
  if (is_kv_path(request.path)) return handle_kv(node_, request, reply);
  if (is_receipt_path(request.path)) return handle_receipt(node_, request, reply);
  if (is_page_request(request)) return reply(page_answer(request));
  const auto known = std::find_if(std::begin(kPaths), std::end(kPaths),
                                  [&](const Path& entry) { return request.path == entry.path; });
  if (known == std::end(kPaths)) {
    return reply(error_answer(
        404, {"not_found", "there is nothing at " + request.path, "GET / lists what there is"}));
  }
  const std::string method = request.method == "HEAD" ? "GET" : request.method;
  if (method != known->method) {
    HttpResponse response =
        error_answer(405, {"method_not_allowed", request.path + " takes " + known->method,
                           std::string("use ") + known->method});
    response.headers.emplace_back("Allow", known->method);
    return reply(response);
  }
  const std::string_view path = request.path;
  if (path == "/increment") return increment(request, reply);
  if (path == "/counter") return counter(request, reply);
  if (path == "/relay") return relay(request, reply);
  if (path == "/log") return log(request, reply);
  if (path == "/recover") return reply(recover_answer(node_, request.body));
  if (path == "/switchover") return reply(switchover_answer(node_, request.body));
  if (path == "/events") return events_.listen(request, reply);
  if (path == "/peers") return peers_.answer(request, reply);
  if (path == "/openapi.json") return reply(openapi_answer(request));
  if (path == "/contradictions") return reply(json_answer(contradictions_json(node_)));
  const NodeStatus status = node_.status();
  if (path == "/status") return reply(json_answer(to_json(status)));
  if (path == "/members") return reply(json_answer({{"members", members_json(status)}}));
  if (path == "/metrics") return reply(metrics_answer(status, load_));
  if (is_health_path(path)) return reply(health_answer(status, request));
  Json paths = Json::array();
  for (const auto& entry : kPaths)
    paths.push_back(std::string(entry.method) + " " + entry.path);
  for (const char* route : kKvPaths)
    paths.push_back(route);
  paths.push_back(kReceiptPath);
  paths.push_back(kPageFilePath);
  reply(json_answer({{"name", "dstack-nft-cluster"}, {"paths", paths}}));
}

}  // namespace dnc
