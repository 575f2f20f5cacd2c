// Everything a replica may ask for. The pump does it in this order: persist, send, reply, call.
// What must wait for the disk is not here yet: it is asked for when DiskDone comes back.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/consensus/durability.hpp"
#include "core/consensus/messages.hpp"
#include "core/consensus/snapshot.hpp"

namespace dnc {

// What is on disk beside blocks. Values are opaque to the disk.
enum class MetaKey : std::uint8_t {
  kPromisedTerm = 1,     // u64
  kTermCertificate = 2,  // NewTerm; absent when a generation record is the certificate
  kCommit = 3,           // u64 seq, then the ACCEPTs that show it
  kGeneration = 4,       // u64: the generation that this log belongs to
  kContradictions = 5,   // list of Contradiction
};

// One write batch and one sync: truncate, then blocks, then meta, all at once. Snapshots become
// durable beside it, or before it where they take the place of what is truncated; each then
// replaces the oldest of limits::kSnapshotsKept, and a later batch prunes.
struct DiskBatch {
  std::uint64_t id = 0;  // 1, 2, 3, ...
  std::vector<SnapshotPtr> snapshots;
  std::optional<SeqNo> prune_upto;  // the blocks up to here go once the snapshots are durable
  std::optional<SeqNo> truncate_after;
  std::vector<std::pair<SeqNo, Bytes>> blocks;  // encoded
  std::vector<std::pair<MetaKey, Bytes>> meta;
  DurabilityClaim claim;
};

struct Outgoing {
  Seat to;
  Envelope envelope;
};

// What became of a client's operation. `error` is empty on success; then the rest is set.
struct WriteReply {
  std::uint64_t ticket = 0;
  std::string
      error;  // code: "no_leader", "timeout", "overloaded", "key_reused", "not_serving", ...
  Bytes result;
  SeqNo seq;
  Term term;
};

struct ReadReply {
  std::uint64_t ticket = 0;
  std::string error;
  Bytes result;
  SeqNo seq;  // committed position the answer reflects
};

// Transactions for the contract. Posting one that is already done is harmless.
struct PostGeneration {
  StartGeneration start;
  std::vector<Signature> signatures;  // by founder
};
struct PostReport {
  Report report;
  std::vector<Seat> signers;
  std::vector<Signature> signatures;
};
using ChainCall = std::variant<PostGeneration, PostReport>;

// Something worth a line in a log or a trace: a name from docs/operations.md and its facts.
struct Event {
  std::string name;
  std::vector<std::pair<std::string, std::string>> facts;
};

// The node must not go on as it is.
enum class Stop : std::uint8_t {
  kNone = 0,
  kReboot = 1,  // with a new boot key: this one has said its last word in this generation
  kHalt = 2,    // for good: another boot of this seat was admitted
};

struct Effects {
  std::optional<DiskBatch> persist;
  std::vector<Outgoing> send;
  std::vector<WriteReply> writes;
  std::vector<ReadReply> reads;
  std::vector<ChainCall> calls;
  std::vector<Event> events;
  Stop stop = Stop::kNone;
};

}  // namespace dnc
