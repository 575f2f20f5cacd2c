#include "sim/network.hpp"

namespace dnc {

void Network::send(const Identity& from, Seat to, Bytes bytes) {
  if (cut(from.seat, to)) return;
  const auto shared = std::make_shared<const Bytes>(std::move(bytes));
  for (std::size_t machine = 0; machine < receivers_.machines(to); ++machine) {
    if (!prng_.chance(quality_.loss_per_mille)) launch(from, to, machine, shared);
    if (prng_.chance(quality_.duplicate_per_mille)) launch(from, to, machine, shared);
  }
}

void Network::launch(const Identity& from, Seat to, std::size_t machine,
                     const std::shared_ptr<const Bytes>& bytes) {
  const std::uint64_t boot = receivers_.boots(to, machine);
  queue_.after(draw_delay(), [this, from, to, machine, boot, bytes] {
    // Asked again on arrival: a cut also swallows what is on its way.
    if (cut(from.seat, to) || receivers_.boots(to, machine) != boot) return;
    receivers_.deliver(from, to, machine, *bytes);
  });
}

void Network::refuse(const Identity& gone, Seat to) {
  for (std::size_t machine = 0; machine < receivers_.machines(to); ++machine) {
    const std::uint64_t boot = receivers_.boots(to, machine);
    queue_.after(draw_delay(), [this, gone, to, machine, boot] {
      const bool reached = !cut(gone.seat, to) && !cut(to, gone.seat);
      if (reached && receivers_.boots(to, machine) == boot) receivers_.refuse(gone, to, machine);
    });
  }
}

Duration Network::draw_delay() {
  const auto spread = static_cast<std::uint64_t>((quality_.delay_max - quality_.delay_min).count());
  Duration delay = quality_.delay_min + Duration(prng_.below(spread + 1));
  if (quality_.straggler_per_mille > 0 && prng_.chance(quality_.straggler_per_mille)) {
    delay += Duration(prng_.below(static_cast<std::uint64_t>(quality_.straggler_max.count())));
  }
  return delay;
}

bool Network::cut(Seat from, Seat to) const {
  return isolated_.contains(from) || isolated_.contains(to) || inbound_blocked_.contains(to) ||
         blocked_.contains({from, to});
}

void Network::heal() {
  blocked_.clear();
  inbound_blocked_.clear();
  isolated_.clear();
  quality_ = {};
}

}  // namespace dnc
