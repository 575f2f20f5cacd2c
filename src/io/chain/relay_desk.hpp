// What stands behind POST /relay: pays for calls of peers that have no ether, within limits. It
// never makes anyone wait: the first asking brings "accepted", asking again with the same bytes
// brings the verdict. The same request is one transaction, however often it is posted.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/base/time.hpp"
#include "core/consensus/input.hpp"
#include "core/eth/eip712.hpp"
#include "io/chain/chain_poster.hpp"

namespace dnc {

// All limits of relaying. A caller is a stranger: what it can make this node do or remember is
// bounded here.
struct RelayLimits {
  std::size_t joins_per_seat_hour = 12;  // boots of a seat that are paid for
  std::size_t others_per_hour = 60;      // all other calls together
  std::size_t checks_burst = 20;         // questions to the chain that strangers may cause
  std::size_t checks_per_second = 5;
  std::size_t waiting_max = 16;      // calls that wait for their check
  std::size_t remembered_max = 256;  // calls whose verdict is remembered
  Duration done_kept{30'000};        // then the chain itself knows better
  Duration failed_kept{5'000};       // then it is tried afresh
};

struct RelayDeskConfig {
  std::vector<std::string> endpoints;
  Eip712Domain domain;  // chain and contract
  Duration rpc_timeout{3'000};
  RelayLimits limits;
};

// Error codes: not_relayable, not_operator, refused (the contract's reason), rate_limited,
// no_chain, and those of the poster.
struct RelayVerdict {
  enum class State { kAccepted, kDone, kFailed };
  State state = State::kAccepted;
  Hash id;                      // of the request
  TxDone done;                  // kDone
  Error error;                  // kFailed
  Duration retry_after{1'000};  // not kDone: when to ask again
};

class RelayDesk {
 public:
  // Requires: `poster` outlives the desk. `now` in tests only.
  RelayDesk(RelayDeskConfig config, ChainPoster& poster, std::function<Time()> now = {});
  ~RelayDesk();  // stop()
  RelayDesk(const RelayDesk&) = delete;
  RelayDesk& operator=(const RelayDesk&) = delete;

  void on_view(const ChainView& view);      // any thread
  RelayVerdict ask(const Bytes& calldata);  // any thread, answers at once
  void stop();

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;  // shared with verdicts that are under way
};

}  // namespace dnc
