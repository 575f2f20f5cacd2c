// The rules of docs/protocol.md as a model: what may happen next, and what must never be true.
// Shares no code with core/consensus, on purpose.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "model/state.hpp"

namespace dnc::model {

// How far the search goes and which steps it may take.
struct Bounds {
  int seats = 3;
  int counted = 3;  // of the seats, at genesis
  int boots = 1;    // of a seat
  int terms = 2;
  int depth = 3;  // of the log
  int generations = 1;
  int slots = 1;         // boots that grants may name for one term
  int clones = 0;        // boots that leave their predecessor running; from `seats` on: all
  int lost_disks = 0;    // boots that find an empty or an older disk
  int configs = 0;       // CONFIG blocks on one chain
  bool votes = false;    // model votes; else every term has its q votes
  bool consent = false;  // operators let q disks start a generation
  bool forged = false;   // leaders propose boots that the chain does not show
  bool one_seat_configs = false;  // Raft's rule instead of the joint one: see docs/model.md
};

// One broken rule at a time.
enum class Mutant : std::uint8_t {
  kNone,
  kRollbackSameIdentity,
  kFencedGrantsCount,
  kLongestLogFirst,
  kShortestLog,
  kHalfIsQuorum,
  kAcceptAfterGrant,
  kEnterBelowPromise,
  kCommitOlderTermByCount,
  kTwoBlocksOnePlace,
  kGrantTwice,
  kTermWithoutQuorumOfGrants,
  kRejoinCountsItself,
  kSpeakBeforeRejoinCommits,
  kOldBootReadmitted,
  kUnregisteredRejoin,
  kColdStartWithTooFew,
  kBlankIsEvidence,
  kSpeakAfterReport,
  kColdStartAnyLog,
  kTwoRecords,
  kRecordTermTooLow,
  kNewConfigAlone,
  kGrantsByOldConfig,
  kTwoConfigsInFlight,
  kTooFewVotes,
  kFencedVotesCount,
};

struct Rules {
  Bounds bounds;
  Mutant mutant = Mutant::kNone;

  bool broken(Mutant rule) const { return mutant == rule; }
};

enum class Act : std::uint8_t {
  kVote,
  kGrant,
  kNewTerm,
  kPropose,
  kProposeRejoin,
  kProposeConfig,
  kAccept,
  kBoot,
  kAdmit,
  kReport,
  kRecord,
  kRollback,
};

struct Step {
  Act act;
  int seat = 0;
  int boot = 0;
  int term = 0;
  int block = 0;  // as numbered before the step
  int other = 0;
};
std::string to_string(const Step& step);

State initial_state(const Rules& rules);

using Emit = std::function<void(const Step&, const State&)>;
void each_step(const Rules& rules, const State& state, const Emit& emit);

// What one state, and one step, breaks: the name of the invariant and how.
std::optional<std::string> violation(const Rules& rules, const State& state);
std::optional<std::string> violation(const Step& step, const State& before, const State& after);

}  // namespace dnc::model
