// A write through all of the core, three times: batched, executed, hashed, signed, encoded,
// decoded, verified, committed. Three members in one process whose disks are always done.
#include <cstdlib>
#include <deque>

#include "bench/guard/meter.hpp"
#include "bench/micro/blocks.hpp"
#include "core/consensus/pump.hpp"
#include "core/notary/boot_notary.hpp"
#include "core/notary/curve_signer.hpp"
#include "core/services/services.hpp"

namespace dnc::guard {
namespace {

constexpr std::size_t kMembers = 3;
constexpr std::size_t kBlocks = 20;
constexpr std::size_t kOperations = 64;
constexpr Eip712Domain kDomain{31337, {}};

class Member;

// What is on its way between members: encoded, as between processes.
struct Mail {
  Member* to;
  Identity from;
  Bytes bytes;
};

class Member : public World {
 public:
  Member(std::uint8_t seat, std::vector<std::unique_ptr<Member>>& members, std::deque<Mail>& mail)
      : members_(members), mail_(mail), key_(*PrivateKey::from_bytes(Bytes(32, seat))) {
    notary_.emplace(Identity{{seat}, {1}, key_.address()}, std::make_unique<CurveSigner>(key_),
                    verifier_, signing_);
    ReplicaConfig config;
    config.domain = kDomain;
    replica_.emplace(config, Recovered{}, *notary_, verifier_, services_, Prng(seat));
    pump_.emplace(*replica_, *this);
  }

  const Identity& identity() const { return notary_->identity(); }
  const Replica& replica() const { return *replica_; }
  void deliver(const Input& input) { pump_->deliver(input); }
  void enqueue(Input input) { pump_->enqueue(std::move(input)); }
  void drain() { pump_->drain(); }
  bool sync() {
    if (written_ == synced_) return false;
    synced_ = written_;
    pump_->on_synced(synced_);
    return true;
  }

  void persist(const DiskBatch& batch) override { written_ = batch.id; }
  void send(const Outgoing& outgoing) override {
    Member* const to = members_.at(outgoing.to.value - 1).get();
    mail_.push_back({to, identity(), encode(outgoing.envelope)});
  }
  void reply(const WriteReply& reply) override { answered += reply.error.empty() ? 1 : 0; }
  void reply(const ReadReply&) override {}
  void call(const ChainCall&) override {}
  void record(const Event&) override {}
  void stop(Stop) override { std::abort(); }

  std::size_t answered = 0;

 private:
  std::vector<std::unique_ptr<Member>>& members_;
  std::deque<Mail>& mail_;
  const PrivateKey key_;
  const Signing signing_{kDomain};
  CurveVerifier verifier_;
  Services services_;
  std::optional<BootNotary> notary_;
  std::optional<Replica> replica_;
  std::optional<Pump> pump_;
  std::uint64_t written_ = 0;
  std::uint64_t synced_ = 0;
};

class Trio {
 public:
  Trio() {
    for (std::size_t i = 0; i < kMembers; ++i)
      members_.push_back(
          std::make_unique<Member>(static_cast<std::uint8_t>(i + 1), members_, mail_));
    ChainView view;
    view.height = {10};
    view.founding_seats = kMembers;
    for (const auto& member : members_) {
      ChainSeat seat;
      seat.identity = member->identity();
      seat.active = seat.counted = true;
      view.seats.push_back(seat);
    }
    tell(view);
    view.generation.start = {{1}, {1}, {1}, {1}, {0}, {}, {}};
    for (const auto& member : members_) {
      view.generation.start.founders.push_back({member->identity().seat, {1}});
      view.generation.founder_keys.push_back(member->identity().boot_key);
    }
    view.generation_final = true;
    tell(view);
    if (!leader().replica().status().leading) std::abort();
  }

  // So many operations at once, until all of them are answered and everybody is idle.
  void write(std::size_t operations) {
    const std::size_t until = leader().answered + operations;
    now_ += Duration{10};
    tell(Tick{now_, 0});
    for (std::size_t i = 0; i < operations; ++i)
      leader().enqueue(ClientWrite{++ticket_, {{}, Counter::increment(1)}});
    leader().drain();
    settle();
    if (leader().answered != until) std::abort();
  }

 private:
  Member& leader() { return *members_.front(); }

  void tell(const Input& input) {
    for (const auto& member : members_)
      member->deliver(input);
    settle();
  }

  void settle() {
    for (bool moved = true; moved;) {
      moved = !mail_.empty();
      for (; !mail_.empty(); mail_.pop_front()) {
        const Mail& next = mail_.front();
        auto envelope = decode_envelope(next.bytes);
        next.to->deliver(PeerMessage{next.from, std::move(*envelope)});
      }
      for (const auto& member : members_)
        moved = member->sync() || moved;
    }
  }

  std::vector<std::unique_ptr<Member>> members_;
  std::deque<Mail> mail_;
  Time now_{0};
  std::uint64_t ticket_ = 0;
};

}  // namespace

void replicate(Meter& meter) {
  Trio trio;
  trio.write(kOperations);
  meter.start();
  for (std::size_t i = 0; i < kBlocks; ++i)
    trio.write(kOperations);
  meter.stop(kBlocks * kOperations);
}

}  // namespace dnc::guard
