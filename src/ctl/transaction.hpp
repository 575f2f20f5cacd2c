// A command's own transaction: sent, and waited for.
#pragma once

#include <string>

#include "core/crypto/secp256k1.hpp"
#include "ctl/connection.hpp"
#include "io/chain/chain_poster.hpp"

namespace dnc::ctl {

// Paid for by `key`. Errors: those of TxSender.
Result<TxDone> send_transaction(const ChainOptions& options, const Deployment& deployment,
                                const PrivateKey& key, const std::string& description,
                                Bytes calldata);

// Did contract or account refuse, rather than the chain not answer?
bool is_refused(const Error& error);

}  // namespace dnc::ctl
