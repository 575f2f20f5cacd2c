#include "io/dstack/guest_agent_sim_server.hpp"

#include <nlohmann/json.hpp>

#include "core/base/hex.hpp"
#include "core/crypto/sha256.hpp"
#include "io/base/json.hpp"
#include "io/base/random.hpp"
#include "io/dstack/guest_agent.hpp"
#include "io/dstack/secret_file.hpp"
#include "io/dstack/signature_chain.hpp"
#include "io/dstack/tdx_quote.hpp"

namespace dnc {
namespace {

constexpr std::size_t kInstanceSeedSize = 20;

constexpr std::size_t kQuoteConfigIdAt = kQuoteHeaderSize + kTdConfigIdAt;
constexpr std::size_t kQuoteReportDataAt = kQuoteHeaderSize + kTdReportDataAt;
constexpr std::size_t kQuoteReportEnd = kQuoteHeaderSize + kTdReportSize;
constexpr std::size_t kQuoteSignatureSize = 128;  // a signature and its key

Error refusal(std::string message) {
  return {"refused", std::move(message), ""};
}

// What a method may use: the machine, and the keys it was given at its boot.
struct Machine {
  const GuestAgentSimConfig& config;
  const AppKeys& keys;
};

Result<Json> info(const Machine& machine, const Json&) {
  const BootInfo& boot = machine.config.boot;
  const std::string compose_hash = to_hex(boot.compose_hash.view());
  const std::string mr_aggregated = to_hex(boot.mr_aggregated.view());
  const std::string os_image_hash = to_hex(boot.os_image_hash.view());
  // Guest agents since v0.5.9 hash nothing at all: take device ids from elsewhere.
  const std::string device_id = to_hex(sha256({}).view());
  const Json tcb_info{
      {"compose_hash", compose_hash},   {"event_log", Json::array()},
      {"mr_aggregated", mr_aggregated}, {"os_image_hash", os_image_hash},
      {"device_id", device_id},         {"app_compose", machine.config.app_compose}};
  return Json{{"app_id", to_hex(boot.app_id.view())},
              {"instance_id", to_hex(boot.instance_id.view())},
              {"app_name", machine.config.app_name},
              {"app_cert", ""},
              {"device_id", device_id},
              {"compose_hash", compose_hash},
              {"mr_aggregated", mr_aggregated},
              {"os_image_hash", os_image_hash},
              {"key_provider_info", dump_json({{"name", "simulated"}, {"id", ""}})},
              {"tcb_info", dump_json(tcb_info)},
              {"vm_config", dump_json({{"simulated", true}})},
              {"cloud_vendor", ""},
              {"cloud_product", ""}};
}

Result<std::string> optional_text(const Json& request, std::string_view field) {
  if (!json_has(request, field)) return std::string();
  return json_text(request, field);
}

Result<Json> get_key(const Machine& machine, const Json& request) {
  const auto path = optional_text(request, "path");
  const auto purpose = optional_text(request, "purpose");
  const auto algorithm = optional_text(request, "algorithm");
  for (const auto* field : {&path, &purpose, &algorithm}) {
    if (!*field) return field->error();
  }
  if (!algorithm->empty() && *algorithm != "k256" && *algorithm != "secp256k1") {
    return refusal("Unsupported algorithm");
  }
  const PrivateKey& app_key = machine.keys.app_key;
  const auto key = derive_path_key(app_key, *path);
  if (!key) return refusal("Failed to derive key");
  const Signature claim = app_key.sign(claim_digest(*purpose, key->public_key()));
  const Signature& issued = machine.keys.kms_signature;
  return Json{{"key", to_hex(key->secret())},
              {"signature_chain", {to_hex(claim.view()), to_hex(issued.view())}}};
}

Bytes simulated_quote(const Machine& machine, ByteView report_data) {
  Bytes quote(kQuoteReportEnd + 4 + kQuoteSignatureSize, 0);
  quote[0] = 4;                 // version
  quote[2] = 2;                 // ECDSA with P-256
  quote[4] = 0x81;              // TDX
  quote[kQuoteConfigIdAt] = 1;  // mr_config_id, first form: the compose hash follows
  quote[kQuoteReportEnd] = kQuoteSignatureSize;  // and a signature of zeros
  const auto& compose = machine.config.boot.compose_hash.bytes;
  std::copy(compose.begin(), compose.end(), quote.begin() + kQuoteConfigIdAt + 1);
  std::copy(report_data.begin(), report_data.end(), quote.begin() + kQuoteReportDataAt);
  return quote;
}

Result<Json> get_quote(const Machine& machine, const Json& request) {
  auto report_data = json_hex(request, "report_data");
  if (!report_data) return report_data.error();
  if (report_data->size() > kReportDataSizeMax) return refusal("Report data is too long");
  report_data->resize(kReportDataSizeMax, 0);
  return Json{{"quote", to_hex(simulated_quote(machine, *report_data))},
              {"event_log", "[]"},
              {"report_data", to_hex(*report_data)},
              {"vm_config", dump_json({{"simulated", true}})}};
}

Result<Json> version(const Machine&, const Json&) {
  return Json{{"version", "0.5.11"}, {"rev", "simulated"}};
}

struct Method {
  std::string_view path;
  Result<Json> (*answer)(const Machine& machine, const Json& request);
};

constexpr Method kMethods[] = {
    {"/Info", info}, {"/GetKey", get_key}, {"/GetQuote", get_quote}, {"/Version", version}};

// A POST carries JSON, a GET the same fields in its query.
Result<Json> arguments_of(const HttpRequest& request) {
  Json fields = Json::object();
  if (request.method == "GET") {
    for (const auto& [name, value] : request.query)
      fields[name] = value;
    return fields;
  }
  if (request.method != "POST") return refusal("Use GET or POST");
  if (request.body.empty()) return fields;
  return parse_json(request.body);
}

HttpResponse refused(const Error& error) {
  HttpResponse response;
  response.status = 400;
  response.body = "{\n  \"error\": " + dump_json(error.message) + "\n}";
  return response;
}

}  // namespace

Result<Bytes> load_or_create_instance_seed(const std::filesystem::path& path) {
  return load_or_create_secret(path, random_bytes<kInstanceSeedSize>());
}

Address instance_id_of(ByteView seed, const Address& app_id) {
  Bytes message(seed.begin(), seed.end());
  message.insert(message.end(), app_id.bytes.begin(), app_id.bytes.end());
  return *Address::from(sha256(message).view().first(Address::kSize));
}

HttpResponse answer_guest_request(const GuestAgentSimConfig& config, const Result<AppKeys>& keys,
                                  const HttpRequest& request) {
  if (!keys) return refused(refusal("no keys from the KMS: " + keys.error().message));
  const auto arguments = arguments_of(request);
  if (!arguments) return refused(arguments.error());
  for (const Method& method : kMethods) {
    if (method.path != request.path) continue;
    const auto answer = method.answer({config, *keys}, *arguments);
    if (!answer) return refused(answer.error());
    HttpResponse response;
    response.body = dump_json(*answer);
    return response;
  }
  return refused(refusal("Service not found: " + request.path));
}

GuestAgentSimServer::GuestAgentSimServer(EventLoop& loop, GuestAgentSimConfig config, Keys keys)
    : config_(std::move(config)),
      keys_(std::move(keys)),
      server_(loop,
              [this](const HttpRequest& request, const HttpReplier& reply) {
                reply(answer_guest_request(config_, keys_(), request));
              }),
      listener_(loop,
                {.http = &server_, .peers = nullptr, .tls = nullptr, .limits = {}, .log = {}}) {}

Status GuestAgentSimServer::listen(const std::string& socket_path) {
  return listener_.listen_unix(socket_path);
}

}  // namespace dnc
