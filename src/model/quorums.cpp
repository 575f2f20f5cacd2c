#include "model/quorums.hpp"

#include <bit>

namespace dnc::model {
namespace {

SeatSet seats_of(const State& state, BlockId config) {
  SeatSet seats = 0;
  for (int s = 0; s < state.seats; ++s) {
    if (state.seat[s].counted & bit(config)) seats |= bit(s);
  }
  return seats;
}

// In force: the last committed configuration and every one after it (the joint rule).
BlockSet configs_in_force(const Rules& rules, const State& state, BlockId block) {
  if (rules.bounds.configs == 0) return bit(kGenesis);
  const bool newest_only = rules.bounds.one_seat_configs || rules.broken(Mutant::kNewConfigAlone);
  BlockSet found = 0;
  for (;; block = state.blocks[block].parent) {
    const bool config = block == kGenesis || state.blocks[block].kind == Kind::kConfig;
    if (!config) continue;
    found |= bit(block);
    const bool committed = (state.committed & bit(block)) != 0;
    if (block == kGenesis || newest_only) return found;
    if (committed) return found;
  }
}

bool is_quorum_of(const Rules& rules, SeatSet seats, SeatSet config) {
  const int n = std::popcount(config);
  const int quorum = rules.broken(Mutant::kHalfIsQuorum) ? n / 2 : n / 2 + 1;
  return std::popcount(seats & config) >= quorum;
}

// A seat's ACCEPT counts for `block` if the boot that gave it speaks there. Neither boot of a
// seat that rejoins counts for its REJOIN.
SeatSet acceptors(const Rules& rules, const State& state, BlockId block) {
  SeatSet seats = 0;
  for (int s = 0; s < state.seats; ++s) {
    const auto speaker = speaker_at(state, block, s);
    const bool rejoins = state.blocks[block].kind == Kind::kRejoin &&
                         speaker != speaker_at(state, state.blocks[block].parent, s);
    for (int k = 0; k < rules.bounds.boots; ++k) {
      const Boot& boot = state.seat[s].boots[k];
      if (!(boot.accepted & bit(block))) continue;
      const bool counts = rejoins ? rules.broken(Mutant::kRejoinCountsItself) : speaker == k;
      if (counts) seats |= bit(s);
    }
  }
  return seats;
}

}  // namespace

std::optional<int> speaker_at(const State& state, BlockId block, int seat) {
  for (; block != kGenesis; block = state.blocks[block].parent) {
    const Kind kind = state.blocks[block].kind;
    if (kind != Kind::kRejoin && kind != Kind::kRestart) continue;
    for (int k = 0; k < kMaxBoots; ++k) {
      if (state.seat[seat].boots[k].admitted & bit(block)) return k;
    }
    if (kind == Kind::kRestart) return std::nullopt;
  }
  return 0;
}

bool is_quorum(const Rules& rules, const State& state, BlockId block, SeatSet seats) {
  BlockSet configs = configs_in_force(rules, state, block);
  for (; configs != 0; configs &= configs - 1) {
    const auto config = static_cast<BlockId>(std::countr_zero(configs));
    if (!is_quorum_of(rules, seats, seats_of(state, config))) return false;
  }
  return true;
}

bool is_counted(const Rules& rules, const State& state, BlockId block, int seat) {
  return (state.seat[seat].counted & configs_in_force(rules, state, block)) != 0;
}

void commit_what_counts(const Rules& rules, State& state) {
  for (BlockId b = 1; b < state.block_count; ++b) {
    if (state.committed & bit(b)) continue;
    const SeatSet seats = acceptors(rules, state, b);
    if (seats != 0 && is_quorum(rules, state, b, seats)) state.committed |= chain_of(state, b);
  }
  // A commit is never undone, so the ACCEPTs that made it have done their work.
  for (int s = 0; s < state.seats; ++s) {
    for (Boot& boot : state.seat[s].boots)
      boot.accepted &= ~state.committed;
  }
}

SeatSet voters(const Rules& rules, const State& state, BlockId block, int term) {
  SeatSet seats = 0;
  for (int s = 0; s < state.seats; ++s) {
    const auto speaker = speaker_at(state, block, s);
    for (int k = 0; k < rules.bounds.boots; ++k) {
      if (state.seat[s].boots[k].vote < term) continue;
      if (speaker == k || rules.broken(Mutant::kFencedVotesCount)) seats |= bit(s);
    }
  }
  return seats;
}

}  // namespace dnc::model
