// Binary Merkle root over opaque leaves, domain-separated (RFC 6962): leaf = keccak(0 | bytes),
// node = keccak(1 | left | right); an odd node is carried up. The root of no leaves is zero.
#pragma once

#include <vector>

#include "core/base/bytes.hpp"

namespace dnc {

Hash merkle_leaf(ByteView bytes);
std::vector<Hash> merkle_leaves(const std::vector<Bytes>& items);  // faster than one by one
Hash merkle_root(std::vector<Hash> leaves);

// The siblings from leaf `index` up to the root. Requires: index < leaves.size().
std::vector<Hash> merkle_path(std::vector<Hash> leaves, std::size_t index);
// The same way without the number of leaves: bit k says that the sibling at step k is on the left.
// In trees of one shape the same sides lead to the same place.
std::uint32_t merkle_sides(std::size_t index, std::size_t count);
// Where a way up leads to. Requires: no more siblings than `sides` has bits.
Hash merkle_climb(const Hash& leaf, const std::vector<Hash>& siblings, std::uint32_t sides);
// Is `leaf` the one at `index` of `count` leaves under `root`? `count` must be known for sure:
// trees of another shape share some of their ways up.
bool merkle_proves(const Hash& root, const Hash& leaf, std::size_t index, std::size_t count,
                   const std::vector<Hash>& path);

}  // namespace dnc
