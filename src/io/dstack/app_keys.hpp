// The keys that a KMS gives to each machine of an app, and how a machine asks for them at its boot.
#pragma once

#include <optional>

#include "core/base/bytes.hpp"
#include "core/base/result.hpp"
#include "core/crypto/secp256k1.hpp"
#include "io/base/json.hpp"
#include "io/dstack/boot_gate.hpp"
#include "io/net/http_client.hpp"

namespace dnc {

inline constexpr std::string_view kGetAppKey = "/prpc/KMS.GetAppKey";

// The same for every machine of the app.
struct AppKeys {
  PrivateKey app_key;
  Signature kms_signature;  // the KMS root over issued_digest()
};

// Empty in the case, never seen, that the derived value is no scalar of the curve.
std::optional<AppKeys> issue_app_keys(const PrivateKey& root, const Address& app_id);

Json app_keys_json(const AppKeys& keys);
Result<AppKeys> parse_app_keys(const Json& body);  // Error: json_field

// Blocking: for a worker thread. A real KMS reads the boot info from the machine's attestation;
// here the machine says it, and is believed.
class KmsClient {
 public:
  explicit KmsClient(const std::string& url);

  // Errors: kms_refused, with the KMS's reason as its message; kms_unreachable; kms_malformed.
  Result<AppKeys> app_keys(const BootInfo& info);
  void abort() { http_.abort(); }  // from any thread

 private:
  HttpClient http_;
};

}  // namespace dnc
