#include "core/crypto/merkle.hpp"

#include <gtest/gtest.h>

#include "core/base/hex.hpp"
#include "core/crypto/keccak256.hpp"

namespace dnc {
namespace {

Hash join(const Hash& left, const Hash& right) {
  return keccak256(from_hex("01" + to_hex(left.view()) + to_hex(right.view())).value());
}

std::vector<Hash> leaves(std::size_t count) {
  std::vector<Hash> hashes;
  for (std::size_t i = 0; i < count; ++i) {
    hashes.push_back(merkle_leaf(Bytes{static_cast<std::uint8_t>(i)}));
  }
  return hashes;
}

TEST(Merkle, OfNothingIsZero) {
  EXPECT_TRUE(merkle_root({}).is_zero());
}

TEST(Merkle, OfOneLeafIsTheLeaf) {
  EXPECT_EQ(merkle_root(leaves(1)), leaves(1)[0]);
}

TEST(Merkle, TagsLeavesAndNodesApart) {
  EXPECT_EQ(merkle_leaf(as_bytes("a")), keccak256(from_hex("0061").value()));
  // A leaf that holds the bytes of a node is not that node.
  const auto two = leaves(2);
  const Bytes body = from_hex(to_hex(two[0].view()) + to_hex(two[1].view())).value();
  EXPECT_NE(merkle_leaf(body), merkle_root(two));
}

TEST(Merkle, CarriesAnOddNodeUp) {
  const auto l = leaves(5);
  EXPECT_EQ(merkle_root(leaves(2)), join(l[0], l[1]));
  EXPECT_EQ(merkle_root(leaves(3)), join(join(l[0], l[1]), l[2]));
  EXPECT_EQ(merkle_root(leaves(5)), join(join(join(l[0], l[1]), join(l[2], l[3])), l[4]));
}

// Bitcoin's tree repeats the last leaf, so two lists share a root; this one must not.
TEST(Merkle, RepeatedLastLeafChangesTheRoot) {
  auto repeated = leaves(3);
  repeated.push_back(repeated.back());
  EXPECT_NE(merkle_root(leaves(3)), merkle_root(repeated));
}

TEST(Merkle, DependsOnOrder) {
  auto swapped = leaves(4);
  std::swap(swapped[1], swapped[2]);
  EXPECT_NE(merkle_root(leaves(4)), merkle_root(swapped));
}

TEST(Merkle, APathProvesItsLeafAtItsPlaceAndNothingElse) {
  for (std::size_t count = 1; count <= 9; ++count) {
    const auto all = leaves(count);
    const Hash root = merkle_root(all);
    for (std::size_t index = 0; index < count; ++index) {
      const auto path = merkle_path(all, index);
      EXPECT_TRUE(merkle_proves(root, all[index], index, count, path)) << index << " of " << count;
      EXPECT_FALSE(merkle_proves(root, merkle_leaf(as_bytes("x")), index, count, path));
      EXPECT_FALSE(merkle_proves(root, all[index], count, count, path));
      EXPECT_FALSE(count > 1 && merkle_proves(root, all[index], index ^ 1, count, path));
      auto longer = path;
      longer.push_back(root);
      EXPECT_FALSE(merkle_proves(root, all[index], index, count, longer));
      if (!path.empty()) {
        auto other = path;
        other.back() = merkle_leaf(as_bytes("y"));
        EXPECT_FALSE(merkle_proves(root, all[index], index, count, other));
        other.pop_back();
        EXPECT_FALSE(merkle_proves(root, all[index], index, count, other));
      }
    }
  }
}

TEST(Merkle, SidesLeadToTheRoot) {
  for (std::size_t count = 1; count <= 17; ++count) {
    for (std::size_t at = 0; at < count; ++at) {
      const auto path = merkle_path(leaves(count), at);
      const std::uint32_t sides = merkle_sides(at, count);
      EXPECT_EQ(merkle_climb(leaves(count)[at], path, sides), merkle_root(leaves(count)))
          << at << " of " << count;
      if (path.empty()) continue;
      EXPECT_NE(merkle_climb(leaves(count)[at], path, sides ^ 1), merkle_root(leaves(count)));
    }
  }
}

}  // namespace
}  // namespace dnc
