// Pauses the contract, and ends a pause early.
#pragma once

#include "ctl/contract_act.hpp"
#include "ctl/pause_plan.hpp"

namespace dnc::ctl {

// Without an end it only says how things stand.
ExitCode run_pause(const std::optional<PauseEnd>& end, const ActOptions& options, Output output);
ExitCode run_resume(const ActOptions& options, Output output);

}  // namespace dnc::ctl
