// What the HTTP API needs of a node, and no more. Implemented by node, and by a double in tests.
// Everything on the loop thread.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/base/bytes.hpp"
#include "core/base/ids.hpp"
#include "core/base/result.hpp"
#include "core/consensus/backup.hpp"
#include "core/consensus/effects.hpp"
#include "core/consensus/messages.hpp"
#include "core/consensus/receipt.hpp"
#include "core/consensus/replica.hpp"

namespace dnc {

struct SeatView {
  Seat seat;
  Address operator_;
  std::string endpoint;
  std::string state;  // leader, follower, recovering, observer, halted, unreachable, vacant
};

struct ChainStatus {
  std::uint64_t id = 0;
  Address contract;
  BlockNumber head;
  bool reachable = false;
  std::string error;  // why it is not
  std::string gas;    // who pays for this node's transactions: own, relayed
  Term leader_term;   // what the contract says
  Seat leader_seat;
};

// What became of a relayed call so far.
struct RelayReply {
  int status = 202;  // 200 done, 202 ask again, else `error`
  Hash id;           // of the request
  Hash tx;           // zero: nothing had to be sent
  BlockNumber block;
  Error error;
  std::uint64_t retry_after = 1;  // seconds
};

struct NodeStatus {
  Seat seat;
  Address operator_;
  Epoch epoch;
  std::string role;    // leader, follower, recovering, observer, halted
  std::string reason;  // why it does not serve; empty when it does
  Error silenced;      // halted: code, cause and next step; else the code is empty
  Error refuses;       // writes are refused: code, cause and next step; else the code is empty
  std::optional<SeatView> leader;
  Generation generation;
  Term term;
  SeqNo commit_seq;
  std::size_t quorum = 0;
  ConfigNonce config_nonce;
  std::vector<Seat> counted;  // as this node's log has them
  std::vector<SeatView> members;
  std::optional<ColdStartStatus> cold_start;  // while it waits for one
  ChainStatus chain;
  SeqNo head_seq;                                // where its log ends, committed or not
  std::vector<std::pair<Seat, SeqNo>> progress;  // what it and the peers it hears have committed
  std::vector<VoteStatus> votes;                 // of no confidence, for a later term
};

class NodeView {
 public:
  virtual ~NodeView() = default;

  virtual NodeStatus status() const = 0;
  // Each callback is called exactly once, possibly before the call returns. The ticket in the reply
  // means nothing to the caller.
  virtual void write(Operation operation, std::function<void(const WriteReply&)> done) = 0;
  virtual void read(Bytes query, bool linearizable, std::function<void(const ReadReply&)> done) = 0;
  // A peer's call of the contract, to be paid for by this node. Answers at once.
  virtual RelayReply relay(const Bytes& calldata) = 0;
  // An operator's consent to a cold start. Errors: those of Replica::judge().
  virtual Status recover(const RecoveryConsent& consent) = 0;
  // An operator's order to hand over the lead. Errors: those of Replica::judge().
  virtual Status switchover(const SwitchoverOrder& order) = 0;
  // The committed block at `seq`, or null; valid until control returns to the loop.
  virtual const Block* block(SeqNo seq) const = 0;
  // What an operation of a committed block led to, for third parties. Errors: Replica::receipt().
  virtual Result<Receipt> receipt(SeqNo seq, std::size_t operation) const = 0;
  // What a backup that is taken now is of, and a snapshot that it may name. Error: no_proof.
  virtual Result<BackupHead> backup() const = 0;
  virtual SnapshotPtr snapshot(SeqNo seq) const = 0;
  // What this node can prove against boots that bypassed their notary.
  virtual std::vector<Accusation> accusations() const = 0;
  // What shows which machine this is, for whoever chose the nonce: an attestation, JSON as text.
  // Errors: overloaded, not_serving, those of the guest agent.
  virtual void attest(const Hash& nonce, std::function<void(const Result<std::string>&)> done) = 0;
  // Blocks up to here are pruned; 0: none is.
  virtual SeqNo pruned_upto() const = 0;
};

}  // namespace dnc
