// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Anchor} from "./ClusterTypes.sol";
import {SeatSet} from "./SeatSet.sol";

// Opening a storage slot costs four times what changing it costs. The owner, who grants seats, opens a seat's slots
// with the mint; joins, which relays and small gas keys pay for, then only change them. So every slot that a join
// writes holds something before, except the two that are keyed by the new instance and the new boot key.

/// @dev What runs one seat. The epoch outlives the rest: it never falls.
/// `since` is when the node last joined, was replaced, was silenced or left: what the seat shows, and never zero.
struct Node {
    address instance;
    uint64 bootEpoch;
    uint32 mintedAt;
    address bootKey;
    uint64 since;
    /// Means nothing before the first join.
    string endpoint;
}

/// @dev A seat is `joined` from join to leave, and active while it has a boot key; it is bound while it has an
/// instance, and `free` while it is live without one. Active implies bound and joined; joined implies not revoked.
/// A replaced seat is joined, but neither bound nor active.
struct NodeState {
    address kmsRoot;
    // In the KMS root's slot, because a join needs all three. There are 255 seats at most.
    uint32 free;
    uint64 pausedUntil;
    /// The seats that have not joined, unminted ones included.
    SeatSet absent;
    mapping(uint256 seat => Node) nodes;
    /// A retired instance stays here under a seat that cannot exist.
    mapping(address instance => uint64) instanceSeat;
    /// Never cleared: a boot key has one boot.
    mapping(address bootKey => uint64) bootKeySeat;
    /// An address that was named owner or operator and runs nothing stays here under a seat that cannot exist.
    mapping(address operator => uint64) operatorSeat;
}

/// @dev How the recorded leader and term came to be.
enum Source {
    None,
    Start,
    Report,
    Votes
}

/// @dev One boot that founded the recorded generation.
struct FounderBoot {
    address bootKey;
    uint64 epoch;
    uint8 seat;
}

/// @dev The last accepted StartGeneration, packed; its leader is the first leader of the generation.
struct StoredRecord {
    bytes32 hash;
    uint64 term;
    uint64 configNonce;
    uint64 seq;
    uint64 blockNumber;
    bytes32 head;
    uint8 leaderSeat;
    FounderBoot[] founders;
}

/// @dev Generation, term and configNonce never fall. `counted` is a subset of the joined seats; `votes` a subset of the
/// counted ones, all against `leaderSeat` in `term`. The last leader leads only while it is counted.
/// The first six share a slot, so that a report writes one. The numbers of the last report need no place of their own:
/// `configNonce` is its, and so is `term`, unless a generation was started or votes raised the term since (`source`).
struct LeaderState {
    uint64 generation;
    uint64 term;
    uint64 configNonce;
    uint8 leaderSeat;
    uint8 foundingSeats;
    Source source;
    SeatSet counted;
    SeatSet votes;
    StoredRecord record;
    /// The seats that count in a configuration, as the log has them: those that left since included. Never changed once
    /// written, so that a receipt is worth the same for ever. Configurations that nobody reported are missing.
    mapping(uint64 configNonce => SeatSet) configs;
    Anchor anchor;
}
