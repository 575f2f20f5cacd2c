#include <gtest/gtest.h>

#include "model/cases.hpp"
#include "model/quorums.hpp"

namespace dnc::model {
namespace {

TEST(Model, BlocksAreNumberedByPlaceNotByTime) {
  State state = initial_state({});
  const BlockId late = insert_block(state, {.parent = kGenesis, .term = 2, .depth = 1});
  state.seat[0].boots[0].head = late;
  state.seat[0].boots[0].accepted = bit(late);
  const BlockId early = insert_block(state, {.parent = kGenesis, .term = 1, .depth = 1});
  EXPECT_EQ(early, 1);
  EXPECT_EQ(state.seat[0].boots[0].head, 2);
  EXPECT_EQ(state.seat[0].boots[0].accepted, bit(2));
}

TEST(Model, PackingKeepsAState) {
  Rules rules;
  rules.bounds.boots = 2;
  State state = initial_state(rules);
  const BlockId block = insert_block(state, {.parent = kGenesis, .term = 1, .depth = 1});
  state.seat[1].boots[1].admitted = bit(block);
  state.seat[2].boots[1].status = Status::kRecovering;
  state.seat[2].boots[1].blank = true;
  std::vector<std::uint8_t> bytes;
  std::vector<std::uint8_t> again;
  pack(state, 2, bytes);
  pack(unpack(bytes.data(), 2), 2, again);
  EXPECT_EQ(bytes, again);
}

TEST(Model, StatesThatDifferInNamesOnlyAreOne) {
  State left = initial_state({});
  State right = initial_state({});
  left.seat[0].boots[0].promised = 1;
  right.seat[2].boots[0].promised = 1;
  sort_seats(left);
  sort_seats(right);
  EXPECT_EQ(left.seat[2].boots[0].promised, right.seat[2].boots[0].promised);
}

TEST(Model, SmallBoundsAreExhaustedAndHold) {
  Rules rules;
  rules.bounds.terms = 2;
  rules.bounds.depth = 2;
  const Outcome outcome = explore(rules, 1'000'000);
  EXPECT_TRUE(outcome.exhausted);
  EXPECT_EQ(outcome.violation, "");
  EXPECT_GT(outcome.states, 1000u);
}

// The way to a violation is complete: its last step is the one that breaks the invariant.
TEST(Model, ACounterexampleIsAListOfSteps) {
  Rules rules;
  rules.mutant = Mutant::kHalfIsQuorum;
  const Outcome outcome = explore(rules, 1'000'000);
  EXPECT_NE(outcome.violation, "");
  EXPECT_EQ(outcome.steps.size(), outcome.depth);
}

TEST(Model, WalksRepeatBySeed) {
  Rules rules;
  const Outcome first = walk(rules, 10, 30, 7);
  EXPECT_EQ(first.states, walk(rules, 10, 30, 7).states);
  EXPECT_EQ(first.violation, "");
}

}  // namespace
}  // namespace dnc::model
