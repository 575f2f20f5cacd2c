// A whole cluster in one thread and one number: n nodes, their disks, the network, the chain, the
// clients and the auditor, all drawn from one seed. Same options, same trace.
#pragma once

#include <memory>
#include <set>
#include <vector>

#include "sim/auditor.hpp"
#include "sim/chain.hpp"
#include "sim/kv_workload.hpp"
#include "sim/network.hpp"
#include "sim/node.hpp"
#include "sim/workload.hpp"

namespace dnc {

struct SimulationOptions {
  std::uint64_t seed = 1;
  std::size_t nodes = 3;  // founding seats
  bool auto_consent = true;
  bool curve = false;  // real signatures instead of keyed hashes
  bool gather = true;  // a replica takes what comes at one time in one step
  WorkloadOptions workload;
  KvWorkloadOptions kv;
  Timing timing;
  CheckpointPolicy checkpoints;
  std::vector<ServiceKind> services;  // of an application, beside the product's
};

// What a client asked for, and the answer, once a node has confirmed it.
struct ClientRequest {
  Operation operation;
  std::optional<WriteReply> reply;
};

class Simulation : public Receivers {
 public:
  explicit Simulation(const SimulationOptions& options, Trace::Sink sink = {});

  // Runs until `duration` has passed; false when a checker objected.
  bool run_for(Duration duration);
  // Runs until `goal` holds, asked every 10 ms; false when it did not hold in time or a checker
  // objected.
  bool run_until(const std::function<bool()>& goal, Duration at_most);

  // Life and death of machines.
  void power_on_all();
  // The machine is gone without a word.
  void crash(Seat seat) { node(seat).crash(); }
  // Only the process is: the machine lives on and refuses connections.
  void kill(Seat seat);
  void power_on(Seat seat);
  void power_on_after(Seat seat, Duration delay);
  void reboot(Seat seat) {
    crash(seat);
    power_on(seat);
  }
  // A seat's disk is lost, broken, or set back to its last snapshot. Requires: powered off.
  void lose_disk(Seat seat);
  void damage_disk(Seat seat);
  void roll_back_disk(Seat seat);
  void flip_bits(Seat seat, bool last);
  // The disk of a running seat starts to do its writes wrong; until end_miswrite() nobody knows how
  // much it has lost.
  void miswrite(Seat seat, WriteFault fault);
  void end_miswrite(Seat seat) { note_loss(seat); }
  // A second machine boots from a copy of the seat's disk, and goes again.
  void clone(Seat seat);
  void end_clone(Seat seat);
  // The services of a seat compute something else; repaired, its next boot computes right.
  void miscount(Seat seat, Miscount how);
  void repair(Seat seat) { node(seat).miscount(Miscount::kNothing); }
  // The software of a seat lies wherever its notary does not sign.
  void start_lying(Seat seat, LiesAbout what);
  void stop_lying(Seat seat);
  // The seat bypasses its notary: its next boots lead two lives, which part at a word, the second
  // one before the eyes of `audience`.
  void live_twice(Seat seat);
  void part(Seat seat, const std::set<Seat>& audience);
  // Does this hold as a proof, as anybody may judge it?
  bool proves(const Contradiction& contradiction) const;
  const std::set<Seat>& liars() const { return liars_; }
  // Seats whose disk lost something that it has not got back by being admitted again.
  const std::map<Seat, SeqNo>& lossy() const { return lossy_; }
  // Mints one more seat and adds a node for it, switched off.
  Seat add_seat();
  // What the operator of the leader's seat signs, for its present term.
  SwitchoverOrder order_of(Seat leader, Seat to);
  // What the operator of `seat` signs, if it consents to the end of a generation.
  RecoveryConsent consent_of(Seat seat, RecoveryConsent consent);
  // A client of any service: sends its operation to `seat`, then to one seat after the other, until
  // one confirms it.
  std::shared_ptr<const ClientRequest> request(Operation operation, Seat seat);
  // Ends every fault: links, chain, disks, and all machines on.
  void heal();

  EventQueue& queue() { return queue_; }
  Time now() const { return queue_.now(); }
  Trace& trace() { return trace_; }
  Network& network() { return *network_; }
  SimChain& chain() { return *chain_; }
  Auditor& auditor() { return auditor_; }
  Workload& workload() { return *workload_; }
  KvWorkload& kv_workload() { return *kv_workload_; }
  // From now on nodes send what `tamper` makes of their messages.
  void set_tamper(std::function<void(Seat from, Message&)> tamper) {
    environment_->tamper = std::move(tamper);
  }
  SimNode& node(Seat seat) { return *nodes_.at(seat.value - 1); }
  // The copy of the seat's machine. Requires: there was one.
  SimNode& copy(Seat seat) { return *copies_.at(seat); }
  std::vector<Seat> seats() const;
  std::size_t founders() const { return options_.nodes; }
  // The seats that the committed log counts; the founders-to-be before it exists.
  std::set<Seat> counted() const;
  // May this seat's node join the contract as things stand?
  bool may_join(Seat seat) const;
  void say(const std::string& what);

  // The node that leads the highest term, if a majority of live members follows it.
  std::optional<Seat> leader();
  // Is this node a member that serves?
  bool serves(Seat seat);
  // All nodes that may join are members, nothing is pending, and all services show the same.
  bool settled();
  // Why not, for a failure line.
  std::string unsettled_reason();
  // Writes where every node stands into a readable trace.
  void trace_standings();

 private:
  // Receivers, as the network asks.
  std::size_t machines(Seat seat) override { return copies_.contains(seat) ? 2 : 1; }
  std::uint64_t boots(Seat seat, std::size_t machine) override { return at(seat, machine).boots(); }
  void deliver(const Identity& from, Seat to, std::size_t machine, const Bytes& bytes) override {
    at(to, machine).on_message(from, bytes);
  }
  void refuse(const Identity& gone, Seat to, std::size_t machine) override {
    at(to, machine).on_peer_gone(gone);
  }
  SimNode& at(Seat seat, std::size_t machine) { return machine == 0 ? node(seat) : copy(seat); }

  void send(const std::shared_ptr<ClientRequest>& request, Seat seat);
  void note_loss(Seat seat);
  void poll();
  bool enough_disks_hold(SeqNo seq, const Bytes& block);

  SimulationOptions options_;
  Prng prng_;
  EventQueue queue_;
  Trace trace_;
  Auditor auditor_;
  Eip712Domain domain_;
  Signing signing_;
  std::unique_ptr<KeyRing> keys_;
  std::unique_ptr<Network> network_;
  std::unique_ptr<SimChain> chain_;
  std::unique_ptr<NodeEnvironment> environment_;
  std::vector<std::unique_ptr<SimNode>> nodes_;
  std::map<Seat, std::unique_ptr<SimNode>> copies_;  // second machines of seats
  std::set<Seat> liars_;
  std::unique_ptr<Workload> workload_;
  std::unique_ptr<KvWorkload> kv_workload_;
  std::set<Bytes> requested_;    // keys of operations
  std::map<Seat, SeqNo> lossy_;  // with what was committed when the loss happened
};

}  // namespace dnc
