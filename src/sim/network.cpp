#include "sim/network.hpp"

namespace dnc {

void Network::send(const Identity& from, Seat to, Bytes bytes) {
  if (cut(from.seat, to)) return;
  const auto shared = std::make_shared<const Bytes>(std::move(bytes));
  if (!prng_.chance(quality_.loss_per_mille)) launch(from, to, shared);
  if (prng_.chance(quality_.duplicate_per_mille)) launch(from, to, shared);
}

void Network::launch(const Identity& from, Seat to, const std::shared_ptr<const Bytes>& bytes) {
  const std::uint64_t boot = boot_of_(to);
  queue_.after(draw_delay(), [this, from, to, boot, bytes] {
    // Asked again on arrival: a cut also swallows what is on its way.
    if (cut(from.seat, to) || boot_of_(to) != boot) return;
    deliver_(from, to, *bytes);
  });
}

void Network::refuse(const Identity& gone, Seat to) {
  const std::uint64_t boot = boot_of_(to);
  queue_.after(draw_delay(), [this, gone, to, boot] {
    const bool heard = !cut(gone.seat, to) && !cut(to, gone.seat) && boot_of_(to) == boot;
    if (heard) refuse_(gone, to);
  });
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
