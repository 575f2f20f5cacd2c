// Binary Merkle root over opaque leaves, domain-separated (RFC 6962): leaf = keccak(0 | bytes),
// node = keccak(1 | left | right); an odd node is carried up. The root of no leaves is zero.
#pragma once

#include <vector>

#include "core/base/bytes.hpp"

namespace dnc {

Hash merkle_leaf(ByteView bytes);
Hash merkle_root(std::vector<Hash> leaves);

}  // namespace dnc
