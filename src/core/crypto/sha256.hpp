// SHA-256 (FIPS 180-4): dstack's compose hashes, instance ids and key derivation.
#pragma once

#include "core/base/bytes.hpp"

namespace dnc {

Hash sha256(ByteView bytes);

// HMAC-SHA-256 (RFC 2104).
Hash hmac_sha256(ByteView key, ByteView message);

}  // namespace dnc
