// Runs a replica in a world: gives it inputs and does its effects in order. The same object drives
// production and simulation, so what is durable before it is visible is so in both.
#pragma once

#include <deque>
#include <span>
#include <vector>

#include "core/consensus/effects.hpp"
#include "core/consensus/input.hpp"
#include "core/consensus/replica.hpp"

namespace dnc {

// The world, as a replica's effects need it. All calls come from the replica's strand.
class World {
 public:
  virtual ~World() = default;
  // Writes the batch and syncs; then the world calls Pump::on_synced(batch.id). In order; a failed
  // sync must end the process: there is no retry after a lost write.
  virtual void persist(const DiskBatch& batch) = 0;
  virtual void send(const Outgoing& outgoing) = 0;
  virtual void reply(const WriteReply& reply) = 0;
  virtual void reply(const ReadReply& reply) = 0;
  virtual void call(const ChainCall& call) = 0;
  virtual void record(const Event& event) = 0;
  virtual void stop(Stop stop) = 0;
};

class Pump {
 public:
  Pump(Replica& replica, World& world) : replica_(replica), world_(world) {}

  // One step for one input.
  void deliver(const Input& input);
  // Keeps an input for drain(), which takes all that are kept in one step. True: it is the first,
  // so the world must see to it that drain() is called soon.
  bool enqueue(Input input);
  void drain();
  // Everything up to and including this batch is on disk.
  void on_synced(std::uint64_t batch);

 private:
  void take(std::span<const Input> inputs);

  struct InFlight {
    std::uint64_t batch;
    DurabilityClaim claim;
  };
  Replica& replica_;
  World& world_;
  std::vector<Input> kept_;
  std::deque<InFlight> in_flight_;
};

}  // namespace dnc
