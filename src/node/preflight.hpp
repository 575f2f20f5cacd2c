// Before a node takes part: is the chain, the contract and the enclave what it was told? What can
// never work is refused at once, and says what to do; what may come yet is waited for.
#pragma once

#include <functional>
#include <memory>
#include <thread>

#include "core/base/result.hpp"
#include "node/config.hpp"

namespace dnc {

class ChainClient;
class EventLoop;
struct GuestInfo;

// Does the contract on this chain look like ours, with a KMS root that is nobody's toy? Errors:
// no_contract, wrong_contract, published_kms_root, and those of the chain.
Status check_contract(ChainClient& client, const NodeConfig& config);
// Is this the enclave that the contract expects for the seat? Errors: wrong_app,
// simulated_enclave, wrong_instance, and those of the chain.
Status check_enclave(ChainClient& client, const NodeConfig& config, const GuestInfo& info);
// Is it one that waiting does not cure?
bool is_refusal(const Error& error);

class Preflight {
 public:
  // Checks on a thread of its own, again and again while chain or guest agent do not answer. On the
  // loop: `on_news` when the reason for waiting changes, then `on_done` once, with a refusal or
  // none.
  Preflight(EventLoop& loop, const NodeConfig& config, std::function<void(const Error&)> on_news,
            std::function<void(const Status&)> on_done);
  ~Preflight();
  Preflight(const Preflight&) = delete;
  Preflight& operator=(const Preflight&) = delete;

  void start();

 private:
  struct Work;
  std::shared_ptr<Work> work_;
  std::thread worker_;
};

}  // namespace dnc
