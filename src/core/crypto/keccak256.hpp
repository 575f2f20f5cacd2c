// Keccak-256 as Ethereum uses it (the original padding, not SHA3-256).
#pragma once

#include "core/base/bytes.hpp"

namespace dnc {

Hash keccak256(ByteView bytes);

}  // namespace dnc
