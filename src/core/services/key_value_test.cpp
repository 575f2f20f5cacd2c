#include "core/services/key_value.hpp"

#include <gtest/gtest.h>

#include "core/base/prng.hpp"

namespace dnc {
namespace {

using kv::Condition;
using kv::Outcome;

class KeyValueTest : public ::testing::Test {
 protected:
  kv::WriteAnswer put(std::uint64_t seq, const std::string& key, const std::string& value,
                      const Condition& condition = {}) {
    const Bytes answer = service_.apply({seq}, kv::put(key, as_bytes(value), condition));
    return kv::decode_write(answer).value();
  }
  kv::WriteAnswer remove(std::uint64_t seq, const std::string& key,
                         const Condition& condition = {}) {
    return kv::decode_write(service_.apply({seq}, kv::remove(key, condition))).value();
  }
  // The committed value, or "-" where there is none.
  std::string value(const std::string& key) const {
    const auto answer = kv::decode_get(service_.query(kv::get(key))).value();
    return answer.outcome == Outcome::kOk ? as_text(answer.value) : "-";
  }
  // The committed keys, with commas; an ellipsis when the page does not hold them all.
  std::string keys(const std::string& prefix = "", const std::string& after = "",
                   std::size_t max = 100) const {
    const auto page = kv::decode_list(service_.query(kv::list(prefix, after, max))).value();
    std::string text;
    for (const auto& entry : page.entries)
      text += (text.empty() ? "" : ",") + entry.key;
    return page.more ? text + "..." : text;
  }

