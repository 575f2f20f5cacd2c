#include "io/dstack/measured_machine.hpp"

#include "core/base/hex.hpp"
#include "io/dstack/event_log.hpp"

namespace dnc {

Result<MeasuredMachine> measured_machine(const TdxQuote& quote, std::string_view event_log) {
  MeasuredMachine machine;
  machine.compose_hash = configured_compose(quote);
  if (event_log.empty()) return machine;
  const auto boot = replay_event_log(event_log);
  if (!boot) return boot.error();
  if (boot->events == 0) return machine;
  if (boot->rtmr3 != quote.rtmr[3]) {
    return Error{"bad_event_log", "the event log does not lead to the RTMR 3 of the quote", ""};
  }
  if (machine.compose_hash && boot->compose_hash && *machine.compose_hash != *boot->compose_hash) {
    return Error{"bad_quote",
                 "the quote names compose hash " + to_hex0x(*machine.compose_hash) +
                     ", its event log " + to_hex0x(*boot->compose_hash),
                 ""};
  }
  if (boot->compose_hash) machine.compose_hash = boot->compose_hash;
  machine.app_id = boot->app_id;
  machine.instance_id = boot->instance_id;
  return machine;
}

}  // namespace dnc
