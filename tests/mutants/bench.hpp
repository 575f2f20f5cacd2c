// Three replicas on a table: every message and every sync happens when the test says so. For
// stories that need one exact interleaving; the simulator is for all the others.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <vector>

#include "core/consensus/pump.hpp"
#include "core/notary/boot_notary.hpp"
#include "core/services/counter.hpp"
#include "sim/keyed_hash.hpp"

namespace dnc {

class Bench {
 public:
  class Node : public World {
   public:
    Node(Bench& bench, Seat seat);

    const Identity& identity() const { return identity_; }
    Replica& replica() { return replica_; }
    ReplicaStatus status() const { return replica_.status(); }
    void deliver(const Input& input) { pump_.deliver(input); }
    void hold_disk(bool hold) { disk_held_ = hold; }
    void sync();            // what was written so far
    std::uint64_t write();  // adds one to the counter; gives the ticket
    bool answered(std::uint64_t ticket) const { return answered_.count(ticket) > 0; }
    const std::vector<Outgoing>& sent() const { return sent_; }

    void persist(const DiskBatch& batch) override { unsynced_.push_back(batch.id); }
    void send(const Outgoing& outgoing) override;
    void reply(const WriteReply& reply) override;
    void reply(const ReadReply&) override {}
    void call(const ChainCall& call) override { bench_.on_call(call); }
    void record(const Event&) override {}
    void stop(Stop) override {}

   private:
    friend class Bench;
    Bench& bench_;
    std::unique_ptr<Signer> signer_;
    Identity identity_;
    BootNotary notary_;
    Counter service_;
    Replica replica_;
    Pump pump_;
    bool disk_held_ = false;
    std::deque<std::uint64_t> unsynced_;
    std::deque<Outgoing> outbox_;
    std::vector<Outgoing> sent_;
    std::set<std::uint64_t> answered_;
    std::uint64_t tickets_ = 0;
  };

  Bench();

  Node& node(std::uint64_t seat) { return *nodes_.at(seat - 1); }
  // Founds the cluster and commits a block. Returns the leader's seat.
  std::uint64_t start();
  // In steps of 10 ms, until it holds; false when it did not within `limit`.
  bool run_until(const std::function<bool()>& holds, Duration limit);
  void run_for(Duration time);
  // Messages for which it is true are lost from now on.
  void lose(std::function<bool(Seat from, const Outgoing&)> lost) { lost_ = std::move(lost); }
  void cut_off(std::uint64_t seat);
  // Signs as a seat would whose notary was bypassed.
  Accept forge_accept(std::uint64_t seat, Term term, SeqNo seq, const Hash& hash);
  void inject(std::uint64_t from, std::uint64_t to, Message message);
  Scope scope() { return {node(1).status().generation, node(1).status().config_nonce}; }

 private:
  void exchange();  // messages and syncs, until nothing moves
  void on_call(const ChainCall& call);
  void show_chain();

  KeyedHashVerifier verifier_;
  Signing signing_;
  Time now_{0};
  ChainView view_;
  bool view_due_ = false;
  std::function<bool(Seat, const Outgoing&)> lost_;
  std::vector<std::unique_ptr<Node>> nodes_;
};

}  // namespace dnc
