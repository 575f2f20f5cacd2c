// docs/protocol.md section 13, as far as an abstract state shows it. Written from the invariants,
// not from the rules: who counts is found here by its own means.
#include <bit>

#include "model/quorums.hpp"

namespace dnc::model {
namespace {

using Finding = std::optional<std::string>;

bool starts(const Block& block) {
  return block.kind == Kind::kTermStart || block.kind == Kind::kRestart;
}

std::string name(BlockId block) {
  return "b" + std::to_string(block);
}

// I1, I2: whoever got q grants opened the term, and each place has one block.
Finding one_block_each(const State& state) {
  for (BlockId a = 1; a < state.block_count; ++a) {
    for (BlockId b = a + 1; b < state.block_count; ++b) {
      const Block& left = state.blocks[a];
      const Block& right = state.blocks[b];
      if (left.term != right.term) continue;
      if (starts(left) && starts(right)) {
        return "I1: term " + std::to_string(left.term) + " starts twice";
      }
      if (left.depth == right.depth) {
        return "I2: " + name(a) + " and " + name(b) + " are for one place";
      }
    }
  }
  return std::nullopt;
}

// I3, and I4 as far as it is about the log: a commit is in every term that starts above it. Only
// the newest commit says so of itself; those below it may have come with it.
Finding one_chain(const State& state) {
  std::array<BlockSet, kMaxBlocks> chains{bit(kGenesis)};
  BlockId newest = kGenesis;
  for (BlockId b = 1; b < state.block_count; ++b) {
    chains[b] = chains[state.blocks[b].parent] | bit(b);  // parents have lower numbers
    if (state.committed & bit(b)) newest = b;
  }
  if (const BlockSet others = state.committed & ~chains[newest]; others != 0) {
    return "I3: " + name(newest) + " and " + name(static_cast<BlockId>(std::countr_zero(others))) +
           " are committed on two chains";
  }
  for (BlockId b = 1; b < state.block_count; ++b) {
    const Block& block = state.blocks[b];
    if (starts(block) && block.term > state.blocks[newest].term && !(chains[b] & bit(newest))) {
      return "I4: term " + std::to_string(block.term) + " starts without " + name(newest) +
             ", which is committed";
    }
  }
  return std::nullopt;
}

// I10, I12: a committed REJOIN names a boot that the chain shows, above the one before.
Finding boots_only_rise(const State& state) {
  for (BlockId b = 1; b < state.block_count; ++b) {
    if (!(state.committed & bit(b)) || state.blocks[b].kind != Kind::kRejoin) continue;
    for (int s = 0; s < state.seats; ++s) {
      for (int k = 0; k < kMaxBoots; ++k) {
        const Boot& boot = state.seat[s].boots[k];
        if (!(boot.admitted & bit(b))) continue;
        if (boot.status == Status::kAbsent) {
          return "I12: " + name(b) + " admits a boot that the chain does not show";
        }
        if (speaker_at(state, state.blocks[b].parent, s).value_or(-1) >= k) {
          return "I10: " + name(b) + " admits an older boot";
        }
      }
    }
  }
  return std::nullopt;
}

// I9: a term that started was wanted by q distinct seats, each with the boot that speaks.
Finding terms_are_wanted(const Rules& rules, const State& state) {
  if (!rules.bounds.votes) return std::nullopt;
  for (BlockId b = 1; b < state.block_count; ++b) {
    const Block& block = state.blocks[b];
    if (block.kind != Kind::kTermStart) continue;
    int votes = 0;
    for (int s = 0; s < state.seats; ++s) {
      const auto speaker = speaker_at(state, block.parent, s);
      votes += speaker && state.seat[s].boots[*speaker].vote >= block.term;
    }
    if (votes < rules.bounds.counted / 2 + 1) {
      return "I9: term " + std::to_string(block.term) + " has " + std::to_string(votes) +
             " votes that count";
    }
  }
  return std::nullopt;
}

}  // namespace

Finding violation(const Rules& rules, const State& state) {
  if (auto found = one_block_each(state)) return found;
  if (auto found = one_chain(state)) return found;
  if (auto found = boots_only_rise(state)) return found;
  return terms_are_wanted(rules, state);
}

// I11: what a boot promised, what is committed and the generation never go back.
Finding violation(const Step& step, const State& before, const State& after) {
  if (step.act == Act::kRollback)
    return std::nullopt;  // a fault, not a breach: what follows counts
  if (after.generation < before.generation) return "I11: the generation goes back";
  if (std::popcount(after.committed) < std::popcount(before.committed)) {
    return "I11: a commit is undone";
  }
  for (int s = 0; s < before.seats; ++s) {
    for (int k = 0; k < kMaxBoots; ++k) {
      const Boot& was = before.seat[s].boots[k];
      const Boot& is = after.seat[s].boots[k];
      if (was.status == Status::kMember && is.promised < was.promised) {
        return "I11: the promise of seat " + std::to_string(s + 1) + " goes back";
      }
    }
  }
  return std::nullopt;
}

}  // namespace dnc::model
