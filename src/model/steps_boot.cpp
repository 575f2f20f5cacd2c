#include <bit>

#include "model/steps.hpp"

namespace dnc::model {

// A new boot of a seat. The one before may go on, as a clone or a paused machine; where cold
// starts are modelled, only `clones` of them do. A crash without a boot is a seat that takes no
// step, so it needs none of its own.
void Steps::boot() {
  for (int s = 0; s < state_.seats; ++s) {
    for (int k = 1; k < rules_.bounds.boots; ++k) {
      const Boot& before = state_.seat[s].boots[k - 1];
      if (state_.seat[s].boots[k].status != Status::kAbsent) continue;
      if (before.status == Status::kAbsent) break;
      // A predecessor that may go on can also do nothing: one case covers both.
      const bool all_go_on = rules_.bounds.clones >= state_.seats;
      const bool clone = all_go_on || state_.clones < rules_.bounds.clones;
      if (!all_go_on) boot_with_disk({s, k}, before.head, before.blank, false);
      if (clone) boot_with_disk({s, k}, before.head, before.blank, true);
      if (state_.lost_disks < rules_.bounds.lost_disks && !before.blank)
        boot_with_disk({s, k}, kGenesis, true, false);
      break;
    }
  }
}

void Steps::boot_with_disk(Speaker who, BlockId head, bool blank, bool clone) {
  State next = state_;
  Boot& boot = boot_of(next, who);
  Boot& before = next.seat[who.seat].boots[who.boot - 1];
  boot.status = Status::kRecovering;
  boot.head = head;
  boot.blank = blank;
  boot.promised = blank ? 0 : before.promised;
  if (blank && !before.blank) ++next.lost_disks;
  if (!clone) {
    before.status = Status::kDead;
  } else if (rules_.bounds.clones < state_.seats) {
    ++next.clones;
  }
  emit_({.act = Act::kBoot, .seat = who.seat, .boot = who.boot, .block = head, .other = blank},
        next);
}

// Section 10: the newcomer holds a commit at or past its REJOIN and speaks from there on.
void Steps::admit() {
  each_boot(Status::kRecovering, [&](Speaker who) {
    for (BlockId id = 1; id < state_.block_count; ++id) {
      const bool committed = (state_.committed & bit(id)) != 0;
      if (!committed && !broken(Mutant::kSpeakBeforeRejoinCommits)) continue;
      if (speaker_at(state_, id, who.seat) != who.boot) continue;
      State next = state_;
      Boot& boot = boot_of(next, who);
      boot.status = Status::kMember;
      boot.blank = false;
      boot.promised = block(id).term;
      boot.head = id;
      emit_({.act = Act::kAdmit, .seat = who.seat, .boot = who.boot, .block = id}, next);
    }
  });
}

void Steps::report() {
  if (state_.generation >= rules_.bounds.generations) return;
  const auto last_word = [&](Speaker who) {
    State next = state_;
    boot_of(next, who).status = Status::kReported;
    emit_({.act = Act::kReport,
           .seat = who.seat,
           .boot = who.boot,
           .term = boot_of(who).promised,
           .block = boot_of(who).head},
          next);
  };
  each_boot(Status::kRecovering, last_word);
  each_boot(Status::kMember, last_word);
}

// A seat's newest report that no record has used.
std::optional<Steps::Speaker> Steps::reporter(int seat) const {
  for (int k = rules_.bounds.boots - 1; k >= 0; --k) {
    const Boot& boot = state_.seat[seat].boots[k];
    if (boot.status == Status::kReported) return Speaker{seat, k};
  }
  return std::nullopt;
}

void Steps::record() {
  const int generations = rules_.bounds.generations + (broken(Mutant::kTwoRecords) ? 1 : 0);
  if (!has_room() || state_.generation >= generations) return;
  SeatSet reporters = 0;
  for (int s = 0; s < state_.seats; ++s) {
    if (reporter(s)) reporters |= bit(s);
  }
  if (rules_.bounds.consent || broken(Mutant::kColdStartWithTooFew)) {
    for (SeatSet some = reporters; some != 0; some = (some - 1) & reporters)
      record_by(some);
  } else if (reporters == bit(state_.seats) - 1) {
    record_by(reporters);
  }
}

// Section 11: a term above all reported ones, the best log among reports that are evidence.
void Steps::record_by(SeatSet reporters) {
  SeatSet evidence = 0;
  int promised = 0;
  std::optional<BlockId> best;
  for (int s = 0; s < state_.seats; ++s) {
    if (!(reporters & bit(s))) continue;
    const Boot& boot = boot_of(*reporter(s));
    promised = std::max({promised, int{boot.promised}, int{block(boot.head).term}});
    if (boot.blank && !broken(Mutant::kBlankIsEvidence)) continue;
    evidence |= bit(s);
    if (best && broken(Mutant::kColdStartAnyLog)) continue;
    if (!best || rank(block(boot.head)) > rank(block(*best))) best = boot.head;
  }
  const bool enough = broken(Mutant::kColdStartWithTooFew)
                          ? evidence != 0
                          : is_quorum(rules_, state_, kGenesis, evidence);
  const int term = promised + (broken(Mutant::kRecordTermTooLow) ? 0 : 1);
  if (!best || !enough || term < 1 || term > rules_.bounds.terms) return;
  if (block(*best).depth >= rules_.bounds.depth) return;
  for (int s = 0; s < state_.seats; ++s) {
    if (reporters & bit(s)) emit_record(reporters, *reporter(s), *best, term);
  }
}

void Steps::emit_record(SeatSet founders, Speaker leader, BlockId head, int term) {
  State next = state_;
  ++next.generation;
  const BlockId id =
      insert_block(next, {.parent = head,
                          .term = static_cast<std::uint8_t>(term),
                          .kind = Kind::kRestart,
                          .depth = static_cast<std::uint8_t>(block(head).depth + 1)});
  for (int s = 0; s < state_.seats; ++s) {
    if (founders & bit(s)) boot_of(next, *reporter(s)).admitted |= bit(id);
    for (Boot& boot : next.seat[s].boots)
      boot.leads[0] &= static_cast<std::uint8_t>(~bit(term));
  }
  boot_of(next, leader).leads[0] |= static_cast<std::uint8_t>(bit(term));
  emit_({.act = Act::kRecord,
         .seat = leader.seat,
         .boot = leader.boot,
         .term = term,
         .block = head,
         .other = static_cast<int>(founders)},
        next);
}

// Only a mutant: a disk set back under the same boot key.
void Steps::roll_back() {
  if (!broken(Mutant::kRollbackSameIdentity)) return;
  each_boot(Status::kMember, [&](Speaker who) {
    if (boot_of(who).head == kGenesis) return;
    State next = state_;
    Boot& boot = boot_of(next, who);
    boot.head = block(boot.head).parent;
    boot.promised = block(boot.head).term;
    emit_({.act = Act::kRollback, .seat = who.seat, .boot = who.boot, .block = boot.head}, next);
  });
}

}  // namespace dnc::model