  KeyValue service_;
};

TEST_F(KeyValueTest, ReadsSeeWhatIsCommitted) {
  EXPECT_EQ(put(1, "a", "one").version, 1u);
  EXPECT_EQ(value("a"), "-");
  service_.commit({1});
  EXPECT_EQ(value("a"), "one");
  put(2, "a", "two");
  remove(3, "a");
  EXPECT_EQ(value("a"), "one") << "several changes are ahead of the commit";
  service_.commit({2});
  EXPECT_EQ(value("a"), "two");
  service_.commit({3});
  EXPECT_EQ(value("a"), "-");
}

TEST_F(KeyValueTest, VersionsNeverComeBack) {
  EXPECT_EQ(put(1, "a", "x").version, 1u);
  EXPECT_EQ(remove(1, "a").version, 1u);
  EXPECT_EQ(put(1, "a", "x").version, 3u) << "the removal took version 2";
  EXPECT_EQ(put(1, "b", "y").version, 4u);
}

TEST_F(KeyValueTest, ConditionsDecideOnTheNewestState) {
  const Condition absent{Condition::Kind::kAbsent, 0};
  const Condition present{Condition::Kind::kPresent, 0};
  EXPECT_EQ(put(1, "a", "x", present).outcome, Outcome::kConflict);
  EXPECT_EQ(put(1, "a", "x", absent).outcome, Outcome::kOk);
  const auto refused = put(1, "a", "y", absent);
  EXPECT_EQ(refused.outcome, Outcome::kConflict);
  EXPECT_EQ(refused.version, 1u) << "the version that stands in the way";
  EXPECT_EQ(put(2, "a", "y", {Condition::Kind::kVersion, 2}).outcome, Outcome::kConflict);
  EXPECT_EQ(put(2, "a", "y", {Condition::Kind::kVersion, 1}).version, 2u);
  EXPECT_EQ(remove(2, "a", {Condition::Kind::kVersion, 1}).outcome, Outcome::kConflict);
  EXPECT_EQ(remove(2, "a", present).outcome, Outcome::kOk);
  EXPECT_EQ(remove(2, "a", present).outcome, Outcome::kConflict);
  EXPECT_EQ(remove(2, "a").outcome, Outcome::kAbsent);
  EXPECT_EQ(put(2, "a", "z", {Condition::Kind::kVersion, 2}).outcome, Outcome::kConflict);
}

TEST_F(KeyValueTest, RollbackRestoresValuesAndVersions) {
  put(1, "a", "one");
  put(1, "b", "bee");
  service_.commit({1});
  put(2, "a", "two");
  put(3, "a", "three");
  remove(3, "b");
  put(3, "c", "sea");
  service_.rollback({2});
  EXPECT_EQ(put(3, "d", "x").version, 4u) << "versions after 3 are given again";
  service_.commit({3});
  EXPECT_EQ(value("a"), "two");
  EXPECT_EQ(value("b"), "bee");
  EXPECT_EQ(value("c"), "-");
  EXPECT_EQ(keys(), "a,b,d");
}

TEST_F(KeyValueTest, PagesAreInOrderAndGoOnWhereTheLastEnded) {
  for (const char* key : {"a/1", "a/2", "a/3", "b", "a"})
    put(1, key, "v");
  service_.commit({1});
  EXPECT_EQ(keys(), "a,a/1,a/2,a/3,b");
  EXPECT_EQ(keys("a/"), "a/1,a/2,a/3");
  EXPECT_EQ(keys("a/", "", 2), "a/1,a/2...");
  EXPECT_EQ(keys("a/", "a/2", 2), "a/3");
  EXPECT_EQ(keys("a/", "a/3", 2), "");
  EXPECT_EQ(keys("a/", "", 3), "a/1,a/2,a/3") << "an exact page has no more";
  EXPECT_EQ(keys("", "a/2"), "a/3,b");
  EXPECT_EQ(keys("z"), "");
}

TEST_F(KeyValueTest, PagesShowTheCommitAlone) {
  for (const char* key : {"b", "d", "f"})
    put(1, key, "v");
  service_.commit({1});
  remove(2, "b");
  put(2, "c", "new");
  put(3, "d", "newer");
  put(3, "z", "new");
  EXPECT_EQ(keys(), "b,d,f");
  EXPECT_EQ(keys("", "", 1), "b...");
  EXPECT_EQ(keys("", "b", 1), "d...");
  service_.commit({2});
  EXPECT_EQ(keys(), "c,d,f");
}

TEST_F(KeyValueTest, PagesAreBoundedInBytes) {
  const std::string large(kv::kValueBytesMax, 'x');
  for (int i = 0; i < 20; ++i)
    put(1, "key-" + std::to_string(100 + i), large);
  service_.commit({1});
  const auto page = kv::decode_list(service_.query(kv::list("", "", 1000))).value();
  EXPECT_TRUE(page.more);
  EXPECT_EQ(page.entries.size(), kv::kPageBytesMax / (large.size() + 7));
}

TEST_F(KeyValueTest, MalformedRequestsChangeNothing) {
  Bytes trailing = kv::put("a", as_bytes("x"));
  trailing.push_back(0);
  const std::string long_key(kv::kKeyBytesMax + 1, 'k');
  const Bytes large(kv::kValueBytesMax + 1);
  for (const Bytes& command : {Bytes{}, Bytes{2}, Bytes{2, 9}, trailing, kv::put("", {}),
                               kv::put(long_key, {}), kv::put("a", large), kv::get("a"),
                               kv::put("a", {}, {static_cast<Condition::Kind>(4), 0})}) {
    const auto answer = kv::decode_write(service_.apply({1}, command));
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->outcome, Outcome::kMalformed);
  }
  EXPECT_EQ(kv::decode_write(service_.query(kv::put("a", {})))->outcome, Outcome::kMalformed);
  service_.commit({1});
  EXPECT_EQ(keys(), "");
}

// The same random commands on a map, with rollbacks and commits between them.
TEST_F(KeyValueTest, BehavesLikeAMap) {
  Prng prng(7);
  std::map<std::string, std::string> committed;
  std::uint64_t base = 0;
  for (int round = 0; round < 300; ++round) {
    std::map<std::string, std::string> newest = committed;
    std::vector<std::map<std::string, std::string>> after;
    const std::uint64_t blocks = 1 + prng.below(4);
    for (std::uint64_t block = 1; block <= blocks; ++block) {
      for (std::uint64_t op = prng.below(4); op > 0; --op) {
        const std::string key(1, static_cast<char>('a' + prng.below(6)));
        if (prng.below(3) == 0) {
          newest.erase(key);
          (void)remove(base + block, key).outcome;
        } else {
          newest[key] = std::to_string(round);
          (void)put(base + block, key, newest[key]).outcome;
        }
      }
      after.push_back(newest);
    }
    const std::uint64_t kept = prng.below(blocks + 1);
    service_.rollback({base + kept});
    service_.commit({base + kept});
    if (kept > 0) committed = after[kept - 1];
    base += kept;
    std::string expected;
    for (const auto& [key, text] : committed) {
      expected += (expected.empty() ? "" : ",") + key;
      ASSERT_EQ(value(key), text) << "round " << round;
    }
    ASSERT_EQ(keys(), expected) << "round " << round;
  }
}

TEST(KeyValue, ASnapshotHoldsWhatWasAppliedAndRestoresAsCommitted) {
  KeyValue service;
  static_cast<void>(service.apply({1}, kv::put("a", as_bytes("x"))));
  service.commit({1});
  static_cast<void>(service.apply({2}, kv::put("b", as_bytes("y"))));
  static_cast<void>(service.apply({2}, kv::remove("a")));
  KeyValue other;
  ASSERT_TRUE(other.restore({2}, service.snapshot()));
  EXPECT_EQ(other.snapshot(), service.snapshot());
  EXPECT_EQ(kv::decode_get(other.query(kv::get("a")))->outcome, kv::Outcome::kAbsent);
  EXPECT_EQ(kv::decode_get(other.query(kv::get("b")))->version, 2u);
  // The next version is the same in both.
  EXPECT_EQ(other.apply({3}, kv::put("c", {})), service.apply({3}, kv::put("c", {})));
  const Bytes whole = service.snapshot();
  EXPECT_FALSE(other.restore({4}, {whole.data(), whole.size() - 1}));
  EXPECT_EQ(kv::decode_get(other.query(kv::get("b")))->outcome, kv::Outcome::kOk);
}

}  // namespace
}  // namespace dnc
