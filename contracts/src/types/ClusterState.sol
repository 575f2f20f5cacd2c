// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {GenerationRecord} from "./ClusterTypes.sol";
import {SeatSet} from "./SeatSet.sol";

/// @dev What runs one seat. The epoch outlives the rest: it never falls.
struct Node {
    address instance;
    uint64 bootEpoch;
    address bootKey;
    string endpoint;
}

/// @dev A seat is `bound` while it has an instance, `joined` from join to leave, and active while it has a boot key.
/// Active implies bound and joined; joined implies not revoked. A replaced seat is joined, but neither bound nor
/// active.
struct NodeState {
    address kmsRoot;
    SeatSet bound;
    SeatSet joined;
    mapping(uint256 seat => Node) nodes;
    /// A retired instance stays here under a seat that cannot exist.
    mapping(address instance => uint64) instanceSeat;
    /// Never cleared: a boot key has one boot.
    mapping(address bootKey => uint64) bootKeySeat;
    mapping(address operator => uint64) operatorSeat;
}

/// @dev Generation, term and configNonce never fall. `counted` is a subset of the joined seats; `votes` a subset of the
/// counted ones, all against `leaderSeat` in `term`. The last leader leads only while it is counted.
struct LeaderState {
    uint64 generation;
    uint64 term;
    uint64 configNonce;
    uint64 leaderSeat;
    // The last report, which a new one must exceed.
    uint64 reportedGeneration;
    uint64 reportedTerm;
    uint64 reportedConfigNonce;
    uint32 foundingSeats;
    bool provisional;
    bytes32 reportHash;
    SeatSet counted;
    SeatSet votes;
    bytes32 recordHash;
    GenerationRecord record;
}
