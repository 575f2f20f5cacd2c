// Keccak-256 as Ethereum uses it (the original padding, not SHA3-256).
#pragma once

#include <span>
#include <vector>

#include "core/base/bytes.hpp"

namespace dnc {

Hash keccak256(ByteView bytes);

// The hash of each message; short ones are taken four at a time where the processor can.
std::vector<Hash> keccak256_each(std::span<const ByteView> messages);

}  // namespace dnc
