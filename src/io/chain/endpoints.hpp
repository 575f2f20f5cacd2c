// The RPC endpoints of one chain in order of preference, one of them in use. An endpoint is used
// only after it has named the right chain id.
#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "core/base/time.hpp"
#include "io/chain/rpc_endpoint.hpp"

namespace dnc {

class Endpoints {
 public:
  struct Config {
    std::vector<std::string> urls;  // Requires: at least one
    std::uint64_t chain_id = 0;
    Duration rpc_timeout{3'000};
    Duration failback_interval{10'000};  // how often a better endpoint than the current is tried
  };
  explicit Endpoints(const Config& config);

  // The client to use now. After failed() it is the next that answers; a better one that came back
  // is preferred. Errors: wrong_chain, or why none could be reached. One thread.
  Result<ChainClient*> connect();
  void failed();  // what connect() returned does not work: the next one is tried first

  // Any thread: ends the call that runs and all later ones.
  void abort();
  // Host and port of the endpoint in use; a URL may hold a secret.
  std::string label() const;

 private:
  Status try_endpoint(std::size_t index);
  void verify_again();
  void use(std::size_t index);

  const Config config_;
  std::vector<std::unique_ptr<RpcEndpoint>> endpoints_;
  bool verified_ = false;  // the current one has named its chain since it last failed
  std::chrono::steady_clock::time_point verified_at_;
  std::chrono::steady_clock::time_point tried_better_;
  mutable std::mutex mutex_;  // guards current_
  std::size_t current_ = 0;
};

}  // namespace dnc
