// Binary Merkle root over opaque leaves, domain-separated (RFC 6962): leaf = keccak(0 | bytes),
// node = keccak(1 | left | right); an odd node is carried up. The root of no leaves is zero.
#pragma once

#include <vector>

#include "core/base/bytes.hpp"

namespace dnc {

Hash merkle_leaf(ByteView bytes);
Hash merkle_root(std::vector<Hash> leaves);

// The siblings from leaf `index` up to the root. Requires: index < leaves.size().
std::vector<Hash> merkle_path(std::vector<Hash> leaves, std::size_t index);
// Is `leaf` the one at `index` of `count` leaves under `root`? Leaves and nodes are hashed apart,
// so there is one `count` for which an honest root says yes.
bool merkle_proves(const Hash& root, const Hash& leaf, std::size_t index, std::size_t count,
                   const std::vector<Hash>& path);

}  // namespace dnc
