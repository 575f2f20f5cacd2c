// A replica whose inputs are given by hand: seat 2, among seats that a test plays itself. Its
// notary signs everything and its verifier believes all but one signature: what the replica
// ignores, it must ignore by itself.
#pragma once

#include <gtest/gtest.h>

#include <utility>

#include "core/consensus/codec.hpp"
#include "core/consensus/executor.hpp"
#include "core/consensus/pump.hpp"
#include "core/consensus/replica.hpp"

namespace dnc {

inline constexpr Scope kScope{{1}, {1}};

inline Identity seat(std::uint64_t number, std::uint64_t epoch = 1) {
  Identity made{{number}, {epoch}, {}};
  made.boot_key.bytes[0] = static_cast<std::uint8_t>(number);
  made.boot_key.bytes[1] = static_cast<std::uint8_t>(epoch);
  return made;
}

// The text of all commands that are committed.
class Text : public StateMachine {
 public:
  Bytes apply(SeqNo seq, ByteView command) override {
    entries_.emplace_back(seq, as_text(command));
    return {};
  }
  void commit(SeqNo seq) override { committed_ = seq; }
  void rollback(SeqNo seq) override {
    std::erase_if(entries_, [seq](const auto& entry) { return entry.first > seq; });
  }
  Bytes query(ByteView) const override {
    Bytes text;
    for (const auto& [seq, command] : entries_) {
      if (seq <= committed_) text.insert(text.end(), command.begin(), command.end());
    }
    return text;
  }
  Bytes snapshot() const override {
    Bytes text;
    for (const auto& [seq, command] : entries_)
      text.insert(text.end(), command.begin(), command.end());
    return text;
  }
  bool restore(SeqNo seq, ByteView text) override {
    entries_.assign(1, {seq, std::string(as_text(text))});
    committed_ = seq;
    return true;
  }

 private:
  std::vector<std::pair<SeqNo, std::string>> entries_;
  SeqNo committed_;
};

class WillingNotary : public Notary {
 public:
  explicit WillingNotary(const Identity& identity = seat(2)) : identity_(identity) {}
  const Identity& identity() const override { return identity_; }
  bool halted() const override { return halted_; }
  Status enter_term(const NewTerm&, const Scope&, const Roster&) override { return ok_status(); }
  Status enter_generation(const StartGeneration&, const LogHead&, const Roster&) override {
    return ok_status();
  }
  Status enter_by_rejoin(const Scope&, const LogHead&, const Identity&, const Roster&,
                         const DurabilityToken&) override {
    return ok_status();
  }
  Result<Signature> propose(const BlockHeader&) override { return Signature{}; }
  bool check_proposal(const BlockHeader&, const Signature&) override { return true; }
  Result<Accept> accept(std::span<const BlockHeader>, const DurabilityToken& token) override {
    const LogHead& head = token.head();
    return Accept{kScope, head.term, head.seq, head.hash, identity_.seat, identity_.epoch, {}};
  }
  Result<NoConfidence> no_confidence(Term to_term, SeqNo seen) override {
    return NoConfidence{kScope, to_term, seen, identity_.seat, identity_.epoch, {}};
  }
  void note_term(Term) override {}
  Result<Grant> grant(Term term, Seat leader, const Address& key, const DurabilityToken&) override {
    return Grant{kScope, term, leader, key, {}, identity_.seat, identity_.epoch, {}};
  }
  Result<RestartReport> restart_report(const Scope& scope, Term promised, const LogHead& last,
                                       bool blank) override {
    return RestartReport{scope, promised, last, blank, identity_.seat, identity_.epoch, {}};
  }
  Result<Signature> start_generation(const StartGeneration&, const std::vector<RestartReport>&,
                                     std::span<const BlockHeader>,
                                     const DurabilityToken&) override {
    return Signature{};
  }
  Result<Signature> report(const Report&, Term) override { return Signature{}; }
  void halt() override { halted_ = true; }

 private:
  const Identity identity_;
  bool halted_ = false;
};

// What a verifier refuses.
inline Signature bad_signature() {
  Signature made;
  made.bytes.fill(0xee);
  return made;
}

class TrustingVerifier : public Verifier {
 public:
  bool verify(const Hash&, const Signature& signature, const Address&) const override {
    ++checked_;
    return signature != bad_signature();
  }
  std::size_t checked() const { return checked_; }

