// What production's `node` does around a replica, in virtual time: boots with a fresh key and a
// higher epoch, joins on the chain until the chain shows it, passes on inputs, does the effects,
// starts again when the replica asks for it. Unlike production it can be killed and frozen.
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "core/consensus/pump.hpp"
#include "core/notary/boot_notary.hpp"
#include "sim/chain.hpp"
#include "sim/disk.hpp"
#include "sim/faulty_services.hpp"
#include "sim/key_ring.hpp"
#include "sim/liar.hpp"
#include "sim/network.hpp"
#include "sim/second_life.hpp"
#include "sim/trace.hpp"

namespace dnc {

class SimNode;

// Told about everything a checker may want to look at.
class NodeObserver {
 public:
  virtual ~NodeObserver() = default;
  virtual void on_boot(SimNode& node) = 0;
  virtual void on_step(SimNode& node) = 0;  // an input was taken in, its effects are done
  virtual void on_send(SimNode& node, const Outgoing& outgoing) = 0;  // before anybody may lie
  virtual void on_event(SimNode& node, const Event& event) = 0;
  virtual void on_fault(SimNode& node, const std::string& what) = 0;  // it broke its contract
};

// What a host may do to the clocks of a guest.
enum class ClockJump : std::uint8_t {
  kHourAhead,   // wall time, which is for humans
  kHourBack,    // wall time
  kStopped,     // wall time, until the next boot
  kTimerAhead,  // the timer behind every timeout: an hour passes in an instant
};

// What all nodes of one simulation share.
struct NodeEnvironment {
  EventQueue& queue;
  Trace& trace;
  Network& network;
  SimChain& chain;
  KeyRing& keys;
  const Signing& signing;
  NodeObserver& observer;
  ReplicaConfig replica;
  std::vector<ServiceKind> services;  // beside the product's
  bool gather = true;
  std::set<Seat> once_lied;  // what their bytes may be is anybody's guess
  // Set by a scenario in which a node lies: changes what it sends.
  std::function<void(Seat from, Message&)> tamper;
};

class SimNode : public World {
 public:
  using WriteDone = std::function<void(const WriteReply*)>;  // null: the connection broke
  using ReadDone = std::function<void(const ReadReply*)>;

  // `machine` tells the copies of one seat apart; 0 is the seat's own.
  SimNode(Seat seat, std::size_t machine, NodeEnvironment& environment, Prng prng);

  Seat seat() const { return seat_; }
  std::size_t machine() const { return machine_; }
  std::uint64_t boots() const { return boots_; }
  bool powered() const { return powered_; }
  bool running() const { return boot_ != nullptr; }  // powered, and past asking for its epoch
  bool paused() const { return environment_.queue.now() < paused_until_; }
  SimDisk& disk() { return disk_; }
  // Requires: running().
  const Replica& replica() const { return boot_->replica; }
  const Services& services() const { return boot_->services; }
  const Identity& identity() const { return boot_->identity; }
  // The last boot that the chain silenced.
  const Identity& silenced() const { return silenced_; }
  Ouster ouster() const { return ouster_; }

  void power_on();
  void crash();
  // Switched off for good, whatever it was about to do.
  void unplug();
  // Frozen: nothing is taken in and nothing goes out. A guest's clock may stand still meanwhile.
  void pause(Duration duration, bool freeze_clock);
  void jump_clock(ClockJump jump);
  void challenge();
  void hand_in(const Input& from_operator);
  // From now on the software of this machine lies wherever the notary does not sign.
  void lie(LiesAbout what) { liar_.emplace(what, prng_.fork()); }
  void stop_lying() { liar_.reset(); }
  // From now on its services, and those of its later boots, compute something else.
  void miscount(Miscount how);
  // Every boot from now on is ready to lead two lives, which bypasses its notary; it does from the
  // moment they part, and shows the second one to `audience`.
  void live_twice() { lives_twice_ = true; }
  void part(std::set<Seat> audience) { second_life_->part(std::move(audience)); }

  void write(const Operation& operation, WriteDone done);
  void read(const Bytes& query, bool linearizable, ReadDone done);
  void on_message(const Identity& from, const Bytes& bytes);
  void on_peer_gone(const Identity& peer);
  void on_view(const ChainView& view);
  void on_answers(const SimChain::Answers& answers);

  // World, as the pump asks.
  void persist(const DiskBatch& batch) override;
  void send(const Outgoing& outgoing) override;
  void reply(const WriteReply& reply) override;
  void reply(const ReadReply& reply) override;
  void call(const ChainCall& call) override;
  void record(const Event& event) override;
  void stop(Stop stop) override;

 private:
  struct Boot {
    Boot(const Identity& identity, std::unique_ptr<Signer> signer, NodeEnvironment& environment,
         Recovered recovered, Miscount miscount, Prng prng, World& world);
    Identity identity;
    BootNotary notary;
    FaultyServices services;
    Replica replica;
    Pump pump;
    bool stopping = false;
  };

  void start_replica();
  void attach_disk();
  void restart_after(Duration rest);
  void transmit(Seat to, Bytes bytes);
  void take_in(const Input& input);
  void drain_soon();
  // Runs `action` now, or when the pause ends; never after the boot that it was meant for.
  void when_awake(std::function<void()> action);
  void resume(std::uint64_t boot);
  void tick(std::uint64_t boot);
  void join_if_unseen(const ChainView& view);
  void trace_answer(const char* what, const std::string& error, SeqNo seq);
  Time local_now() const;

  Seat seat_;
  std::size_t machine_;
  NodeEnvironment& environment_;
  Prng prng_;
  SimDisk disk_;
  std::unique_ptr<Boot> boot_;
  bool lives_twice_ = false;
  std::shared_ptr<SecondLife> second_life_;
  Recovered recovered_;
  std::uint64_t boots_ = 0;
  bool powered_ = false;
  Time powered_at_{0};
  Duration clock_stood_{0};
  std::int64_t drift_per_mille_ = 0;
  std::int64_t utc_skew_ms_ = 0;
  std::optional<Time> utc_stopped_;
  Duration timer_ahead_{0};
  Miscount miscount_ = Miscount::kNothing;
  std::optional<Liar> liar_;
  Time paused_until_{0};
  std::vector<std::function<void()>> stalled_;
  std::optional<ChainView> view_;  // the newest this boot has seen
  Time join_sent_{0};
  Identity silenced_;
  Ouster ouster_ = Ouster::kNone;
  std::uint64_t tickets_ = 0;
  std::map<std::uint64_t, WriteDone> writes_;
  std::map<std::uint64_t, ReadDone> reads_;
};

}  // namespace dnc
