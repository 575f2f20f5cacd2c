// When is the leader gone? (docs/protocol.md section 7.1) Heartbeats echo what they answer, so that
// a leader that speaks but does not hear is noticed; soft evidence is checked with the others
// before it becomes a vote. All timing here is local and concerns liveness only.
#include <algorithm>

#include "core/consensus/replica_state.hpp"

namespace dnc {
namespace {

constexpr std::size_t kNoncesKept = 256;
constexpr Duration kProbeKept{1000};

}  // namespace

void Replica::State::send_heartbeats() {
  const std::uint64_t nonce = prng.next() | 1;
  nonces.emplace_back(nonce, now);
  if (nonces.size() > kNoncesKept) nonces.pop_front();
  Heartbeat heartbeat;
  heartbeat.term = term;
  heartbeat.standing = standing;
  heartbeat.leading = is_leader() && leading && announced;
  heartbeat.nonce = nonce;
  heartbeat.commit_seq = commit_seq;
  heartbeat.head_seq = log.head_seq();
  heartbeat.chain_height = view ? view->height : BlockNumber{};
  const std::vector<Seat> seats = known_seats();
  effects.send.reserve(effects.send.size() + seats.size());
  for (const Seat seat : seats) {
    const auto peer = peers.find(seat);
    heartbeat.echo = peer == peers.end() ? 0 : peer->second.echo_due;
    send(seat, heartbeat);
  }
}

void Replica::State::on(const Identity& from, const Heartbeat& heartbeat) {
  Peer& peer = peers[from.seat];
  if (from.epoch < peer.identity.epoch) return;  // an earlier boot of that seat
  if (peer.identity != from) {
    peer = {};
    peer.identity = from;
  }
  peer.last = heartbeat;
  peer.heard = now;
  peer.gone = false;
  peer.echo_due = heartbeat.nonce;
  // What is echoed was sent a moment ago: from the newest on.
  const auto echoed = std::find_if(nonces.rbegin(), nonces.rend(),
                                   [&](const auto& sent) { return sent.first == heartbeat.echo; });
  if (echoed != nonces.rend() && echoed->second > peer.echoed) {
    if (peer.echoed != kNever) peer.rhythm.note(now - peer.echoed, config.timing);
    peer.echoed = echoed->second;
  }
  if (following() && from == leader && heartbeat.term == term &&
      heartbeat.head_seq > log.head_seq()) {
    fill_gap();
  }
  if (standing != Standing::kMember) start_read_round();
}

void Replica::State::on_peer_gone(const PeerGone& gone) {
  const auto peer = peers.find(gone.peer.seat);
  if (peer != peers.end() && peer->second.identity == gone.peer) peer->second.gone = true;
}

// Counted seats, myself included, that are members and heard of lately. Who is none takes them from
// the chain as well as from its own log: either may lag. Where one leads, all members count: it
// hears a quorum, of seats that the contract may not have been told of yet.
std::size_t Replica::State::live_members() const {
  const Roster& counting = roster();
  if (standing == Standing::kMember) {
    return static_cast<std::size_t>(std::ranges::count_if(
        counting.seats(),
        [this](const Identity& member) { return member == self || hears_member(member); }));
  }
  if (!view) return 0;
  const bool led = known_leader().has_value();
  return static_cast<std::size_t>(std::ranges::count_if(view->seats, [&](const ChainSeat& seat) {
    return (led || seat.counted || counting.counts(seat.identity.seat)) && seat.identity != self &&
           hears_member(seat.identity);
  }));
}

// Are there members enough to decide anything, by the chain and by my own log? A log that lags may
// count seats that the contract has dropped since: who is no member believes the chain alone where
// one of those that it hears leads the others.
bool Replica::State::hears_cluster() const {
  const auto counted = counted_on_chain();
  const std::size_t live = live_members();
  if (counted.empty() || live < quorum_of(counted.size())) return false;
  const Roster& known = roster();
  const bool led = standing != Standing::kMember && known_leader();
  return led || known.size() == 0 || live >= known.quorum();
}

bool Replica::State::heard_lately(const Peer& peer) const {
  return now - peer.heard <= config.timing.peer_silence_max;
}

bool Replica::State::hears(Seat seat) const {
  const auto peer = peers.find(seat);
  return peer != peers.end() && !peer->second.gone && heard_lately(peer->second);
}

// By what the link tells; silence alone is not it.
bool Replica::State::gone(const Identity& identity) const {
  const auto peer = peers.find(identity.seat);
  return peer != peers.end() && peer->second.identity == identity && peer->second.gone;
}

bool Replica::State::hears_member(const Identity& member) const {
  const auto peer = peers.find(member.seat);
  return peer != peers.end() && peer->second.identity == member &&
         peer->second.last.standing == Standing::kMember && hears(member.seat);
}

// A leader that does not hear a quorum cannot commit: it stops, and says so with a vote. It goes on
// if it hears them again before another term exists.
void Replica::State::watch_quorum() {
  if (!is_leader()) return;
  if (now - stepped_down <= config.timing.step_down_max) return;  // it waits to be voted out
  const bool hears =
      live_members() >= roster().quorum() || now - term_since <= config.timing.peer_silence_max;
  if (leading && !hears) {
    leading = false;
    drop_read_round();
    event("stepped_down", {{"term", std::to_string(term.value)}});
    vote(next_term(term), "it leads and hears fewer than a quorum");
  } else if (!leading && hears) {
    leading = true;
    event("resumed", {{"term", std::to_string(term.value)}});
  }
}

// Does the leader of my term hear me, and still lead? A new term gets the benefit of the doubt, for
// as long as an echo may take.
bool Replica::State::leader_fresh() const {
  if (!following() || gone(leader)) return false;
  const auto found = peers.find(leader.seat);
  const bool known = found != peers.end() && found->second.identity == leader;
  const Duration wait =
      known ? found->second.rhythm.late(config.timing) : config.timing.leader_echo_max;
  if (now - term_since <= wait) return true;
  if (!known) return false;
  const Peer& peer = found->second;
  return now - peer.echoed <= wait && peer.last.leading && peer.last.term == term;
}

// My promise keeps me out of a term in which q others go on: what made me promise came too late for
// them, and my votes alone bring no other term.
bool Replica::State::outpaced() const {
  if (entered || now - term_since <= config.timing.backoff_max) return false;
  const auto& seats = roster().seats();
  const auto ahead = std::ranges::count_if(seats, [this](const Identity& member) {
    if (!hears_member(member)) return false;
    const Heartbeat& last = peers.at(member.seat).last;
    return last.term < term && last.commit_seq > commit_seq;
  });
  return static_cast<std::size_t>(ahead) >= roster().quorum();
}

// Why I doubt the leader; empty when I do not.
std::string Replica::State::soft_evidence() const {
  if (following() && gone(leader)) return "the leader's process is gone";
  if (!entered || !term_progress) {
    if (now - term_since <= patience()) return {};
    return entered ? "the new term does not commit" : "the new term has no leader";
  }
  if (is_leader()) return {};
  if (!leader_fresh()) return "the leader's echo is stale";
  for (const auto& [key, pending] : writes) {
    // While I take the state for a checkpoint, so does the leader, and nothing is to commit.
    if (pending.forwarded_to == leader.seat && pending.forwarded != kNever &&
        now - std::max(pending.forwarded, taking_at) >
            std::max(config.timing.forward_stall_max, patience() / 2)) {
      return "a request that was passed on is not committed";
    }
  }
  return {};
}

void Replica::State::watch_leader() {
  if (outpaced()) return reboot("the others go on in a term below its promise");
  finish_probe();
  if (suspicion.nonce != 0 || now < suspicion.quiet_until) return;
  const std::string why = soft_evidence();
  if (!why.empty()) start_probe(why);
}

void Replica::State::start_probe(const std::string& why) {
  if (standing != Standing::kMember || suspicion.nonce != 0) return;
  suspicion = {};
  suspicion.nonce = prng.next() | 1;
  suspicion.why = why;
  suspicion.since = suspicion.sent = now;
  send_members(Probe{suspicion.nonce, term});
}

void Replica::State::challenge() {
  start_probe("the operator asked");
  suspicion.ordered = suspicion.nonce != 0;
}

// Asked by others: vouch once the leader has committed something since. An idle leader commits an
// empty block for it.
void Replica::State::on(const Identity& from, const Probe& probe) {
  peers[from.seat].doubted = probe.term;
  peers[from.seat].doubted_at = now;
  if (probe.nonce == 0 || probe.term > term) return;  // of a term that I cannot speak for
  if (is_leader() && leading && announced) {
    const bool idle = log.head_seq() == commit_seq && queue.empty() && !checkpoint_due();
    if (idle) propose(BlockKind::kNormal, {});
    return;
  }
  if (!leader_fresh()) return;
  Peer& peer = peers[from.seat];
  if (peer.probe_nonce != probe.nonce) {
    peer.probe_nonce = probe.nonce;
    peer.probe_base = commit_seq;
    peer.probe_since = now;
  }
  // Only a question of its own is passed on, or two seats would ask each other for ever.
  if (from != leader) send(leader.seat, probe);
}

void Replica::State::answer_probes() {
  if (!leader_fresh()) return;
  for (auto& [seat, peer] : peers) {
    if (peer.probe_nonce == 0 || peer.probe_base >= commit_seq) continue;
    if (now - peer.probe_since <= kProbeKept) {
      send(seat, Healthy{peer.probe_nonce, term, commit_seq});
    }
    peer.probe_nonce = 0;
  }
}

void Replica::State::on(const Identity& from, const Healthy& healthy) {
  if (suspicion.nonce == 0 || healthy.nonce != suspicion.nonce || healthy.term < term) return;
  suspicion.vouchers.insert(from.seat);
}

// The leader is silent, and whoever else is heard of asks the same question: there is nobody left
// to wait for.
bool Replica::State::nobody_vouches() const {
  if (!following() || leader_fresh()) return false;
  std::size_t doubters = 1;
  for (const Identity& member : roster().seats()) {
    if (member == self || member == leader || !hears_member(member)) continue;
    const Peer& peer = peers.at(member.seat);
    if (peer.doubted != term || now - peer.doubted_at > config.timing.probe_window) return false;
    ++doubters;
  }
  return doubters >= roster().quorum();
}

// Evidence that is gone before the answers are in was a delay, no failure. q seats that vouch, the
// leader one of them: then it is me who is cut off. Otherwise I vote.
void Replica::State::finish_probe() {
  if (suspicion.nonce == 0) return;
  if (!suspicion.ordered && soft_evidence().empty()) {
    suspicion = {};
    return;
  }
  if (suspicion.vouchers.size() + 1 >= roster().quorum() && !suspicion.vouchers.empty()) {
    suspicion = {};
    suspicion.quiet_until = now + config.timing.leader_echo_max;
    return;
  }
  if (!nobody_vouches() && now - suspicion.since < config.timing.probe_window) {
    if (now - suspicion.sent >= config.timing.heartbeat_interval) {
      suspicion.sent = now;
      send_members(Probe{suspicion.nonce, term});
    }
    return;
  }
  const std::string why = suspicion.why;
  suspicion = {};
  suspicion.quiet_until = now + config.timing.probe_window;
  vote(next_term(term), why);
}

}  // namespace dnc
