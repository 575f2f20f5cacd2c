// Has the contract change a seat.
#pragma once

#include "ctl/contract_act.hpp"
#include "ctl/seat_plan.hpp"

namespace dnc::ctl {

ExitCode run_seat_act(const SeatAct& act, const ActOptions& options, Output output);

}  // namespace dnc::ctl
