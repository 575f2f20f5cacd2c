#include "io/dstack/guest_agent.hpp"

#include <filesystem>
#include <nlohmann/json.hpp>
#include <thread>

#include "core/base/check.hpp"
#include "io/base/json.hpp"

namespace dnc {
namespace {

constexpr std::string_view kSockets[] = {"/var/run/dstack.sock", "/run/dstack.sock",
                                         "/var/run/dstack/dstack.sock", "/run/dstack/dstack.sock"};

// A quote with its event log is some 100 KB; the compose file in Info may have megabytes.
constexpr std::size_t kReplySizeMax = 16u << 20;

HttpClientOptions http_options(const GuestAgentOptions& options) {
  HttpClientOptions http;
  const bool is_url = options.endpoint.find("://") != std::string::npos;
  http.url = is_url ? options.endpoint : "http://localhost";
  while (http.url.ends_with('/'))
    http.url.pop_back();
  if (!is_url) http.unix_socket = options.endpoint;
  http.total_timeout = options.call_timeout;
  http.reply_size_max = kReplySizeMax;
  return http;
}

Error malformed(std::string_view method, const Error& cause) {
  return {"guest_agent_malformed", "guest agent, " + std::string(method) + ": " + cause.message,
          "check that the endpoint is a dstack guest agent with API v0"};
}

Error refused(std::string_view method, const HttpReply& reply) {
  const auto json = parse_json(reply.body);
  const auto reason = json ? json_text(*json, "error") : Result<std::string>(json.error());
  return {"guest_agent_refused",
          "guest agent, " + std::string(method) + ": HTTP " + std::to_string(reply.status) +
              (reason ? ": " + *reason : ""),
          ""};
}

std::string text_or_empty(const Json& json, std::string_view field) {
  auto text = json_text(json, field);
  return text ? std::move(*text) : std::string();
}

bool says_simulated(const std::string& vm_config) {
  const auto json = parse_json(vm_config);
  if (!json) return false;
  const auto flag = json_flag(*json, "simulated");
  return flag && *flag;
}

Result<GuestInfo> info_from(const Json& json) {
  GuestInfo info;
  const auto app_id = json_fixed<Address>(json, "app_id");
  if (!app_id) return app_id.error();
  const auto instance_id = json_fixed<Address>(json, "instance_id");
  if (!instance_id) return instance_id.error();
  const auto compose_hash = json_fixed<Hash>(json, "compose_hash");
  if (!compose_hash) return compose_hash.error();
  info.app_id = *app_id;
  info.instance_id = *instance_id;
  info.compose_hash = *compose_hash;
  info.app_name = text_or_empty(json, "app_name");
  info.os_image_hash = text_or_empty(json, "os_image_hash");
  info.mr_aggregated = text_or_empty(json, "mr_aggregated");
  info.simulated = says_simulated(text_or_empty(json, "vm_config"));
  return info;
}

Result<KeyReply> key_from(const Json& json) {
  const Error bad_chain{"json_field", "field \"signature_chain\" is not two signatures", ""};
  const auto scalar = json_hex(json, "key");
  if (!scalar) return scalar.error();
  const auto key = PrivateKey::from_bytes(*scalar);
  if (!key) return Error{"json_field", "field \"key\" is not a secp256k1 key", ""};
  const auto chain = json_array(json, "signature_chain");
  if (!chain) return chain.error();
  std::vector<Signature> links;
  for (const Json& item : **chain) {
    const auto* text = item.get_ptr<const std::string*>();
    const auto link = text == nullptr ? std::nullopt : fixed_from_hex<Signature>(*text);
    if (!link) return bad_chain;
    links.push_back(*link);
  }
  if (links.size() != 2) return bad_chain;
  return KeyReply{*key, links[0], links[1]};
}

Result<GuestQuote> quote_from(const Json& json) {
  auto quote = json_hex(json, "quote");
  if (!quote) return quote.error();
  return GuestQuote{std::move(*quote), text_or_empty(json, "event_log"),
                    text_or_empty(json, "vm_config")};
}

template <class T>
Result<T> parsed(std::string_view method, const Result<std::string>& body,
                 Result<T> (*read)(const Json&)) {
  if (!body) return body.error();
  const auto json = parse_json(*body, {kReplySizeMax, JsonLimits{}.depth_max});
  if (!json) return malformed(method, json.error());
  auto value = read(*json);
  if (!value) return malformed(method, value.error());
  return value;
}

}  // namespace

Result<std::string> find_guest_agent(std::string_view configured) {
  if (!configured.empty()) return std::string(configured);
  std::error_code ignored;
  for (const std::string_view path : kSockets) {
    if (std::filesystem::is_socket(path, ignored)) return std::string(path);
  }
  return Error{"guest_agent_not_found",
               "no dstack guest agent: none of its sockets exists, " + std::string(kSockets[0]) +
                   " first of all",
               "mount the socket into the container, or set DSTACK_SIMULATOR_ENDPOINT"};
}

GuestAgent::GuestAgent(GuestAgentOptions options)
    : options_(std::move(options)), http_(http_options(options_)) {}

Result<std::string> GuestAgent::call(std::string_view method, const std::string& body) {
  Duration pause = options_.retry_pause;
  for (int attempt = 1;; ++attempt) {
    auto reply = http_.post("/" + std::string(method), body);
    if (reply && reply->status == 200) return std::move(reply->body);
    if (reply && reply->status < 500) return refused(method, *reply);
    if (!reply && reply.error().code == "http_aborted") return reply.error();
    if (attempt >= options_.attempts_max) {
      if (reply) return refused(method, *reply);
      return Error{"guest_agent_unreachable", "guest agent: " + reply.error().message,
                   "check that " + options_.endpoint + " is the socket of a running guest agent"};
    }
    std::this_thread::sleep_for(pause);
    pause *= 2;
  }
}

Result<GuestInfo> GuestAgent::info() {
  return parsed("Info", call("Info", "{}"), info_from);
}

Result<KeyReply> GuestAgent::get_key(std::string_view path, std::string_view purpose) {
  const Json request{{"path", path}, {"purpose", purpose}, {"algorithm", "secp256k1"}};
  return parsed("GetKey", call("GetKey", dump_json(request)), key_from);
}

Result<GuestQuote> GuestAgent::get_quote(ByteView report_data) {
  CHECK(report_data.size() <= kReportDataSizeMax);
  const Json request{{"report_data", to_hex(report_data)}};
  return parsed("GetQuote", call("GetQuote", dump_json(request)), quote_from);
}

}  // namespace dnc
