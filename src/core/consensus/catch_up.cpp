// Catch-up: blocks that others have and I lack. A member takes blocks of the current term by their
// leader's signature, and a chosen log by the hash it must end in. A newcomer believes only hashes
// and q ACCEPTs of boots that it knows (docs/protocol.md sections 8a, 10).
#include <algorithm>

#include "core/base/check.hpp"
#include "core/consensus/codec.hpp"
#include "core/consensus/replica_state.hpp"

namespace dnc {
namespace {

// Who claims the longest log need not have it, nor send it: after so many questions without a block
// that fits, others are asked for a while.
constexpr std::uint32_t kAskedMax = 5;
constexpr Duration kAvoidedFor{5000};

}  // namespace

// The ACCEPTs of my term; between two terms, those that showed my last commit.
std::vector<Accept> Replica::State::commit_evidence() const {
  if (!entered && accepts.empty()) {
    const auto shown = receipt_evidence.covering(commit_seq);
    if (!shown.empty()) return *shown.front();
  }
  std::vector<Accept> evidence;
  evidence.reserve(accepts.size());
  for (const auto& [seat, accept] : accepts)
    evidence.push_back(accept);
  return evidence;
}

// Any node serves what it has: the receiver verifies.
void Replica::State::on(const Identity& from, const Fetch& fetch) {
  Chunk chunk;
  chunk.head_seq = log.head_seq();
  std::size_t bytes = 0;
  SeqNo first = std::max(fetch.from, SeqNo{1});
  if (first <= log.base_seq()) {
    chunk.checkpoint = snapshots.back()->checkpoint;
    first = snapshots.back()->seq().next();
  }
  for (SeqNo seq = first; seq <= log.head_seq() && chunk.blocks.size() < limits::kChunkBlocksMax &&
                          bytes < limits::kChunkBytesMax;
       seq = seq.next()) {
    chunk.blocks.push_back(log.at(seq));
    constexpr std::size_t kHeaderBytes = 300;
    bytes += kHeaderBytes;
    for (const auto& operation : chunk.blocks.back().body.operations) {
      bytes += operation.key.size() + operation.command.size() + 8;
    }
  }
  chunk.accepts = commit_evidence();
  send(from.seat, std::move(chunk));
}

void Replica::State::on(const Identity& from, const Chunk& chunk) {
  for (const auto& block : chunk.blocks)
    weigh(Proposal{block.header, block.leader_signature});
  if (staging && staging->source == from.seat) {
    if (chunk.checkpoint && !take_offer(chunk)) return;
    const bool news = stage_blocks(chunk);
    if (!staging) {
      fruitless[from.seat] = now;
      return;
    }
    if (news) staging->unanswered = 0;
    if (staging->target) {
      if (staging->end() >= staging->target->seq) return finish_staging(chunk.accepts);
    } else {
      install_certified(chunk.accepts);
    }
    if (staging && news && staging->end() < chunk.head_seq) fetch_more();
    return;
  }
  if (!following() || from != leader) return;
  if (chunk.checkpoint && left_behind(chunk)) return reboot(kBehind);
  for (const auto& block : chunk.blocks) {
    if (block.header.seq != log.head_seq().next() || append_proposal(block)) continue;
    // A REJOIN or CONFIG that my view of the chain does not show (any more), or not yet: once it is
    // committed, q others have judged it.
    const bool about_seats = block.body.rejoin || block.body.change;
    if (about_seats && peers[from.seat].last.commit_seq >= block.header.seq) {
      stage(from.seat, std::nullopt);
    }
    break;
  }
  note_accepts(chunk.accepts);
  try_commit();
}

// A proposal before its turn, or none at all where the leader has more: ask for what lies between.
void Replica::State::fill_gap() {
  if (!following() || !held_back.empty() || now - gap_asked < config.timing.heartbeat_interval) {
    return;
  }
  gap_asked = now;
  send(leader.seat, Fetch{log.head_seq().next()});
}

// --- Staging: a chain from my commit on, verified as a whole before it is taken ------------------

void Replica::State::stage(Seat source, std::optional<LogHead> target) {
  if (staging && staging->source == source && staging->target == target) return;
  staging = Staging{};
  staging->source = source;
  staging->target = target;
  staging->base = log.head_at(commit_seq);
  staging->rosters = log.rosters();
  staging->rosters->truncate_after(commit_seq);
  fetch_more();
}

void Replica::State::fetch_more() {
  staging->asked = now;
  ++staging->unanswered;
  send(staging->source, Fetch{staging->end().next()});
}

// Appends what links to what is staged; true if anything did. A source whose chain does not link to
// my commit, or has changed underneath, is dropped and asked afresh later.
bool Replica::State::stage_blocks(const Chunk& chunk) {
  bool news = false;
  for (const auto& block : chunk.blocks) {
    if (block.header.seq <= staging->end()) continue;
    const Hash& end = staging->blocks.empty() ? staging->base.hash : staging->hashes.back();
    if (block.header.seq != staging->end().next() || block.header.prev_hash != end ||
        block.header.ops_root != ops_root(block.body) ||
        (staging->rosters && !staging->rosters->fits(block))) {
      staging.reset();
      return false;
    }
    if (staging->rosters) staging->rosters->append(block);
    staging->blocks.push_back(block);
    staging->hashes.push_back(block_hash(block.header));
    news = true;
  }
  return news;
}

std::optional<LogHead> Replica::State::staged_head(SeqNo seq) const {
  if (seq == staging->base.seq) return staging->base;
  if (seq < staging->base.seq) {
    const bool known = !staging->checkpoint && seq >= log.base_seq();
    return known ? std::optional(log.head_at(seq)) : std::nullopt;
  }
  if (seq > staging->end()) return std::nullopt;
  const std::size_t index = seq.value - staging->base.seq.value - 1;
  return LogHead{staging->blocks[index].header.term, seq, staging->hashes[index]};
}

// The target is reached: take it, and go on with what waited for it. `evidence` came with the
// chain.
void Replica::State::finish_staging(const std::vector<Accept>& evidence) {
  const LogHead target = *staging->target;
  const auto reached = staged_head(target.seq);
  if (reached && reached->hash == target.hash && staging->checkpoint) return begin_transfer({});
  if (!reached || reached->hash != target.hash || !install_staged(target.seq)) {
    return drop_staged(evidence);
  }
  staging.reset();
  if (staged_term) {
    const NewTermMessage message = *staged_term;
    staged_term.reset();
    install_term(message);
  } else {
    try_start_term();
  }
}

// Takes the staged chain up to `upto` into the log, dropping what diverges from it. Requires: it
// was verified. False, with the rest untouched, where executing it gives other results.
bool Replica::State::install_staged(SeqNo upto) {
  for (std::size_t i = 0; i < staging->blocks.size(); ++i) {
    Block& block = staging->blocks[i];
    const SeqNo seq = block.header.seq;
    if (seq > upto) break;
    if (log.contains(seq, staging->hashes[i]) || seq < log.base_seq()) continue;
    if (seq <= commit_seq) {
      event("fork_detected", {{"seq", std::to_string(seq.value)}});
      return false;
    }
    truncate_after({seq.value - 1});
    notary.check_proposal(block.header, block.leader_signature);  // it may be accepted later
    if (!append_executed(std::move(block))) return false;
  }
  return true;
}

// --- A newcomer follows the committed log --------------------------------------------------------

// Whose ACCEPT this is, if I may believe it without the staged chain: a boot that the chain shows,
// or one that counts in what I have committed; its accepts outlast it.
std::optional<Identity> Replica::State::acceptor(const Accept& accept) const {
  const ChainSeat* shown = view->find(accept.seat);
  if (shown && shown->identity.epoch == accept.epoch && chain_shows(shown->identity)) {
    return shown->identity;
  }
  const auto counted = roster_after(commit_seq).identity(accept.seat);
  return counted && counted->epoch == accept.epoch ? counted : std::nullopt;
}

// Those of the ACCEPTs that hold for the staged chain, each by a boot that I know without it. A
// newcomer has accepted nothing yet.
std::vector<std::pair<Accept, Identity>> Replica::State::sound_among(
    const std::vector<Accept>& evidence) const {
  std::vector<std::pair<Accept, Identity>> sound;
  if (!view) return sound;
  for (const auto& accept : evidence) {
    const auto boot = acceptor(accept);
    const auto held = staged_head(accept.seq);
    const bool sworn = boot && (*boot != self || standing == Standing::kMember);
    if (sworn && held && held->hash == accept.block_hash && held->term == accept.term &&
        accept.scope.generation == view->generation.start.generation &&
        verified(signing.accept(accept), accept.signature, *boot)) {
      sound.emplace_back(accept, *boot);
    }
  }
  return sound;
}

// The seats that contract or log show here, by what ACCEPTs add to it: a later boot of a seat, and
// one seat that the contract has not been told of, which it hears of late where too few of those
// that it counts are up to sign, and of no other meanwhile. A notary accepts only as a boot that
// counts under the configuration which the ACCEPT names. Empty where they show more than that.
Roster Replica::State::accepting_roster(
    const std::vector<std::pair<Accept, Identity>>& sound) const {
  std::map<Seat, Identity> counted;
  for (const auto& known : roster_after(commit_seq).seats())
    counted.emplace(known.seat, known);
  for (const auto& known : counted_on_chain())
    counted.insert_or_assign(known.seat, known);
  const std::size_t known_seats = counted.size();
  for (const auto& [accept, boot] : sound) {
    if (accept.scope.config_nonce > view->config_nonce.next()) return {};
    const bool may_be_new = accept.scope.config_nonce == view->config_nonce.next();
    if (may_be_new || counted.contains(boot.seat)) counted.insert_or_assign(boot.seat, boot);
  }
  if (counted.size() > known_seats + 1) return {};
  std::vector<Identity> seats;
  seats.reserve(counted.size());
  for (const auto& [seat, identity] : counted)
    seats.push_back(identity);
  return Roster(std::move(seats));
}

// The position that q of the seats which the staged chain counts there have accepted in one term.
// 0: none. One honest ACCEPT shows that the staged chain, and so its roster, is the leader's; q of
// them that it is committed. Before the state at a checkpoint is here, its roster is not: as long
// those count whom the contract counts, or, where it has not heard of the last change, my own log,
// or both with what the ACCEPTs themselves show.
SeqNo Replica::State::certified_by(const std::vector<Accept>& evidence) const {
  const auto sound = sound_among(evidence);
  const Roster shown = view ? accepting_roster(sound) : Roster();
  SeqNo best;
  for (const auto& [candidate, candidate_boot] : sound) {
    const auto held_by = [&, &what = candidate](const Roster& counted) {
      std::set<Seat> holders;
      for (const auto& [accept, boot] : sound) {
        const bool holds = accept.term == what.term && accept.seq >= what.seq;
        if (holds && counted.counts(boot)) holders.insert(accept.seat);
      }
      return counted.size() > 0 && holders.size() >= counted.quorum();
    };
    const bool certified = staging->rosters
                               ? held_by(staging->rosters->at(candidate.seq))
                               : held_by(Roster(counted_on_chain())) ||
                                     held_by(roster_after(commit_seq)) || held_by(shown);
    if (certified) best = std::max(best, candidate.seq);
  }
  return best;
}

void Replica::State::install_certified(const std::vector<Accept>& evidence) {
  const SeqNo certified = certified_by(evidence);
  if (certified <= commit_seq) return;
  if (staging->checkpoint) return begin_transfer(evidence);
  const bool member = standing == Standing::kMember;
  // A member takes its own term, or a later one, only from that term's certificate.
  const Term certified_in = staged_head(certified)->term;
  const bool takes = !member || certified_in < term || (certified_in == term && entered);
  const bool installed = takes && install_staged(certified);
  if (!installed) return drop_staged(evidence);
  std::vector<Accept> shown;  // others may have to be shown them as well
  for (const auto& [accept, boot] : sound_among(evidence))
    shown.push_back(accept);
  receipt_evidence.note(certified, std::move(shown));
  staging.reset();
  if (!member) accepts.clear();
  for (const auto& accept : evidence) {
    if (member) {
      note_accept(accept);
    } else {
      accepts.insert_or_assign(accept.seat, accept);
    }
  }
  commit_to(certified);
  if (standing != Standing::kHalted) admit_self();
}

// Recovering nodes and observers keep asking the member that has committed most; so does a member
// when a term has found no leader: who is behind may have another table of seats than the others,
// and wait for another leader.
void Replica::State::follow_log() {
  const bool asks = standing == Standing::kRecovering || standing == Standing::kObserver ||
                    (standing == Standing::kMember && !entered && backoff > 0);
  if (staging) {
    if (now - staging->asked < config.timing.resend_interval) return;
    const auto source = peers.find(staging->source);
    const bool silent = source == peers.end() || !heard_lately(source->second);
    const bool promises = !silent && source->second.last.commit_seq > commit_seq;
    if (!silent && !(promises && staging->unanswered >= kAskedMax)) return fetch_more();
    fruitless[staging->source] = now;
    staging.reset();
  }
  if (!asks || my_report || !view || transfer) return;
  std::optional<Seat> source;
  std::pair<bool, SeqNo> best;
  for (const auto& [seat, peer] : peers) {
    if (!heard_lately(peer) || peer.last.standing != Standing::kMember) continue;
    if (peer.last.commit_seq <= commit_seq) continue;
    const auto in_vain = fruitless.find(seat);
    const bool good = in_vain == fruitless.end() || now - in_vain->second > kAvoidedFor;
    const std::pair offer{good, peer.last.commit_seq};
    if (!source || offer > best) {
      source = seat;
      best = offer;
    }
  }
  if (source) stage(*source, std::nullopt);
}

}  // namespace dnc
