#include <bit>

#include "model/steps.hpp"

namespace dnc::model {

// N1: the leader of a term with a certificate, one block after the other.
void Steps::propose() {
  if (!has_room()) return;
  for (int term = 1; term <= rules_.bounds.terms; ++term) {
    for (int slot = 0; slot < rules_.bounds.slots; ++slot) {
      const auto leader = leader_of(term, slot);
      const auto start = start_of(term, slot);
      if (!leader || !start || boot_of(*leader).status != Status::kMember) continue;
      if (boot_of(*leader).promised > term) continue;  // N4
      BlockId tip = *start;
      for (BlockId b = tip; b < state_.block_count; ++b) {
        const bool later = block(b).term == term && block(b).slot == slot;
        if (later && block(b).depth > block(tip).depth) tip = b;
      }
      propose_on(*leader, tip);
      if (broken(Mutant::kTwoBlocksOnePlace) && tip != *start)
        propose_on(*leader, block(tip).parent);
    }
  }
}

void Steps::propose_on(Speaker leader, BlockId tip) {
  if (block(tip).depth >= rules_.bounds.depth) return;
  State next = state_;
  insert_block(next, {.parent = tip,
                      .term = block(tip).term,
                      .kind = Kind::kNormal,
                      .slot = block(tip).slot,
                      .depth = static_cast<std::uint8_t>(block(tip).depth + 1)});
  emit_({.act = Act::kPropose,
         .seat = leader.seat,
         .boot = leader.boot,
         .term = block(tip).term,
         .block = tip},
        next);
  propose_rejoins(leader, tip);
  propose_configs(leader, tip);
}

// Section 10: one at a time, a boot that the chain shows, above the one that speaks.
void Steps::propose_rejoins(Speaker leader, BlockId tip) {
  for (BlockId at = tip; !(state_.committed & bit(at)); at = block(at).parent) {
    if (block(at).kind == Kind::kRejoin) return;
  }
  for (int s = 0; s < state_.seats; ++s) {
    const int speaker = speaker_at(state_, tip, s).value_or(-1);
    for (int k = 0; k < rules_.bounds.boots; ++k) {
      const bool forged = state_.seat[s].boots[k].status == Status::kAbsent && rules_.bounds.forged;
      const bool waits = state_.seat[s].boots[k].status == Status::kRecovering || forged;
      const bool again = broken(Mutant::kOldBootReadmitted) && k < speaker;
      if (!again && (!waits || k <= speaker)) continue;
      State next = state_;
      const BlockId id =
          insert_block(next, {.parent = tip,
                              .term = block(tip).term,
                              .kind = Kind::kRejoin,
                              .slot = block(tip).slot,
                              .depth = static_cast<std::uint8_t>(block(tip).depth + 1)});
      next.seat[s].boots[k].admitted |= bit(id);
      emit_({.act = Act::kProposeRejoin,
             .seat = leader.seat,
             .boot = k,
             .term = block(tip).term,
             .block = tip,
             .other = s},
            next);
    }
  }
}

// Section 9: one in flight, and only after a block of the leader's own term has committed.
void Steps::propose_configs(Speaker leader, BlockId tip) {
  if (rules_.bounds.configs == 0) return;
  int configs = 0;
  bool in_flight = false;
  bool own_commit = false;
  BlockId newest = kGenesis;
  for (BlockId at = tip; at != kGenesis; at = block(at).parent) {
    const bool committed = (state_.committed & bit(at)) != 0;
    own_commit = own_commit || (committed && block(at).term == block(tip).term);
    if (block(at).kind != Kind::kConfig) continue;
    ++configs;
    in_flight = in_flight || !committed;
    if (newest == kGenesis) newest = at;
  }
  if (configs >= rules_.bounds.configs) return;
  if (in_flight && !broken(Mutant::kTwoConfigsInFlight)) return;
  if (!own_commit) return;
  SeatSet now = 0;
  for (int s = 0; s < state_.seats; ++s) {
    if (state_.seat[s].counted & bit(newest)) now |= bit(s);
  }
  for (SeatSet seats = 1; seats < bit(state_.seats); ++seats) {
    const int changed = std::popcount(seats ^ now);
    if (changed == 0 || (changed > 1 && rules_.bounds.one_seat_configs)) continue;
    emit_config(leader, tip, seats);
  }
}

void Steps::emit_config(Speaker leader, BlockId tip, SeatSet seats) {
  State next = state_;
  const BlockId id = insert_block(next, {.parent = tip,
                                         .term = block(tip).term,
                                         .kind = Kind::kConfig,
                                         .slot = block(tip).slot,
                                         .depth = static_cast<std::uint8_t>(block(tip).depth + 1)});
  for (int s = 0; s < state_.seats; ++s) {
    if (seats & bit(s)) next.seat[s].counted |= bit(id);
  }
  emit_({.act = Act::kProposeConfig,
         .seat = leader.seat,
         .boot = leader.boot,
         .term = block(tip).term,
         .block = tip,
         .other = static_cast<int>(seats)},
        next);
}

void Steps::accept() {
  const auto consider = [&](Speaker who) {
    for (BlockId id = 1; id < state_.block_count; ++id) {
      if (may_accept(who, id)) emit_accept(who, id);
    }
  };
  each_boot(Status::kMember, consider);
  each_boot(Status::kReported, consider);  // a founder enters with RESTART
  if (broken(Mutant::kRejoinCountsItself)) each_boot(Status::kRecovering, consider);
}

// N2: the first block of a term that is certified, or the next block of the term entered.
bool Steps::may_accept(Speaker who, BlockId id) const {
  const Boot& boot = boot_of(who);
  const Block& wanted = block(id);
  const bool founder = wanted.kind == Kind::kRestart && (boot.admitted & bit(id)) != 0;
  if (boot.status == Status::kReported) {
    return broken(Mutant::kSpeakAfterReport) ? boot.head == wanted.parent || founder
                                             : founder;  // N8
  }
  if (boot.status == Status::kRecovering) return (boot.admitted & bit(id)) != 0;  // only a mutant's
  if (wanted.kind == Kind::kRestart) return false;
  if (boot.head == id || (state_.committed & boot.accepted & bit(id))) return false;
  // A seat that learns that another boot of it speaks is silent from there on (N5).
  const bool next_in_term = boot.head == wanted.parent && block(boot.head).term == wanted.term;
  if (wanted.kind == Kind::kTermStart) {
    const bool entered = block(boot.head).term >= wanted.term;
    if (entered && !broken(Mutant::kEnterBelowPromise)) return false;
    if (wanted.term < boot.promised && !broken(Mutant::kEnterBelowPromise)) return false;
  } else if (!next_in_term || wanted.term < boot.promised) {
    return false;
  }
  if (wanted.kind == Kind::kRejoin && !shown_by_chain(who, id)) return false;
  return speaker_at(state_, id, who.seat) == who.boot;
}

// I12: nobody takes a REJOIN that the chain does not show, but the leader that made it up.
bool Steps::shown_by_chain(Speaker who, BlockId rejoin) const {
  if (broken(Mutant::kUnregisteredRejoin)) return true;
  if (boot_of(who).leads[block(rejoin).slot] & bit(block(rejoin).term)) return true;
  for (int s = 0; s < state_.seats; ++s) {
    for (const Boot& boot : state_.seat[s].boots) {
      if ((boot.admitted & bit(rejoin)) && boot.status == Status::kAbsent) return false;
    }
  }
  return true;
}

void Steps::emit_accept(Speaker who, BlockId id) {
  State next = state_;
  Boot& boot = boot_of(next, who);
  boot.status = Status::kMember;
  boot.head = id;
  boot.promised = std::max(boot.promised, block(id).term);
  boot.accepted |= broken(Mutant::kCommitOlderTermByCount) ? chain(id) : bit(id);
  commit_what_counts(rules_, next);
  emit_({.act = Act::kAccept,
         .seat = who.seat,
         .boot = who.boot,
         .term = block(id).term,
         .block = id},
        next);
}

}  // namespace dnc::model
