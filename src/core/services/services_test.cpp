#include "core/services/services.hpp"

#include <gtest/gtest.h>

namespace dnc {
namespace {

std::uint64_t count(const Services& services) {
  return Counter::decode_value(services.query(Counter::read())).value_or(UINT64_MAX);
}

kv::Outcome outcome(const Services& services, const std::string& key) {
  return kv::decode_get(services.query(kv::get(key)))->outcome;
}

TEST(Services, EachCommandReachesItsService) {
  Services services;
  EXPECT_EQ(Counter::decode_value(services.apply({1}, Counter::increment(3))), 3u);
  EXPECT_EQ(kv::decode_write(services.apply({1}, kv::put("a", {})))->version, 1u);
  services.commit({1});
  EXPECT_EQ(count(services), 3u);
  EXPECT_EQ(outcome(services, "a"), kv::Outcome::kOk);
}

TEST(Services, CommitAndRollbackReachAll) {
  Services services;
  services.apply({1}, Counter::increment(1));
  services.apply({2}, Counter::increment(10));
  services.apply({2}, kv::put("a", {}));
  services.rollback({1});
  services.commit({1});
  EXPECT_EQ(count(services), 1u);
  EXPECT_EQ(outcome(services, "a"), kv::Outcome::kAbsent);
  EXPECT_EQ(kv::decode_write(services.apply({2}, kv::put("a", {})))->version, 1u);
}

TEST(Services, WhatBelongsToNoServiceChangesNothing) {
  Services services;
  for (const Bytes& command : {Bytes{}, Bytes{0}, Bytes{77, 1}}) {
    EXPECT_EQ(services.apply({1}, command), Bytes{Services::kNoService});
    EXPECT_EQ(services.query(command), Bytes{Services::kNoService});
  }
}

TEST(Services, ASnapshotHoldsEveryService) {
  Services services;
  static_cast<void>(services.apply({1}, Counter::increment(5)));
  static_cast<void>(services.apply({1}, kv::put("a", as_bytes("x"))));
  Services other;
  const Bytes whole = services.snapshot();
  ASSERT_TRUE(other.restore({1}, whole));
  EXPECT_EQ(other.snapshot(), whole);
  EXPECT_EQ(Counter::decode_value(other.query(Counter::read())), 5u);
  Bytes cut = whole;
  cut.pop_back();
  EXPECT_FALSE(other.restore({2}, cut));
  EXPECT_EQ(other.snapshot(), whole);
}

}  // namespace
}  // namespace dnc
