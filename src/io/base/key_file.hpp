// Private keys in files of their own.
#pragma once

#include <string>

#include "core/base/result.hpp"
#include "core/crypto/secp256k1.hpp"

namespace dnc {

// A file that its owner alone may read, holding 32 bytes in hex. `what` names the key in messages.
// Errors: those of read_file, bad_config.
Result<PrivateKey> read_key_file(const std::string& path, const std::string& what);

}  // namespace dnc
