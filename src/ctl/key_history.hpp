// Reads from the contract what receipts are judged by: every boot key that was ever registered, and
// who counted in each configuration.
#pragma once

#include "ctl/receipt_file.hpp"
#include "io/chain/chain_client.hpp"
#include "io/chain/deployment.hpp"

namespace dnc::ctl {

// Errors: those of the chain.
Result<KeyHistory> fetch_key_history(ChainClient& chain, const Deployment& deployment);

// As parse_key_history() reads it.
std::string as_json(const KeyHistoryFile& file);

}  // namespace dnc::ctl
