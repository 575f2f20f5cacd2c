// What a pause of the contract, or its early end, would mean: judged from the contract's state,
// before anything is sent.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/consensus/input.hpp"
#include "ctl/contract_act.hpp"
#include "ctl/pause_state.hpp"

namespace dnc::ctl {

// An end as it is typed: a time, or so long from the newest block on.
struct PauseEnd {
  std::uint64_t at = 0;     // UTC seconds, kNever for none; 0: `lasts` counts
  std::uint64_t lasts = 0;  // seconds
};
// "36h", "7d" (s, m, h, d), "2027-01-31", "2027-01-31T12:00:00Z", "never"; empty for anything else.
std::optional<PauseEnd> pause_end_from(const std::string& text);

struct PauseFacts {
  PauseState pause;
  Address owner;
  Address guardian;                  // zero: none
  std::uint64_t guardian_limit = 0;  // no pause of the guardian ends later; 0: it made none yet
  std::vector<Seat> unjoined;        // minted, not revoked, never joined
};

Report describe(const PauseFacts& facts);  // what there is
Plan plan_pause(const PauseEnd& end, const PauseFacts& facts);
Plan plan_resume(const PauseFacts& facts);

}  // namespace dnc::ctl
