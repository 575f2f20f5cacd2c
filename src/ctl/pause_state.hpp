// Is the contract paused, and until when? A pause stops grants and joins of seats that do not run.
#pragma once

#include <cstdint>
#include <string>

#include "ctl/connection.hpp"
#include "ctl/report.hpp"

namespace dnc {
struct BlockHead;
}

namespace dnc::ctl {

struct PauseState {
  std::uint64_t until = 0;  // UTC seconds, to come or past; 0: none, or ended early
  std::uint64_t time = 0;   // of the block that was asked

  bool lasts() const { return time < until; }
};

// At exactly this block. Errors: those of ChainClient.
Result<PauseState> read_pause(ChainClient& chain, const BlockHead& block, const Address& contract);

// "paused until 2027-01-31T..", "not paused".
std::string describe(const PauseState& pause);

// May a seat's node join, as far as a pause goes? One that has joined may always join again.
Finding pause_gate(const PauseState& pause, bool has_joined);

}  // namespace dnc::ctl
