#include "core/consensus/replica.hpp"

#include <algorithm>
#include <type_traits>

#include "core/base/check.hpp"
#include "core/base/wire.hpp"
#include "core/consensus/codec.hpp"
#include "core/consensus/replica_state.hpp"

namespace dnc {
namespace {

// What a boot may say before the log has admitted it. Everything else takes a counted seat.
template <class T>
constexpr bool kOpenToCandidates =
    std::is_same_v<T, Heartbeat> || std::is_same_v<T, Request> || std::is_same_v<T, ReadRequest> ||
    std::is_same_v<T, ReadGrant> || std::is_same_v<T, Refusal> || std::is_same_v<T, Fetch> ||
    std::is_same_v<T, Chunk> || std::is_same_v<T, RejoinRequest> ||
    std::is_same_v<T, RestartReportMessage> || std::is_same_v<T, GenerationProposal> ||
    std::is_same_v<T, GenerationConsent> || std::is_same_v<T, SnapshotFetch> ||
    std::is_same_v<T, SnapshotPiece>;

// What a boot that my log does not count yet may tell a member all the same: the REJOIN that counts
// it may be among the blocks I lack, and a certificate is judged by the log that holds them.
template <class T>
constexpr bool kProvesItself = std::is_same_v<T, NewTermMessage> || std::is_same_v<T, Votes> ||
                               std::is_same_v<T, GrantMessage>;

Bytes u64_bytes(std::uint64_t value) {
  Writer out;
  out.u64(value);
  return out.take();
}

}  // namespace

Replica::Replica(const ReplicaConfig& config, Recovered recovered, Notary& notary,
                 const Verifier& verifier, StateMachine& service, Prng prng)
    : state_(
          std::make_unique<State>(config, std::move(recovered), notary, verifier, service, prng)) {}

Replica::~Replica() = default;

Effects Replica::step(std::span<const Input> inputs) {
  State& state = *state_;
  state.effects = {};
  for (const auto& input : inputs) {
    state.take(input);
    if (state.effects.stop != Stop::kNone) break;
  }
  state.finish_step();
  return std::move(state.effects);
}

void Replica::State::take(const Input& input) {
  if (standing == Standing::kHalted) return refuse(input);
  std::visit(
      [this](const auto& happened) {
        using T = std::decay_t<decltype(happened)>;
        if constexpr (std::is_same_v<T, Tick>) on_tick(happened);
        if constexpr (std::is_same_v<T, PeerMessage>) on_peer_message(happened);
        if constexpr (std::is_same_v<T, PeerGone>) on_peer_gone(happened);
        if constexpr (std::is_same_v<T, ClientWrite>) on_client_write(happened);
        if constexpr (std::is_same_v<T, ClientRead>) on_client_read(happened);
        if constexpr (std::is_same_v<T, DiskDone>) on_disk_done(happened);
        if constexpr (std::is_same_v<T, ChainView>) on_chain_view(happened);
        if constexpr (std::is_same_v<T, Challenge>) challenge();
        if constexpr (std::is_same_v<T, RecoveryConsent>) take_recovery_consent(happened);
        if constexpr (std::is_same_v<T, SwitchoverOrder>) take_switchover_order(happened);
      },
      input);
}

bool Replica::admits(const Identity& identity) const {
  if (identity == state_->self || state_->standing == Standing::kHalted) return false;
  if (state_->ousted(identity) != Ouster::kNone) return false;
  return state_->roster().counts(identity) || state_->chain_shows(identity);
}

const Block* Replica::committed_block(SeqNo seq) const {
  if (seq <= state_->log.base_seq() || seq > state_->commit_seq) return nullptr;
  return &state_->log.at(seq);
}

LogHead Replica::pruned_upto() const {
  return state_->log.head_at(state_->log.base_seq());
}

ReplicaPosition Replica::position() const {
  const State& state = *state_;
  return {state.standing, state.leading,    state.generation,
          state.term,     state.commit_seq, state.log.head_seq()};
}

ReplicaStatus Replica::status() const {
  const State& state = *state_;
  ReplicaStatus status;
  static_cast<ReplicaPosition&>(status) = position();
  status.reason = state.reason;
  status.ouster = state.ouster;
  status.leader = state.known_leader();
  const Roster& roster = state.roster();
  status.quorum = roster.size() == 0 ? 0 : roster.quorum();
  if (state.standing == Standing::kMember && state.voices() < roster.quorum()) {
    status.reason =
        "the contract took away the voice of " + std::to_string(roster.size() - state.voices()) +
        " of " + std::to_string(roster.size()) + " counted seats, and " +
        std::to_string(roster.quorum()) + " must speak: give seats back their operators";
  }
  status.bypassed = state.bypassed();
  for (const auto& seat : roster.seats())
    status.counted.push_back(seat.seat);
  status.config_nonce = roster.nonce();
  if (roster.pending()) status.changing = roster.pending()->identity.seat;
  const bool hears = state.standing != Standing::kHalted;  // whom it heard is no news any more
  for (const auto& [seat, peer] : state.peers) {
    status.peers.push_back(
        {seat, peer.last.standing, hears && state.heard_lately(peer), peer.last.commit_seq});
  }
  status.cold_start = state.cold_start_status();
  for (const auto& [seat, cast] : state.votes) {
    if (cast.to_term > state.term && state.voter(seat, cast.epoch)) {
      status.votes.push_back({seat, cast.to_term});
    }
  }
  const auto vote = state.votes.find(state.self.seat);
  if (vote != state.votes.end()) status.last_vote = vote->second.to_term;
  return status;
}

Replica::State::State(const ReplicaConfig& config_, Recovered recovered, Notary& notary_,
                      const Verifier& verifier_, StateMachine& service, Prng prng_)
    : config(config_),
      notary(notary_),
      verifier(verifier_),
      signing(config_.domain),
      prng(prng_),
      self(notary_.identity()),
      executor(service) {
  reason = "starting: no view of the chain yet";
  recover(std::move(recovered));
}

void Replica::State::recover(Recovered recovered) {
  damaged = recovered.damaged;
  disk_generation = recovered.generation;
  promised = term = recovered.promised;
  certificate = std::move(recovered.certificate);
  if (certificate) {
    for (const auto& grant : certificate->grants)
      stated.note(grant);
  }
  for (const auto& proof : recovered.contradictions)
    contradictions.emplace(std::pair(proof.signer.seat, proof.signer.epoch), proof);
  if (recovered.snapshot && !recover_snapshot(recovered.snapshot)) {
    recovered.blocks.clear();
    batch.truncate_after = SeqNo{0};
    damaged = true;
  }
  for (auto& block : recovered.blocks) {
    if (!log.continues(block)) {  // the disk has checked the chain of hashes, not what they mean
      damaged = true;
      break;
    }
    const std::size_t bytes = encode(block).size();
    const BlockHeader header = block.header;
    if (!execute(block)) {
      damaged = true;
      break;
    }
    generation = header.generation;
    log.append(std::move(block));
    config_nonce = log.rosters().after(header.seq).founding_nonce();
    bytes_since_checkpoint += bytes;
    if (header.kind == BlockKind::kCheckpoint) keep_capture(header);
  }
  commit_seq = std::max(commit_seq, std::min(recovered.commit_seq, log.head_seq()));
  executor.commit(commit_seq);
  save_captures();
}

// All that a halted replica still does: clients get their answer.
void Replica::State::refuse(const Input& input) {
  if (const auto* write = std::get_if<ClientWrite>(&input)) {
    effects.writes.push_back({write->ticket, "not_serving", {}, {}, {}});
  }
  if (const auto* read = std::get_if<ClientRead>(&input)) {
    effects.reads.push_back({read->ticket, "not_serving", {}, {}});
  }
}

// Between two ticks no more than a bound counts as time: while I stood still, what others sent has
// waited for me. So nobody is silent, and nothing is late, by as long as I did not look.
void Replica::State::pass_time(Time seen) {
  CHECK(!ticked || seen >= *ticked);
  now = ticked ? now + std::min(seen - *ticked, config.timing.stall_max) : seen;
  ticked = seen;
}

void Replica::State::on_tick(const Tick& tick) {
  pass_time(tick.now);
  utc_ms = std::max(utc_ms, tick.utc_ms);
  expire_writes();
  expire_reads();
  if (now - heartbeat_at >= config.timing.heartbeat_interval) {
    heartbeat_at = now;
    send_heartbeats();
    follow_log();
    watch_cold_start();
  }
  prune_memory();
  if (standing == Standing::kMember) {
    work_on_checkpoint();
    watch_quorum();
    watch_leader();
  }
  if (now - resend_at >= config.timing.resend_interval) {
    resend_at = now;
    resend_normal_case();
    resend_reads();
    resend_term_change();
    resend_cold_start();
    ask_rejoin();
    watch_configuration();
    fetch_pieces();
    watch_leaders_seat();
    watch_contract();
    tell_witness();
  }
}

void Replica::State::on_peer_message(const PeerMessage& input) {
  const Identity& from = input.from;
  const Envelope& envelope = input.envelope;
  const bool honest_sender = envelope.seat == from.seat && envelope.epoch == from.epoch;
  const bool counted = speaker(from.seat, from.epoch) == from;
  if (!honest_sender || from.seat == self.seat || !(counted || chain_shows(from))) return;
  if (ousted(from) != Ouster::kNone) return;
  std::visit(
      [&](const auto& message) {
        using T = std::decay_t<decltype(message)>;
        if constexpr (!kOpenToCandidates<T>) {
          if (standing != Standing::kMember || envelope.scope != scope()) return;
          if (!counted && !kProvesItself<T>) return;
        }
        on(from, message);
      },
      envelope.message);
}

void Replica::State::on_disk_done(const DiskDone& done) {
  token = done.token;
  synced_batch = done.batch;
  accept_durable();
  grant_durable();
  announce_term();
  admit_self();
  enter_generation();
  prune_memory();
}

// Can this boot's join no longer stand? A boot that is killed while its join is under way leaves a
// transaction that may land after the next boot took the same epoch. Only a higher one can join
// then, and so a further boot.
bool Replica::State::overtaken(const ChainView& seen) {
  const ChainSeat* mine = seen.find(self.seat);
  if (!mine || mine->identity == self || mine->identity.epoch < self.epoch) return false;
  if (!ever_joined) {
    reboot(kEpochTaken);
    return true;
  }
  if (mine->identity.epoch == self.epoch) {
    const auto shown = registered.find(self.seat);
    if (shown != registered.end() && shown->second.identity == self) return false;  // silenced
    reboot(kEpochTaken);  // a re-org undid my join, and where it is shown again my key is gone
    return true;
  }
  halt(Ouster::kSuperseded);
  return true;
}

void Replica::State::on_chain_view(const ChainView& seen) {
  view = seen;
  for (const auto& seat : seen.seats)
    note_registration(registered[seat.identity.seat], seat, seen);
  if (overtaken(seen) || obey()) return;
  if (!chain_shows(self)) {
    joined_at.reset();
  } else if (!joined_at) {
    joined_at = now;
    ever_joined = true;
  }
  if (standing == Standing::kRecovering && !joined_at) reason = "waiting for its join on the chain";
  enter_generation();
  watch_leaders_seat();
  watch_contract();
}

void Replica::State::finish_step() {
  if (standing == Standing::kHalted) {
    batch = {};
    return;
  }
  flush();
  tell_commit();
  const bool empty = batch.blocks.empty() && batch.meta.empty() && !batch.truncate_after &&
                     batch.snapshots.empty();
  if (empty && !sync_wanted) return;
  if (empty) save_promise();
  if (commit_unsaved) {
    Bytes value = u64_bytes(commit_seq.value);
    const Bytes evidence = encode(commit_evidence());
    value.insert(value.end(), evidence.begin(), evidence.end());
    batch.meta.emplace_back(MetaKey::kCommit, std::move(value));
    commit_unsaved = false;
  }
  batch.id = ++batches;
  batch.claim = {log.head(), promised};
  effects.persist = std::move(batch);
  batch = {};
  sync_wanted = false;
}

void Replica::State::save_promise() {
  batch.meta.emplace_back(MetaKey::kPromisedTerm, u64_bytes(promised.value));
}

void Replica::State::send(Seat to, Message message) {
  if (to == self.seat) return;
  effects.send.push_back({to, {scope(), self.seat, self.epoch, std::move(message)}});
}

// The counted seats, and the one that is about to count.
std::vector<Identity> Replica::State::audience() const {
  const Roster& counted = roster();
  std::vector<Identity> members = counted.seats();
  if (counted.pending() && counted.pending()->admits)
    members.push_back(counted.pending()->identity);
  return members;
}

void Replica::State::send_members(const Message& message) {
  const std::vector<Identity> members = audience();
  effects.send.reserve(effects.send.size() + members.size());
  for (const auto& member : members)
    send(member.seat, message);
}

void Replica::State::event(std::string name,
                           std::vector<std::pair<std::string, std::string>> facts) {
  effects.events.push_back({std::move(name), std::move(facts)});
}

// The roster that the blocks up to `seq` imply, or the one of the generation record as long as no
// block of the generation says it.
const Roster& Replica::State::roster_after(SeqNo seq) const {
  const SeqNo known{std::min(seq.value, log.head_seq().value)};
  const bool unsaid = founded.size() > 0 && seq >= founded_after &&
                      (known <= founded_after || log.header_at(known).generation != generation);
  return unsaid ? founded : log.rosters().after(seq);
}

Roster Replica::State::roster_at(SeqNo seq) const {
  const Roster& after = roster_after(seq);
  return &after == &founded ? after : log.rosters().at(seq);
}

// The boot of a seat that speaks, if it is of this epoch. A seat that my log's end takes out speaks
// as long as that may be cut off again.
std::optional<Identity> Replica::State::speaker(Seat seat, Epoch epoch) const {
  auto identity = roster().identity(seat);
  if (!identity) identity = roster_after(commit_seq).identity(seat);
  const bool speaks = identity && identity->epoch == epoch && epoch.value != 0;
  return speaks ? identity : std::nullopt;
}

// Whose votes and grants are taken: also those of a later boot that the chain shows. Its REJOIN may
// be among the blocks I lack; its notary signs nothing before that is committed. What a certificate
// is worth, the roster at its chosen head decides.
std::optional<Identity> Replica::State::voter(Seat seat, Epoch epoch) const {
  if (const auto known = speaker(seat, epoch)) return known;
  const auto counted = roster().identity(seat);
  const ChainSeat* shown = view ? view->find(seat) : nullptr;
  const bool later = counted && epoch > counted->epoch && shown && shown->identity.epoch == epoch &&
                     chain_shows(shown->identity);
  if (!later) return std::nullopt;
  return shown->identity;
}

std::vector<Seat> Replica::State::known_seats() const {
  std::vector<Seat> seats;
  const std::vector<Identity>& members = roster().seats();
  seats.reserve(members.size() + (view ? view->seats.size() : 0));
  for (const auto& member : members)
    seats.push_back(member.seat);
  if (view) {
    for (const auto& seat : view->seats) {
      if (seat.active && seat.identity.epoch.value != 0) seats.push_back(seat.identity.seat);
    }
  }
  std::erase(seats, self.seat);
  std::ranges::sort(seats);
  seats.erase(std::unique(seats.begin(), seats.end()), seats.end());
  return seats;
}

bool Replica::State::verified(const Hash& digest, const Signature& signature,
                              const Identity& signer) const {
  return signer.epoch.value != 0 && verifier.verify(digest, signature, signer.boot_key);
}

bool Replica::State::chain_shows(const Identity& identity) const {
  const ChainSeat* seat = view ? view->find(identity.seat) : nullptr;
  return seat && seat->active && !seat->revoked && identity.epoch.value != 0 &&
         seat->identity == identity;
}

// Has the contract taken this boot's voice away? The log may count it still.
Ouster Replica::State::ousted(const Identity& identity) const {
  if (!view) return Ouster::kNone;
  const auto known = registered.find(identity.seat);
  const bool seen = known != registered.end() && known->second.identity == identity;
  return ouster_of(identity, seen ? &known->second : nullptr, *view);
}

std::vector<Identity> Replica::State::counted_on_chain() const {
  std::vector<Identity> counted;
  if (!view) return counted;
  counted.reserve(view->seats.size());
  for (const auto& seat : view->seats) {
    if (seat.counted) counted.push_back(seat.identity);
  }
  return counted;
}

std::optional<Seat> Replica::State::known_leader() const {
  if (standing == Standing::kHalted) return std::nullopt;
  if (standing == Standing::kMember) {
    if (!entered || (leader == self && !leading)) return std::nullopt;
    return leader.seat;
  }
  std::optional<Seat> found;
  Term newest;
  for (const auto& [seat, peer] : peers) {
    if (heard_lately(peer) && peer.last.leading && (!found || peer.last.term > newest)) {
      found = seat;
      newest = peer.last.term;
    }
  }
  return found;
}

Duration Replica::State::patience() const {
  return std::min(config.timing.term_start_max * (1 << std::min<std::uint32_t>(backoff, 10)),
                  config.timing.backoff_max);
}

void Replica::State::halt(Ouster why) {
  if (standing == Standing::kHalted) return;
  ouster = why;
  fall_silent(Stop::kHalt, describe(why));
}

void Replica::State::reboot(std::string why) {
  fall_silent(Stop::kReboot, std::move(why));
}

void Replica::State::fall_silent(Stop stop, std::string why) {
  if (standing == Standing::kHalted) return;
  notary.halt();
  while (!writes.empty())
    fail_write(Bytes(writes.begin()->first), "not_serving");
  drop_read_round();
  for (const auto& read : reads_waiting) {
    if (read.from.value == 0) effects.reads.push_back({read.ticket, "not_serving", {}, {}});
  }
  reads_waiting.clear();
  standing = Standing::kHalted;
  leading = false;
  entered = false;
  reason = std::move(why);
  effects.stop = stop;
  event(stop == Stop::kReboot ? "reboot_needed" : "halted", {{"reason", reason}});
}

}  // namespace dnc
