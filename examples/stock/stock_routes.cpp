#include "examples/stock/stock_routes.hpp"

#include <nlohmann/json.hpp>

#include "examples/stock/stock.hpp"
#include "io/api/answers.hpp"
#include "io/api/receipts.hpp"
#include "io/api/request_parts.hpp"

namespace dnc {
namespace {

constexpr std::string_view kPrefix = "/stock/";

Result<std::string> item_of(const HttpRequest& request) {
  std::string item = request.path.substr(kPrefix.size());
  if (!item.empty() && item.size() <= Stock::kItemBytesMax) return item;
  return bad_request("an item's name has 1 to 128 bytes", "for example GET /stock/apples");
}

Result<Bytes> command_of(const std::string& item, const std::string& body) {
  const char* const kHint = R"(send {"add": 5} or {"take": 2})";
  const auto json = parse_json(body);
  if (!json) return bad_request("the body is not JSON: " + json.error().message, kHint);
  if (!json->is_object() || json->size() != 1) {
    return bad_request("the body is not an object of one field", kHint);
  }
  const bool adds = json->contains("add");
  const auto units = json_u64(*json, adds ? "add" : "take");
  if (!units || *units < 1 || *units > Stock::kUnitsMax) {
    return bad_request("neither \"add\" nor \"take\" is an integer from 1 to 9007199254740991",
                       kHint);
  }
  return adds ? Stock::add(item, *units) : Stock::take(item, *units);
}

HttpResponse write_answer(const NodeView& node, const WriteReply& reply, const WriteParts& parts) {
  if (!reply.error.empty()) return refusal_answer(node, reply.error);
  const auto answer = Stock::decode(reply.result).value_or(Stock::Answer{});
  const std::string left = std::to_string(answer.units);
  switch (answer.outcome) {
    case Stock::Outcome::kOk:
      return written_answer(node, reply, parts, "units", answer.units);
    case Stock::Outcome::kShort:
      return error_answer(409, {"out_of_stock", "only " + left + " are left",
                                "take fewer, or wait until some are added"});
    case Stock::Outcome::kFull:
      return error_answer(409, {"stock_full", "the stock takes no more", "take some first"});
    case Stock::Outcome::kMalformed:
      break;
  }
  return error_answer(500, {"bad_result", "the service does not know this command",
                            "run the same program on all nodes"});
}

HttpResponse read_answer(const NodeView& node, const ReadReply& reply) {
  if (!reply.error.empty()) return refusal_answer(node, reply.error);
  const auto answer = Stock::decode(reply.result).value_or(Stock::Answer{});
  return numbers_answer({{"seq", reply.seq.value}, {"units", answer.units}});
}

void write(NodeView& node, const HttpRequest& request, const std::string& item,
           const HttpReplier& reply) {
  auto command = command_of(item, request.body);
  if (!command) return reply(error_answer(400, command.error()));
  const auto parts = write_parts(request);
  if (!parts) return reply(error_answer(400, parts.error()));
  node.write({parts->key, std::move(*command)},
             [&node, reply, parts = *parts](const WriteReply& done) {
               reply(write_answer(node, done, parts));
             });
}

void read(NodeView& node, const HttpRequest& request, const std::string& item,
          const HttpReplier& reply) {
  const auto linearizable = wants_linearizable(request);
  if (!linearizable) return reply(error_answer(400, linearizable.error()));
  node.read(Stock::look(item), *linearizable,
            [&node, reply](const ReadReply& done) { reply(read_answer(node, done)); });
}

bool owns(std::string_view path) {
  return path.starts_with(kPrefix);
}

void handle(NodeView& node, const HttpRequest& request, const HttpReplier& reply) {
  const auto item = item_of(request);
  if (!item) return reply(error_answer(400, item.error()));
  if (request.method == "POST") return write(node, request, *item, reply);
  if (request.method == "GET" || request.method == "HEAD") {
    return read(node, request, *item, reply);
  }
  reply(not_allowed_answer("/stock/{item}", "GET, POST"));
}

}  // namespace

Routes stock_routes() {
  return {{"GET /stock/{item}", "POST /stock/{item}"}, owns, handle};
}

}  // namespace dnc
