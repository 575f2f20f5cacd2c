#include "core/consensus/pump.hpp"

#include <utility>

#include "core/base/check.hpp"

namespace dnc {

void Pump::deliver(const Input& input) {
  take({&input, 1});
}

bool Pump::enqueue(Input input) {
  kept_.push_back(std::move(input));
  return kept_.size() == 1;
}

void Pump::drain() {
  const std::vector<Input> inputs = std::exchange(kept_, {});
  if (!inputs.empty()) take(inputs);
}

void Pump::take(std::span<const Input> inputs) {
  const Effects effects = replica_.step(inputs);
  if (effects.persist) {
    in_flight_.push_back({effects.persist->id, effects.persist->claim});
    world_.persist(*effects.persist);
  }
  for (const auto& outgoing : effects.send)
    world_.send(outgoing);
  for (const auto& reply : effects.writes)
    world_.reply(reply);
  for (const auto& reply : effects.reads)
    world_.reply(reply);
  for (const auto& call : effects.calls)
    world_.call(call);
  for (const auto& event : effects.events)
    world_.record(event);
  if (effects.stop != Stop::kNone) world_.stop(effects.stop);
}

void Pump::on_synced(std::uint64_t batch) {
  CHECK(!in_flight_.empty() && in_flight_.front().batch <= batch);
  DurabilityClaim claim = in_flight_.front().claim;
  while (!in_flight_.empty() && in_flight_.front().batch <= batch) {
    claim = in_flight_.front().claim;
    in_flight_.pop_front();
  }
  deliver(DiskDone{batch, DurabilityToken(claim)});
}

}  // namespace dnc
