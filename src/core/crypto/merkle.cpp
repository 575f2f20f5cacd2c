#include "core/crypto/merkle.hpp"

#include "core/crypto/keccak256.hpp"

namespace dnc {
namespace {

Hash node(const Hash& left, const Hash& right) {
  std::array<std::uint8_t, 1 + 2 * Hash::kSize> bytes{1};
  std::copy(left.bytes.begin(), left.bytes.end(), bytes.begin() + 1);
  std::copy(right.bytes.begin(), right.bytes.end(), bytes.begin() + 1 + Hash::kSize);
  return keccak256(bytes);
}

}  // namespace

Hash merkle_leaf(ByteView bytes) {
  Bytes tagged;
  tagged.reserve(1 + bytes.size());
  tagged.push_back(0);
  tagged.insert(tagged.end(), bytes.begin(), bytes.end());
  return keccak256(tagged);
}

Hash merkle_root(std::vector<Hash> leaves) {
  if (leaves.empty()) return {};
  while (leaves.size() > 1) {
    std::vector<Hash> parents;
    for (std::size_t i = 0; i + 1 < leaves.size(); i += 2) {
      parents.push_back(node(leaves[i], leaves[i + 1]));
    }
    if (leaves.size() % 2 == 1) parents.push_back(leaves.back());
    leaves = std::move(parents);
  }
  return leaves.front();
}

}  // namespace dnc
