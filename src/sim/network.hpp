// The network between seats: delays, losses, duplicates, reorderings, and every way in which a
// link can be cut. It carries bytes; what they mean is the receiver's business.
#pragma once

#include <map>
#include <memory>
#include <set>

#include "core/base/identity.hpp"
#include "core/base/prng.hpp"
#include "sim/event_queue.hpp"

namespace dnc {

// How the links behave; the same for all pairs.
struct LinkQuality {
  Duration delay_min{1};
  Duration delay_max{4};  // drawn per message, hence reordering
  std::uint32_t loss_per_mille = 0;
  std::uint32_t duplicate_per_mille = 0;
  std::uint32_t straggler_per_mille = 0;  // arrives up to `straggler_max` late
  Duration straggler_max{3000};
};

// Where bytes arrive. A seat has one machine; while it runs as two copies, both get everything.
class Receivers {
 public:
  virtual ~Receivers() = default;
  virtual std::size_t machines(Seat seat) = 0;
  // Counts the boots: bytes on their way to a dead process are lost with its connections, those of
  // a dead sender still arrive.
  virtual std::uint64_t boots(Seat seat, std::size_t machine) = 0;
  virtual void deliver(const Identity& from, Seat to, std::size_t machine, const Bytes& bytes) = 0;
  // Nobody listens any more where the process of `gone` was.
  virtual void refuse(const Identity& gone, Seat to, std::size_t machine) = 0;
};

class Network {
 public:
  Network(EventQueue& queue, Prng prng, Receivers& receivers)
      : queue_(queue), prng_(prng), receivers_(receivers) {}

  void send(const Identity& from, Seat to, Bytes bytes);

  // The machine of a process that ended tells `to` that nobody listens any more, if it hears it.
  void refuse(const Identity& gone, Seat to);

  void set_quality(const LinkQuality& quality) { quality_ = quality; }
  const LinkQuality& quality() const { return quality_; }

  // Messages from `from` to `to` are lost until unblock or heal.
  void block(Seat from, Seat to) { blocked_.insert({from, to}); }
  void unblock(Seat from, Seat to) { blocked_.erase({from, to}); }
  // What `iptables -j DROP` on the port of a node does: nothing reaches it, its own sends go out.
  void block_inbound(Seat to) { inbound_blocked_.insert(to); }
  void unblock_inbound(Seat to) { inbound_blocked_.erase(to); }
  void isolate(Seat seat) { isolated_.insert(seat); }
  void rejoin(Seat seat) { isolated_.erase(seat); }
  void heal();

 private:
  bool cut(Seat from, Seat to) const;
  Duration draw_delay();
  void launch(const Identity& from, Seat to, std::size_t machine,
              const std::shared_ptr<const Bytes>& bytes);

  EventQueue& queue_;
  Prng prng_;
  Receivers& receivers_;
  LinkQuality quality_;
  std::set<std::pair<Seat, Seat>> blocked_;
  std::set<Seat> inbound_blocked_;
  std::set<Seat> isolated_;
};

}  // namespace dnc
