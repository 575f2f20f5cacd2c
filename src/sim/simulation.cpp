#include "sim/simulation.hpp"

#include "core/consensus/contradiction.hpp"

namespace dnc {
namespace {

constexpr Duration kPollInterval{50};
constexpr Duration kAskAgain{100};
constexpr Duration kGoalInterval{10};

Eip712Domain simulated_domain() {
  Eip712Domain domain;
  domain.chain_id = 31337;
  domain.contract.bytes.fill(0x51);
  return domain;
}

// All keys with their values and versions.
Bytes keys_and_values(const SimNode& node) {
  return node.services().query(kv::list("", "", kv::kPageEntriesMax));
}

}  // namespace

Simulation::Simulation(const SimulationOptions& options, Trace::Sink sink)
    : options_(options),
      prng_(options.seed),
      auditor_(queue_, trace_),
      domain_(simulated_domain()),
      signing_(domain_),
      keys_(options.curve ? make_curve_ring(prng_.fork()) : make_keyed_hash_ring(prng_.fork())) {
  trace_.set_sink(std::move(sink));
  network_ = std::make_unique<Network>(queue_, prng_.fork(), *this);
  const auto answer = [this](Seat seat, const SimChain::Answers& answers) {
    if (seat.value > nodes_.size()) return;
    for (std::size_t machine = 0; machine < machines(seat); ++machine)
      at(seat, machine).on_answers(answers);
  };
  chain_ = std::make_unique<SimChain>(queue_, trace_, prng_.fork(),
                                      Contract(options.nodes, options.nodes), signing_,
                                      keys_->verifier(), answer);
  environment_ = std::make_unique<NodeEnvironment>(NodeEnvironment{
      queue_,
      trace_,
      *network_,
      *chain_,
      *keys_,
      signing_,
      auditor_,
      ReplicaConfig{domain_, options.timing, options.checkpoints, options.auto_consent},
      options.services,
      options.gather,
      {},
      {}});
  for (std::uint64_t seat = 1; seat <= options.nodes; ++seat)
    nodes_.push_back(std::make_unique<SimNode>(Seat{seat}, 0, *environment_, prng_.fork()));
  workload_ = std::make_unique<Workload>(
      queue_, prng_.fork(), options.workload, [this](Seat seat) -> SimNode& { return node(seat); },
      options.nodes,
      [this](const WriteRecord& record, const WriteReply& reply) {
        auditor_.on_acknowledged(record, reply);
      });
  kv_workload_ = std::make_unique<KvWorkload>(
      queue_, prng_.fork(), options.kv, [this](Seat seat) -> SimNode& { return node(seat); },
      options.nodes);
  auditor_.set_history(&workload_->history(), [this](const Bytes& key) {
    return kv_workload_->asked_for(key) || requested_.contains(key);
  });
  auditor_.set_disks_hold(
      [this](SeqNo seq, const Bytes& block) { return enough_disks_hold(seq, block); });
  chain_->start();
  queue_.after(kPollInterval, [this] { poll(); });
}

bool Simulation::run_for(Duration duration) {
  const Time end = queue_.now() + duration;
  while (!auditor_.violation() && queue_.run_next(end)) {
  }
  if (auditor_.violation()) return false;
  queue_.advance_to(end);
  return true;
}

bool Simulation::run_until(const std::function<bool()>& goal, Duration at_most) {
  const Time end = queue_.now() + at_most;
  while (!goal()) {
    if (queue_.now() >= end || !run_for(kGoalInterval)) return false;
  }
  return true;
}

// --- Machines -----------------------------------------------------------------------------------

void Simulation::power_on_all() {
  for (const auto& each : nodes_) {
    if (!each->powered()) each->power_on();
  }
}

void Simulation::kill(Seat seat) {
  const bool known = node(seat).running();
  const Identity gone = known ? node(seat).identity() : Identity{};
  crash(seat);
  for (const auto& each : nodes_) {
    if (known && each->seat() != seat) network_->refuse(gone, each->seat());
  }
}

void Simulation::power_on(Seat seat) {
  if (!node(seat).powered()) node(seat).power_on();
}

void Simulation::power_on_after(Seat seat, Duration delay) {
  queue_.after(delay, [this, seat] { power_on(seat); });
}

// The disk has what it has; what was committed by now may be missing from it.
void Simulation::note_loss(Seat seat) {
  lossy_[seat] = {auditor_.log().entries().size()};
}

void Simulation::lose_disk(Seat seat) {
  say("seat " + std::to_string(seat.value) + " loses its disk");
  note_loss(seat);
  node(seat).disk().wipe();
}

void Simulation::damage_disk(Seat seat) {
  say("seat " + std::to_string(seat.value) + " has a damaged disk");
  note_loss(seat);
  node(seat).disk().damage();
}

void Simulation::roll_back_disk(Seat seat) {
  say("the disk of seat " + std::to_string(seat.value) + " is set back");
  note_loss(seat);
  node(seat).disk().roll_back();
}

void Simulation::flip_bits(Seat seat, bool last) {
  say("bits flip on the disk of seat " + std::to_string(seat.value));
  note_loss(seat);
  node(seat).disk().flip_bits(last);
}

void Simulation::miswrite(Seat seat, WriteFault fault) {
  static constexpr std::array kHow{"nothing", "loses a write", "misdirects a write",
                                   "writes nothing any more"};
  say("the disk of seat " + std::to_string(seat.value) + " " +
      kHow[static_cast<std::size_t>(fault)]);
  lossy_[seat] = {UINT64_MAX};
  node(seat).disk().miswrite(fault);
}

void Simulation::clone(Seat seat) {
  say("seat " + std::to_string(seat.value) + " runs twice");
  lossy_[seat] = {UINT64_MAX};
  auto& second = copies_[seat];
  if (!second) second = std::make_unique<SimNode>(seat, 1, *environment_, prng_.fork());
  second->disk().copy_from(node(seat).disk());
  if (!second->powered()) second->power_on();
}

void Simulation::end_clone(Seat seat) {
  say("the copy of seat " + std::to_string(seat.value) + " is gone");
  copy(seat).unplug();
  note_loss(seat);
}

void Simulation::start_lying(Seat seat, LiesAbout what) {
  say("seat " + std::to_string(seat.value) + " lies");
  liars_.insert(seat);
  environment_->once_lied.insert(seat);
  node(seat).lie(what);
}

void Simulation::stop_lying(Seat seat) {
  liars_.erase(seat);
  node(seat).stop_lying();
}

void Simulation::miscount(Seat seat, Miscount how) {
  say("the services of seat " + std::to_string(seat.value) + " miscount");
  auditor_.expect_divergence(seat);
  node(seat).miscount(how);
}

void Simulation::live_twice(Seat seat) {
  auditor_.expect_bypass(seat);
  node(seat).live_twice();
}

void Simulation::part(Seat seat, const std::set<Seat>& audience) {
  say("seat " + std::to_string(seat.value) + " leads two lives");
  node(seat).part(audience);
}

bool Simulation::proves(const Contradiction& contradiction) const {
  return verify_contradiction(contradiction, signing_, keys_->verifier()).ok();
}

Seat Simulation::add_seat() {
  chain_->mint();
  const Seat seat{nodes_.size() + 1};
  nodes_.push_back(std::make_unique<SimNode>(seat, 0, *environment_, prng_.fork()));
  workload_->ask_also(seat);
  kv_workload_->ask_also(seat);
  return seat;
}

RecoveryConsent Simulation::consent_of(Seat seat, RecoveryConsent consent) {
  const Address operator_ = chain_->newest().find(seat)->operator_;
  consent.seat = seat;
  consent.issued_ms = static_cast<std::uint64_t>(now().count());
  consent.signature = keys_->signer_of(operator_)->sign(signing_.recovery_consent(consent));
  return consent;
}

SwitchoverOrder Simulation::order_of(Seat leader, Seat to) {
  const ChainView view = chain_->newest();
  const ReplicaStatus status = node(leader).replica().status();
  SwitchoverOrder order{status.generation, status.term, to, view.time + 60, leader, {}};
  order.signature =
      keys_->signer_of(view.find(leader)->operator_)->sign(signing_.switchover_order(order));
  return order;
}

std::shared_ptr<const ClientRequest> Simulation::request(Operation operation, Seat seat) {
  requested_.insert(operation.key);
  const auto request = std::make_shared<ClientRequest>(ClientRequest{std::move(operation), {}});
  send(request, seat);
  return request;
}

void Simulation::send(const std::shared_ptr<ClientRequest>& request, Seat seat) {
  node(seat).write(request->operation, [this, request, seat](const WriteReply* reply) {
    if (reply != nullptr && reply->error.empty()) {
      request->reply = *reply;
      return;
    }
    queue_.after(kAskAgain, [this, request, next = Seat{seat.value % nodes_.size() + 1}] {
      send(request, next);
    });
  });
}

void Simulation::heal() {
  say("all faults end");
  network_->heal();
  chain_->heal();
  for (const auto& each : nodes_) {
    each->disk().heal();
    stop_lying(each->seat());
    repair(each->seat());
  }
  for (const auto& [seat, copy] : copies_) {
    if (copy->powered()) end_clone(seat);
  }
  power_on_all();
}

std::vector<Seat> Simulation::seats() const {
  std::vector<Seat> seats;
  for (const auto& each : nodes_)
    seats.push_back(each->seat());
  return seats;
}

void Simulation::say(const std::string& what) {
  trace_.mix(queue_.now(), {}, what);
  if (trace_.readable()) trace_.line(queue_.now(), {}, what);
}

// --- Watching -----------------------------------------------------------------------------------

void Simulation::poll() {
  for (const auto& each : nodes_) {
    if (!each->running()) continue;
    auditor_.poll(*each);
    const auto loss = lossy_.find(each->seat());
    if (loss == lossy_.end()) continue;
    const ReplicaPosition position = each->replica().position();
    // Admitted again it holds, durably, everything up to its admission.
    if (position.standing == Standing::kMember && position.commit_seq >= loss->second) {
      lossy_.erase(loss);
    }
  }
  queue_.after(kPollInterval, [this] { poll(); });
}

bool Simulation::enough_disks_hold(SeqNo seq, const Bytes& block) {
  const auto enough = [&](const std::set<Seat>& counting) {
    std::size_t holders = 0;
    for (const Seat seat : counting) {
      // One that lost something may have held it when it was accepted.
      if (lossy_.contains(seat) || node(seat).disk().holds(seq, block)) ++holders;
    }
    return holders >= quorum_of(counting.size());
  };
  // A block commits with one above it, which a later configuration may have counted.
  return enough(auditor_.log().entries()[seq.value - 1].counted) ||
         enough(auditor_.log().counted());
}

std::set<Seat> Simulation::counted() const {
  if (!auditor_.log().counted().empty()) return auditor_.log().counted();
  std::set<Seat> founders;
  for (std::uint64_t seat = 1; seat <= options_.nodes; ++seat)
    founders.insert({seat});
  return founders;
}

bool Simulation::may_join(Seat seat) const {
  return chain_->newest_contract().lets_join(seat);
}

bool Simulation::serves(Seat seat) {
  if (!node(seat).running()) return false;
  const ReplicaStatus status = node(seat).replica().status();
  return status.standing == Standing::kMember && status.reason.empty();
}

std::optional<Seat> Simulation::leader() {
  std::map<Term, std::size_t> followers;
  std::map<Term, Seat> leaders;
  for (const auto& each : nodes_) {
    if (!each->running()) continue;
    const ReplicaStatus status = each->replica().status();
    if (status.standing != Standing::kMember || !status.leader) continue;
    ++followers[status.term];
    if (status.leading) leaders[status.term] = each->seat();
  }
  for (const auto& [term, count] : followers) {
    if (count >= quorum_of(counted().size()) && leaders.contains(term)) return leaders[term];
  }
  return std::nullopt;
}

bool Simulation::settled() {
  return unsettled_reason().empty();
}

std::string Simulation::unsettled_reason() {
  if (workload_->pending() > 0) {
    return std::to_string(workload_->pending()) + " writes are pending";
  }
  const SimNode* first = nullptr;
  for (const ChainSeat& shown : chain_->newest().seats) {
    const Seat seat = shown.identity.seat;
    if (shown.revoked && counted().contains(seat)) {
      return "seat " + std::to_string(seat.value) + " counts and is revoked";
    }
  }
  for (const auto& node : nodes_) {
    if (!may_join(node->seat())) continue;
    SimNode& each = *node;
    const std::string who = "seat " + std::to_string(each.seat().value);
    if (!each.running()) return who + " is down";
    const ReplicaStatus status = each.replica().status();
    if (status.standing != Standing::kMember) return who + " is no member: " + status.reason;
    if (!status.leader) return who + " knows no leader: " + status.reason;
    if (!counted().contains(each.seat())) return who + " is not counted";
    const auto value = Counter::decode_value(each.services().query(Counter::read()));
    if (value != auditor_.log().value()) {
      return who + " shows " + std::to_string(value.value_or(0)) + " instead of " +
             std::to_string(auditor_.log().value());
    }
    if (first == nullptr) first = &each;
    if (keys_and_values(each) != keys_and_values(*first)) {
      return who + " shows other keys and values than seat " + std::to_string(first->seat().value);
    }
  }
  return {};
}

void Simulation::trace_standings() {
  if (!trace_.readable()) return;
  for (const auto& each : nodes_) {
    if (!each->running()) {
      trace_.line(now(), each->seat(), "is down");
      continue;
    }
    const ReplicaStatus status = each->replica().status();
    const auto number = [](auto id) { return std::to_string(id.value); };
    trace_.line(now(), each->seat(),
                "epoch=" + number(each->identity().epoch) +
                    " standing=" + std::to_string(static_cast<int>(status.standing)) +
                    (status.leading ? " leading" : "") +
                    " generation=" + number(status.generation) + " term=" + number(status.term) +
                    " commit=" + number(status.commit_seq) + " head=" + number(status.head_seq) +
                    " reason=" + status.reason);
  }
}

}  // namespace dnc
