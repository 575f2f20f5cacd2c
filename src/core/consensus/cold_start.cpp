// Genesis and cold start, one procedure (docs/protocol.md section 11): reports of what each disk
// holds, a choice by R1 and R3, the founders' signatures, and one record on the chain.
#include <algorithm>

#include "core/base/wire.hpp"
#include "core/consensus/replica_state.hpp"

namespace dnc {
namespace {

constexpr Duration kLeaderlessMax{24'000};  // longer than a few terms that fail one after another

}  // namespace

// --- Reports -------------------------------------------------------------------------------------

// The generation that a cold start ends. The log may know a later one than the chain does: a deep
// re-org can undo a record.
Generation Replica::State::ending() const {
  return std::max(view->generation.start.generation, generation);
}

Generation Replica::State::ending(const std::vector<RestartReport>& reports) const {
  Generation latest = view->generation.start.generation;
  for (const auto& report : reports)
    latest = std::max(latest, report.scope.generation);
  return latest;
}

// A disk that was lost or damaged is no evidence of what was committed. One that missed the last
// generation is: it still holds all that its seat ever accepted.
bool Replica::State::is_evidence() const {
  return !damaged && (disk_generation.value > 0 || ending().value == 0);
}

bool Replica::State::consented(const std::vector<RestartReport>& reports) const {
  const Time since = my_report ? my_report_at : lonely_since;
  const bool by_itself = config.auto_consent && now - since >= config.timing.consent_after;
  return by_itself || operators_consent(reports);
}

// Does this report come from a log that reaches into the generation that ends, or to its beginning?
bool Replica::State::is_current(const RestartReport& report) const {
  const StartGeneration& record = view->generation.start;
  return !report.blank && (report.last.term >= record.term ||
                           (report.last.seq == record.seq && report.last.hash == record.head));
}

// Enough to start from: all counted seats, q of them with an intact disk; or, with the operators'
// consent, fewer, q of them with the log of the generation that ends. Either way whatever was
// committed is on one of the disks.
bool Replica::State::reports_suffice(const std::vector<RestartReport>& reports) const {
  const std::size_t founders = view->founding_seats;
  if (ending(reports).value == 0) return reports.size() >= founders && founders > 0;
  const std::size_t counted = counted_seats();
  if (counted == 0) return false;
  const auto intact = static_cast<std::size_t>(std::count_if(
      reports.begin(), reports.end(), [](const RestartReport& report) { return !report.blank; }));
  const auto current = static_cast<std::size_t>(
      std::count_if(reports.begin(), reports.end(),
                    [this](const RestartReport& report) { return is_current(report); }));
  const Roster& known = log.rosters().after(log.head_seq());
  if (known.size() > 0 && reports.size() < known.quorum()) return false;  // could decide nothing
  const std::size_t needed = disks_needed();
  return (reports.size() >= counted && intact >= needed) ||
         (current >= needed && consented(reports));
}

// By the chain, or, where it counts none, by the log.
std::size_t Replica::State::counted_seats() const {
  const std::size_t counted = counted_on_chain().size();
  if (counted > 0) return counted;
  return std::max<std::size_t>(view->founding_seats, log.rosters().after(log.head_seq()).size());
}

// So many disks hold whatever was committed. The log may count more seats than the chain, which
// hears of changes later, or loses seats sooner: the disks must meet every quorum of either.
std::size_t Replica::State::disks_needed() const {
  const Roster& known = log.rosters().after(log.head_seq());
  const std::size_t meets_log = known.size() == 0 ? 0 : known.size() - known.quorum() + 1;
  return std::max(quorum_of(counted_seats()), meets_log);
}

// The boot that may report so, as far as the chain shows; its signature is another matter.
std::optional<Identity> Replica::State::reporter(const RestartReport& report) const {
  const ChainSeat* seat = view ? view->find(report.seat) : nullptr;
  if (!seat || !seat->active || seat->revoked || seat->identity.epoch != report.epoch) return {};
  const Generation recorded = view->generation.start.generation;
  if (report.scope.generation < recorded || (recorded.value > 0 && !seat->counted)) return {};
  return seat->identity;
}

// A report is repeated until a generation begins: its signature is checked once.
bool Replica::State::report_valid(const RestartReport& report) const {
  const auto signer = reporter(report);
  if (!signer) return false;
  const auto heard = restart_reports.find(report.seat);
  if (heard != restart_reports.end() && heard->second.report == report &&
      heard->second.signer == signer->boot_key) {
    return true;
  }
  return verified(signing.restart_report(report), report.signature, *signer);
}

// The valid reports of seats that are heard of now, mine included.
std::vector<RestartReport> Replica::State::live_reports() const {
  std::vector<RestartReport> live;
  for (const auto& [seat, known] : restart_reports) {
    const auto peer = peers.find(seat);
    const bool heard = seat == self.seat ||
                       (peer != peers.end() && peer->second.identity.epoch == known.report.epoch &&
                        heard_lately(peer->second));
    if (heard && report_valid(known.report)) live.push_back(known.report);
  }
  return live;
}

void Replica::State::on(const Identity& from, const RestartReportMessage& message) {
  for (const auto& consent : message.consents)
    take_recovery_consent(consent);
  if (message.report.seat != from.seat || !report_valid(message.report)) return;
  restart_reports.insert_or_assign(from.seat,
                                   HeardReport{message.report, reporter(message.report)->boot_key});
}

// Silence alone never makes a survivor report: it takes the reports of rebooted seats that suffice
// with its own and those of the survivors it hears. A rebooted node reports when it finds fewer
// than q members.
void Replica::State::watch_cold_start() {
  if (!view || !joined_at) return;
  const auto counted = counted_on_chain();
  const bool counts = std::any_of(counted.begin(), counted.end(),
                                  [this](const Identity& seat) { return seat.seat == self.seat; });
  const bool company = hears_cluster();
  if (company) lonely_since = now;
  if (known_leader()) led_at = now;
  if (my_report) {
    reason = "cold start: waiting for the other seats";
    if (!company) company_since = kNever;
    if (company && company_since == kNever) company_since = now;
    if (company && now - company_since >= config.timing.consent_after) {
      return reboot("the cluster lives, and this key has left it");
    }
    return coordinate();
  }
  if (standing == Standing::kRecovering) {
    // Members that are q by the chain may be too few by their log, which I need not have: then
    // nobody leads them, nobody can admit me, and they wait for reports.
    const bool lonely = now - std::max(lonely_since, *joined_at) >= config.timing.cold_start_after;
    const bool leaderless = now - std::max(led_at, *joined_at) >= kLeaderlessMax;
    const bool lost = (counts || counted.empty()) && (lonely || leaderless);
    if (ending().value == 0 || lost) report_restart();
  } else if (standing == Standing::kMember && !company && generation == ending()) {
    std::vector<RestartReport> reports = live_reports();
    if (reports.empty()) return;
    // Other survivors wait as I do: each counts those it hears, or nobody would go first.
    for (const auto& member : roster().seats()) {
      if (member != self && !hears_member(member)) continue;
      RestartReport survivor;
      survivor.seat = member.seat;
      survivor.scope = scope();
      survivor.last = log.head();
      survivor.last.term = term;
      reports.push_back(survivor);
    }
    if (reports_suffice(reports)) report_restart();
  }
}

void Replica::State::report_restart() {
  if (!token || token->head() != log.head()) {
    sync_wanted = true;
    return;
  }
  const auto report =
      notary.restart_report({ending(), config_nonce}, promised, log.head(), !is_evidence());
  if (!report) {
    event("notary_refused", {{"what", "restart report"}, {"why", report.error().message}});
    return;
  }
  my_report = *report;
  my_report_at = now;
  restart_reports.insert_or_assign(self.seat, HeardReport{*report, self.boot_key});
  standing = Standing::kRecovering;
  entered = leading = announced = false;
  staging.reset();
  event("restart_reported", {{"seq", std::to_string(report->last.seq.value)},
                             {"blank", report->blank ? "true" : "false"}});
  for (const Seat seat : known_seats())
    send(seat, RestartReportMessage{*report, known_consents()});
}

// From now on this disk holds the log of that generation, or has consented to it: it is evidence.
void Replica::State::save_generation(Generation saved) {
  disk_generation = saved;
  damaged = false;
  Writer value;
  value.id(saved);
  batch.meta.emplace_back(MetaKey::kGeneration, value.take());
  generation_batch = batches + 1;
}

// --- The coordinator -----------------------------------------------------------------------------

// The log to go on from, by R1 and R3: what disks without a log of that generation say is nothing.
LogHead Replica::State::best_of(const std::vector<RestartReport>& reports, LogHead least) {
  LogHead best = least;
  for (const auto& report : reports) {
    if (report.blank) continue;
    if (std::pair(report.last.term, report.last.seq) > std::pair(best.term, best.seq)) {
      best = report.last;
    }
  }
  return best;
}

// What follows from these reports. The lowest founder leads.
std::optional<StartGeneration> Replica::State::decide(
    const std::vector<RestartReport>& reports) const {
  if (!reports_suffice(reports)) return std::nullopt;
  const StartGeneration& recorded = view->generation.start;
  StartGeneration start;
  start.generation = ending(reports).next();
  start.config_nonce = std::max({ConfigNonce{1}, recorded.config_nonce, view->config_nonce});
  const LogHead best = best_of(reports, {{}, recorded.seq, recorded.head});
  Term highest = std::max(view->leader_term, recorded.term);
  for (const auto& report : reports) {
    highest = std::max({highest, report.promised_term, report.last.term});
    start.founders.push_back({report.seat, report.epoch});
  }
  std::sort(start.founders.begin(), start.founders.end());
  start.term = highest.next();
  start.seq = best.seq;
  start.head = best.hash;
  start.leader_seat = start.founders.front().seat;
  return start;
}

// The lowest seat that is heard reporting proposes. Two that do so are harmless: the chain picks.
void Replica::State::coordinate() {
  const auto reports = live_reports();
  if (reports.empty() || reports.front().seat != self.seat) {
    proposal.reset();
    return;
  }
  const auto start = decide(reports);
  if (!start) return fetch_best(reports);  // by a log that counts other seats they may suffice
  // A seat that booted anew may have made the same report with another key.
  if (proposal && proposal->start == *start && proposal->reports == reports) return;
  proposal = GenerationProposal{*start, reports};
  consents.clear();
  generation_posted = kNever;
  event("generation_proposed", {{"generation", std::to_string(start->generation.value)},
                                {"term", std::to_string(start->term.value)},
                                {"seq", std::to_string(start->seq.value)}});
  resend_cold_start();
}

void Replica::State::on(const Identity& from, const GenerationProposal& message) {
  if (my_report && view) consent_to(message, from.seat);
}

// Did those report so who may, each of them once, and I among them?
bool Replica::State::reports_sound(const GenerationProposal& message) const {
  std::vector<RestartReport> reports = message.reports;
  std::sort(reports.begin(), reports.end(),
            [](const RestartReport& a, const RestartReport& b) { return a.seat < b.seat; });
  const auto twice = std::adjacent_find(
      reports.begin(), reports.end(),
      [](const RestartReport& a, const RestartReport& b) { return a.seat == b.seat; });
  if (twice != reports.end()) return false;
  if (!std::all_of(reports.begin(), reports.end(),
                   [this](const RestartReport& report) { return report_valid(report); })) {
    return false;
  }
  return std::find(reports.begin(), reports.end(), *my_report) != reports.end();
}

// Does the proposal follow from the reports it shows, by my own judgement of them?
bool Replica::State::proposal_sound(const GenerationProposal& message) const {
  auto expected = decide(message.reports);
  if (!expected || message.start.term < expected->term ||
      message.start.config_nonce < expected->config_nonce) {
    return false;
  }
  // The coordinator may have seen more of the contract.
  expected->term = message.start.term;
  expected->config_nonce = message.start.config_nonce;
  return *expected == message.start;
}

// The log that goes furthest, from who reported it; my own report is among them.
void Replica::State::fetch_best(const std::vector<RestartReport>& reports) {
  const LogHead best = best_of(reports, {});
  if (log.contains(best.seq, best.hash)) return;
  const auto source = std::ranges::find(reports, best, &RestartReport::last);
  if (source != reports.end()) stage(source->seat, best);
}

// Signs as a founder, once the chosen chain and the consent itself are on disk.
void Replica::State::consent_to(const GenerationProposal& message, Seat coordinator) {
  if (!reports_sound(message)) return;
  const StartGeneration& start = message.start;
  // How many must report follows from who counts, and that from the log that is gone on from.
  if (!log.contains(start.seq, start.head)) {
    const LogHead best = best_of(message.reports, {});
    if (best.seq == start.seq && best.hash == start.head) fetch_best(message.reports);
    return;
  }
  if (!proposal_sound(message)) return;
  if (disk_generation < start.generation) save_generation(start.generation);
  if (synced_batch < generation_batch || !token || token->head() != log.head()) {
    sync_wanted = token && synced_batch >= generation_batch;
    return;
  }
  std::vector<BlockHeader> beyond;  // another proposal may have brought more; it may yet win
  for (SeqNo seq = start.seq.next(); seq <= log.head_seq(); seq = seq.next()) {
    beyond.push_back(log.header_at(seq));
  }
  const auto signature = notary.start_generation(start, message.reports, beyond, *token);
  if (!signature) {
    event("notary_refused", {{"what", "generation"}, {"why", signature.error().message}});
    return;
  }
  if (coordinator == self.seat) {
    take_consent(self.seat, start, *signature);
  } else {
    send(coordinator, GenerationConsent{start, *signature});
  }
}

void Replica::State::on(const Identity& from, const GenerationConsent& message) {
  take_consent(from.seat, message.start, message.signature);
}

void Replica::State::take_consent(Seat seat, const StartGeneration& start,
                                  const Signature& signature) {
  if (!proposal || !(proposal->start == start) || !view) return;
  const ChainSeat* founder = view->find(seat);
  const bool named =
      founder && std::find(start.founders.begin(), start.founders.end(),
                           Founder{seat, founder->identity.epoch}) != start.founders.end();
  if (!named || !verified(signing.start_generation(start), signature, founder->identity)) return;
  consents.insert_or_assign(seat, signature);
  post_generation();
}

void Replica::State::post_generation() {
  if (!proposal || consents.size() < proposal->start.founders.size()) return;
  if (now - generation_posted < config.timing.chain_retry) return;
  generation_posted = now;
  effects.calls.emplace_back(generation_post());
}

PostGeneration Replica::State::generation_post() const {
  PostGeneration post;
  post.start = proposal->start;
  for (const auto& founder : post.start.founders) {
    post.signatures.push_back(consents.at(founder.seat));
  }
  return post;
}

void Replica::State::resend_cold_start() {
  if (!my_report) return;
  for (const Seat seat : known_seats())
    send(seat, RestartReportMessage{*my_report, known_consents()});
  if (!proposal) return;
  for (const auto& founder : proposal->start.founders)
    send(founder.seat, *proposal);
  const GenerationProposal mine = *proposal;
  consent_to(mine, self.seat);
  post_generation();
}

// --- Entering ------------------------------------------------------------------------------------

std::vector<Identity> Replica::State::expected_founders(const ChainGeneration& record) const {
  Roster before = log.rosters().after(record.start.seq);
  if (before.size() == 0) before = Roster(counted_on_chain());
  std::vector<Identity> expected;
  for (const auto& seat : before.seats())
    expected.push_back({seat.seat, {}, {}});
  for (std::size_t i = 0; i < record.start.founders.size(); ++i) {
    const Founder& founder = record.start.founders[i];
    const Identity identity{founder.seat, founder.epoch, record.founder_keys[i]};
    const auto place = std::find_if(expected.begin(), expected.end(), [&](const Identity& seat) {
      return seat.seat == founder.seat;
    });
    if (place != expected.end()) *place = identity;
    if (place == expected.end()) expected.push_back(identity);
  }
  return expected;
}

// The record stands at policy depth: founders live on, every other key of before is silent for
// good.
void Replica::State::enter_generation() {
  if (!view || !view->generation_final || standing == Standing::kHalted) return;
  const ChainGeneration& record = view->generation;
  Generation current = standing == Standing::kMember ? generation : Generation{0};
  if (my_report) current = my_report->scope.generation;
  if (record.start.generation <= current ||
      record.founder_keys.size() != record.start.founders.size()) {
    return;
  }
  for (std::size_t i = 0; i < record.start.founders.size(); ++i) {
    if (record.start.founders[i] == Founder{self.seat, self.epoch} &&
        record.founder_keys[i] == self.boot_key) {
      return found(record);
    }
  }
  const bool spoke = standing == Standing::kMember || my_report;
  if (spoke) reboot("a new generation was founded without this boot");
}

void Replica::State::found(const ChainGeneration& record) {
  const StartGeneration& start = record.start;
  if (commit_seq > start.seq) return;
  if (!log.contains(start.seq, start.head)) {
    // It was on this disk when I signed; a later proposal, which lost, has replaced it.
    for (const auto& founder : start.founders) {
      if (founder.seat != self.seat && hears(founder.seat)) {
        return stage(founder.seat, LogHead{{}, start.seq, start.head});
      }
    }
    return;
  }
  const LogHead head = log.head_at(start.seq);
  const Roster founders(expected_founders(record),
                        std::max(start.config_nonce, log.rosters().after(start.seq).nonce()));
  const auto term_leader = founders.identity(start.leader_seat);
  if (!term_leader) return;
  const auto allowed = notary.enter_generation(start, head, founders);
  if (!allowed) {
    event("notary_refused", {{"what", "generation"}, {"why", allowed.error().message}});
    return;
  }
  generation = start.generation;
  config_nonce = founders.nonce();
  founded = founders;
  founded_after = start.seq;
  standing = Standing::kMember;
  reason.clear();
  my_report.reset();
  restart_reports.clear();
  recovery_consents.clear();
  founding.reset();
  if (proposal && proposal->start == start && consents.size() == start.founders.size()) {
    founding = generation_post();
  }
  proposal.reset();
  consents.clear();
  votes.clear();
  truncate_after(start.seq);
  enter(start.term, *term_leader, head);
  certificate.reset();
  save_generation(generation);
  event("generation_entered",
        {{"generation", std::to_string(generation.value)}, {"term", std::to_string(term.value)}});
  if (leader != self) return;
  leading = true;
  propose(BlockKind::kRestart, {});
}

}  // namespace dnc
