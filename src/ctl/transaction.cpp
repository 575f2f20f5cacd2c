#include "ctl/transaction.hpp"

#include <future>
#include <memory>

#include "io/base/log.hpp"
#include "io/chain/tx_sender.hpp"

namespace dnc::ctl {
namespace {

constexpr Duration kMinedWithin{60'000};

}  // namespace

Result<TxDone> send_transaction(const ChainOptions& options, const Deployment& deployment,
                                const PrivateKey& key, const std::string& description,
                                Bytes calldata) {
  configure_log({.level = LogLevel::error, .format = LogFormat::text});
  TxSenderConfig config;
  config.endpoints = options.rpc;
  config.chain_id = deployment.chain_id;
  config.contract = deployment.contract;
  config.rpc_timeout = Duration{options.timeout_ms};
  config.give_up_after = kMinedWithin;
  TxSender sender(config, key);
  auto verdict = std::make_shared<std::promise<Result<TxDone>>>();
  auto done = verdict->get_future();
  sender.post(description, std::move(calldata),
              [verdict](const Result<TxDone>& result) { verdict->set_value(result); });
  return done.get();
}

bool is_refused(const Error& error) {
  return error.code == "refused" || error.code == "reverted" || error.code == "no_gas_money";
}

}  // namespace dnc::ctl
