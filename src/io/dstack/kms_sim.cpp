#include "io/dstack/kms_sim.hpp"

#include <nlohmann/json.hpp>

#include "io/base/log.hpp"
#include "io/base/random.hpp"
#include "io/dstack/app_keys.hpp"
#include "io/dstack/secret_file.hpp"

namespace dnc {
namespace {

constexpr Duration kDecideWithin{8'000};

HttpResponse refused(const std::string& reason) {
  HttpResponse response;
  response.status = 400;
  response.body = dump_json({{"error", reason}});
  return response;
}

Error denied(const std::string& reason) {
  return {"boot_denied", "Boot denied: " + reason, ""};
}

}  // namespace

Result<PrivateKey> load_or_create_kms_root(const std::filesystem::path& path) {
  const auto secret = load_or_create_secret(path, random_bytes<32>());
  if (!secret) return secret.error();
  const auto key = PrivateKey::from_bytes(*secret);
  if (key) return *key;
  return Error{"secret_malformed", path.string() + " holds no scalar of secp256k1",
               "remove the file to have a new one made"};
}

KmsSim::KmsSim(const PrivateKey& root, const std::string& webhook_url)
    : root_(root),
      webhook_({.url = webhook_url, .unix_socket = {}, .total_timeout = kDecideWithin}) {}

// Whatever is not a plain yes is a no.
Status KmsSim::authorise(const std::string& boot_info) {
  const auto reply = webhook_.post("/bootAuth/app", boot_info);
  if (!reply) return denied("the authorization webhook cannot be asked: " + reply.error().message);
  const auto body = parse_json(reply->body);
  if (!body) return denied("the authorization webhook answered nonsense");
  const auto allowed = json_flag(*body, "isAllowed");
  const auto reason = json_text(*body, "reason");
  if (!allowed || !reason) return denied("the authorization webhook answered nonsense");
  if (reply->status == 200 && *allowed) return ok_status();
  return denied(*reason);
}

HttpResponse KmsSim::answer(const HttpRequest& request) {
  if (request.path != kGetAppKey) return refused("Service not found: " + request.path);
  const auto body = parse_json(request.body);
  const auto info = body ? parse_boot_info(*body) : Result<BootInfo>(body.error());
  if (!info) return refused(info.error().message);
  if (const Status allowed = authorise(request.body); !allowed) {
    log_warn("app_key_refused", {{"app_id", info->app_id},
                                 {"instance_id", info->instance_id},
                                 {"reason", allowed.error().message}});
    return refused(allowed.error().message);
  }
  const auto keys = issue_app_keys(root_, info->app_id);
  if (!keys) return refused("Failed to derive key");
  log_info("app_key_given", {{"app_id", info->app_id}, {"instance_id", info->instance_id}});
  HttpResponse response;
  response.body = dump_json(app_keys_json(*keys));
  return response;
}

}  // namespace dnc
