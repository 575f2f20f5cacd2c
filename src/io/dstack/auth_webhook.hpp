// A stand-in for dstack's auth-eth: the service that a KMS asks whether a machine may have keys,
// and that asks the KMS's contract. Paths, rules, limits and texts are auth-eth's; values of a
// wrong JSON type are refused where auth-eth would convert some.
#pragma once

#include <string>
#include <vector>

#include "core/base/bytes.hpp"
#include "core/base/result.hpp"
#include "io/base/json.hpp"
#include "io/net/http_client.hpp"
#include "io/net/http_server.hpp"

namespace dnc {

struct AuthWebhookConfig {
  std::string rpc_url;   // auth-eth's ETH_RPC_URL
  Address kms_contract;  // and KMS_CONTRACT_ADDR: a DstackKms
  Duration rpc_timeout{4'000};
};

class AuthWebhook {
 public:
  explicit AuthWebhook(AuthWebhookConfig config);

  // POST /bootAuth/app, POST /bootAuth/kms, GET /. Blocks while the chain is asked; one thread.
  HttpResponse answer(const HttpRequest& request);
  void abort() { chain_.abort(); }  // from any thread

 private:
  Result<std::vector<Json>> ask_chain(const std::vector<Bytes>& calls);
  Result<HttpResponse> decide(const Bytes& question);
  Result<HttpResponse> describe();

  AuthWebhookConfig config_;
  HttpClient chain_;
};

}  // namespace dnc
