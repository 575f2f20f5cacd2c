// One RPC endpoint of a chain: a client over HTTP, and how it is called in logs. Blocking; one
// thread, abort() excepted.
#pragma once

#include <string>

#include "core/base/time.hpp"
#include "io/chain/chain_client.hpp"
#include "io/net/http_client.hpp"

namespace dnc {

class RpcEndpoint {
 public:
  RpcEndpoint(const std::string& url, Duration timeout);
  RpcEndpoint(const RpcEndpoint&) = delete;
  RpcEndpoint& operator=(const RpcEndpoint&) = delete;

  ChainClient& client() { return client_; }
  // Asks which chain it is. Errors: wrong_chain, and those of the chain.
  Status verify(std::uint64_t chain_id);
  // Any thread: ends the call that runs and all later ones.
  void abort() { http_.abort(); }
  // Host and port; a URL may hold a secret.
  const std::string& label() const { return label_; }

 private:
  Result<std::string> post(const std::string& body);

  const std::string label_;
  HttpClient http_;
  ChainClient client_;
};

// As in RpcEndpoint::label().
std::string label_of(const std::string& url);

}  // namespace dnc
