// What the seats say to one another: plain structs, one per message of docs/protocol.md section 4.
// Signed structs are EIP-712 typed data (signing.hpp); how they look on the wire is codec.hpp.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/base/bytes.hpp"
#include "core/base/identity.hpp"
#include "core/base/ids.hpp"

namespace dnc {

// --- Blocks -------------------------------------------------------------------------------------

enum class BlockKind : std::uint8_t {
  kNormal = 1,      // operations of clients; none is an empty block
  kTermStart = 2,   // first block of a term that votes made
  kRejoin = 3,      // a rebooted seat speaks with a new key from here on
  kRestart = 4,     // first block of a generation
  kCheckpoint = 5,  // its state root says what the state is here; its commit certifies it
  kConfig = 6,      // one seat is to count, or to count no more
};

// An operation of a client. The log gives it a place, a service gives it meaning.
struct Operation {
  Bytes key;      // idempotency key: the same key executes at most once; never empty in a block
  Bytes command;  // opaque to the protocol

  bool operator==(const Operation&) const = default;
};

// A rebooted seat and where the chain shows its registration.
struct Rejoin {
  Identity identity;
  BlockNumber chain_height;
  Hash chain_hash;

  bool operator==(const Rejoin&) const = default;
};

// One seat that is to count, or to count no more, and where the chain shows why.
struct SeatChange {
  Identity identity;    // who is admitted, or whom the log counts so far
  bool admits = false;  // false: removes
  BlockNumber chain_height;
  Hash chain_hash;

  bool operator==(const SeatChange&) const = default;
};

struct BlockHeader {
  Generation generation;
  ConfigNonce config_nonce;  // of the configuration by which this very block is counted
  Term term;
  SeqNo seq;
  Seat leader;
  BlockKind kind = BlockKind::kNormal;
  std::uint64_t leader_time_ms = 0;  // UTC as the leader saw it; never falls along the log
  Hash prev_hash;
  Hash ops_root;
  Hash result_root;
  Hash state_root;  // of checkpoints (snapshot.hpp); zero otherwise

  bool operator==(const BlockHeader&) const = default;
};

// What a block carries beside its header; which part is filled depends on the kind.
struct BlockBody {
  std::vector<Operation> operations;  // kNormal
  std::optional<Rejoin> rejoin;       // kRejoin
  std::optional<SeatChange> change;   // kConfig
  std::vector<Identity> founders;  // kRestart: every counted seat; epoch 0 where it is no founder

  bool operator==(const BlockBody&) const = default;
};

struct Block {
  BlockHeader header;
  BlockBody body;
  Signature leader_signature;  // Propose struct, by the leader's boot key

  bool operator==(const Block&) const = default;
};

// The end of somebody's log.
struct LogHead {
  Term term;  // of the last block
  SeqNo seq;
  Hash hash;

  bool operator==(const LogHead&) const = default;
};

// --- Signed statements --------------------------------------------------------------------------
// `speaker` is the seat and boot that signs. Each names the generation and the config nonce with
// which that began; which configuration judges a statement follows from the log.

struct Scope {
  Generation generation;
  ConfigNonce config_nonce;  // of the generation's first block

  auto operator<=>(const Scope&) const = default;
};

// I hold the chain up to `seq` on disk, in this term.
struct Accept {
  Scope scope;
  Term term;
  SeqNo seq;
  Hash block_hash;
  Seat seat;
  Epoch epoch;
  Signature signature;

  bool operator==(const Accept&) const = default;
};

// I want a term of at least `to_term`.
struct NoConfidence {
  Scope scope;
  Term to_term;
  SeqNo seen_seq;  // the voter's commit when it voted
  Seat seat;
  Epoch epoch;
  Signature signature;

  bool operator==(const NoConfidence&) const = default;
};

// I accept nothing below `term` any more, and this is the last that I accepted.
struct Grant {
  Scope scope;
  Term term;
  Seat leader_seat;
  Address leader_key;
  LogHead last;
  Seat seat;
  Epoch epoch;
  Signature signature;

  bool operator==(const Grant&) const = default;
};

// The certificate of a term: why it exists, who leads it, which log it continues.
struct NewTerm {
  Term term;
  std::vector<NoConfidence> votes;  // q
  std::vector<Grant> grants;        // q, all naming the same leader seat and key

  bool operator==(const NewTerm&) const = default;
};

// What a seat brings to a cold start. After it the signer is silent in this generation for good.
struct RestartReport {
  Scope scope;  // the generation that ends
  Term promised_term;
  LogHead last;
  bool blank = false;  // the disk holds no log of that generation: no evidence
  Seat seat;
  Epoch epoch;
  Signature signature;

  bool operator==(const RestartReport&) const = default;
};

struct Founder {
  Seat seat;
  Epoch epoch;

  auto operator<=>(const Founder&) const = default;
};

// The record of a generation, as the contract takes it (EIP-712 StartGeneration).
struct StartGeneration {
  Generation generation;
  Term term;
  ConfigNonce config_nonce;
  Seat leader_seat;
  SeqNo seq;
  Hash head;
  std::vector<Founder> founders;

  bool operator==(const StartGeneration&) const = default;
};

// An operator agrees that a cold start ends `generation` though some seats do not report: once the
// disks of `seats` do, and from no log that ends before `last` (EIP-712 RecoveryConsent).
struct RecoveryConsent {
  Generation generation;
  Term last_term;
  SeqNo last_seq;
  std::vector<Seat> seats;      // ascending
  std::uint64_t issued_ms = 0;  // UTC; a later consent of an operator replaces an earlier one
  Seat seat;                    // whose operator signs, with the operator's key
  Signature signature;

