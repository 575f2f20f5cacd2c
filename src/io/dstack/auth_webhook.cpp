#include "io/dstack/auth_webhook.hpp"

#include <nlohmann/json.hpp>

#include "core/base/hex.hpp"
#include "core/eth/abi.hpp"
#include "io/base/log.hpp"
#include "io/dstack/boot_gate.hpp"

namespace dnc {
namespace {

constexpr const char* kUnavailable = "authorization backend unavailable";

Error bad_chain_answer(const std::string& why) {
  return {"bad_chain_answer", why, ""};
}

HttpResponse json_response(int status, const Json& body) {
  HttpResponse response;
  response.status = status;
  response.body = dump_json(body);
  return response;
}

HttpResponse refusal(int status, const char* reason) {
  return json_response(status, {{"isAllowed", false}, {"reason", reason}, {"gatewayAppId", ""}});
}

HttpResponse failure(const char* message) {
  return json_response(500, {{"status", "error"}, {"message", message}});
}

Json rpc_request(std::size_t id, const char* method, Json params) {
  return {{"jsonrpc", "2.0"}, {"id", id}, {"method", method}, {"params", std::move(params)}};
}

// Scheme and host alone: the path of an RPC URL may hold a secret.
std::string public_part(const std::string& url) {
  const auto scheme = url.find("://");
  if (scheme == std::string::npos) return "configured";
  std::string host = url.substr(scheme + 3, url.find_first_of("/?", scheme + 3) - scheme - 3);
  if (const auto at = host.rfind('@'); at != std::string::npos) host.erase(0, at + 1);
  return url.substr(0, scheme + 3) + host;
}

// The results in the order of the requests, whose ids are 1, 2, ...
Result<std::vector<Json>> results_of(const std::string& body, std::size_t expected) {
  const auto answers = parse_json(body);
  if (!answers || !answers->is_array() || answers->size() != expected) {
    return bad_chain_answer("the chain's node did not answer each call of a batch");
  }
  std::vector<Json> results(expected);
  for (const Json& answer : *answers) {
    const auto id = json_u64(answer, "id");
    if (!id || *id == 0 || *id > expected || !json_has(answer, "result")) {
      const Json said = answer.is_object() ? answer.value("error", Json()) : Json();
      return bad_chain_answer("a call failed: " + dump_json(said));
    }
    results[*id - 1] = answer["result"];
  }
  return results;
}

Result<Bytes> call_result(const Json& result) {
  const auto* text = result.get_ptr<const std::string*>();
  auto bytes = text == nullptr ? std::nullopt : from_hex(*text);
  if (!bytes) return bad_chain_answer("the result of a call is no hex");
  return std::move(*bytes);
}

Result<std::string> text_result(const Json& result) {
  const auto bytes = call_result(result);
  if (!bytes) return bytes.error();
  AbiDecoder in(*bytes);
  std::string text = in.text();
  if (!in.ok()) return bad_chain_answer("the result of a call is no text");
  return text;
}

Result<Address> address_result(const Json& result) {
  const auto bytes = call_result(result);
  if (!bytes) return bytes.error();
  AbiDecoder in(*bytes);
  const Address address = in.address();
  if (!in.ok()) return bad_chain_answer("the result of a call is no address");
  return address;
}

}  // namespace

AuthWebhook::AuthWebhook(AuthWebhookConfig config)
    : config_(std::move(config)),
      chain_({.url = config_.rpc_url, .unix_socket = {}, .total_timeout = config_.rpc_timeout}) {}

// One batch: the chain's id, then the calls, which all see one state of the contract.
Result<std::vector<Json>> AuthWebhook::ask_chain(const std::vector<Bytes>& calls) {
  Json batch = Json::array({rpc_request(1, "eth_chainId", Json::array())});
  for (const Bytes& data : calls) {
    const Json call{{"to", to_hex0x(config_.kms_contract)}, {"data", to_hex0x(data)}};
    batch.push_back(rpc_request(batch.size() + 1, "eth_call", Json::array({call, "latest"})));
  }
  const auto reply = chain_.post({}, dump_json(batch));
  if (!reply) return reply.error();
  if (reply->status != 200) {
    return bad_chain_answer("the chain's node answered HTTP " + std::to_string(reply->status));
  }
  return results_of(reply->body, batch.size());
}

Result<HttpResponse> AuthWebhook::decide(const Bytes& question) {
  const auto results = ask_chain({question, AbiEncoder().call("gatewayAppId()")});
  if (!results) return results.error();
  const auto bytes = call_result((*results)[1]);
  if (!bytes) return bytes.error();
  const auto decision = decode_boot_answer(*bytes);
  if (!decision) return decision.error();
  const auto gateway = text_result((*results)[2]);
  if (!gateway) return gateway.error();
  return json_response(
      200,
      {{"isAllowed", decision->allowed}, {"reason", decision->reason}, {"gatewayAppId", *gateway}});
}

Result<HttpResponse> AuthWebhook::describe() {
  const auto results =
      ask_chain({AbiEncoder().call("gatewayAppId()"), AbiEncoder().call("appImplementation()")});
  if (!results) return results.error();
  const auto* chain_id = (*results)[0].get_ptr<const std::string*>();
  const auto gateway = text_result((*results)[1]);
  if (!gateway) return gateway.error();
  const auto implementation = address_result((*results)[2]);
  if (!implementation) return implementation.error();
  return json_response(200,
                       {{"status", "ok"},
                        {"kmsContractAddr", to_hex0x(config_.kms_contract)},
                        {"ethRpcUrl", public_part(config_.rpc_url)},
                        {"gatewayAppId", *gateway},
                        {"chainId", chain_id ? std::strtoull(chain_id->c_str(), nullptr, 16) : 0},
                        {"appAuthImplementation", to_hex0x(*implementation)},
                        {"appImplementation", to_hex0x(*implementation)}});
}

HttpResponse AuthWebhook::answer(const HttpRequest& request) {
  if (request.method == "GET" && request.path == "/") {
    auto described = describe();
    if (described) return std::move(*described);
    log_failure("chain_unreachable", described.error());
    return failure(kUnavailable);
  }
  const bool for_app = request.path == "/bootAuth/app";
  if (request.method != "POST" || (!for_app && request.path != "/bootAuth/kms")) {
    return json_response(
        404, {{"message", "Route " + request.method + ":" + request.path + " not found"},
              {"error", "Not Found"},
              {"statusCode", 404}});
  }
  const auto body = parse_json(request.body);
  if (!body) return failure(kUnavailable);  // auth-eth does not tell bad JSON from a failure
  const auto info = parse_boot_info(*body);
  if (!info) return refusal(400, "invalid authorization request");
  auto decided = decide(for_app ? encode_is_app_allowed(*info) : encode_is_kms_allowed(*info));
  if (decided) return std::move(*decided);
  log_failure("chain_unreachable", decided.error());
  return refusal(200, kUnavailable);
}

}  // namespace dnc
