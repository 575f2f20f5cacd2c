// Sends transactions to the contract, one after the other, from a thread of its own: asks first
// whether it would succeed, prices it, replaces it when it is not mined, and says what became of
// it.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/base/ids.hpp"
#include "core/base/result.hpp"
#include "core/base/time.hpp"
#include "core/crypto/secp256k1.hpp"
#include "core/eth/u256.hpp"

namespace dnc {

struct TxSenderConfig {
  std::vector<std::string> endpoints;  // the preferred one first
  std::uint64_t chain_id = 0;
  Address contract;
  Duration rpc_timeout{3'000};
  Duration poll_interval{250};      // between looks for the receipt
  Duration replace_after{15'000};   // not mined: sent again with higher fees
  unsigned replacements_max = 5;    // per transaction
  Duration give_up_after{120'000};  // from post() to the verdict, whatever happens
  Duration backoff_max{2'000};      // between attempts to reach a chain that does not answer
  std::size_t queue_max = 64;       // waiting transactions
  U256 fee_per_gas_max{1'000'000'000'000};  // wei; never offers more
};

struct TxDone {
  Hash hash;                  // zero when nothing had to be sent
  BlockNumber block;          // that holds it
  bool already_done = false;  // somebody was faster, or the contract stands beyond it
};

// Called once per posted transaction, on the sender's thread. Error codes:
//   refused           the contract would revert; the message names the reason; nothing was sent
//   reverted          mined, but it failed
//   no_gas_money      the gas key cannot pay
//   chain_unreachable no endpoint answered until the deadline
//   not_mined         sent, but no block holds it yet; it may still come
//   queue_full, stopped
using OnTxDone = std::function<void(const Result<TxDone>&)>;

struct TxSenderStatus {
  std::size_t queued = 0;
  std::uint64_t sent = 0;  // transactions, replacements included
  std::uint64_t done = 0;
  std::uint64_t failed = 0;
  Error last_error;  // empty code: none
};

class TxSender {
 public:
  TxSender(TxSenderConfig config, PrivateKey gas_key);
  ~TxSender();  // stop()
  TxSender(const TxSender&) = delete;
  TxSender& operator=(const TxSender&) = delete;

  const Address& address() const;  // of the gas key

  // Queues a call of the contract; any thread. `description` is for logs. A queue that is full
  // refuses at once: `on_done` is then called before post() returns, on the caller's thread.
  void post(std::string description, Bytes calldata, OnTxDone on_done);

  void stop();                    // within a second; what waits gets `stopped`
  TxSenderStatus status() const;  // any thread

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace dnc
