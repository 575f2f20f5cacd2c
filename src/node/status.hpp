// What a node knows, in the words of its API and of its log.
#pragma once

#include <optional>
#include <string>

#include "core/consensus/effects.hpp"
#include "core/consensus/input.hpp"
#include "core/consensus/replica.hpp"
#include "io/api/node_view.hpp"
#include "io/chain/membership_watcher.hpp"
#include "io/net/net_log.hpp"
#include "node/config.hpp"

namespace dnc {

// `replica` is null before the first view of the chain.
NodeStatus node_status(const NodeConfig& config, const Replica* replica, Epoch epoch,
                       const std::optional<ChainView>& view, const WatcherStatus& watcher,
                       const std::string& join_error);

void log_replica_event(const Event& event);
// Where the network room's events go.
NetLog net_log();

}  // namespace dnc
