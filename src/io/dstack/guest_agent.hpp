// The client of dstack's guest agent, API v0: what this enclave is, a key that the KMS vouches for,
// a quote. HTTP over a unix socket that the platform mounts. Blocking: for worker threads.
#pragma once

#include <string>
#include <string_view>

#include "core/base/bytes.hpp"
#include "core/base/result.hpp"
#include "core/base/time.hpp"
#include "io/dstack/signature_chain.hpp"
#include "io/net/http_client.hpp"

namespace dnc {

// `configured` (usually the environment variable DSTACK_SIMULATOR_ENDPOINT) when it is not empty,
// else the first of the platform's sockets that exists. Error: guest_agent_not_found.
Result<std::string> find_guest_agent(std::string_view configured);

struct GuestAgentOptions {
  std::string endpoint;  // the path of a unix socket, or an http:// URL
  Duration call_timeout{5'000};
  int attempts_max = 3;
  Duration retry_pause{200};  // doubled after each attempt
};

struct GuestInfo {
  Address app_id;       // the contract, when the KMS is governed on chain
  Address instance_id;  // this machine; stable over restarts
  Hash compose_hash;
  std::string app_name;
  std::string os_image_hash;  // hex, may be empty
  std::string mr_aggregated;  // hex, may be empty
  bool simulated = false;     // vm_config says that no enclave stands behind it
};

struct GuestQuote {
  Bytes quote;
  std::string event_log;  // JSON text, as the agent wrote it
  std::string vm_config;
};

inline constexpr std::size_t kReportDataSizeMax = 64;

// Every call may be repeated, so what fails on the way is retried. Errors: guest_agent_unreachable,
// guest_agent_refused (it answered with an error), guest_agent_malformed, http_aborted.
class GuestAgent {
 public:
  explicit GuestAgent(GuestAgentOptions options);

  Result<GuestInfo> info();
  Result<KeyReply> get_key(std::string_view path, std::string_view purpose);
  Result<GuestQuote> get_quote(ByteView report_data);  // Requires: at most kReportDataSizeMax bytes

  void abort() { http_.abort(); }  // from any thread

 private:
  Result<std::string> call(std::string_view method, const std::string& body);

  GuestAgentOptions options_;
  HttpClient http_;
};

}  // namespace dnc
