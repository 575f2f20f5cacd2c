// One seat's replica: the whole protocol as a pure state machine. Same configuration, recovered
// state and seed, same inputs: same bytes out. Runs on one strand; makes no system call.
#pragma once

#include <memory>
#include <span>

#include "core/base/prng.hpp"
#include "core/consensus/backup.hpp"
#include "core/consensus/effects.hpp"
#include "core/consensus/input.hpp"
#include "core/consensus/limits.hpp"
#include "core/consensus/obedience.hpp"
#include "core/consensus/ports.hpp"
#include "core/consensus/receipt.hpp"
#include "core/consensus/signing.hpp"

namespace dnc {

struct ReplicaConfig {
  Eip712Domain domain;
  Timing timing;
  CheckpointPolicy checkpoints;
  // Development only: consents to a cold start with q of n disks by itself, after `consent_after`.
  bool auto_consent = false;
};

// What was found on disk at boot.
struct Recovered {
  SnapshotPtr snapshot;       // the newest good one, or null
  std::vector<Block> blocks;  // after it, or from seq 1 on; consecutive, checksums good
  Term promised;
  std::optional<NewTerm> certificate;
  SeqNo commit_seq;
  Generation generation;
  std::vector<Contradiction> contradictions;
  bool damaged = false;  // something was lost: this disk is a cache, not evidence
};

// A boot that contradicted itself. As long as its seat counts without a break since, writes are
// refused.
struct Accusation {
  Contradiction proof;
  bool stands = false;
};

// The highest epoch of `seat` that the log on this disk shows.
Epoch newest_epoch(const Recovered& recovered, Seat seat);

// A peer as this node sees it, for /status.
struct SeatStatus {
  Seat seat;
  Standing standing = Standing::kRecovering;
  bool heard = false;  // within peer_silence_max
  SeqNo commit_seq;
};

// Where a cold start stands, for those who may consent to it.
struct ColdStartStatus {
  Generation generation;               // that it ends
  std::vector<RestartReport> reports;  // of seats that are heard of now
  std::vector<Seat> current;           // those whose disks hold the log of that generation
  std::size_t needed = 0;              // so many current disks, and as many consents
  std::vector<Seat> consents;          // whose operators consented
};

// The newest vote of no confidence of a seat that counts, as this node holds it.
struct VoteStatus {
  Seat seat;
  Term to_term;
};

// How far a replica is: cheap to ask for, after every step if need be.
struct ReplicaPosition {
  Standing standing = Standing::kRecovering;
  bool leading = false;
  Generation generation;
  Term term;
  SeqNo commit_seq;
  SeqNo head_seq;
};

struct ReplicaStatus : ReplicaPosition {
  std::string reason;             // why it does not serve, in words; empty when it does
  Ouster ouster = Ouster::kNone;  // why it halted; kNone when it did not
  ConfigNonce config_nonce;       // of the counted seats
  std::optional<Seat> leader;
  std::size_t quorum = 0;
  std::vector<Seat> counted;
  std::optional<Seat> changing;  // is to count, or to count no more, with the next configuration
  std::vector<SeatStatus> peers;
  std::optional<ColdStartStatus> cold_start;  // while this node reports to one
  std::vector<VoteStatus> votes;              // for terms later than this one
  Term last_vote;                             // highest term this node voted for
  std::optional<Identity> bypassed;           // whose notary is, as an accusation that stands shows
};

class Replica {
 public:
  // The references must outlive the replica.
  Replica(const ReplicaConfig& config, Recovered recovered, Notary& notary,
          const Verifier& verifier, StateMachine& service, Prng prng);
  ~Replica();
  Replica(const Replica&) = delete;
  Replica& operator=(const Replica&) = delete;

  // Takes the inputs in their order, as one step: what they ask for together is proposed, written
  // and told together. A stop ends the step; what is behind it is not taken.
  Effects step(std::span<const Input> inputs);
  Effects step(const Input& input) { return step({&input, 1}); }

  ReplicaPosition position() const;
  ReplicaStatus status() const;
  // May a link with this identity stay open? Members of the log, founders, and boots that the chain
  // shows may; anything else is closed.
  bool admits(const Identity& identity) const;
  // The committed block at `seq`, or null. Valid until the next step.
  const Block* committed_block(SeqNo seq) const;
  // Would this consent count here? Errors: no_cold_start, stale_consent, bad_consent.
  Status judge(const RecoveryConsent& consent) const;
  // Would this order be carried out? Errors: not_leader, stale_order, bad_order, bad_target.
  Status judge(const SwitchoverOrder& order) const;
  // What became of one operation of a committed block, with the ACCEPTs that show it. Errors:
  // not_committed, no_operation, receipt_gone.
  Result<Receipt> receipt(SeqNo seq, std::size_t operation) const;
  // What a backup that is taken now is of: its snapshot() and committed_block()s are here. Error:
  // no_proof.
  Result<BackupHead> backup() const;
  // The snapshot at `seq`, if it is one of those that are kept, or null.
  SnapshotPtr snapshot(SeqNo seq) const;
  // What this node can prove against boots, standing or not.
  std::vector<Accusation> accusations() const;
  // The newest block of which no more than this is left; seq 0: nothing is pruned.
  LogHead pruned_upto() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace dnc
