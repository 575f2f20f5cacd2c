// Accounts whose private keys anybody can read.
#pragma once

#include "core/base/bytes.hpp"

namespace dnc {

// Is it one of the first 64 accounts of Anvil's and Hardhat's published mnemonic? The local world
// uses them all: for deployment, operators and gas.
bool is_published(const Address& account);
// Or a KMS root whose key is published: those of contracts/src/libraries/PublishedKeys.sol, or an
// account as above.
bool is_published_kms_root(const Address& root);

}  // namespace dnc
