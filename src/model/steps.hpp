// The steps, by phase. Each function offers every step of its kind that `state` allows.
#pragma once

#include "model/quorums.hpp"

namespace dnc::model {

// What the step functions share: the rules, the state they start from, where steps go.
class Steps {
 public:
  Steps(const Rules& rules, const State& state, const Emit& emit)
      : rules_(rules), state_(state), emit_(emit) {}

  // steps_term.cpp: section 7
  void vote();
  void grant();
  void new_term();
  // steps_log.cpp: sections 6 and 9
  void propose();
  void accept();
  // steps_boot.cpp: sections 10 and 11
  void boot();
  void admit();
  void report();
  void record();
  void roll_back();

 private:
  struct Speaker {
    int seat;
    int boot;
  };

  const Boot& boot_of(Speaker who) const { return state_.seat[who.seat].boots[who.boot]; }
  static Boot& boot_of(State& state, Speaker who) { return state.seat[who.seat].boots[who.boot]; }
  bool broken(Mutant rule) const { return rules_.broken(rule); }
  bool has_room() const { return state_.block_count < kMaxBlocks; }
  BlockSet chain(BlockId block) const { return chain_of(state_, block); }
  const Block& block(BlockId id) const { return state_.blocks[id]; }
  void each_boot(Status status, const std::function<void(Speaker)>& visit) const;
  std::optional<Speaker> leader_of(int term, int slot) const;
  std::optional<BlockId> start_of(int term, int slot) const;

  void grant_to(Speaker granter, int term, int slot);
  void emit_grant(Speaker granter, Speaker leader, int term, int slot);
  void try_start(Speaker leader, int term, int slot, BlockId head);
  SeatSet granters(int term, int slot, BlockId head) const;

  void propose_on(Speaker leader, BlockId tip);
  void propose_rejoins(Speaker leader, BlockId tip);
  void propose_configs(Speaker leader, BlockId tip);
  void emit_config(Speaker leader, BlockId tip, SeatSet seats);
  bool may_accept(Speaker who, BlockId id) const;
  bool shown_by_chain(Speaker who, BlockId rejoin) const;
  void emit_accept(Speaker who, BlockId id);

  void boot_with_disk(Speaker who, BlockId head, bool blank, bool clone);
  void record_by(SeatSet reporters);
  std::optional<Speaker> reporter(int seat) const;
  void emit_record(SeatSet founders, Speaker leader, BlockId head, int term);

  const Rules& rules_;
  const State& state_;
  const Emit& emit_;
};

}  // namespace dnc::model
