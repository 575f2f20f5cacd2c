// Has the contract change a seat: looks, asks the contract whether it would, and sends when it is
// told to. Typed again, it finds that all is done.
#pragma once

#include <string>

#include "ctl/connection.hpp"
#include "ctl/report.hpp"
#include "ctl/seat_plan.hpp"

namespace dnc::ctl {

struct ActOptions {
  ChainOptions chain;
  std::string key;   // file of the key that signs and pays; without it only look
  bool yes = false;  // send it; without it, only look
};

ExitCode run_seat_act(const SeatAct& act, const ActOptions& options, Output output);

}  // namespace dnc::ctl
