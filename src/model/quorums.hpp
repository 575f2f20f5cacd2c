// Who counts where: configurations, rosters and quorums, each from the blocks of one chain.
#pragma once

#include <optional>

#include "model/rules.hpp"

namespace dnc::model {

// The boot that speaks for a seat at a position of the log; nothing when none does.
std::optional<int> speaker_at(const State& state, BlockId block, int seat);

// Do these seats make a quorum in every configuration in force at `block`?
bool is_quorum(const Rules& rules, const State& state, BlockId block, SeatSet seats);
// Is the seat counted by a configuration in force at `block`?
bool is_counted(const Rules& rules, const State& state, BlockId block, int seat);

// Marks what the ACCEPTs commit.
void commit_what_counts(const Rules& rules, State& state);

// Distinct seats whose speaker at `block` voted for `term` or above.
SeatSet voters(const Rules& rules, const State& state, BlockId block, int term);

}  // namespace dnc::model
