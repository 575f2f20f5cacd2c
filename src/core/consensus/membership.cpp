// A rebooted seat comes back through the log (docs/protocol.md section 10), and the contract is
// told who leads (section 8).
#include <algorithm>

#include "core/consensus/replica_state.hpp"

namespace dnc {

// --- REJOIN --------------------------------------------------------------------------------------

// The newcomer asks, as long as enough members live for a warm return.
void Replica::State::ask_rejoin() {
  const bool waiting = standing == Standing::kRecovering || standing == Standing::kObserver;
  if (!waiting || !joined_at || my_report || !view) return;
  const auto counted = counted_on_chain();
  if (counted.empty()) return;
  // The log holds the REJOIN of a boot whose join a re-org undid, and my join took the same epoch.
  const auto known = roster_after(commit_seq).identity(self.seat);
  if (known && known->epoch == self.epoch && *known != self) return reboot(kEpochTaken);
  const ChainSeat* seat = view->find(self.seat);
  const bool counts = (seat && seat->counted) || roster_after(commit_seq).counts(self.seat);
  if (counts) {
    standing = Standing::kRecovering;
  } else if (standing == Standing::kRecovering) {
    standing = Standing::kObserver;
    reason = "observer: this seat is not counted yet";
    event("observing");
  }
  if (!hears_cluster()) return;
  if (counts) reason = "waiting to be admitted by the log";
  for (const Seat to : known_seats())
    send(to, RejoinRequest{{self, view->height, view->hash}});
}

void Replica::State::on(const Identity& from, const RejoinRequest& request) {
  const Identity& newcomer = request.rejoin.identity;
  if (newcomer != from || !may_change()) return;
  const auto since = registered.find(newcomer.seat);
  if (!chain_shows(newcomer) || since == registered.end()) return;
  if (!roster().counts(newcomer.seat)) return propose_admission(newcomer);
  if (!informed(since->second.since, newcomer.seat)) return;
  const Rejoin rejoin{newcomer, view->height, view->hash};
  if (!rejoin_valid(rejoin)) return;
  BlockBody body;
  body.rejoin = rejoin;
  propose(BlockKind::kRejoin, std::move(body));
}

bool Replica::State::rejoin_valid(const Rejoin& rejoin) const {
  const auto known = roster().identity(rejoin.identity.seat);
  return known && rejoin.identity.epoch > known->epoch && rejoin.identity.seat != leader.seat &&
         chain_shows(rejoin.identity) && !taken_out(*known);
}

// My REJOIN, or the CONFIG that admits me, is committed and all up to the commit is on my disk: now
// I may speak.
void Replica::State::admit_self() {
  const bool waiting = standing == Standing::kRecovering || standing == Standing::kObserver;
  const Roster counting = roster_after(commit_seq);
  const bool admitted_by_log = counting.counts(self) || counting.awaits(self);
  if (!waiting || my_report || !token || !admitted_by_log) return;
  const LogHead committed = log.head_at(commit_seq);
  if (committed != log.head() || !(token->head() == committed)) {
    sync_wanted = true;
    return;
  }
  const BlockHeader& last = log.header_at(commit_seq);
  const auto term_leader = counting.identity(last.leader);
  if (!term_leader) return;
  generation = last.generation;
  config_nonce = counting.founding_nonce();
  const auto admitted = notary.enter_by_rejoin(scope(), committed, *term_leader, counting, *token);
  if (!admitted) {
    event("notary_refused", {{"what", "rejoin"}, {"why", admitted.error().message}});
    return;
  }
  standing = Standing::kMember;
  reason.clear();
  term = last.term;  // an earlier boot may have promised more: its grants are void from here on
  enter(last.term, *term_leader, committed);
  mid_term = true;
  accepted = committed;
  term_progress = true;
  certificate.reset();
  founded = {};
  save_generation(generation);
  event("admitted", {{"seq", std::to_string(committed.seq.value)}});
}

// --- Obeying the contract ------------------------------------------------------------------------

// True: this boot has no voice any more. Only a join that the chain has shown can be undone; before
// that the contract refuses the join itself, and says why.
bool Replica::State::obey() {
  const auto joined = registered.find(self.seat);
  const bool was_shown = joined != registered.end() && joined->second.identity == self;
  const Ouster why = was_shown ? ousted(self) : Ouster::kNone;
  if (why == Ouster::kNone) return false;
  halt(why);
  return true;
}

// Hard evidence: the contract silenced the leader, or the one who is to lead next, or its notary is
// bypassed.
void Replica::State::watch_leaders_seat() {
  if (standing != Standing::kMember) return;
  std::optional<Identity> leads;
  if (entered) {
    leads = leader;
  } else if (my_grant) {
    leads = roster().identity(my_grant->leader_seat);
  }
  if (leads && leads->seat != self.seat && ousted(*leads) != Ouster::kNone) {
    vote(next_term(term), "the contract silenced the leader's seat");
  }
  if (leads && bypassed(leads->seat)) vote(next_term(term), "the leader's notary is bypassed");
}

// --- What the contract shows, and what it should -------------------------------------------------

Report Replica::State::current_report() const {
  const Roster counted = roster_after(commit_seq);
  Report report;
  report.generation = generation;
  report.term = term;
  report.config_nonce = counted.nonce();
  report.leader_seat = leader.seat;
  for (const auto& seat : counted.seats())
    report.counted_seats.push_back(seat.seat);
  return report;
}

void Replica::State::watch_contract() {
  if (standing == Standing::kMember && view && founding &&
      view->generation.start.generation < founding->start.generation &&
      now - generation_posted >= config.timing.chain_retry) {
    generation_posted = now;
    effects.calls.emplace_back(*founding);
  }
  if (standing != Standing::kMember || !view || view->generation.start.generation != generation) {
    return;
  }
  if (view->leader_provisional && view->leader_term > term) {
    vote(std::max(view->leader_term, next_term(term)),
         "operators deposed the leader on the contract");
    return;
  }
  const bool differs = view->leader_term < term || view->leader_provisional ||
                       view->config_nonce < roster_after(commit_seq).nonce() ||
                       (view->leader_term == term && view->leader_seat != leader.seat);
  if (!entered || !committed_in_term() || !differs) {
    report_differs = kNever;
    return;
  }
  if (report_differs == kNever) {
    report_differs = now;
    report_shared = report_posted = kNever;
    report_shares.clear();
  }
  share_report();
  post_report();
}

void Replica::State::share_report() {
  const bool due =
      report_shared == kNever || now - report_shared >= config.timing.resend_interval * 2;
  if (!due) return;
  const Report report = current_report();
  const auto signature = notary.report(report, log.term_at(commit_seq));
  if (!signature) {
    event("notary_refused", {{"what", "report"}, {"why", signature.error().message}});
    return;
  }
  report_shared = now;
  report_shares.insert_or_assign(self.seat, std::pair(report, *signature));
  send_members(ReportShare{report, *signature});
}

void Replica::State::on(const Identity& from, const ReportShare& share) {
  if (!(share.report == current_report()) ||
      !verified(signing.report(share.report), share.signature, from)) {
    return;
  }
  report_shares.insert_or_assign(from.seat, std::pair(share.report, share.signature));
  if (report_differs != kNever) post_report();
}

// The leader posts; the others after their rank's delay, so that one of them does if it does not.
// The contract hears those whom it counts.
void Replica::State::post_report() {
  const Roster counting = roster();
  const auto rank = static_cast<int>(std::count_if(
      counting.seats().begin(), counting.seats().end(),
      [this](const Identity& seat) { return seat.seat != leader.seat && seat.seat < self.seat; }));
  const Duration delay = is_leader() ? Duration{0} : config.timing.report_rank_delay * (rank + 1);
  if (report_differs == kNever || now - report_differs < delay) return;
  if (report_posted != kNever && now - report_posted < config.timing.chain_retry) return;
  PostReport post;
  post.report = current_report();
  for (const auto& [seat, share] : report_shares) {
    const ChainSeat* shown = view->find(seat);
    if (share.first == post.report && shown && shown->counted && shown->active) {
      post.signers.push_back(seat);
      post.signatures.push_back(share.second);
    }
  }
  if (post.signers.size() < quorum_of(counted_on_chain().size())) return;
  report_posted = now;
  effects.calls.emplace_back(std::move(post));
}

}  // namespace dnc
