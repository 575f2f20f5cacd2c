#include "core/notary/boot_notary.hpp"

#include <algorithm>
#include <set>

#include "core/base/check.hpp"
#include "core/consensus/codec.hpp"
#include "core/consensus/selection.hpp"

namespace dnc {
namespace {

Error refused(const char* rule, std::string why) {
  return {rule, std::string(rule) + ": " + std::move(why), ""};
}

}  // namespace

BootNotary::BootNotary(const Identity& identity, std::unique_ptr<Signer> signer,
                       const Verifier& verifier, const Signing& signing)
    : identity_(identity), signer_(std::move(signer)), verifier_(verifier), signing_(signing) {
  CHECK(signer_->address() == identity_.boot_key);
}

Status BootNotary::may_speak() const {
  if (halted_) return refused("N5", "halted: this boot was fenced");
  if (!admitted_) return refused("N5", "this boot is not admitted");
  if (reported_ && *reported_ >= scope_.generation) {
    return refused("N8", "it reported for a restart and is silent in this generation");
  }
  return ok_status();
}

// --- Terms ---------------------------------------------------------------------------------------

bool BootNotary::vote_counts(const NoConfidence& vote, const NewTerm& certificate,
                             const Scope& scope, const Roster& roster) const {
  const auto voter = roster.identity(vote.seat);
  return voter && voter->epoch.value != 0 && voter->epoch == vote.epoch && vote.scope == scope &&
         vote.to_term >= certificate.term &&
         verifier_.verify(signing_.no_confidence(vote), vote.signature, voter->boot_key);
}

bool BootNotary::grant_counts(const Grant& grant, const NewTerm& certificate, const Scope& scope,
                              const Roster& roster) const {
  const auto granter = roster.identity(grant.seat);
  const Grant& first = certificate.grants.front();
  return granter && granter->epoch.value != 0 && granter->epoch == grant.epoch &&
         grant.scope == scope && grant.term == certificate.term &&
         grant.leader_seat == first.leader_seat && grant.leader_key == first.leader_key &&
         verifier_.verify(signing_.grant(grant), grant.signature, granter->boot_key);
}

Status BootNotary::enter_term(const NewTerm& certificate, const Scope& scope,
                              const Roster& roster) {
  if (const Status speak = may_speak(); !speak) return speak;
  if (scope != scope_) return refused("N2", "the certificate is of another generation");
  if (certificate.term < promised_) return refused("N2", "a later term is promised");
  if (entered_ && certificate.term <= entered_->term) {
    return refused("N2", "this term, or a later one, was entered before");
  }
  std::set<Seat> voters;
  std::set<Seat> granters;
  for (const auto& vote : certificate.votes) {
    if (vote_counts(vote, certificate, scope, roster)) voters.insert(vote.seat);
  }
  for (const auto& grant : certificate.grants) {
    // Every grant shown takes part in the choice, so every one must be good.
    if (!grant_counts(grant, certificate, scope, roster)) return refused("N2", "a grant is void");
    granters.insert(grant.seat);
  }
  if (roster.size() == 0 || voters.size() < roster.quorum() || granters.size() < roster.quorum()) {
    return refused("N2", "fewer than q votes or grants");
  }
  const Grant& first = certificate.grants.front();
  entered_ = Entered{certificate.term, first.leader_seat, first.leader_key,
                     longest(certificate.grants), roster.nonce()};
  promised_ = std::max(promised_, certificate.term);
  highest_real_ = std::max(highest_real_, certificate.term);
  seats_ = roster.size();
  last_proposed_ = entered_->chosen;
  checked_.clear();
  return ok_status();
}

Status BootNotary::enter_generation(const StartGeneration& record, const LogHead& head,
                                    const Roster& roster) {
  if (halted_) return refused("N5", "halted: this boot was fenced");
  if (admitted_ && record.generation <= scope_.generation) {
    return refused("N5", "that generation was entered before");
  }
  if (!roster.counts(identity_)) return refused("N5", "the record does not name this boot");
  const auto leader = roster.identity(record.leader_seat);
  if (!leader || head.seq != record.seq || head.hash != record.head) {
    return refused("N5", "the record does not fit the log");
  }
  admitted_ = true;
  scope_ = {record.generation, roster.nonce()};
  promised_ = highest_real_ = record.term;
  entered_ = Entered{record.term, leader->seat,   leader->boot_key,
                     head,        roster.nonce(), BlockKind::kRestart};
  seats_ = roster.size();
  last_accepted_ = last_proposed_ = head;
  checked_.clear();
  last_vote_.reset();
  granted_.reset();
  return ok_status();
}

Status BootNotary::enter_by_rejoin(const Scope& scope, const LogHead& committed,
                                   const Identity& leader, const Roster& roster,
                                   const DurabilityToken& token) {
  if (halted_) return refused("N5", "halted: this boot was fenced");
  if (admitted_) return refused("N5", "this boot was admitted before");
  if (reported_ && *reported_ >= scope.generation) {
    return refused("N8", "it reported for a restart and is silent in this generation");
  }
  if (token.head() != committed) return refused("N2", "the committed log is not on disk");
  admitted_ = true;
  scope_ = scope;
  seats_ = roster.size();
  promised_ = highest_real_ = committed.term;
  entered_ = Entered{committed.term,        leader.seat, leader.boot_key, committed, roster.nonce(),
                     BlockKind::kTermStart, true};
  last_accepted_ = last_proposed_ = committed;
  return ok_status();
}

void BootNotary::note_term(Term term) {
  highest_real_ = std::max(highest_real_, term);
}

// --- Blocks --------------------------------------------------------------------------------------

// Is this the next block after `previous`, in the entered term?
bool BootNotary::follows(const BlockHeader& header, const LogHead& previous) const {
  const bool opens = previous == entered_->chosen && !entered_->mid_term;
  const bool opening_kind =
      header.kind == BlockKind::kTermStart || header.kind == BlockKind::kRestart;
  const bool in_force = opens ? header.config_nonce == entered_->config_nonce
                              : header.config_nonce >= entered_->config_nonce;
  return header.generation == scope_.generation && in_force && header.term == entered_->term &&
         header.leader == entered_->leader_seat && header.seq == previous.seq.next() &&
         header.prev_hash == previous.hash &&
         (opens ? header.kind == entered_->opening : !opening_kind);
}

Result<Signature> BootNotary::propose(const BlockHeader& header) {
  if (const Status speak = may_speak(); !speak) return speak.error();
  if (!entered_ || entered_->leader_key != identity_.boot_key) {
    return refused("N1", "this boot does not lead the term");
  }
  if (promised_ > entered_->term) return refused("N4", "a later term is promised");
  if (!follows(header, last_proposed_)) {
    return refused("N1", "the block does not follow the last one proposed");
  }
  last_proposed_ = head_of(header);
  checked_[header.seq] = last_proposed_.hash;
  return signer_->sign(signing_.propose(header, last_proposed_.hash));
}

bool BootNotary::check_proposal(const BlockHeader& header, const Signature& signature) {
  if (!entered_ || header.term != entered_->term) return false;
  const Hash hash = block_hash(header);
  if (!verifier_.verify(signing_.propose(header, hash), signature, entered_->leader_key)) {
    return false;
  }
  checked_[header.seq] = hash;
  return true;
}

Result<Accept> BootNotary::accept(std::span<const BlockHeader> headers,
                                  const DurabilityToken& token) {
  if (const Status speak = may_speak(); !speak) return speak.error();
  if (!entered_ || headers.empty()) return refused("N2", "no term was entered");
  // N4: a grant speaks of a term above; after it nothing below is accepted.
  if (granted_ && *granted_ > entered_->term) return refused("N4", "a later term is granted");
  LogHead last = last_accepted_.term == entered_->term && last_accepted_.seq > entered_->chosen.seq
                     ? last_accepted_
                     : entered_->chosen;
  for (const auto& header : headers) {
    if (!follows(header, last)) return refused("N2", "the blocks do not follow the last accepted");
    last = head_of(header);
    const auto checked = checked_.find(header.seq);
    if (checked == checked_.end() || checked->second != last.hash) {
      return refused("N2", "a block was not signed by the leader");
    }
  }
  if (token.head() != last) return refused("N2", "the blocks are not on disk");
  last_accepted_ = last;
  checked_.erase(checked_.begin(), checked_.upper_bound(last.seq));
  const Scope scope{scope_.generation, headers.back().config_nonce};
  Accept accept{scope, last.term, last.seq, last.hash, identity_.seat, identity_.epoch, {}};
  accept.signature = signer_->sign(signing_.accept(accept));
  return accept;
}

// --- Votes and grants ----------------------------------------------------------------------------

Result<NoConfidence> BootNotary::no_confidence(Term to_term, SeqNo seen_seq) {
  if (const Status speak = may_speak(); !speak) return speak.error();
  if (to_term.value > highest_real_.value + seats_) {
    return refused("N6", "the term is too far above the last one known to be real");
  }
  if (last_vote_ && (to_term < last_vote_->to_term ||
                     (to_term == last_vote_->to_term && seen_seq < last_vote_->seen_seq))) {
    return refused("N6", "a later vote was cast");
  }
  NoConfidence vote{scope_, to_term, seen_seq, identity_.seat, identity_.epoch, {}};
  vote.signature = signer_->sign(signing_.no_confidence(vote));
  last_vote_ = vote;
  return vote;
}

Result<Grant> BootNotary::grant(Term term, Seat leader_seat, const Address& leader_key,
                                const DurabilityToken& token) {
  if (const Status speak = may_speak(); !speak) return speak.error();
  if (granted_ && term <= *granted_) return refused("N3", "that term, or a later one, was granted");
  if (entered_ && term <= entered_->term) return refused("N3", "that term was entered");
  if (token.promised() < term) return refused("N3", "the promise is not on disk");
  granted_ = term;
  promised_ = std::max(promised_, term);
  Grant grant{scope_,         term,           leader_seat,     leader_key,
              last_accepted_, identity_.seat, identity_.epoch, {}};
  grant.signature = signer_->sign(signing_.grant(grant));
  return grant;
}

// --- Restarts, and what the contract is told -----------------------------------------------------

Result<RestartReport> BootNotary::restart_report(const Scope& scope, Term promised_term,
                                                 const LogHead& last, bool blank) {
  if (halted_) return refused("N5", "halted: this boot was fenced");
  if (reported_ && *reported_ >= scope.generation) return refused("N8", "it reported before");
  if (admitted_ && !states_truly(scope, promised_term, last, blank)) {
    return refused("N8", "the report states other than what was signed");
  }
  reported_ = scope.generation;
  RestartReport report{scope, promised_term, last, blank, identity_.seat, identity_.epoch, {}};
  report.signature = signer_->sign(signing_.restart_report(report));
  my_report_ = report;
  return report;
}

// Of an admitted boot: its own generation, no less than it promised and accepted, and no fork of
// it.
bool BootNotary::states_truly(const Scope& scope, Term promised_term, const LogHead& last,
                              bool blank) const {
  const auto accepted = std::pair(last_accepted_.term, last_accepted_.seq);
  const auto stated = std::pair(last.term, last.seq);
  return scope == scope_ && !blank && promised_term >= promised_ && stated >= accepted &&
         (stated != accepted || last.hash == last_accepted_.hash);
}

Result<Signature> BootNotary::start_generation(const StartGeneration& start,
                                               const std::vector<RestartReport>& reports,
                                               std::span<const BlockHeader> beyond,
                                               const DurabilityToken& token) {
  if (halted_) return refused("N5", "halted: this boot was fenced");
  if (!reported_ || *reported_ >= start.generation) {
    return refused("N9", "it did not report for that generation");
  }
  if (admitted_ && scope_.generation >= start.generation) {
    return refused("N9", "that generation was entered");
  }
  const bool reported = std::find(reports.begin(), reports.end(), *my_report_) != reports.end();
  const bool founder = std::find(start.founders.begin(), start.founders.end(),
                                 Founder{identity_.seat, identity_.epoch}) != start.founders.end();
  if (!reported || !founder) return refused("N9", "this boot is not among reports and founders");
  LogHead best;
  for (const auto& report : reports) {
    if (report.promised_term >= start.term || report.last.term >= start.term) {
      return refused("N9", "the term is not above all reported ones");
    }
    if (!report.blank &&
        std::pair(report.last.term, report.last.seq) > std::pair(best.term, best.seq)) {
      best = report.last;
    }
  }
  if (best.seq.value > 0 && (best.seq != start.seq || best.hash != start.head)) {
    return refused("N9", "the log is not the one that follows from the reports");
  }
  LogHead end{{}, start.seq, start.head};
  for (const auto& header : beyond) {
    if (header.seq != end.seq.next() || header.prev_hash != end.hash) {
      return refused("N9", "the chosen log is not the one on disk");
    }
    end = head_of(header);
  }
  if (token.head().seq != end.seq || token.head().hash != end.hash) {
    return refused("N9", "the chosen log is not on disk");
  }
  return signer_->sign(signing_.start_generation(start));
}

Result<Signature> BootNotary::report(const Report& report, Term committed_term) {
  if (const Status speak = may_speak(); !speak) return speak.error();
  if (report.generation != scope_.generation || report.term != committed_term) {
    return refused("N10", "no block of that term is known to be committed");
  }
  const bool entered = entered_ && entered_->term == report.term;
  if (report.config_nonce < scope_.config_nonce ||
      (entered && entered_->leader_seat != report.leader_seat)) {
    return refused("N10", "the report names another leader or configuration");
  }
  return signer_->sign(signing_.report(report));
}

Signature BootNotary::transport_key(const Hash& key_hash) {
  return signer_->sign(signing_.transport_key(key_hash, identity_));
}

Signature BootNotary::attestation(const Hash& nonce) {
  return signer_->sign(signing_.attestation(nonce, identity_));
}

}  // namespace dnc
