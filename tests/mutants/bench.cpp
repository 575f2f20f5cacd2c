#include "bench.hpp"

#include <algorithm>

#include "core/base/check.hpp"

namespace dnc {
namespace {

constexpr std::uint64_t kSeats = 3;
constexpr Duration kStep{10};

Eip712Domain domain() {
  Eip712Domain domain;
  domain.chain_id = 31337;
  return domain;
}

Hash secret_of(Seat seat) {
  Hash secret;
  secret.bytes[0] = static_cast<std::uint8_t>(seat.value);
  return secret;
}

}  // namespace

Bench::Node::Node(Bench& bench, Seat seat)
    : bench_(bench),
      signer_(bench.verifier_.make_signer(secret_of(seat))),
      identity_{seat, {1}, signer_->address()},
      notary_(identity_, bench.verifier_.make_signer(secret_of(seat)), bench.verifier_,
              bench.signing_),
      replica_({domain(), {}, {}, true}, {}, notary_, bench.verifier_, service_, Prng(seat.value)),
      pump_(replica_, *this) {}

void Bench::Node::sync() {
  if (unsynced_.empty()) return;
  const std::uint64_t last = unsynced_.back();
  unsynced_.clear();
  pump_.on_synced(last);
}

void Bench::Node::send(const Outgoing& outgoing) {
  sent_.push_back(outgoing);
  outbox_.push_back(outgoing);
}

std::uint64_t Bench::Node::write() {
  deliver(ClientWrite{++tickets_, {{}, Counter::increment(1)}});
  return tickets_;
}

void Bench::Node::reply(const WriteReply& reply) {
  if (reply.error.empty()) answered_.insert(reply.ticket);
}

Bench::Bench() : signing_(domain()) {
  for (std::uint64_t seat = 1; seat <= kSeats; ++seat) {
    nodes_.push_back(std::make_unique<Node>(*this, Seat{seat}));
    ChainSeat shown;
    shown.identity = nodes_.back()->identity();
    shown.active = true;
    view_.seats.push_back(shown);
  }
  view_.founding_seats = kSeats;
  view_due_ = true;
}

std::uint64_t Bench::start() {
  std::uint64_t leader = 0;
  const bool founded = run_until(
      [&] {
        for (std::uint64_t seat = 1; seat <= kSeats; ++seat) {
          const ReplicaStatus status = node(seat).status();
          if (status.standing != Standing::kMember || status.commit_seq.value == 0) return false;
          if (status.leading) leader = seat;
        }
        return leader != 0;
      },
      Duration(10'000));
  CHECK(founded);
  return leader;
}

bool Bench::run_until(const std::function<bool()>& holds, Duration limit) {
  const Time end = now_ + limit;
  while (!holds()) {
    if (now_ >= end) return false;
    now_ += kStep;
    if (view_due_) show_chain();
    for (const auto& node : nodes_)
      node->deliver(Tick{now_, 0});
    exchange();
  }
  return true;
}

void Bench::run_for(Duration time) {
  run_until([] { return false; }, time);
}

void Bench::cut_off(std::uint64_t seat) {
  lose([seat](Seat from, const Outgoing& message) {
    return from.value == seat || message.to.value == seat;
  });
}

void Bench::exchange() {
  for (bool moved = true; moved;) {
    moved = false;
    for (const auto& node : nodes_) {
      if (!node->disk_held_ && !node->unsynced_.empty()) {
        node->sync();
        moved = true;
      }
      for (; !node->outbox_.empty(); moved = true) {
        const Outgoing message = node->outbox_.front();
        node->outbox_.pop_front();
        if (lost_ && lost_(node->identity().seat, message)) continue;
        nodes_.at(message.to.value - 1)->deliver(PeerMessage{node->identity(), message.envelope});
      }
    }
  }
}

void Bench::show_chain() {
  view_due_ = false;
  view_.height = view_.height.next();
  view_.hash.bytes[0] = static_cast<std::uint8_t>(view_.height.value);
  for (const auto& node : nodes_)
    node->deliver(view_);
}

void Bench::on_call(const ChainCall& call) {
  if (const auto* post = std::get_if<PostGeneration>(&call)) {
    if (view_.generation.start.generation >= post->start.generation) return;
    view_.generation = {post->start, {}, view_.height.next()};
    for (const Founder& founder : post->start.founders)
      view_.generation.founder_keys.push_back(view_.find(founder.seat)->identity.boot_key);
    view_.generation_final = true;
    for (auto& seat : view_.seats)
      seat.counted = true;
    view_.leader_term = post->start.term;
    view_.leader_seat = post->start.leader_seat;
  } else if (const auto* report = std::get_if<PostReport>(&call)) {
    view_.leader_term = report->report.term;
    view_.leader_seat = report->report.leader_seat;
  }
  view_due_ = true;
}

Accept Bench::forge_accept(std::uint64_t seat, Term term, SeqNo seq, const Hash& hash) {
  Accept accept{scope(), term, seq, hash, {seat}, node(seat).identity().epoch, {}};
  accept.signature = node(seat).signer_->sign(signing_.accept(accept));
  return accept;
}

void Bench::inject(std::uint64_t from, std::uint64_t to, Message message) {
  const Identity& sender = node(from).identity();
  node(to).deliver(PeerMessage{sender, {scope(), sender.seat, sender.epoch, std::move(message)}});
}

}  // namespace dnc
