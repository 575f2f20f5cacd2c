// The composition root: the only place that knows all rooms. One loop thread owns replica, pump,
// links and API; disk, chain watcher, transaction sender and joiner have threads of their own and
// post to the loop.
#pragma once

#include <memory>

#include "core/base/result.hpp"
#include "node/config.hpp"
#include "node/extension.hpp"

namespace dnc {

enum class Exit {
  kStopped,  // on request, everything written
  kReboot,   // run the program again: this boot's key has said its last word
  kFailed,   // could not start; the log says why
  kRefused,  // what it was told does not fit the world; the log says what to do
};

// Runs until SIGTERM or SIGINT, or until the protocol wants a new boot. All nodes of a cluster have
// the same extensions.
Exit run_node(const NodeConfig& config, const Extensions& extensions = {});

}  // namespace dnc
