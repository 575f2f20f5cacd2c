#include "core/crypto/merkle.hpp"

#include "core/crypto/keccak256.hpp"

namespace dnc {
namespace {

Hash node(const Hash& left, const Hash& right) {
  Bytes bytes{1};
  bytes.insert(bytes.end(), left.bytes.begin(), left.bytes.end());
  bytes.insert(bytes.end(), right.bytes.begin(), right.bytes.end());
  return keccak256(bytes);
}

}  // namespace

Hash merkle_leaf(ByteView bytes) {
  Bytes tagged{0};
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
