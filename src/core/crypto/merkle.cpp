#include "core/crypto/merkle.hpp"

#include "core/base/check.hpp"
#include "core/crypto/keccak256.hpp"

namespace dnc {
namespace {

using NodeBytes = std::array<std::uint8_t, 1 + 2 * Hash::kSize>;

NodeBytes node_bytes(const Hash& left, const Hash& right) {
  NodeBytes bytes{1};
  std::copy(left.bytes.begin(), left.bytes.end(), bytes.begin() + 1);
  std::copy(right.bytes.begin(), right.bytes.end(), bytes.begin() + 1 + Hash::kSize);
  return bytes;
}

Hash node(const Hash& left, const Hash& right) {
  return keccak256(node_bytes(left, right));
}

std::vector<Hash> parents_of(const std::vector<Hash>& nodes) {
  std::vector<NodeBytes> pairs;
  pairs.reserve(nodes.size() / 2);
  for (std::size_t i = 0; i + 1 < nodes.size(); i += 2)
    pairs.push_back(node_bytes(nodes[i], nodes[i + 1]));
  std::vector<Hash> parents = keccak256_each(std::vector<ByteView>(pairs.begin(), pairs.end()));
  if (nodes.size() % 2 == 1) parents.push_back(nodes.back());
  return parents;
}

}  // namespace

Hash merkle_leaf(ByteView bytes) {
  Bytes tagged;
  tagged.reserve(1 + bytes.size());
  tagged.push_back(0);
  tagged.insert(tagged.end(), bytes.begin(), bytes.end());
  return keccak256(tagged);
}

std::vector<Hash> merkle_leaves(const std::vector<Bytes>& items) {
  std::size_t size = 0;
  for (const auto& item : items)
    size += 1 + item.size();
  Bytes tagged;
  tagged.reserve(size);  // the views below point into it
  std::vector<ByteView> messages;
  messages.reserve(items.size());
  for (const auto& item : items) {
    const std::uint8_t* const begin = tagged.data() + tagged.size();
    tagged.push_back(0);
    tagged.insert(tagged.end(), item.begin(), item.end());
    messages.emplace_back(begin, 1 + item.size());
  }
  return keccak256_each(messages);
}

Hash merkle_root(std::vector<Hash> leaves) {
  if (leaves.empty()) return {};
  while (leaves.size() > 1)
    leaves = parents_of(leaves);
  return leaves.front();
}

std::vector<Hash> merkle_path(std::vector<Hash> leaves, std::size_t index) {
  CHECK(index < leaves.size());
  std::vector<Hash> path;
  for (; leaves.size() > 1; index /= 2) {
    const std::size_t sibling = index ^ 1;
    if (sibling < leaves.size()) path.push_back(leaves[sibling]);
    leaves = parents_of(leaves);
  }
  return path;
}

std::uint32_t merkle_sides(std::size_t index, std::size_t count) {
  CHECK(index < count);
  std::uint32_t sides = 0;
  std::uint32_t step = 1;
  for (; count > 1; index /= 2, count = (count + 1) / 2) {
    if ((index ^ 1) >= count) continue;  // an odd node is carried up
    if (index % 2 == 1) sides |= step;
    step <<= 1;
  }
  return sides;
}

Hash merkle_climb(const Hash& leaf, const std::vector<Hash>& siblings, std::uint32_t sides) {
  CHECK(siblings.size() <= 32);
  Hash reached = leaf;
  for (std::size_t step = 0; step < siblings.size(); ++step) {
    const bool is_left = (sides >> step & 1) != 0;
    reached = is_left ? node(siblings[step], reached) : node(reached, siblings[step]);
  }
  return reached;
}

bool merkle_proves(const Hash& root, const Hash& leaf, std::size_t index, std::size_t count,
                   const std::vector<Hash>& path) {
  if (index >= count) return false;
  Hash hash = leaf;
  std::size_t used = 0;
  for (; count > 1; index /= 2, count = (count + 1) / 2) {
    if ((index ^ 1) >= count) continue;  // an odd node is carried up
    if (used == path.size()) return false;
    const Hash& sibling = path[used++];
    hash = index % 2 == 0 ? node(hash, sibling) : node(sibling, hash);
  }
  return used == path.size() && hash == root;
}

}  // namespace dnc
