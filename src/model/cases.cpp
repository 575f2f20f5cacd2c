#include "model/cases.hpp"

namespace dnc::model {
namespace {

constexpr std::uint64_t kWalkLength = 60;
constexpr std::uint64_t kWalkSeed = 1;

// Bounds by what they are about.
constexpr Bounds kTerms2{.terms = 2, .depth = 3};
constexpr Bounds kTerms3{.terms = 3, .depth = 2};
constexpr Bounds kDeep{.terms = 4, .depth = 4};
constexpr Bounds kTwoLeaders{.terms = 1, .depth = 2, .slots = 2};
constexpr Bounds kClones{.boots = 2, .terms = 2, .depth = 3, .clones = kMaxSeats};
constexpr Bounds kClonesDeep{.boots = 2, .terms = 3, .depth = 4, .clones = kMaxSeats};
constexpr Bounds kForged{.boots = 2, .terms = 1, .depth = 2, .forged = true};
constexpr Bounds kVotes{.terms = 2, .depth = 2, .votes = true};
constexpr Bounds kVotesOfClones{
    .boots = 2, .terms = 2, .depth = 3, .clones = kMaxSeats, .votes = true};
constexpr Bounds kCold{.boots = 2, .terms = 3, .depth = 3, .generations = 2};
constexpr Bounds kColdClone{.boots = 2, .terms = 3, .depth = 3, .generations = 2, .clones = 1};
constexpr Bounds kColdLoss{.boots = 2, .terms = 3, .depth = 3, .generations = 2, .lost_disks = 1};
constexpr Bounds kColdTwoLost{
    .boots = 2, .terms = 3, .depth = 3, .generations = 2, .lost_disks = 2};
constexpr Bounds kColdConsent{
    .boots = 2, .terms = 3, .depth = 3, .generations = 2, .consent = true};
constexpr Bounds kJoint{.seats = 5, .terms = 2, .depth = 3, .configs = 1};
constexpr Bounds kJointTwice{.seats = 4, .terms = 3, .depth = 5, .configs = 2};
constexpr Bounds kOneSeat{
    .seats = 4, .counted = 4, .terms = 3, .depth = 3, .configs = 1, .one_seat_configs = true};
constexpr Bounds kOneSeatTwice{
    .seats = 5, .terms = 2, .depth = 4, .configs = 2, .one_seat_configs = true};

Bounds with_seats(Bounds bounds, int seats) {
  bounds.seats = seats;
  bounds.counted = seats;
  return bounds;
}

Case search(std::string name, const Bounds& bounds, std::uint64_t states, bool all = false) {
  return {std::move(name), {bounds}, states, 0, all};
}

Case walks(std::string name, const Bounds& bounds, std::uint64_t count) {
  return {std::move(name), {bounds}, 0, count, false};
}

Case mutant(std::string name, Mutant rule, const Bounds& bounds) {
  return {std::move(name), {bounds, rule}, 2'000'000, 0, false};
}

// Found far from the start: walks get there sooner than a search by distance.
Case far_mutant(std::string name, Mutant rule, const Bounds& bounds) {
  return {std::move(name), {bounds, rule}, 0, 500'000, false};
}

}  // namespace

std::vector<Case> healthy_cases(std::uint64_t scale) {
  const std::uint64_t some = 200'000 * scale;
  const std::uint64_t many = 8'000 * scale;
  return {
      search("terms-2-blocks-3", kTerms2, 10'000'000, true),
      search("terms-3-blocks-2", kTerms3, 10'000'000, true),
      search("two-leaders-named", kTwoLeaders, 10'000'000, true),
      search("forged-rejoins", kForged, 10'000'000, true),
      search("votes", kVotes, some),
      search("clones", kClones, some),
      search("cold-start", kCold, some),
      search("cold-start-clone", kColdClone, some),
      search("cold-start-lost-disk", kColdLoss, some),
      search("cold-start-consent", kColdConsent, some),
      search("joint-config", kJoint, some),
      walks("walk-terms-4-blocks-4", kDeep, many),
      walks("walk-clones", kClonesDeep, many),
      walks("walk-votes-of-clones", kVotesOfClones, many),
      walks("walk-cold-start", kCold, many),
      walks("walk-cold-start-clone", kColdClone, many),
      walks("walk-cold-start-lost-disk", kColdLoss, many),
      walks("walk-cold-start-two-lost-disks", kColdTwoLost, many),
      walks("walk-cold-start-consent", kColdConsent, many),
      walks("walk-joint-config", kJoint, many),
      walks("walk-joint-config-twice", kJointTwice, many),
      walks("walk-one-seat-config", kOneSeat, many),
      walks("walk-one-seat-config-twice", kOneSeatTwice, many),
      walks("walk-4-seats", with_seats(kClonesDeep, 4), many),
      walks("walk-5-seats", with_seats(kClonesDeep, 5), many),
      walks("walk-4-seats-cold-start", with_seats(kColdClone, 4), many),
      walks("walk-5-seats-cold-start", with_seats(kColdLoss, 5), many),
  };
}

std::vector<Case> mutant_cases() {
  return {
      mutant("rollback-same-identity", Mutant::kRollbackSameIdentity, kTerms2),
      far_mutant("fenced-grants-count", Mutant::kFencedGrantsCount, kClonesDeep),
      far_mutant("longest-log-first", Mutant::kLongestLogFirst, kDeep),
      mutant("shortest-log", Mutant::kShortestLog, kTerms2),
      mutant("half-is-quorum", Mutant::kHalfIsQuorum, kTerms2),
      mutant("half-is-quorum-4-seats", Mutant::kHalfIsQuorum, with_seats(kTerms2, 4)),
      mutant("accept-after-grant", Mutant::kAcceptAfterGrant, kTerms2),
      mutant("enter-below-promise", Mutant::kEnterBelowPromise, kTerms2),
      far_mutant("commit-older-term-by-count", Mutant::kCommitOlderTermByCount, kDeep),
      mutant("two-blocks-for-one-place", Mutant::kTwoBlocksOnePlace, kTerms2),
      mutant("grant-twice", Mutant::kGrantTwice, kTwoLeaders),
      mutant("term-without-quorum-of-grants", Mutant::kTermWithoutQuorumOfGrants, kTerms2),
      far_mutant("rejoin-counts-itself", Mutant::kRejoinCountsItself, kClones),
      far_mutant("speak-before-rejoin-commits", Mutant::kSpeakBeforeRejoinCommits, kClones),
      far_mutant("old-boot-readmitted", Mutant::kOldBootReadmitted, kClones),
      mutant("unregistered-rejoin", Mutant::kUnregisteredRejoin, kForged),
      mutant("cold-start-with-too-few", Mutant::kColdStartWithTooFew, kCold),
      far_mutant("blank-is-evidence", Mutant::kBlankIsEvidence, kColdTwoLost),
      far_mutant("speak-after-report", Mutant::kSpeakAfterReport, kColdLoss),
      far_mutant("cold-start-any-log", Mutant::kColdStartAnyLog, kColdLoss),
      mutant("two-records", Mutant::kTwoRecords, kCold),
      mutant("record-term-too-low", Mutant::kRecordTermTooLow, kCold),
      far_mutant("new-config-alone", Mutant::kNewConfigAlone, kJoint),
      far_mutant("grants-by-old-config", Mutant::kGrantsByOldConfig, kJoint),
      far_mutant("two-configs-in-flight", Mutant::kTwoConfigsInFlight, kOneSeatTwice),
      mutant("too-few-votes", Mutant::kTooFewVotes, kVotes),
      far_mutant("fenced-votes-count", Mutant::kFencedVotesCount, kVotesOfClones),
  };
}

Outcome run(const Case& test) {
  if (test.walks > 0) return walk(test.rules, test.walks, kWalkLength, kWalkSeed);
  return explore(test.rules, test.states);
}

bool as_it_must(const Case& test, const Outcome& outcome) {
  if (test.rules.mutant != Mutant::kNone) return !outcome.violation.empty();
  return outcome.violation.empty() && (!test.all || outcome.exhausted);
}

}  // namespace dnc::model
