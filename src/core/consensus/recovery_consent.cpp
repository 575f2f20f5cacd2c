// Operators' consent to a cold start with fewer than all seats (docs/protocol.md section 11): what
// only the missing disks may hold is given up, and so q operators say so by signature.
#include <algorithm>

#include "core/consensus/replica_state.hpp"

namespace dnc {

Status Replica::judge(const RecoveryConsent& consent) const {
  return state_->judge(consent);
}

Status Replica::State::judge(const RecoveryConsent& consent) const {
  if (!my_report || !view) {
    return Error{"no_cold_start", "this node waits for no cold start",
                 "GET /status says what it waits for"};
  }
  if (consent.generation != ending()) {
    return Error{"stale_consent",
                 "the consent is for the end of generation " +
                     std::to_string(consent.generation.value) + ", this is generation " +
                     std::to_string(ending().value),
                 "sign a new one: clusterctl recover"};
  }
  const ChainSeat* seat = view->find(consent.seat);
  const bool speaks = seat && seat->counted && !seat->revoked && seat->operator_ != Address{};
  if (!speaks ||
      !verifier.verify(signing.recovery_consent(consent), consent.signature, seat->operator_)) {
    return Error{"bad_consent",
                 "it is not signed by the operator of seat " + std::to_string(consent.seat.value) +
                     ", or that seat does not count",
                 "sign with the key of the seat's operator, as the contract names it"};
  }
  return ok_status();
}

// Keeps the newest of each operator.
void Replica::State::take_recovery_consent(const RecoveryConsent& consent) {
  const auto known = recovery_consents.find(consent.seat);
  if (known != recovery_consents.end()) {
    if (known->second.consent.issued_ms >= consent.issued_ms) return;
  }
  if (!judge(consent)) return;
  recovery_consents.insert_or_assign(consent.seat,
                                     HeardConsent{consent, view->find(consent.seat)->operator_});
  event("recovery_consented", {{"seat", std::to_string(consent.seat.value)},
                               {"generation", std::to_string(consent.generation.value)},
                               {"seq", std::to_string(consent.last_seq.value)}});
}

// Do q operators consent to what these reports lead to?
bool Replica::State::operators_consent(const std::vector<RestartReport>& reports) const {
  const LogHead best = best_of(reports, {});
  std::set<Seat> intact;
  for (const auto& report : reports) {
    if (!report.blank) intact.insert(report.seat);
  }
  const auto counted = counted_on_chain();
  const auto agree =
      std::count_if(recovery_consents.begin(), recovery_consents.end(), [&](const auto& entry) {
        const auto& [consent, signer] = entry.second;
        const ChainSeat* seat = view->find(consent.seat);
        return seat && seat->counted && !seat->revoked && seat->operator_ == signer &&
               consent.generation == ending(reports) &&
               std::includes(intact.begin(), intact.end(), consent.seats.begin(),
                             consent.seats.end()) &&
               std::pair(consent.last_term, consent.last_seq) <= std::pair(best.term, best.seq);
      });
  return !counted.empty() && static_cast<std::size_t>(agree) >= quorum_of(counted.size());
}

std::vector<RecoveryConsent> Replica::State::known_consents() const {
  std::vector<RecoveryConsent> known;
  for (const auto& [seat, heard] : recovery_consents)
    known.push_back(heard.consent);
  return known;
}

std::optional<ColdStartStatus> Replica::State::cold_start_status() const {
  if (!my_report || !view) return std::nullopt;
  ColdStartStatus status;
  status.generation = ending();
  status.reports = live_reports();
  for (const auto& report : status.reports) {
    if (is_current(report)) status.current.push_back(report.seat);
  }
  status.needed = disks_needed();
  for (const auto& [seat, heard] : recovery_consents)
    status.consents.push_back(seat);
  return status;
}

}  // namespace dnc
