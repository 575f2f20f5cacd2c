// The log of what dstack measured into a machine's RTMR 3 while it booted: which app, which compose
// file, which instance. It is believed when it leads to the RTMR 3 of a quote.
#pragma once

#include <optional>
#include <string_view>

#include "core/base/bytes.hpp"
#include "core/base/result.hpp"
#include "core/crypto/sha384.hpp"

namespace dnc {

struct MeasuredBoot {
  Sha384 rtmr3;  // where the log leads
  std::size_t events = 0;
  // The first of each, before the app ran: later ones may be the app's own.
  std::optional<Address> app_id;
  std::optional<Hash> compose_hash;
  std::optional<Address> instance_id;
};

// `text` is JSON as the guest agent gives it. Each event's digest must be that of its name and
// payload, in either form of dstack's. Error: bad_event_log.
Result<MeasuredBoot> replay_event_log(std::string_view text);

}  // namespace dnc
