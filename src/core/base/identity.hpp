// Who speaks on a link: one boot of one seat. Proven by a signature of the boot key
// (docs/protocol.md).
#pragma once

#include "core/base/bytes.hpp"
#include "core/base/ids.hpp"

namespace dnc {

struct Identity {
  Seat seat;
  Epoch epoch;
  Address boot_key;

  auto operator<=>(const Identity&) const = default;
};

}  // namespace dnc
