// What a command would have the contract do to a seat, and what that means for the cluster: judged
// from the contract's state, before anything is sent.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/consensus/input.hpp"
#include "ctl/contract_act.hpp"

namespace dnc::ctl {

enum class Act { mint, revoke, reinstate, leave, replace, set_operator, clear_operator };
std::string_view name_of(Act act);  // as it is typed

struct SeatAct {
  Act act = Act::mint;
  Seat seat;                // all but mint
  Address who;              // mint: the owner; set_operator: the operator
  std::uint64_t until = 0;  // set_operator: UTC seconds
  bool another = false;     // mint: though the owner holds a seat already
  bool force = false;       // though the cluster would stop
};

struct ActFacts {
  ChainView view;
  Address owner;                     // of the contract
  std::uint64_t operator_until = 0;  // of the seat, as ERC-4907 has it: past or future, 0 for none
};

Plan plan(const SeatAct& act, const ActFacts& facts);

}  // namespace dnc::ctl
