#include "io/chain/json_rpc.hpp"

#include <optional>

#include "io/chain/contract_errors.hpp"

namespace dnc {
namespace {

constexpr std::size_t kTextShownMax = 200;  // characters of a stranger's message

Error bad_answer(const std::string& why) {
  return {"bad_chain_answer", "the chain's node answered nonsense: " + why,
          "Check that the RPC URL is that of an Ethereum node."};
}

// Where nodes put the bytes of a revert: "data" as hex, or an object that holds it.
std::optional<Bytes> revert_data(const Json& error) {
  if (!error.contains("data")) return std::nullopt;
  const Json* data = &error["data"];
  if (data->is_object() && data->contains("data")) data = &(*data)["data"];
  if (!data->is_string()) return std::nullopt;
  std::string text = data->get<std::string>();
  if (text.starts_with("Reverted ")) text.erase(0, 9);
  return text.starts_with("0x") ? from_hex(text) : std::nullopt;
}

Error error_of(const Json& error) {
  if (!error.is_object()) return bad_answer("an error that is no object");
  const std::string code =
      error.contains("code") && error["code"].is_number_integer() ? error["code"].dump() : "?";
  std::string words = json_text(error, "message").ok() ? *json_text(error, "message") : "";
  words = words.substr(0, kTextShownMax);
  const bool says_revert = words.find("revert") != std::string::npos;
  const auto data = revert_data(error);
  if (data && (says_revert || data->size() >= 4)) {
    return {"reverted", data->empty() ? words : describe_revert(*data), ""};
  }
  if (says_revert) return {"reverted", words, ""};
  return {"rpc_error", "RPC error " + code + ": " + words, ""};
}

Json request_of(std::uint64_t id, const std::string& method, Json params) {
  return {{"jsonrpc", "2.0"}, {"id", id}, {"method", method}, {"params", std::move(params)}};
}

Result<Json> result_of(Json& answer) {
  if (json_has(answer, "error")) return error_of(answer["error"]);
  if (!answer.is_object() || !answer.contains("result")) return bad_answer("no result");
  return std::move(answer["result"]);
}

std::optional<std::uint64_t> id_of(const Json& answer) {
  const auto id = json_u64(answer, "id");
  return id ? std::optional(*id) : std::nullopt;
}

}  // namespace

Result<Json> JsonRpc::exchange(const Json& request) {
  const auto body = post_(dump_json(request));
  if (!body) return body.error();
  auto answer = parse_json(*body, {kRpcResponseBytesMax});
  if (!answer) return bad_answer(answer.error().message);
  return answer;
}

Result<Json> JsonRpc::call(const std::string& method, Json params) {
  const std::uint64_t id = next_id_++;
  auto answer = exchange(request_of(id, method, std::move(params)));
  if (!answer) return answer.error();
  // A node that could not read the request answers without an id.
  if (id_of(*answer) != id && !json_has(*answer, "error")) return bad_answer("another id");
  return result_of(*answer);
}

Result<std::vector<Result<Json>>> JsonRpc::batch(const std::vector<RpcCall>& calls) {
  CHECK(!calls.empty() && calls.size() <= kRpcBatchMax);
  const std::uint64_t first = next_id_;
  next_id_ += calls.size();
  Json request = Json::array();
  for (std::size_t i = 0; i < calls.size(); ++i)
    request.push_back(request_of(first + i, calls[i].method, calls[i].params));
  auto answer = exchange(request);
  if (!answer) return answer.error();
  if (json_has(*answer, "error")) return error_of((*answer)["error"]);
  if (!answer->is_array() || answer->size() != calls.size()) {
    return bad_answer("no answer to each call of a batch");
  }
  std::vector<Result<Json>> results(calls.size(), Result<Json>(bad_answer("missing in a batch")));
  std::vector<bool> seen(calls.size(), false);
  for (auto& entry : *answer) {
    const auto id = id_of(entry);
    if (!id || *id < first || *id >= first + calls.size() || seen[*id - first]) {
      return bad_answer("a batch with other ids");
    }
    seen[*id - first] = true;
    results[*id - first] = result_of(entry);
  }
  return results;
}

}  // namespace dnc
