// How a node gets calls of the contract onto the chain: TxSender pays for them itself, RelayClient
// asks peers to.
#pragma once

#include <functional>
#include <string>

#include "core/base/bytes.hpp"
#include "core/base/ids.hpp"
#include "core/base/result.hpp"

namespace dnc {

struct TxDone {
  Hash hash;                  // zero when nothing had to be sent
  BlockNumber block;          // that holds it
  bool already_done = false;  // somebody was faster, or the contract stands beyond it
};

// Called once per posted call, on the poster's thread. Error codes of both posters:
//   refused           the contract would revert; the message names the reason; nothing was sent
//   queue_full, stopped
using OnTxDone = std::function<void(const Result<TxDone>&)>;

class ChainPoster {
 public:
  virtual ~ChainPoster() = default;

  // Queues a call of the contract; any thread. `description` is for logs. A queue that is full
  // refuses at once: `on_done` is then called before post() returns, on the caller's thread.
  virtual void post(std::string description, Bytes calldata, OnTxDone on_done) = 0;
  virtual void stop() = 0;  // within a second; what waits gets `stopped`
};

}  // namespace dnc
