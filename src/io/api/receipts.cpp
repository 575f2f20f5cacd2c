#include "io/api/receipts.hpp"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "core/base/hex.hpp"
#include "io/api/answers.hpp"

namespace dnc {
namespace {

constexpr std::string_view kPrefix = "/receipt/";

struct Place {
  SeqNo seq;
  std::size_t operation = 0;
};

template <class Number>
bool read_number(std::string_view text, Number& value) {
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  return failure == std::errc{} && end == text.data() + text.size();
}

Result<Place> place_of(std::string_view path) {
  path.remove_prefix(kPrefix.size());
  const std::size_t slash = path.find('/');
  Place place;
  const bool good = slash != std::string_view::npos &&
                    read_number(path.substr(0, slash), place.seq.value) &&
                    read_number(path.substr(slash + 1), place.operation);
  if (good) return place;
  return bad_request("the path is not /receipt/{seq}/{operation}",
                     "for example GET /receipt/42/0, the first operation of block 42");
}

Json hashes_json(const std::vector<Hash>& hashes) {
  Json list = Json::array();
  for (const Hash& hash : hashes)
    list.push_back(to_hex0x(hash));
  return list;
}

Json to_json(const Receipt& receipt, const ChainStatus& chain) {
  Json headers = Json::array();
  for (const Bytes& header : receipt.headers)
    headers.push_back(to_hex0x(header));
  Json accepts = Json::array();
  for (const ReceiptAccept& accept : receipt.accepts) {
    accepts.push_back({{"seat", accept.seat.value},
                       {"epoch", accept.epoch.value},
                       {"header", accept.header},
                       {"signature", to_hex0x(accept.signature)}});
  }
  return {{"version", 1},
          {"chain_id", chain.id},
          {"contract", to_hex0x(chain.contract)},
          {"headers", std::move(headers)},
          {"operation", to_hex0x(receipt.operation)},
          {"result", to_hex0x(receipt.result)},
          {"operation_path", hashes_json(receipt.operation_path)},
          {"result_path", hashes_json(receipt.result_path)},
          {"sides", receipt.sides},
          {"accepts", std::move(accepts)}};
}

int status_of(const Error& error) {
  return error.code == "receipt_gone" ? 410 : 404;
}

void add_receipt(Json& body, const NodeView& node, SeqNo seq, const Bytes& key) {
  const Block* block = node.block(seq);
  std::size_t at = 0;
  if (block != nullptr) {
    const auto& operations = block->body.operations;
    at = static_cast<std::size_t>(std::ranges::find(operations, key, &Operation::key) -
                                  operations.begin());
  }
  const auto receipt = node.receipt(seq, at);
  body["receipt"] = receipt ? to_json(*receipt, node.status().chain) : Json(nullptr);
  if (receipt) return;
  const Error& why = receipt.error();
  body["receipt_error"] = {{"code", why.code}, {"message", why.message}, {"hint", why.hint}};
}

}  // namespace

bool is_receipt_path(std::string_view path) {
  return path.starts_with(kPrefix);
}

void handle_receipt(NodeView& node, const HttpRequest& request, const HttpReplier& reply) {
  if (request.method != "GET" && request.method != "HEAD") {
    return reply(not_allowed_answer("/receipt/{seq}/{operation}", "GET"));
  }
  const auto place = place_of(request.path);
  if (!place) return reply(error_answer(400, place.error()));
  const NodeStatus status = node.status();
  if (!status.silenced.code.empty()) return reply(not_serving_answer(status));
  const auto receipt = node.receipt(place->seq, place->operation);
  if (!receipt) return reply(error_answer(status_of(receipt.error()), receipt.error()));
  reply(json_answer(to_json(*receipt, status.chain)));
}

HttpResponse written_answer(const NodeView& node, const WriteReply& reply, const WriteParts& parts,
                            std::string_view name, std::uint64_t number) {
  if (!parts.receipt) {
    return numbers_answer({{"seq", reply.seq.value}, {"term", reply.term.value}, {name, number}});
  }
  Json body = {{"seq", reply.seq.value}, {"term", reply.term.value}, {name, number}};
  add_receipt(body, node, reply.seq, parts.key);
  return json_answer(body);
}

}  // namespace dnc
