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

// A second counter, as an application might bring it.
class Tally : public Counter {
 public:
  static constexpr std::uint8_t kServiceId = Services::kOwnIdFirst;
  Bytes apply(SeqNo seq, ByteView command) override {
    return Counter::apply(seq, Counter::increment(command.size()));
  }
};

const Bytes kTallyCommand = {Tally::kServiceId, 0, 0};

TEST(Services, AnApplicationsServiceSharesTheLog) {
  Services services({service_kind<Tally>()});
  EXPECT_EQ(Counter::decode_value(services.apply({1}, kTallyCommand)), 3u);
  EXPECT_EQ(Counter::decode_value(services.apply({2}, kTallyCommand)), 6u);
  services.rollback({1});
  EXPECT_EQ(Counter::decode_value(services.apply({2}, kTallyCommand)), 6u);
  services.commit({2});
  EXPECT_EQ(count(services), 0u) << "the product's counter is another";
  Services other({service_kind<Tally>()});
  ASSERT_TRUE(other.restore({2}, services.snapshot()));
  EXPECT_EQ(Counter::decode_value(other.apply({3}, kTallyCommand)), 9u);
}

TEST(Services, AServiceThatTheSnapshotDoesNotKnowIsEmpty) {
  Services before;
  static_cast<void>(before.apply({1}, Counter::increment(5)));
  Services after({service_kind<Tally>()});
  static_cast<void>(after.apply({1}, kTallyCommand));
  after.commit({1});
  ASSERT_TRUE(after.restore({9}, before.snapshot()));
  EXPECT_EQ(count(after), 5u);
  EXPECT_EQ(Counter::decode_value(after.apply({10}, kTallyCommand)), 3u);
}

TEST(Services, ASnapshotOfOtherServicesIsRefused) {
  Services with({service_kind<Tally>()});
  Services without;
  static_cast<void>(without.apply({1}, Counter::increment(5)));
  without.commit({1});
  EXPECT_FALSE(without.restore({2}, with.snapshot())) << "it would forget what the other counted";
  EXPECT_FALSE(without.restore({2}, {})) << "ours are in every snapshot";
  const Bytes once = without.snapshot();
  Bytes twice = once;
  twice.insert(twice.end(), once.begin(), once.end());
  EXPECT_FALSE(without.restore({2}, twice));
  EXPECT_EQ(count(without), 5u);
}

}  // namespace
}  // namespace dnc
