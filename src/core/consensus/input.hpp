// Everything that can happen to a replica. There is no other way in.
#pragma once

#include <map>
#include <string>
#include <variant>
#include <vector>

#include "core/base/bytes.hpp"
#include "core/base/time.hpp"
#include "core/consensus/durability.hpp"
#include "core/consensus/messages.hpp"

namespace dnc {

// Time passes. Worlds send one at least every 10 ms.
struct Tick {
  Time now;
  std::uint64_t utc_ms = 0;  // for humans and block times; never for decisions
};

// A message from a peer whose identity the link has proven.
struct PeerMessage {
  Identity from;
  Envelope envelope;
};

// A client wants an operation executed. Answered by exactly one WriteReply with this ticket.
struct ClientWrite {
  std::uint64_t ticket = 0;
  Operation operation;  // an empty key: the node makes one, so that passing it on stays safe
};

// A client wants to read. Answered by exactly one ReadReply with this ticket.
struct ClientRead {
  std::uint64_t ticket = 0;
  Bytes query;
  bool linearizable = true;  // false: whatever this node has committed
};

// A disk batch, and all before it, is synced.
struct DiskDone {
  std::uint64_t batch = 0;
  DurabilityToken token;
};

// A seat as the contract shows it.
struct ChainSeat {
  Identity identity;  // epoch and boot key of its last join; epoch 0: never joined
  Address owner;
  Address operator_;                   // trailing underscore: `operator` is a keyword
  std::uint64_t operator_expires = 0;  // UTC seconds; 0: the owner runs it
  Address instance;
  std::string endpoint;
  bool active = false;   // holds an instance
  bool counted = false;  // as far as the contract knows
  bool revoked = false;

  bool operator==(const ChainSeat&) const = default;
};

// The last generation record on the contract; generation 0 is none.
struct ChainGeneration {
  StartGeneration start;
  std::vector<Address> founder_keys;  // parallel to start.founders
  BlockNumber height;                 // of the block that holds it

  bool operator==(const ChainGeneration&) const = default;
};

// The contract at one block. The chain enters as an input, never as a call out of the core.
struct ChainView {
  BlockNumber height;
  Hash hash;
  std::uint64_t time = 0;        // of the block, UTC seconds; what expiries are held against
  std::vector<ChainSeat> seats;  // all minted, by seat
  ChainGeneration generation;
  bool generation_final = false;  // the record stands at policy depth
  Term leader_term;               // as the contract has it
  Seat leader_seat;               // 0: none
  bool leader_provisional = false;
  ConfigNonce config_nonce;  // of the counted seats, as last recorded or reported
  std::uint64_t founding_seats = 0;

  const ChainSeat* find(Seat seat) const {
    for (const auto& entry : seats) {
      if (entry.identity.seat == seat) return &entry;
    }
    return nullptr;
  }
};

// The connection to this boot broke and its endpoint refuses another: its process is gone. A hint
// like any other; a heartbeat of the same boot takes it back.
struct PeerGone {
  Identity peer;
};

// The operator says: vote against the leader now.
struct Challenge {};

// Inputs as well: a RecoveryConsent and a SwitchoverOrder, as an operator handed them in.
using Input = std::variant<Tick, PeerMessage, PeerGone, ClientWrite, ClientRead, DiskDone,
                           ChainView, Challenge, RecoveryConsent, SwitchoverOrder>;

}  // namespace dnc
