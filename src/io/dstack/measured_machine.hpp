// What the hardware says of a machine: its quote, and the log of what the quote sums up. Nothing
// here is the machine's own word.
#pragma once

#include <optional>
#include <string_view>

#include "core/base/bytes.hpp"
#include "core/base/result.hpp"
#include "io/dstack/tdx_quote.hpp"

namespace dnc {

// Empty: not measured where it could be read.
struct MeasuredMachine {
  std::optional<Hash> compose_hash;
  std::optional<Address> app_id;
  std::optional<Address> instance_id;
};

// `event_log` is JSON text as the guest agent gives it, or has no events. Errors: bad_event_log;
// bad_quote when quote and log contradict each other.
Result<MeasuredMachine> measured_machine(const TdxQuote& quote, std::string_view event_log);

}  // namespace dnc
