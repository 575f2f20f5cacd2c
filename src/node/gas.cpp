#include "node/gas.hpp"

namespace dnc {
namespace {

// The local world boots its seats all the time.
constexpr std::size_t kDevelopmentJoins = 240;

RelayLimits limits_on(std::uint64_t chain_id) {
  RelayLimits limits;
  if (chain_id == kDevelopmentChain) limits.joins_per_seat_hour = kDevelopmentJoins;
  return limits;
}

int status_of(const Error& error) {
  if (error.code == "not_relayable") return 400;
  if (error.code == "rate_limited") return 429;
  if (error.code == "refused" || error.code == "not_operator") return 422;
  return 503;
}

}  // namespace

Gas::Gas(const NodeConfig& config) : seat_(config.seat) {
  if (!config.gas_key) {
    relayed_ = std::make_unique<RelayClient>(RelayClientConfig{.urls = config.relays});
    return;
  }
  TxSenderConfig sender;
  sender.endpoints = config.rpc;
  sender.chain_id = config.chain_id;
  sender.contract = config.contract;
  own_ = std::make_unique<TxSender>(sender, *config.gas_key);
  RelayDeskConfig desk;
  desk.endpoints = config.rpc;
  desk.domain = {config.chain_id, config.contract};
  desk.limits = limits_on(config.chain_id);
  desk_ = std::make_unique<RelayDesk>(desk, *own_);
}

ChainPoster& Gas::poster() {
  return own_ ? static_cast<ChainPoster&>(*own_) : *relayed_;
}

void Gas::on_view(const ChainView& view) {
  if (desk_) return desk_->on_view(view);
  std::vector<std::string> peers;
  for (const auto& seat : view.seats) {
    if (seat.active && !seat.revoked && seat.identity.seat != seat_) peers.push_back(seat.endpoint);
  }
  relayed_->set_peers(peers);
}

RelayReply Gas::relay(const Bytes& calldata) {
  RelayReply reply;
  if (!desk_) {
    reply.status = 503;
    reply.error = {"no_gas_key", "this node has no gas key: it pays for nothing",
                   "ask another node"};
    return reply;
  }
  const RelayVerdict verdict = desk_->ask(calldata);
  reply.id = verdict.id;
  reply.retry_after =
      static_cast<std::uint64_t>(std::max<std::int64_t>(1, verdict.retry_after.count() / 1'000));
  if (verdict.state == RelayVerdict::State::kDone) {
    reply.status = 200;
    reply.tx = verdict.done.hash;
    reply.block = verdict.done.block;
  }
  if (verdict.state == RelayVerdict::State::kFailed) {
    reply.status = status_of(verdict.error);
    reply.error = verdict.error;
  }
  return reply;
}

void Gas::stop() {
  if (desk_) desk_->stop();
  if (own_) own_->stop();
  if (relayed_) relayed_->stop();
}

}  // namespace dnc
