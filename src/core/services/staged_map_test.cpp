#include "core/services/staged_map.hpp"

#include <gtest/gtest.h>

namespace dnc {
namespace {

using Numbers = StagedMap<int>;

int newest(const Numbers& map, const std::string& key) {
  const int* value = map.newest(key);
  return value != nullptr ? *value : -1;
}
int committed(const Numbers& map, const std::string& key) {
  const int* value = map.committed(key);
  return value != nullptr ? *value : -1;
}

TEST(StagedMap, ChangesAreSeenAtOnceAndCommittedLater) {
  Numbers map;
  map.set({1}, "a", 1);
  map.set({2}, "a", 2);
  EXPECT_EQ(newest(map, "a"), 2);
  EXPECT_EQ(committed(map, "a"), -1);
  map.commit({1});
  EXPECT_EQ(committed(map, "a"), 1);
  map.commit({2});
  EXPECT_EQ(committed(map, "a"), 2);
}

TEST(StagedMap, RollbackRestoresWhatWasThereAndCounts) {
  Numbers map;
  map.set({1}, "a", 1);
  map.commit({1});
  map.set({2}, "a", std::nullopt);
  map.set({2}, "b", 7);
  map.set({3}, "a", 3);
  EXPECT_EQ(map.rollback({2}), 1u);
  EXPECT_EQ(newest(map, "a"), -1);
  EXPECT_EQ(map.rollback({1}), 2u);
  EXPECT_EQ(newest(map, "a"), 1);
  EXPECT_EQ(newest(map, "b"), -1);
  EXPECT_EQ(map.rollback({1}), 0u);
}

TEST(StagedMap, RemovingWhatIsNotThereIsAChangeToo) {
  Numbers map;
  map.set({1}, "a", std::nullopt);
  EXPECT_TRUE(map.entries().empty());
  EXPECT_EQ(map.rollback({0}), 1u);
  EXPECT_TRUE(map.entries().empty());
}

TEST(StagedMap, TheOverlayIsTheCommit) {
  Numbers map;
  map.set({1}, "a", 1);
  map.commit({1});
  map.set({2}, "a", 2);
  map.set({3}, "a", 3);
  map.set({3}, "b", 3);
  const auto overlay = map.overlay();
  ASSERT_EQ(overlay.size(), 2u);
  EXPECT_EQ(**overlay.at("a"), 1);
  EXPECT_EQ(*overlay.at("b"), std::nullopt);
}

TEST(StagedMap, WhatIsRestoredIsCommitted) {
  Numbers map;
  map.set({1}, "a", 1);
  map.restore({9}, {{"b", 2}});
  EXPECT_EQ(committed(map, "a"), -1);
  EXPECT_EQ(committed(map, "b"), 2);
  EXPECT_EQ(map.rollback({9}), 0u);
}

}  // namespace
}  // namespace dnc
