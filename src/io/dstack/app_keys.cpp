#include "io/dstack/app_keys.hpp"

#include <nlohmann/json.hpp>

#include "io/dstack/signature_chain.hpp"

namespace dnc {
namespace {

constexpr Duration kAnswerWithin{12'000};  // the KMS has to ask its webhook, and that the chain

Error malformed(const std::string& why) {
  return {"kms_malformed", "the KMS answered nonsense: " + why,
          "check that the URL is that of a KMS"};
}

}  // namespace

std::optional<AppKeys> issue_app_keys(const PrivateKey& root, const Address& app_id) {
  const auto app_key = derive_app_key(root, app_id);
  if (!app_key) return std::nullopt;
  return AppKeys{*app_key, root.sign(issued_digest(app_id, app_key->public_key()))};
}

Json app_keys_json(const AppKeys& keys) {
  return {{"k256_key", to_hex(keys.app_key.secret())},
          {"k256_signature", to_hex(keys.kms_signature.view())}};
}

Result<AppKeys> parse_app_keys(const Json& body) {
  const auto scalar = json_hex(body, "k256_key");
  if (!scalar) return scalar.error();
  const auto key = PrivateKey::from_bytes(*scalar);
  if (!key) return Error{"json_field", "field \"k256_key\" is not a secp256k1 key", ""};
  const auto signature = json_fixed<Signature>(body, "k256_signature");
  if (!signature) return signature.error();
  return AppKeys{*key, *signature};
}

KmsClient::KmsClient(const std::string& url)
    : http_({.url = url, .unix_socket = {}, .total_timeout = kAnswerWithin}) {}

Result<AppKeys> KmsClient::app_keys(const BootInfo& info) {
  const auto reply = http_.post(kGetAppKey, dump_json(boot_info_json(info)));
  if (!reply) {
    return Error{"kms_unreachable", "the KMS cannot be asked: " + reply.error().message,
                 "check that it runs"};
  }
  const auto body = parse_json(reply->body);
  if (!body) return malformed(body.error().message);
  if (reply->status != 200) {
    const auto reason = json_text(*body, "error");
    if (!reason) return malformed("HTTP " + std::to_string(reply->status) + " without a reason");
    return Error{"kms_refused", *reason, "the reason is the contract's or the webhook's own"};
  }
  const auto keys = parse_app_keys(*body);
  if (!keys) return malformed(keys.error().message);
  return *keys;
}

}  // namespace dnc
