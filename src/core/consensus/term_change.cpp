// Term change (docs/protocol.md section 7): q votes make a term, q grants choose its log, the first
// block makes it real. No certificate here ever waits for a clock.
#include <algorithm>
#include <tuple>

#include "core/base/check.hpp"
#include "core/consensus/codec.hpp"
#include "core/consensus/replica_state.hpp"
#include "core/consensus/selection.hpp"

namespace dnc {

// --- Votes ---------------------------------------------------------------------------------------

// Whom a term is for. Members may differ in where their logs end, or in what they know to be
// committed, and so in the table; the two take turns, so that one difference alone costs a term.
Identity Replica::State::successor_of(Term to_term) const {
  const Roster& table = to_term.value % 2 == 0 ? roster() : roster_after(commit_seq);
  return table.identity(table.leader_of(to_term)).value_or(Identity{});
}

// The next term that another seat is to lead than this one: a vote that brought the same leader
// again would be lost.
Term Replica::State::next_term(Term from) const {
  const Seat ousted = from == term && entered ? leader.seat : successor_of(from).seat;
  for (std::size_t i = 1; i < roster().size(); ++i) {
    const Term next{from.value + i};
    if (successor_of(next).seat != ousted) return next;
  }
  return from.next();
}

void Replica::State::vote(Term to_term, const std::string& why) {
  if (standing != Standing::kMember) return;
  const auto mine = votes.find(self.seat);
  if (mine != votes.end() && mine->second.to_term >= to_term &&
      commit_seq.value <= mine->second.seen_seq.value + limits::kGrudgeBlocksMax / 2) {
    return;
  }
  const auto vote = notary.no_confidence(to_term, commit_seq);
  if (!vote) {
    event("notary_refused", {{"what", "vote"}, {"why", vote.error().message}});
    return;
  }
  event("voted", {{"to_term", std::to_string(to_term.value)}, {"why", why}});
  votes.insert_or_assign(self.seat, *vote);
  send_members(Votes{{*vote}});
  count_votes();
}

bool Replica::State::take_vote(const NoConfidence& vote) {
  // A vote for a term that is adopted but not entered may still be missing in its certificate.
  const bool late = vote.to_term < term || (vote.to_term == term && entered);
  if (vote.scope != scope() || late) return false;
  const auto known = votes.find(vote.seat);
  if (known != votes.end() &&
      std::tuple(known->second.epoch, known->second.to_term, known->second.seen_seq) >=
          std::tuple(vote.epoch, vote.to_term, vote.seen_seq)) {
    return false;
  }
  const auto signer = voter(vote.seat, vote.epoch);
  if (!signer || !verified(signing.no_confidence(vote), vote.signature, *signer)) {
    return false;
  }
  votes.insert_or_assign(vote.seat, vote);
  return true;
}

void Replica::State::on(const Identity&, const Votes& message) {
  for (const auto& vote : message.votes)
    take_vote(vote);
  count_votes();
}

// A vote for t counts for every t' <= t, so the q-th highest vote is the term that q seats want. A
// grudge that the current term has outlived by far is void.
void Replica::State::count_votes() {
  const Roster counting = roster();
  std::vector<NoConfidence> valid;
  for (const auto& [seat, vote] : votes) {
    const bool outlived = commit_seq.value > vote.seen_seq.value + limits::kGrudgeBlocksMax;
    if (vote.to_term > term && voter(seat, vote.epoch) && !outlived) {
      valid.push_back(vote);
    }
  }
  if (counting.size() == 0 || valid.size() < counting.quorum()) return;
  std::sort(valid.begin(), valid.end(),
            [](const NoConfidence& a, const NoConfidence& b) { return a.to_term > b.to_term; });
  valid.resize(counting.quorum());
  const Term wanted = valid.back().to_term;
  adopt(wanted, std::move(valid));
}

// --- Promise and grant ---------------------------------------------------------------------------

// q seats want this term: promise it, on disk first.
void Replica::State::adopt(Term to_term, std::vector<NoConfidence> why) {
  CHECK(to_term > term);
  event("term_adopted", {{"term", std::to_string(to_term.value)}});
  if (!term_progress) ++backoff;
  term = to_term;
  term_since = now;
  term_progress = false;
  term_votes = std::move(why);
  entered = leading = announced = false;
  certificate.reset();
  accepts.clear();
  grants.clear();
  refuted.clear();
  my_grant.reset();
  grant_due = true;
  staged_term.reset();
  staging.reset();
  drop_queue();
  suspicion = {};
  for (auto& [key, pending] : writes)
    pending.forwarded_to = {};
  drop_read_round();
  notary.note_term(term);
  promised = std::max(promised, term);
  save_promise();
}

// The promise is on disk: grant the term to its leader-to-be.
void Replica::State::grant_durable() {
  if (!grant_due || standing != Standing::kMember || !token || token->promised() < term) return;
  grant_due = false;
  const Identity next = successor_of(term);
  if (next.seat == Seat{}) return;
  const auto grant = notary.grant(term, next.seat, next.boot_key, *token);
  if (!grant) {
    event("notary_refused", {{"what", "grant"}, {"why", grant.error().message}});
    return;
  }
  my_grant = *grant;
  stated.note(*grant);
  if (next.seat == self.seat) {
    take_grant(*grant);
  } else {
    send(next.seat, GrantMessage{*grant, term_votes});
  }
}

void Replica::State::on(const Identity& from, const GrantMessage& message) {
  if (message.votes.size() > limits::kSeatsMax || message.grant.seat != from.seat) return;
  for (const auto& vote : message.votes)
    take_vote(vote);
  count_votes();
  take_grant(message.grant);
}

void Replica::State::take_grant(const Grant& grant) {
  if (grant.scope != scope() || grant.term != term || entered || grant.leader_seat != self.seat ||
      grant.leader_key != self.boot_key) {
    return;
  }
  weigh(grant);
  const auto granter = voter(grant.seat, grant.epoch);
  if (!granter || !verified(signing.grant(grant), grant.signature, *granter)) {
    return;
  }
  stated.note(grant);
  grants.insert_or_assign(grant.seat, grant);
  try_start_term();
}

// --- The selection rule --------------------------------------------------------------------------

// Invariant of R4: grants and votes count by the roster in force at the chosen head. A grant of a
// boot that was fenced there is void; if fewer than q remain, more must come.
void Replica::State::try_start_term() {
  const std::size_t least = std::min(roster().quorum(), roster_after(commit_seq).quorum());
  if (entered || standing != Standing::kMember || grants.size() < least) return;
  std::vector<Grant> valid;
  for (const auto& [seat, grant] : grants) {
    if (voter(seat, grant.epoch) && !refuted.contains(grant.last.hash)) valid.push_back(grant);
  }
  const LogHead best = longest(valid);
  if (!log.contains(best)) {
    const auto source = std::find_if(valid.begin(), valid.end(),
                                     [&](const Grant& grant) { return grant.last == best; });
    if (source != valid.end()) stage(source->seat, best);
    return;
  }
  const Roster counting = roster_after(best.seq);
  NewTerm proof;
  proof.term = term;
  std::map<Seat, NoConfidence> shown;  // q by my log's end may be fewer than q at the chosen head
  for (const auto& vote : term_votes)
    shown.insert_or_assign(vote.seat, vote);
  for (const auto& [seat, vote] : votes) {
    if (vote.to_term >= term) shown.insert_or_assign(seat, vote);
  }
  for (const auto& [seat, vote] : shown) {
    if (counting.counts(seat, vote.epoch)) proof.votes.push_back(vote);
  }
  for (const auto& grant : valid) {
    if (counting.counts(grant.seat, grant.epoch)) proof.grants.push_back(grant);
  }
  if (proof.votes.size() < counting.quorum() || proof.grants.size() < counting.quorum()) return;
  if (longest(proof.grants) == best) start_term(best, std::move(proof));
}

void Replica::State::start_term(const LogHead& head, NewTerm proof) {
  const auto allowed = notary.enter_term(proof, scope(), roster_after(head.seq));
  if (!allowed) {
    event("notary_refused", {{"what", "new term"}, {"why", allowed.error().message}});
    return;
  }
  truncate_after(head.seq);
  enter(proof.term, self, head);
  batch.meta.emplace_back(MetaKey::kTermCertificate, encode(proof));
  certificate = std::move(proof);
  leading = true;
  propose(BlockKind::kTermStart, {});
  event("leader_elected",
        {{"term", std::to_string(term.value)}, {"seat", std::to_string(self.seat.value)}});
}

// My first block is on disk: the term may be shown.
void Replica::State::announce_term() {
  if (!is_leader() || announced || !token || !log.contains(token->head()) ||
      token->head().seq <= chosen.seq) {
    return;
  }
  announced = true;
  if (certificate) send_members(NewTermMessage{*certificate, *opening});
  for (auto& [key, pending] : writes)
    forward(pending, true);
  start_read_round();
}

// --- Following a new term ------------------------------------------------------------------------

void Replica::State::on(const Identity& from, const NewTermMessage& message) {
  const NewTerm& proof = message.certificate;
  for (const auto& grant : proof.grants)
    weigh(grant);
  if (proof.term < term || proof.grants.empty()) return;
  if (proof.term == term && entered) {
    const auto mine = accepts.find(self.seat);
    if (from == leader && mine != accepts.end()) send(from.seat, mine->second);
    return;
  }
  const LogHead head = longest(proof.grants);
  if (head.seq < log.base_seq()) return;  // who counted there is pruned: nobody can judge it here
  if (log.contains(head)) return install_term(message);
  if (staged_term && staged_term->certificate.term >= proof.term && staging) return;
  staged_term = message;
  stage(from.seat, head);
}

void Replica::State::install_term(const NewTermMessage& message) {
  const NewTerm& proof = message.certificate;
  const Block& first = message.first_block;
  const LogHead head = longest(proof.grants);
  if (!log.contains(head)) return;  // a snapshot that I had to take first goes beyond it
  const Roster counting = roster_after(head.seq);
  const auto term_leader = counting.identity(proof.grants.front().leader_seat);
  if (!term_leader || term_leader->boot_key != proof.grants.front().leader_key ||
      first.header.seq != head.seq.next() || first.header.prev_hash != head.hash ||
      first.header.kind != BlockKind::kTermStart || first.header.term != proof.term) {
    return;
  }
  if (head.seq < commit_seq) {
    event("fork_detected", {{"term", std::to_string(proof.term.value)}});
    return;
  }
  if (!notary.enter_term(proof, scope(), counting)) return;
  for (const auto& grant : proof.grants)
    stated.note(grant);
  truncate_after(head.seq);
  enter(proof.term, *term_leader, head);
  certificate = proof;
  opening = first;
  batch.meta.emplace_back(MetaKey::kTermCertificate, encode(proof));
  append_proposal(first);
  for (auto& [key, pending] : writes)
    forward(pending, true);
  start_read_round();
}

// The leader of a term is known and verified; its log begins after `head`.
void Replica::State::enter(Term entered_term, const Identity& term_leader, const LogHead& head) {
  CHECK(entered_term >= term);
  term = entered_term;
  leader = term_leader;
  entered = true;
  leading = announced = false;
  mid_term = false;
  accepting = term;
  chosen = head;
  accepted = {};
  accepts.clear();
  proposed.clear();
  grants.clear();
  my_grant.reset();
  grant_due = false;
  staged_term.reset();
  staging.reset();
  transfer.reset();
  suspicion = {};
  term_since = now;
  term_progress = false;
  std::erase_if(votes, [this](const auto& entry) { return entry.second.to_term <= term; });
  for (auto& [key, pending] : writes)
    pending.forwarded_to = {};
  drop_read_round();
  if (promised < term) {
    promised = term;
    save_promise();
  }
}

// Drops what the chosen log does not contain. Only here, only by R1-R4, never below the commit.
void Replica::State::truncate_after(SeqNo seq) {
  CHECK(seq >= commit_seq);
  if (seq >= log.head_seq()) return;
  executor.rollback(seq);
  log.truncate_after(seq);
  drop_captures_above(seq);
  std::erase_if(batch.blocks, [seq](const auto& block) { return block.first > seq; });
  if (!batch.truncate_after || *batch.truncate_after > seq) batch.truncate_after = seq;
}

// Votes, grants and certificates may be lost: those that still matter are said again.
void Replica::State::resend_term_change() {
  if (standing != Standing::kMember) return;
  Votes standing_votes;
  for (const auto& [seat, vote] : votes) {
    if (vote.to_term > term || (vote.to_term == term && !entered)) {
      standing_votes.votes.push_back(vote);
    }
  }
  if (!standing_votes.votes.empty()) send_members(standing_votes);
  if (!entered && my_grant && my_grant->leader_seat != self.seat) {
    send(my_grant->leader_seat, GrantMessage{*my_grant, term_votes});
  }
  if (!entered) try_start_term();
  show_term();
}

// Shows the term to those who are not in it: its leader does, or, where nothing is heard of the
// leader, whoever holds the certificate. Who missed a term that has lost its leader since would
// otherwise never learn of it, and be missing in the next. So would a newcomer whose admission was
// decided and replaced by another change: it takes itself for a member until it sees the log.
void Replica::State::show_term() {
  if (!entered || !certificate) return;
  if (is_leader() ? !announced : hears(leader.seat)) return;
  for (const auto& member : audience()) {
    const auto peer = peers.find(member.seat);
    const auto accept = accepts.find(member.seat);
    const bool behind = is_leader()
                            ? accept == accepts.end() || accept->second.epoch != member.epoch
                            : peer != peers.end() && peer->second.last.term < term;
    if (behind) send(member.seat, NewTermMessage{*certificate, *opening});
  }
  const Roster& counted = roster();
  for (const auto& [seat, peer] : peers) {
    const bool uncounted = !counted.counts(seat) && !counted.awaits(peer.identity);
    if (uncounted && hears_member(peer.identity) && peer.last.term < term) {
      send(seat, NewTermMessage{*certificate, *opening});
    }
  }
}

}  // namespace dnc
