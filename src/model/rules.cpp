#include "model/rules.hpp"

#include "model/steps.hpp"

namespace dnc::model {
namespace {

std::string seat_name(int seat, int boot) {
  return "seat " + std::to_string(seat + 1) + "." + std::to_string(boot);
}

std::string list(int seats) {
  std::string text;
  for (int s = 0; s < kMaxSeats; ++s) {
    if (seats & (1 << s)) text += (text.empty() ? "" : ",") + std::to_string(s + 1);
  }
  return text;
}

}  // namespace

State initial_state(const Rules& rules) {
  State state;
  state.seats = static_cast<std::uint8_t>(rules.bounds.seats);
  for (int s = 0; s < state.seats; ++s) {
    if (s < rules.bounds.counted) state.seat[s].counted = bit(kGenesis);
    for (Boot& boot : state.seat[s].boots)
      boot.grants.fill(kNoGrant);
    state.seat[s].boots[0].status = Status::kMember;
  }
  return state;
}

void each_step(const Rules& rules, const State& state, const Emit& emit) {
  Steps steps(rules, state, emit);
  steps.vote();
  steps.grant();
  steps.new_term();
  steps.propose();
  steps.accept();
  steps.boot();
  steps.admit();
  steps.report();
  steps.record();
  steps.roll_back();
}

std::string to_string(const Step& step) {
  const std::string who = seat_name(step.seat, step.boot);
  const std::string term = std::to_string(step.term);
  const std::string on = " b" + std::to_string(step.block);
  switch (step.act) {
    case Act::kVote:
      return who + " votes for term " + term;
    case Act::kGrant:
      return who + " grants term " + term + " to seat " + std::to_string(step.other + 1) +
             " and states" + on;
    case Act::kNewTerm:
      return who + " starts term " + term + " on" + on;
    case Act::kPropose:
      return who + " proposes a block of term " + term + " on" + on;
    case Act::kProposeRejoin:
      return "seat " + std::to_string(step.seat + 1) + " proposes REJOIN of " +
             seat_name(step.other, step.boot) + " in term " + term + " on" + on;
    case Act::kProposeConfig:
      return who + " proposes CONFIG {" + list(step.other) + "} in term " + term + " on" + on;
    case Act::kAccept:
      return who + " accepts" + on + " of term " + term;
    case Act::kBoot:
      return who + " boots, its disk " + (step.other ? "is blank" : "ends in" + on);
    case Act::kAdmit:
      return who + " is admitted and holds" + on;
    case Act::kReport:
      return who + " reports" + on + ", promised " + term + ": its last word";
    case Act::kRecord:
      return "the contract records a generation: founders {" + list(step.other) + "}, leader " +
             who + ", term " + term + ", on" + on;
    case Act::kRollback:
      return who + " is set back to" + on + " and keeps its key";
  }
  return {};
}

}  // namespace dnc::model
