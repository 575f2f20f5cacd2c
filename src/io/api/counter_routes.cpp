#include "io/api/counter_routes.hpp"

#include <nlohmann/json.hpp>

#include "core/services/counter.hpp"
#include "io/api/answers.hpp"
#include "io/api/receipts.hpp"
#include "io/api/request_parts.hpp"

namespace dnc {
namespace {

constexpr std::string_view kIncrement = "/increment";
constexpr std::string_view kCounter = "/counter";

// The largest integer that every JSON reader keeps exact.
constexpr std::uint64_t kIncrementMax = (1ull << 53) - 1;

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

void increment(NodeView& node, const HttpRequest& request, const HttpReplier& reply) {
  const auto by = increment_by(request.body);
  if (!by) return reply(error_answer(400, by.error()));
  const auto parts = write_parts(request);
  if (!parts) return reply(error_answer(400, parts.error()));
  node.write({parts->key, Counter::increment(*by)},
             [&node, reply, parts = *parts](const WriteReply& done) {
               reply(write_answer(node, done, parts));
             });
}

void counter(NodeView& node, const HttpRequest& request, const HttpReplier& reply) {
  const auto linearizable = wants_linearizable(request);
  if (!linearizable) return reply(error_answer(400, linearizable.error()));
  node.read(Counter::read(), *linearizable,
            [&node, reply](const ReadReply& done) { reply(read_answer(node, done)); });
}

bool owns(std::string_view path) {
  return path == kIncrement || path == kCounter;
}

void handle(NodeView& node, const HttpRequest& request, const HttpReplier& reply) {
  const std::string& method = request.method;
  if (request.path == kIncrement) {
    if (method == "POST") return increment(node, request, reply);
    return reply(not_allowed_answer(request.path, "POST"));
  }
  if (method == "GET" || method == "HEAD") return counter(node, request, reply);
  reply(not_allowed_answer(request.path, "GET"));
}

}  // namespace

Routes counter_routes() {
  return {{"POST /increment", "GET /counter"}, owns, handle};
}

}  // namespace dnc
