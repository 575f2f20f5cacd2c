// Events of the cluster's contract since its deployment, in pieces that public nodes accept.
#pragma once

#include <string_view>
#include <vector>

#include "io/chain/chain_client.hpp"
#include "io/chain/deployment.hpp"

namespace dnc::ctl {

// All events with this signature, in order; what takes long is told on stderr. Errors: those of
// ChainClient.
Result<std::vector<EventLog>> contract_events(ChainClient& chain, const Deployment& deployment,
                                              std::string_view signature, BlockNumber last);

}  // namespace dnc::ctl
