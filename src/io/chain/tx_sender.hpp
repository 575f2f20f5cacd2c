// Sends transactions to the contract, one after the other, from a thread of its own: asks first
// whether it would succeed, prices it, replaces it when it is not mined, and says what became of
// it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/base/ids.hpp"
#include "core/base/result.hpp"
#include "core/base/time.hpp"
#include "core/crypto/secp256k1.hpp"
#include "core/eth/u256.hpp"
#include "io/chain/chain_poster.hpp"

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

struct TxSenderStatus {
  std::size_t queued = 0;
  std::uint64_t sent = 0;  // transactions, replacements included
  std::uint64_t done = 0;
  std::uint64_t failed = 0;
  Error last_error;  // empty code: none
};

// Beside the error codes of every poster:
//   reverted          mined, but it failed
//   no_gas_money      the gas key cannot pay
//   chain_unreachable no endpoint answered until the deadline
//   not_mined         sent, but no block holds it yet; it may still come
class TxSender : public ChainPoster {
 public:
  TxSender(TxSenderConfig config, PrivateKey gas_key);
  ~TxSender() override;  // stop()
  TxSender(const TxSender&) = delete;
  TxSender& operator=(const TxSender&) = delete;

  const Address& address() const;  // of the gas key

  void post(std::string description, Bytes calldata, OnTxDone on_done) override;
  void stop() override;
  TxSenderStatus status() const;  // any thread

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace dnc