 private:
  mutable std::size_t checked_ = 0;
};

// The view of the chain that so many seats have joined.
inline ChainView joined(std::uint64_t seats = 3) {
  ChainView view;
  view.height = {10};
  view.founding_seats = seats;
  for (std::uint64_t number = 1; number <= seats; ++number) {
    ChainSeat entry;
    entry.identity = seat(number);
    entry.active = entry.counted = true;
    view.seats.push_back(entry);
  }
  return view;
}

// ... and have founded generation 1.
inline ChainView founded(std::uint64_t seats = 3, std::uint64_t leader = 1) {
  ChainView view = joined(seats);
  view.generation.start = {{1}, {1}, {1}, {leader}, {0}, {}, {}};
  for (const auto& entry : view.seats) {
    view.generation.start.founders.push_back({entry.identity.seat, entry.identity.epoch});
    view.generation.founder_keys.push_back(entry.identity.boot_key);
  }
  view.generation_final = true;
  return view;
}

inline PeerMessage from(const Identity& link, Message message, const Scope& scope = kScope) {
  return {link, {scope, link.seat, link.epoch, std::move(message)}};
}

inline Block opening(std::uint64_t seats = 3) {
  Block block;
  BlockHeader& header = block.header;
  header.generation = {1};
  header.config_nonce = {1};
  header.term = {1};
  header.seq = {1};
  header.leader = {1};
  header.kind = BlockKind::kRestart;
  for (std::uint64_t number = 1; number <= seats; ++number)
    block.body.founders.push_back(seat(number));
  header.ops_root = ops_root(block.body);
  return block;
}

// The next block of the same leader; its operations, if any, are none whose results count.
inline Block after(const Block& previous, BlockKind kind = BlockKind::kNormal,
                   BlockBody body = {}) {
  Block block;
  block.header = previous.header;
  block.header.seq = previous.header.seq.next();
  block.header.kind = kind;
  block.header.prev_hash = block_hash(previous.header);
  block.body = std::move(body);
  block.header.ops_root = ops_root(block.body);
  return block;
}

inline Block rejoin_after(const Block& previous, const Identity& identity) {
  BlockBody body;
  body.rejoin = Rejoin{identity, {10}, {}};
  return after(previous, BlockKind::kRejoin, std::move(body));
}

inline Block config_after(const Block& previous, const Identity& identity, bool admits) {
  BlockBody body;
  body.change = SeatChange{identity, admits, {10}, {}};
  return after(previous, BlockKind::kConfig, std::move(body));
}

inline LogHead head_of(const Block& block) {
  return head_of(block.header);
}

inline Accept accept_of(const Identity& who, const Block& block) {
  const LogHead head = head_of(block);
  return {{block.header.generation, block.header.config_nonce},
          head.term,
          head.seq,
          head.hash,
          who.seat,
          who.epoch,
          {}};
}

inline NoConfidence vote_of(const Identity& who, Term to_term, SeqNo seen = {},
                            const Scope& scope = kScope) {
  return {scope, to_term, seen, who.seat, who.epoch, {}};
}

// A replica and its pump in a world that keeps what comes out and syncs when told.
class HandTest : public ::testing::Test, public World {
 protected:
  void boot(const ChainView& first, Recovered recovered = {}, const Identity& self = seat(2)) {
    notary_.emplace(self);
    replica_.emplace(config_, std::move(recovered), *notary_, verifier_, service_, Prng(1));
    pump_.emplace(*replica_, *this);
    deliver(first);
    sync();
  }
  // A member of a founded generation; `leader` may be 2, which is the replica itself.
  void become_member(std::uint64_t seats = 3, std::uint64_t leader = 1) {
    boot(joined(seats));
    deliver(founded(seats, leader));
    sync();
    ASSERT_EQ(replica_->status().standing, Standing::kMember);
  }
  // ... of seat 1, with the first block committed.
  void follow(std::uint64_t seats = 3) {
    become_member(seats);
    take(opening(seats));
    for (std::uint64_t number : {1, 3, 4}) {
      if (number <= seats) hear(seat(number), accept_of(seat(number), opening(seats)));
    }
    ASSERT_EQ(commit(), SeqNo{1});
  }

  void deliver(const Input& input) { pump_->deliver(input); }
  void hear(const Identity& who, Message message, const Scope& scope = kScope) {
    deliver(from(who, std::move(message), scope));
  }
  // A proposal of seat 1, and the disk has it.
  void take(const Block& block) {
    hear(seat(1), Propose{block, {}});
    sync();
  }
  // All that was written until now is on disk.
  void sync() {
    if (std::exchange(synced_, batch_) != batch_) pump_->on_synced(batch_);
  }
  void pass(Duration time) {
    for (const Time end = now_ + time; now_ < end; now_ += Duration(10))
      deliver(Tick{now_ + Duration(10), 0});
  }
  // A member that has seen the chain up to there.
  void hear_of(const Identity& who, std::uint64_t chain_height = 10, SeqNo commit_seq = {}) {
    Heartbeat heartbeat;
    heartbeat.term = {1};
    heartbeat.standing = Standing::kMember;
    heartbeat.commit_seq = heartbeat.head_seq = commit_seq;
    heartbeat.chain_height = {chain_height};
    hear(who, heartbeat);
  }
  SeqNo commit() const { return replica_->status().commit_seq; }
  SeqNo head() const { return replica_->status().head_seq; }
  Term term() const { return replica_->status().term; }

  // Everything of a kind that was sent, oldest first.
  template <class T>
  std::vector<T> sent() const {
    std::vector<T> found;
    for (const auto& outgoing : sent_) {
      if (const T* message = std::get_if<T>(&outgoing.envelope.message)) found.push_back(*message);
    }
    return found;
  }
  bool told(const std::string& event) const {
    return std::ranges::any_of(events_, [&](const Event& told) { return told.name == event; });
  }

  void persist(const DiskBatch& batch) override { batch_ = batch.id; }
  void send(const Outgoing& outgoing) override { sent_.push_back(outgoing); }
  void reply(const WriteReply&) override {}
  void reply(const ReadReply& reply) override { reads_.push_back(reply); }
  void call(const ChainCall&) override {}
  void record(const Event& event) override { events_.push_back(event); }
  void stop(Stop stop) override { stop_ = stop; }

  ReplicaConfig config_;
  std::vector<Outgoing> sent_;
  std::vector<ReadReply> reads_;
  std::vector<Event> events_;
  Stop stop_ = Stop::kNone;
  TrustingVerifier verifier_;

 private:
  std::optional<WillingNotary> notary_;
  Text service_;
  Time now_{0};
  std::uint64_t batch_ = 0;
  std::uint64_t synced_ = 0;

 protected:
  std::optional<Replica> replica_;

 private:
  std::optional<Pump> pump_;
};

}  // namespace dnc
