// Who pays for what this node sends to the contract: its own gas key, which then also pays for
// peers that have none, or such a peer.
#pragma once

#include <memory>
#include <vector>

#include "core/consensus/input.hpp"
#include "io/api/node_view.hpp"
#include "io/chain/relay_client.hpp"
#include "io/chain/relay_desk.hpp"
#include "io/chain/tx_sender.hpp"
#include "node/config.hpp"

namespace dnc {

class Gas {
 public:
  explicit Gas(const NodeConfig& config);

  ChainPoster& poster();
  void on_view(const ChainView& view);
  RelayReply relay(const Bytes& calldata);
  const char* payer() const { return own_ ? "own" : "relayed"; }
  // Why nothing of this node reaches the contract; empty code when it does.
  Error trouble() const { return relayed_ ? relayed_->trouble() : Error{}; }
  void stop();

 private:
  const Seat seat_;
  std::unique_ptr<TxSender> own_;
  std::unique_ptr<RelayDesk> desk_;       // beside `own_`
  std::unique_ptr<RelayClient> relayed_;  // instead of them
};

}  // namespace dnc