  bool operator==(const RecoveryConsent&) const = default;
};

// The operator of `seat`, which leads `term`, wants `to` to lead instead (EIP-712
// SwitchoverOrder). Good for this term alone, so it cannot be used twice.
struct SwitchoverOrder {
  Generation generation;
  Term term;
  Seat to;
  std::uint64_t deadline = 0;  // UTC seconds, held against the time of the newest known block
  Seat seat;
  Signature signature;

  bool operator==(const SwitchoverOrder&) const = default;
};

// Who leads, as the contract takes it (EIP-712 Report).
struct Report {
  Generation generation;
  Term term;
  ConfigNonce config_nonce;
  Seat leader_seat;
  std::vector<Seat> counted_seats;

  bool operator==(const Report&) const = default;
};

// --- Contradictions -----------------------------------------------------------------------------

// The leader's word on a block, without the block's body.
struct Proposal {
  BlockHeader header;
  Signature signature;  // Propose struct, by the leader's boot key

  bool operator==(const Proposal&) const = default;
};

// What a boot may contradict itself with.
using Statement = std::variant<Proposal, Accept, Grant>;

// Two statements of one boot that no notary signs both (contradiction.hpp): proof, for anybody who
// knows whose key it is, that the boot's notary was bypassed.
struct Contradiction {
  Identity signer;
  Statement first;
  Statement second;

  bool operator==(const Contradiction&) const = default;
};

// --- Messages -----------------------------------------------------------------------------------

// Where a node stands in the life of docs/protocol.md section 3.
enum class Standing : std::uint8_t {
  kRecovering = 1,  // rebooted, not admitted yet
  kObserver = 2,    // joined on the chain, not counted: follows without a vote
  kMember = 3,      // counted: leads or follows
  kHalted = 4,      // its key is fenced, or it must not go on
};

struct Heartbeat {
  Term term;
  Standing standing = Standing::kRecovering;
  bool leading = false;
  std::uint64_t nonce = 0;  // to be echoed
  std::uint64_t echo = 0;   // the last nonce heard from the receiver
  SeqNo commit_seq;
  SeqNo head_seq;
  BlockNumber chain_height;  // of the sender's chain view
};

struct Request {  // a follower passes on a client's operation
  Operation operation;
};
struct Refusal {  // the leader's explicit no
  Bytes key;
  std::string code;
};
struct Propose {
  Block block;
  std::vector<Accept> accepts;  // what is known of commits, piggybacked
};
struct Committed {  // the newest ACCEPT of each seat: q of them commit
  std::vector<Accept> accepts;
};
struct Votes {  // standing NOCONF votes, gossiped
  std::vector<NoConfidence> votes;
};
struct Probe {
  std::uint64_t nonce = 0;
  Term term;
};
struct Healthy {
  std::uint64_t nonce = 0;
  Term term;
  SeqNo commit_seq;
};
struct GrantMessage {  // to the successor, with the votes that made the term
  Grant grant;
  std::vector<NoConfidence> votes;
};
struct NewTermMessage {
  NewTerm certificate;
  Block first_block;
};
struct ReadIndex {  // the leader asks: am I still your leader?
  std::uint64_t nonce = 0;
  Term term;
};
struct ReadAck {
  std::uint64_t nonce = 0;
  Term term;
};
struct ReadRequest {  // a follower asks the leader for a read index
  std::uint64_t nonce = 0;
};
struct ReadGrant {
  std::uint64_t nonce = 0;
  SeqNo index;
};
struct Fetch {
  SeqNo from;  // first block wanted
};
struct Chunk {
  std::vector<Block> blocks;    // consecutive
  SeqNo head_seq;               // how far the sender's log goes
  std::vector<Accept> accepts;  // the sender's evidence of its commit
  // Where the blocks asked for are pruned: the newest checkpoint, which `blocks` follow instead.
  std::optional<BlockHeader> checkpoint;
};
struct RejoinRequest {  // also of a seat that never counted
  Rejoin rejoin;
};
struct RestartReportMessage {
  RestartReport report;
  std::vector<RecoveryConsent> consents;  // that the sender knows
};
struct GenerationProposal {  // the coordinator asks founders to sign
  StartGeneration start;
  std::vector<RestartReport> reports;
};
struct GenerationConsent {
  StartGeneration start;
  Signature signature;
};
struct ReportShare {
  Report report;
  Signature signature;
};

struct Witness {  // what I hold that would contradict a fork elsewhere, and what is proven already
  std::vector<Statement> statements;
  std::vector<Contradiction> contradictions;
};

struct SnapshotFetch {
  SeqNo seq;  // of the checkpoint
  std::uint32_t index = 0;
};
struct SnapshotPiece {
  SeqNo seq;
  std::uint32_t index = 0;
  std::uint32_t count = 0;  // of all pieces; 0: the sender has no such snapshot
  Bytes bytes;
  std::vector<Hash> path;  // to the checkpoint's state root
};

struct StepDown {  // the leader asks its followers to vote as it does: not for it
  NoConfidence vote;
};

using Message =
    std::variant<Heartbeat, Request, Refusal, Propose, Accept, Committed, Votes, Probe, Healthy,
                 GrantMessage, NewTermMessage, ReadIndex, ReadAck, ReadRequest, ReadGrant, Fetch,
                 Chunk, RejoinRequest, RestartReportMessage, GenerationProposal, GenerationConsent,
                 ReportShare, Witness, SnapshotFetch, SnapshotPiece, StepDown>;

// What travels: every message says in which generation and configuration, and by whom, it is
// spoken.
struct Envelope {
  Scope scope;
  Seat seat;
  Epoch epoch;
  Message message;
};

}  // namespace dnc
