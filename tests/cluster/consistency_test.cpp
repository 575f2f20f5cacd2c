// Exactly once, and one order that everybody sees, with faults going on.
#include <thread>

#include "cluster_test.hpp"

namespace dnc::cluster {
namespace {

class Consistency : public ClusterTest {};

TEST_F(Consistency, OneKeyFromManyClientsAtOnceExecutesOnce) {
  for (int round = 0; round < 10; ++round) {
    const auto before = world().value(1);
    const std::string key = fresh_key();
    std::vector<Answer> answers(9);
    std::vector<std::thread> clients;
    for (std::size_t i = 0; i < answers.size(); ++i) {
      clients.emplace_back([&, i] {
        answers[i] = increment(1 + static_cast<int>(i) % LocalWorld::kNodes, key, R"({"by":7})");
      });
    }
    for (auto& client : clients)
      client.join();
    for (const Answer& answer : answers) {
      ASSERT_EQ(answer.status, 200) << answer.body;
      EXPECT_EQ(answer.body, answers[0].body);
    }
    EXPECT_EQ(world().value(2), *before + 7);
  }
}

TEST_F(Consistency, AKeyStandsForOneRequestOnly) {
  const std::string key = fresh_key();
  ASSERT_EQ(increment(1, key, R"({"by":2})").status, 200);
  const auto before = world().value(1);
  for (const int seat : LocalWorld::seats()) {
    const Answer answer = increment(seat, key, R"({"by":3})");
    EXPECT_EQ(answer.status, 422) << answer.body;
    EXPECT_EQ(answer.error_code(), "key_reused");
  }
  EXPECT_EQ(world().value(1), before);
}

TEST_F(Consistency, AKeyIsRememberedByTheNextLeaderToo) {
  const std::string key = fresh_key();
  const int old_leader = world().leader();
  const Answer first = increment(old_leader, key);
  ASSERT_EQ(first.status, 200);
  world().kill_now(old_leader);
  const int leader = taken_over(old_leader, Millis(10'000));
  ASSERT_NE(leader, 0) << describe();
  EXPECT_EQ(increment(leader, key).body, first.body);
}

TEST_F(Consistency, ReadsAndIncrementsStayLinearizableThroughFailovers) {
  Load load({.writers = 3, .readers = 3, .pause = Millis(5)});
  for (int round = 0; round < 3; ++round) {
    const int blocked = world().leader();
    ASSERT_NE(blocked, 0) << describe();
    world().drop(blocked);
    int leader = taken_over(blocked, Millis(10'000), &load);
    EXPECT_NE(leader, 0) << describe();
    world().heal();
    EXPECT_TRUE(follows(blocked, leader, Millis(20'000))) << describe();
    world().kill_now(leader);
    EXPECT_NE(taken_over(leader, Millis(10'000), &load), 0) << describe();
    world().node("start", leader);
    EXPECT_TRUE(world().wait_ready(leader, Millis(30'000))) << describe();
  }
  load.check();
  measure("increments acknowledged through six failovers", static_cast<double>(load.acknowledged()),
          "");
}

// The moment it can be reached again, it may still believe that it leads.
TEST_F(Consistency, ALeaderThatWasCutOffNeverAnswersAnOldValue) {
  const int old_leader = world().leader();
  const auto before = world().value(old_leader);
  ASSERT_TRUE(before);
  world().drop(old_leader);
  const int leader = taken_over(old_leader, Millis(10'000));
  ASSERT_NE(leader, 0) << describe();
  const auto now = world().value(leader);
  world().heal();
  for (int i = 0; i < 50; ++i) {
    const Answer answer = get(LocalWorld::port(old_leader), "/counter", Millis(6'000));
    if (answer.ok()) {
      EXPECT_GE(answer.json()["value"], *now);
    } else {
      EXPECT_EQ(answer.status, 503);
    }
  }
}

}  // namespace
}  // namespace dnc::cluster
