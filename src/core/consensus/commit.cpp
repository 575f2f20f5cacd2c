// The normal case (docs/protocol.md section 6) from ACCEPT on: count, commit, answer.
#include <algorithm>

#include "core/base/check.hpp"
#include "core/consensus/replica_state.hpp"

namespace dnc {

void Replica::State::on(const Identity& from, const Accept& accept) {
  if (accept.seat != from.seat) return;
  note_accept(accept);
  try_commit();
}

void Replica::State::on(const Identity&, const Committed& message) {
  note_accepts(message.accepts);
  try_commit();
}

// Checks no more signatures than a commit takes.
void Replica::State::note_accepts(const std::vector<Accept>& shown) {
  for (const auto& accept : shown) {
    if (note_accept(accept)) try_commit();
  }
}

// True: it was taken.
bool Replica::State::note_accept(const Accept& accept) {
  // Its configuration is that of the block, which the hash says already.
  if (!entered || accept.scope.generation != generation || accept.term != term) return false;
  const auto known = accepts.find(accept.seat);
  if (known != accepts.end() && known->second == accept) return false;
  weigh(accept);
  if (known != accepts.end() &&
      (known->second.epoch > accept.epoch ||
       (known->second.epoch == accept.epoch && known->second.seq >= accept.seq))) {
    return false;
  }
  // Beyond the quorum. Any two quorums share a seat, so a fork shows without it.
  if (accept.seq <= commit_seq && log.contains(accept.seq, accept.block_hash)) return false;
  const auto holder = speaker(accept.seat, accept.epoch);
  if (!holder || !verified(signing.accept(accept), accept.signature, *holder)) return false;
  stated.note(accept);
  accepts.insert_or_assign(accept.seat, accept);
  return true;
}

// Distinct seats, by the keys that count at `seq`, that hold the chain up to it in this term.
std::size_t Replica::State::acceptors(SeqNo seq) const {
  const Roster counting = roster_at(seq);
  return static_cast<std::size_t>(
      std::count_if(accepts.begin(), accepts.end(), [&](const auto& entry) {
        const Accept& accept = entry.second;
        return accept.seq >= seq && log.contains(accept.seq, accept.block_hash) &&
               counting.counts(accept.seat, accept.epoch);
      }));
}

// A rebooted seat signs only once its REJOIN is committed, so an ACCEPT of that boot proves that
// all up to its REJOIN is. Needed where the keys that accepted the REJOIN have since rebooted
// themselves.
SeqNo Replica::State::proven_by_rejoins() const {
  SeqNo proven;
  for (const SeqNo seq : log.rosters().rejoins({}, log.head_seq())) {
    const Identity& rejoined = log.at(seq).body.rejoin->identity;
    const auto accept = accepts.find(rejoined.seat);
    if (accept != accepts.end() && accept->second.epoch == rejoined.epoch) proven = seq;
  }
  return proven;
}

// Only a block of the current term commits by count; its ancestors follow (Raft 5.4.2). A REJOIN on
// the way needs q seats other than the one that rejoins.
bool Replica::State::supported(SeqNo seq) const {
  if (log.term_at(seq) != term || acceptors(seq) < roster_at(seq).quorum()) return false;
  const SeqNo settled = std::max({commit_seq, founded_after, proven_by_rejoins()});
  const auto rejoins = log.rosters().rejoins(settled, seq);
  return std::all_of(rejoins.begin(), rejoins.end(), [this](SeqNo rejoin) {
    return acceptors(rejoin) >= roster_at(rejoin).quorum();
  });
}

void Replica::State::try_commit() {
  if (outvoted()) return halt(Ouster::kDiverged);
  std::vector<SeqNo> candidates;
  for (const auto& [seat, accept] : accepts) {
    if (accept.seq > commit_seq && log.contains(accept.seq, accept.block_hash)) {
      candidates.push_back(accept.seq);
    }
  }
  std::sort(candidates.rbegin(), candidates.rend());
  const auto best = std::find_if(candidates.begin(), candidates.end(),
                                 [this](SeqNo seq) { return supported(seq); });
  if (best == candidates.end()) return;
  receipt_evidence.note(*best, commit_evidence());
  commit_to(*best);
}

// A leader learns how long its blocks take.
void Replica::State::time_commits() {
  for (; !proposed.empty() && proposed.front().seq <= commit_seq; proposed.pop_front()) {
    const std::chrono::microseconds taken = now - proposed.front().since;
    commit_time += (taken - commit_time) / 8;
  }
}

void Replica::State::commit_to(SeqNo seq) {
  const SeqNo before = commit_seq;
  CHECK(seq > before);
  commit_seq = seq;
  commit_unsaved = true;
  behind_since = kNever;
  time_commits();
  for (auto& outcome : executor.commit(seq)) {
    const auto it = writes.find(outcome.key);
    if (it == writes.end()) continue;
    for (const auto ticket : it->second.tickets) {
      effects.writes.push_back({ticket, outcome.key_reused ? "key_reused" : "", outcome.result,
                                outcome.seq, outcome.term});
    }
    writes.erase(it);
  }
  if (standing == Standing::kMember && log.term_at(seq) == term) {
    if (!term_progress) {
      event("term_committed",
            {{"term", std::to_string(term.value)}, {"leader", std::to_string(leader.seat.value)}});
    }
    term_progress = true;
    backoff = 0;
    notary.note_term(term);
  }
  for (SeqNo at = before.next(); at <= seq; at = at.next())
    on_committed_block(log.at(at));
  save_captures();
  if (standing == Standing::kHalted) return;
  commit_news = true;
  leave_if_uncounted();
  if (standing == Standing::kHalted) return;
  watch_configuration();
  answer_probes();
  serve_read_round();
}

void Replica::State::on_committed_block(const Block& block) {
  if (const auto& change = block.body.change) {
    event("configuration_decided", {{"seat", std::to_string(change->identity.seat.value)},
                                    {"admits", change->admits ? "true" : "false"},
                                    {"seq", std::to_string(block.header.seq.value)}});
  }
  if (!block.body.rejoin) return;
  const Identity& rejoined = block.body.rejoin->identity;
  event("rejoined", {{"seat", std::to_string(rejoined.seat.value)},
                     {"epoch", std::to_string(rejoined.epoch.value)},
                     {"seq", std::to_string(block.header.seq.value)}});
  if (rejoined.seat == self.seat && rejoined.epoch > self.epoch) {
    halt(Ouster::kSuperseded);
  }
}

// Followers learn of a commit with the next proposal, or at once when there is none.
void Replica::State::tell_commit() {
  if (commit_news && is_leader() && leading) send_members(Committed{commit_evidence()});
  commit_news = false;
}

}  // namespace dnc
