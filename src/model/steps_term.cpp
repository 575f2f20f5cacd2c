#include <bit>

#include "model/steps.hpp"

namespace dnc::model {

void Steps::each_boot(Status status, const std::function<void(Speaker)>& visit) const {
  for (int s = 0; s < state_.seats; ++s) {
    for (int k = 0; k < rules_.bounds.boots; ++k) {
      if (state_.seat[s].boots[k].status == status) visit({s, k});
    }
  }
}

std::optional<Steps::Speaker> Steps::leader_of(int term, int slot) const {
  for (int s = 0; s < state_.seats; ++s) {
    for (int k = 0; k < rules_.bounds.boots; ++k) {
      if (state_.seat[s].boots[k].leads[slot] & bit(term)) return Speaker{s, k};
    }
  }
  return std::nullopt;
}

std::optional<BlockId> Steps::start_of(int term, int slot) const {
  for (BlockId b = 1; b < state_.block_count; ++b) {
    const Block& found = block(b);
    const bool starts = found.kind == Kind::kTermStart || found.kind == Kind::kRestart;
    if (starts && found.term == term && found.slot == slot) return b;
  }
  return std::nullopt;
}

void Steps::vote() {
  if (!rules_.bounds.votes) return;
  each_boot(Status::kMember, [&](Speaker who) {
    for (int term = boot_of(who).vote + 1; term <= rules_.bounds.terms; ++term) {
      State next = state_;
      boot_of(next, who).vote = static_cast<std::uint8_t>(term);
      emit_({.act = Act::kVote, .seat = who.seat, .boot = who.boot, .term = term}, next);
    }
  });
}

// N3: only above every promise, once for each term, with the true last accepted head.
void Steps::grant() {
  each_boot(Status::kMember, [&](Speaker who) {
    const Boot& granter = boot_of(who);
    const int lowest = granter.promised + (broken(Mutant::kGrantTwice) ? 0 : 1);
    for (int term = std::max(lowest, 1); term <= rules_.bounds.terms; ++term) {
      const SeatSet votes = voters(rules_, state_, granter.head, term);
      const bool wanted = broken(Mutant::kTooFewVotes)
                              ? votes != 0
                              : is_quorum(rules_, state_, granter.head, votes);
      if (rules_.bounds.votes && !wanted) continue;
      for (int slot = 0; slot < rules_.bounds.slots; ++slot)
        grant_to(who, term, slot);
    }
  });
}

// The first GRANT for a slot fixes whom the slot stands for; disagreement needs a second slot.
void Steps::grant_to(Speaker granter, int term, int slot) {
  if (const auto leader = leader_of(term, slot)) return emit_grant(granter, *leader, term, slot);
  each_boot(Status::kMember, [&](Speaker leader) { emit_grant(granter, leader, term, slot); });
}

void Steps::emit_grant(Speaker granter, Speaker leader, int term, int slot) {
  State next = state_;
  boot_of(next, leader).leads[slot] |= static_cast<std::uint8_t>(bit(term));
  Boot& boot = boot_of(next, granter);
  // A second GRANT for the term (only a mutant gives it) is for the other leader.
  auto& given = boot.grants[term];
  if (given != kNoGrant && (given >> 7) == slot) return;
  given = static_cast<std::uint8_t>((slot << 7) | boot.head);
  if (boot.promised < term && !broken(Mutant::kAcceptAfterGrant))
    boot.promised = static_cast<std::uint8_t>(term);
  emit_({.act = Act::kGrant,
         .seat = granter.seat,
         .boot = granter.boot,
         .term = term,
         .block = boot.head,
         .other = leader.seat},
        next);
}

void Steps::new_term() {
  if (!has_room()) return;
  for (int term = 1; term <= rules_.bounds.terms; ++term) {
    for (int slot = 0; slot < rules_.bounds.slots; ++slot) {
      const auto leader = leader_of(term, slot);
      if (!leader || start_of(term, slot)) continue;
      if (boot_of(*leader).status != Status::kMember) continue;
      if (boot_of(*leader).promised > term) continue;
      for (BlockId head = 0; head < state_.block_count; ++head)
        try_start(*leader, term, slot, head);
    }
  }
}

// Seats whose GRANT may stand in a certificate that chooses `head`: given by the boot that
// speaks there (R4), and stating no better log (R1, R3). None if nobody states `head`.
SeatSet Steps::granters(int term, int slot, BlockId head) const {
  SeatSet seats = 0;
  bool stated = false;
  const auto order = [&](BlockId id) {
    if (broken(Mutant::kLongestLogFirst)) return block(id).depth * 256 + block(id).term;
    if (broken(Mutant::kShortestLog)) return block(id).term * 256 - block(id).depth;
    return rank(block(id));
  };
  for (int s = 0; s < state_.seats; ++s) {
    const auto speaker = speaker_at(state_, head, s);
    for (int k = 0; k < rules_.bounds.boots; ++k) {
      const std::uint8_t given = state_.seat[s].boots[k].grants[term];
      if (given == kNoGrant || (given >> 7) != slot) continue;
      if (speaker != k && !broken(Mutant::kFencedGrantsCount)) continue;
      const auto stated_head = static_cast<BlockId>(given & 0x7f);
      if (order(stated_head) > order(head)) continue;
      stated = stated || stated_head == head;
      seats |= bit(s);
    }
  }
  return stated ? seats : 0;
}

void Steps::try_start(Speaker leader, int term, int slot, BlockId head) {
  if (block(head).term >= term || block(head).depth >= rules_.bounds.depth) return;
  const SeatSet seats = granters(term, slot, head);
  const BlockId config_at = broken(Mutant::kGrantsByOldConfig) ? kGenesis : head;
  const bool enough = broken(Mutant::kTermWithoutQuorumOfGrants)
                          ? seats != 0
                          : seats != 0 && is_quorum(rules_, state_, config_at, seats);
  if (!enough || !is_counted(rules_, state_, head, leader.seat)) return;
  if (speaker_at(state_, head, leader.seat) != leader.boot) return;
  if (rules_.bounds.votes && !broken(Mutant::kTooFewVotes) &&
      !is_quorum(rules_, state_, head, voters(rules_, state_, head, term))) {
    return;
  }
  State next = state_;
  insert_block(next, {.parent = head,
                      .term = static_cast<std::uint8_t>(term),
                      .kind = Kind::kTermStart,
                      .slot = static_cast<std::uint8_t>(slot),
                      .depth = static_cast<std::uint8_t>(block(head).depth + 1)});
  // Its GRANTs have done their work.
  for (int s = 0; s < next.seats && rules_.bounds.slots == 1; ++s) {
    for (Boot& boot : next.seat[s].boots)
      boot.grants[term] = kNoGrant;
  }
  emit_(
      {.act = Act::kNewTerm, .seat = leader.seat, .boot = leader.boot, .term = term, .block = head},
      next);
}

}  // namespace dnc::model
