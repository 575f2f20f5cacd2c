// The other life of a seat whose machine was copied while it ran, memory and boot key and all: one
// boot goes on twice, and each life shows itself to other seats. Each has a notary that does not
// contradict itself; together they say what one bypassed notary says.
#pragma once

#include <memory>
#include <set>

#include "core/consensus/pump.hpp"
#include "core/notary/boot_notary.hpp"
#include "core/services/services.hpp"

namespace dnc {

struct NodeEnvironment;

class SecondLife : public World, public std::enable_shared_from_this<SecondLife> {
 public:
  SecondLife(const Identity& identity, std::unique_ptr<Signer> signer, NodeEnvironment& environment,
             Recovered recovered, Prng prng);

  // Lives through what the first life does, as long as they have not parted. Says whether the first
  // life hears of this input too.
  bool live(const Input& input);
  void on_synced(std::uint64_t batch);
  // From here on these seats see and are heard by this life alone, and the others by the first.
  void part(std::set<Seat> audience);
  bool has_parted() const { return !audience_.empty(); }
  bool speaks_to(Seat seat) const { return audience_.contains(seat); }

  // World. It says nothing before they part; its disk is whatever its host makes it believe.
  void persist(const DiskBatch& batch) override;
  void send(const Outgoing& outgoing) override;
  void reply(const WriteReply&) override {}
  void reply(const ReadReply&) override {}
  void call(const ChainCall&) override {}
  void record(const Event&) override {}
  void stop(Stop) override { stopped_ = true; }

 private:
  void sync_soon();

  const Identity identity_;
  NodeEnvironment& environment_;
  BootNotary notary_;
  Services services_;
  Replica replica_;
  Pump pump_;
  std::set<Seat> audience_;
  std::uint64_t written_ = 0;
  std::uint64_t synced_ = 0;
  bool stopped_ = false;
};

}  // namespace dnc
