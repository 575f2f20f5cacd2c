// What a node that the contract silenced tells its operator, and when it may come back.
#pragma once

#include "core/base/result.hpp"
#include "core/consensus/input.hpp"
#include "core/consensus/obedience.hpp"

namespace dnc {

// Code, cause and next step.
Error explain(Ouster ouster, Seat seat);

// What a node tells that refuses writes because this boot contradicted itself.
Error explain_bypass(const Identity& boot);

// May a new boot of this seat try to join, without anybody's doing here? A seat that was told to
// leave, or whose instance was retired, waits for its operator.
bool may_return(Ouster ouster, Seat seat, const Address& our_operator, const ChainView& view);

}  // namespace dnc
