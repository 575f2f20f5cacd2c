// Which log a new term goes on from (docs/protocol.md section 7). Pure; the leader-to-be, its
// followers and every notary judge by the same rule.
#pragma once

#include <vector>

#include "core/consensus/messages.hpp"

namespace dnc {

// R1 and R3: of the highest last term, the longest log. (R2 belongs to the sealed level.) An honest
// notary states its true last accepted block, so equal (term, seq) means equal hash.
LogHead longest(const std::vector<Grant>& grants);

}  // namespace dnc
