#include "sim/node.hpp"

#include "core/consensus/codec.hpp"

namespace dnc {
namespace {

constexpr Duration kAskChainFor{2000};  // then a boot takes its epoch from its log alone
constexpr Duration kJoinRetry{2000};
constexpr Duration kHaltedFor{3000};       // until the operator starts a halted node again
constexpr std::size_t kStalledMax = 5000;  // a frozen node's sockets hold no more
constexpr std::uint64_t kUtcStart = 1'700'000'000'000;

// The key of a boot that may go on twice.
class SharedKey : public Signer {
 public:
  explicit SharedKey(std::shared_ptr<Signer> key) : key_(std::move(key)) {}
  Address address() const override { return key_->address(); }
  Signature sign(const Hash& digest) override { return key_->sign(digest); }

 private:
  const std::shared_ptr<Signer> key_;
};

// What a reader of a trace wants to know of a message beside its name.
std::string gist_of(const Message& message) {
  const auto say = [](Term term, SeqNo seq) {
    return " term=" + std::to_string(term.value) + " seq=" + std::to_string(seq.value);
  };
  if (const auto* accept = std::get_if<Accept>(&message)) return say(accept->term, accept->seq);
  if (const auto* propose = std::get_if<Propose>(&message)) {
    return say(propose->block.header.term, propose->block.header.seq);
  }
  if (const auto* granted = std::get_if<GrantMessage>(&message)) {
    return say(granted->grant.term, granted->grant.last.seq);
  }
  if (const auto* fetch = std::get_if<Fetch>(&message)) return say({}, fetch->from);
  if (const auto* chunk = std::get_if<Chunk>(&message)) return say({}, chunk->head_seq);
  return {};
}

}  // namespace

SimNode::Boot::Boot(const Identity& self, std::unique_ptr<Signer> signer,
                    NodeEnvironment& environment, Recovered recovered, Miscount miscount, Prng prng,
                    World& world)
    : identity(self),
      notary(self, std::move(signer), environment.keys.verifier(), environment.signing),
      services(environment.services, miscount),
      replica(environment.replica, std::move(recovered), notary, environment.keys.verifier(),
              services, prng),
      pump(replica, world) {}

SimNode::SimNode(Seat seat, std::size_t machine, NodeEnvironment& environment, Prng prng)
    : seat_(seat),
      machine_(machine),
      environment_(environment),
      prng_(prng),
      disk_(environment.queue, prng_.fork()) {}

// --- Life ---------------------------------------------------------------------------------------

void SimNode::power_on() {
  CHECK(!powered_);
  powered_ = true;
  ++boots_;
  powered_at_ = environment_.queue.now();
  clock_stood_ = timer_ahead_ = Duration(0);
  utc_stopped_.reset();
  drift_per_mille_ = static_cast<std::int64_t>(prng_.below(21)) - 10;
  // Wall time is for humans: it may be an hour off, and nothing may depend on it.
  utc_skew_ms_ = prng_.chance(100) ? static_cast<std::int64_t>(prng_.below(7'200'000)) - 3'600'000
                                   : static_cast<std::int64_t>(prng_.below(200)) - 100;
  view_.reset();
  recovered_ = disk_.recover();
  environment_.trace.mix(powered_at_, seat_, "power_on");
  environment_.chain.ask_view(seat_);
  environment_.queue.after(kAskChainFor, [this, boot = boots_] {
    if (powered_ && boots_ == boot && boot_ == nullptr) start_replica();
  });
}

void SimNode::start_replica() {
  Epoch epoch = newest_epoch(recovered_, seat_);
  const ChainSeat* shown = view_ ? view_->find(seat_) : nullptr;
  if (shown != nullptr) epoch = std::max(epoch, shown->identity.epoch);
  std::shared_ptr<Signer> key = environment_.keys.fresh_signer();
  const Identity identity{seat_, epoch.next(), key->address()};
  if (environment_.trace.readable()) {
    environment_.trace.line(environment_.queue.now(), seat_,
                            "boots with epoch " + std::to_string(identity.epoch.value));
  }
  const Prng prng = prng_.fork();
  if (lives_twice_) {
    second_life_ = std::make_shared<SecondLife>(identity, std::make_unique<SharedKey>(key),
                                                environment_, recovered_, prng);
  }
  boot_ = std::make_unique<Boot>(identity, std::make_unique<SharedKey>(key), environment_,
                                 std::move(recovered_), miscount_, prng, *this);
  attach_disk();
  environment_.observer.on_boot(*this);
  tick(boots_);
  if (view_) on_view(*view_);
}

void SimNode::attach_disk() {
  const auto synced = [this, boot = boots_](std::uint64_t batch) {
    when_awake([this, boot, batch] {
      if (boots_ != boot || boot_ == nullptr || boot_->stopping) return;
      boot_->pump.on_synced(batch);
      if (second_life_ && !second_life_->has_parted()) second_life_->on_synced(batch);
      environment_.observer.on_step(*this);
    });
  };
  // The process ends: a disk that failed once may have lost anything since its last sync.
  const auto failed = [this] {
    environment_.trace.mix(environment_.queue.now(), seat_, "disk_failed");
    if (environment_.trace.readable()) {
      environment_.trace.line(environment_.queue.now(), seat_, "its disk fails: the process ends");
    }
    boot_->stopping = true;
    restart_after(kHaltedFor);
  };
  disk_.attach(synced, failed);
}

void SimNode::crash() {
  if (!powered_) return;
  environment_.trace.mix(environment_.queue.now(), seat_, "crash");
  if (environment_.trace.readable()) {
    environment_.trace.line(environment_.queue.now(), seat_, "is down");
  }
  powered_ = false;
  ++boots_;  // whatever is under way belongs to a boot that is no more
  boot_.reset();
  second_life_.reset();
  disk_.crash();
  stalled_.clear();
  paused_until_ = Time(0);
  const auto writes = std::exchange(writes_, {});
  const auto reads = std::exchange(reads_, {});
  for (const auto& [ticket, done] : writes)
    done(nullptr);
  for (const auto& [ticket, done] : reads)
    done(nullptr);
}

void SimNode::unplug() {
  crash();
  ++boots_;
}

void SimNode::stop(Stop stop) {
  boot_->stopping = true;
  if (const Ouster why = boot_->replica.status().ouster; why != Ouster::kNone) {
    silenced_ = boot_->identity;
    ouster_ = why;
  }
  const bool reboot = stop == Stop::kReboot;
  environment_.trace.mix(environment_.queue.now(), seat_, reboot ? "reboot" : "halt");
  if (environment_.trace.readable()) {
    environment_.trace.line(environment_.queue.now(), seat_, reboot ? "reboots" : "halts");
  }
  restart_after(reboot ? Duration(200 + prng_.below(300)) : kHaltedFor);
}

void SimNode::restart_after(Duration rest) {
  // Not from inside its own step.
  environment_.queue.after(Duration(0), [this, boot = boots_] {
    if (boots_ == boot) crash();
  });
  environment_.queue.after(rest, [this, boot = boots_] {
    if (!powered_ && boots_ == boot + 1) power_on();
  });
}

void SimNode::pause(Duration duration, bool freeze_clock) {
  if (boot_ == nullptr || paused()) return;
  paused_until_ = environment_.queue.now() + duration;
  if (freeze_clock) clock_stood_ += duration;
  environment_.queue.after(duration, [this, boot = boots_] { resume(boot); });
}

void SimNode::resume(std::uint64_t boot) {
  if (boots_ != boot) return;
  const auto stalled = std::exchange(stalled_, {});
  for (const auto& action : stalled)
    action();
}

void SimNode::when_awake(std::function<void()> action) {
  if (!paused()) return action();
  // Sockets drop what does not fit. Disk completions are few; they always fit.
  stalled_.push_back(std::move(action));
}

void SimNode::miscount(Miscount how) {
  miscount_ = how;
  if (boot_ != nullptr) boot_->services.miscount(how);
}

// --- Inputs -------------------------------------------------------------------------------------

void SimNode::take_in(const Input& input) {
  if (boot_ == nullptr || boot_->stopping) return;
  if (second_life_ && !second_life_->live(input)) return;
  if (environment_.gather) {
    if (boot_->pump.enqueue(input)) drain_soon();
    return;
  }
  boot_->pump.deliver(input);
  environment_.observer.on_step(*this);
}

// Behind all else that happens at this very time.
void SimNode::drain_soon() {
  environment_.queue.after(Duration{0}, [this, boot = boots_] {
    when_awake([this, boot] {
      if (boots_ != boot || boot_ == nullptr || boot_->stopping) return;
      boot_->pump.drain();
      environment_.observer.on_step(*this);
    });
  });
}

Time SimNode::local_now() const {
  const std::int64_t elapsed = (environment_.queue.now() - powered_at_ - clock_stood_).count();
  return Time(elapsed + elapsed * drift_per_mille_ / 1000) + timer_ahead_;
}

void SimNode::jump_clock(ClockJump jump) {
  constexpr Duration kHour{3'600'000};
  switch (jump) {
    case ClockJump::kHourAhead:
      utc_skew_ms_ += kHour.count();
      break;
    case ClockJump::kHourBack:
      utc_skew_ms_ -= kHour.count();
      break;
    case ClockJump::kStopped:
      utc_stopped_ = environment_.queue.now();
      break;
    case ClockJump::kTimerAhead:
      timer_ahead_ += kHour;
      break;
  }
  environment_.trace.mix(environment_.queue.now(), seat_, "clock_jump");
  if (environment_.trace.readable()) {
    environment_.trace.line(environment_.queue.now(), seat_, "its clock jumps");
  }
}

void SimNode::tick(std::uint64_t boot) {
  if (boots_ != boot || boot_ == nullptr) return;
  if (paused()) {  // the timer fires once, when the freeze ends
    stalled_.push_back([this, boot] { tick(boot); });
    return;
  }
  const Time wall = utc_stopped_.value_or(environment_.queue.now());
  const std::int64_t utc = wall.count() + utc_skew_ms_;
  take_in(Tick{local_now(), kUtcStart + static_cast<std::uint64_t>(utc)});
  environment_.queue.after(Duration(8 + prng_.below(3)), [this, boot] { tick(boot); });
}

void SimNode::challenge() {
  when_awake([this, boot = boots_] {
    if (boots_ == boot) take_in(Challenge{});
  });
}

void SimNode::hand_in(const Input& from_operator) {
  when_awake([this, boot = boots_, from_operator] {
    if (boots_ == boot) take_in(from_operator);
  });
}

void SimNode::on_peer_gone(const Identity& peer) {
  when_awake([this, boot = boots_, peer] {
    if (boots_ == boot) take_in(PeerGone{peer});
  });
}

void SimNode::on_message(const Identity& from, const Bytes& bytes) {
  if (boot_ == nullptr || (paused() && stalled_.size() >= kStalledMax)) return;
  if (paused()) {
    stalled_.push_back([this, boot = boots_, from, bytes] {
      if (boots_ == boot) on_message(from, bytes);
    });
    return;
  }
  if (boot_->stopping || !boot_->replica.admits(from)) return;
  auto envelope = decode_envelope(bytes);
  if (!envelope) {
    if (environment_.once_lied.contains(from.seat)) return;
    environment_.observer.on_fault(*this, "cannot decode what a peer encoded");
    return;
  }
  const Trace& trace = environment_.trace;
  if (trace.readable() && !std::holds_alternative<Heartbeat>(envelope->message)) {
    trace.line(environment_.queue.now(), seat_,
               std::string("<- ") + message_name(envelope->message) + " from " +
                   std::to_string(from.seat.value) + "/" + std::to_string(from.epoch.value) +
                   gist_of(envelope->message));
  }
  take_in(PeerMessage{from, std::move(*envelope)});
}

void SimNode::on_answers(const SimChain::Answers& answers) {
  if (agree(answers[0], answers[1])) on_view(answers[0]);
}

void SimNode::on_view(const ChainView& view) {
  if (!powered_) return;
  when_awake([this, boot = boots_, view] {
    if (boots_ != boot) return;
    view_ = view;
    if (boot_ == nullptr) return start_replica();
    if (boot_->stopping) return;
    take_in(view);
    join_if_unseen(view);
  });
}

void SimNode::join_if_unseen(const ChainView& view) {
  const ChainSeat* shown = view.find(seat_);
  if (boot_ == nullptr || boot_->stopping || shown == nullptr) return;
  if (shown->identity == boot_->identity) return;
  const Time now = environment_.queue.now();
  if (join_sent_ > powered_at_ && now < join_sent_ + kJoinRetry) return;
  join_sent_ = now;
  environment_.chain.submit(seat_, JoinCall{boot_->identity});
}

// --- Clients ------------------------------------------------------------------------------------

void SimNode::write(const Operation& operation, WriteDone done) {
  if (boot_ == nullptr) return done(nullptr);
  const std::uint64_t ticket = ++tickets_;
  writes_[ticket] = std::move(done);
  when_awake([this, boot = boots_, ticket, operation] {
    if (boots_ == boot) take_in(ClientWrite{ticket, operation});
  });
}

void SimNode::read(const Bytes& query, bool linearizable, ReadDone done) {
  if (boot_ == nullptr) return done(nullptr);
  const std::uint64_t ticket = ++tickets_;
  reads_[ticket] = std::move(done);
  when_awake([this, boot = boots_, ticket, query, linearizable] {
    if (boots_ == boot) take_in(ClientRead{ticket, query, linearizable});
  });
}

void SimNode::reply(const WriteReply& reply) {
  const auto waiting = writes_.extract(reply.ticket);
  if (waiting.empty()) {
    return environment_.observer.on_fault(*this, "answers a write that nobody waits for");
  }
  environment_.trace.mix(environment_.queue.now(), seat_, "wrote", reply.result);
  trace_answer("write", reply.error, reply.seq);
  waiting.mapped()(&reply);
}

void SimNode::reply(const ReadReply& reply) {
  const auto waiting = reads_.extract(reply.ticket);
  if (waiting.empty()) {
    return environment_.observer.on_fault(*this, "answers a read that nobody waits for");
  }
  environment_.trace.mix(environment_.queue.now(), seat_, "read", reply.result);
  trace_answer("read", reply.error, reply.seq);
  waiting.mapped()(&reply);
}

void SimNode::trace_answer(const char* what, const std::string& error, SeqNo seq) {
  if (!environment_.trace.readable()) return;
  const std::string how = error.empty() ? "at seq " + std::to_string(seq.value) : "with " + error;
  environment_.trace.line(environment_.queue.now(), seat_,
                          std::string("answers a ") + what + " " + how);
}

// --- Effects ------------------------------------------------------------------------------------

void SimNode::persist(const DiskBatch& batch) {
  environment_.trace.mix(environment_.queue.now(), seat_, "persist");
  disk_.persist(batch);
}

void SimNode::send(const Outgoing& outgoing) {
  if (outgoing.to == seat_) {
    return environment_.observer.on_fault(*this, "sends to itself");
  }
  if (second_life_ && second_life_->speaks_to(outgoing.to)) return;
  environment_.observer.on_send(*this, outgoing);
  if (environment_.tamper) {
    Envelope envelope = outgoing.envelope;
    environment_.tamper(seat_, envelope.message);
    return transmit(outgoing.to, encode(envelope));
  }
  if (!liar_) return transmit(outgoing.to, encode(outgoing.envelope));
  for (Bytes& bytes : liar_->twist(outgoing))
    transmit(outgoing.to, std::move(bytes));
}

void SimNode::transmit(Seat to, Bytes bytes) {
  environment_.trace.mix(environment_.queue.now(), seat_, "send", bytes);
  environment_.network.send(boot_->identity, to, std::move(bytes));
}

void SimNode::call(const ChainCall& call) {
  environment_.trace.mix(environment_.queue.now(), seat_, "call");
  std::visit([this](const auto& one) { environment_.chain.submit(seat_, one); }, call);
}

void SimNode::record(const Event& event) {
  Trace& trace = environment_.trace;
  trace.mix(environment_.queue.now(), seat_, event.name);
  if (trace.readable()) {
    std::string text = event.name;
    for (const auto& [key, value] : event.facts)
      text += " " + key + "=" + value;
    trace.line(environment_.queue.now(), seat_, text);
  }
  environment_.observer.on_event(*this, event);
}

}  // namespace dnc
