#include "ctl/leader_events.hpp"

#include <gtest/gtest.h>

#include "core/eth/abi.hpp"

namespace dnc::ctl {
namespace {

EventLog event(const std::vector<std::uint64_t>& topics, const AbiEncoder& data) {
  EventLog log;
  log.topics.emplace_back();
  for (const std::uint64_t value : topics)
    log.topics.push_back(U256(value).to_word());
  log.data = data.encode();
  return log;
}

EventLog started(std::uint64_t generation, std::uint64_t term, std::uint64_t leader) {
  return event({generation},
               AbiEncoder().number(term).number(1).number(leader).number(0).word(Hash{}));
}
EventLog reported(std::uint64_t term, std::uint64_t leader) {
  return event({1, term}, AbiEncoder().number(1).number(leader).words({}));
}
EventLog deposed(std::uint64_t term, std::uint64_t votes) {
  return event({2}, AbiEncoder().number(term).number(votes));
}
EventLog stood_in(std::uint64_t leader, std::uint64_t term) {
  return event({leader, term}, AbiEncoder());
}

TEST(LeaderEvents, EveryChangeHasItsReason) {
  const auto changes = leader_changes({.started = {started(1, 1, 1), started(2, 9, 1)},
                                       .deposed = {deposed(4, 2)},
                                       .stood_in = {stood_in(3, 5), stood_in(1, 7)},
                                       .reported = {reported(1, 1), reported(4, 2)}});
  ASSERT_TRUE(changes.ok());
  ASSERT_EQ(changes->size(), 5u) << "a report of the same term is no new leader";
  EXPECT_EQ(changes->at(1).reason, "genesis");
  EXPECT_EQ(changes->at(4).reason, "log");
  EXPECT_EQ(changes->at(4).leader, 2u);
  EXPECT_EQ(changes->at(5).reason, "votes");
  EXPECT_EQ(changes->at(5).votes, std::uint64_t{2});
  EXPECT_EQ(changes->at(7).reason, "stand-in") << "the votes were for another term";
  EXPECT_FALSE(changes->at(7).votes);
  EXPECT_EQ(changes->at(7).generation, 1u);
  EXPECT_EQ(changes->at(9).reason, "cold start");
  EXPECT_EQ(changes->at(9).generation, 2u);
}

TEST(LeaderEvents, TheLogHasTheLastWord) {
  const auto changes = leader_changes({.started = {},
                                       .deposed = {deposed(4, 2)},
                                       .stood_in = {stood_in(3, 5)},
                                       .reported = {reported(5, 1)}});
  ASSERT_TRUE(changes.ok());
  EXPECT_EQ(changes->at(5).leader, 1u);
  EXPECT_EQ(changes->at(5).reason, "votes");
}

TEST(LeaderEvents, WhatCannotBeReadIsAnError) {
  for (auto list : {&LeaderEvents::started, &LeaderEvents::deposed, &LeaderEvents::stood_in,
                    &LeaderEvents::reported}) {
    LeaderEvents events;
    events.*list = {event({1}, AbiEncoder())};
    EXPECT_FALSE(leader_changes(events));
  }
}

}  // namespace
}  // namespace dnc::ctl
