// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @dev Everything that is fixed or first set when a cluster is made.
/// `composeHash` and `deviceId` may be zero, meaning none yet; `foundingSeats` never changes afterwards.
struct ClusterParams {
    address owner;
    address kmsRoot;
    uint64 foundingSeats;
    uint64 maxSeats;
    uint64 maxSeatsPerOwner;
    bytes32 composeHash;
    bytes32 deviceId;
    bool allowAnyDevice;
    bool requireTcbUpToDate;
}

/// @dev "This boot key speaks for my seat": signed (EIP-712) by the seat's operator and by the key dstack derived in the CVM.
struct Join {
    uint64 seat;
    uint64 epoch;
    address bootKey;
    address instance;
    bytes32 endpointHash;
    uint64 deadline;
}

/// @dev KMS root -> app key -> derived key -> Join. Keys are uncompressed, signatures are r, s, recid (0 or 1).
struct KmsProof {
    bytes32 appKeyX;
    bytes32 appKeyY;
    bytes kmsSignature;
    bytes32 derivedKeyX;
    bytes32 derivedKeyY;
    bytes appSignature;
    bytes joinSignature;
}

/// @dev One boot of one seat.
struct Founder {
    uint64 seat;
    uint64 epoch;
}

/// @dev Genesis or a cold start; signed (EIP-712) by the boot key of every founder.
struct StartGeneration {
    uint64 generation;
    uint64 term;
    uint64 configNonce;
    uint64 leaderSeat;
    uint64 seq;
    bytes32 head;
    Founder[] founders;
}

/// @dev What the log decided; signed (EIP-712) by the boot keys of at least `requiredVotes()` counted seats.
struct Report {
    uint64 generation;
    uint64 term;
    uint64 configNonce;
    uint64 leaderSeat;
    uint64[] countedSeats;
}

/// @dev One seat as a node sees it. `operatorExpires` is zero when the owner is the operator.
struct Member {
    uint64 seat;
    address owner;
    address operator;
    uint64 operatorExpires;
    uint64 bootEpoch;
    address bootKey;
    address instance;
    bool active;
    bool counted;
    bool revoked;
    string endpoint;
}

/// @dev The last accepted StartGeneration, with the founders' boot keys and the block that took it.
struct GenerationRecord {
    uint64 generation;
    uint64 term;
    uint64 configNonce;
    uint64 leaderSeat;
    uint64 seq;
    bytes32 head;
    Founder[] founders;
    address[] founderKeys;
    uint64 blockNumber;
}

/// @dev One seat's ACCEPT: "I hold the chain up to this block on disk". `header` is the place in the receipt's headers
/// of the block that it names; the signature is the boot key's, over EIP-712.
struct ReceiptAccept {
    uint64 seat;
    uint64 epoch;
    uint64 header;
    bytes signature;
}

/// @dev What one operation led to, in a block that is committed. The bytes are those of docs/formats.md.
/// `headers` begins with the operation's block and goes on to the highest block that an ACCEPT names; each builds
/// on the one before. The two paths lead from the operation and from its result to the roots in the first header,
/// on the same way: bit k of `sides` says that the sibling at step k is on the left. ACCEPTs are in ascending order
/// of seats.
struct Receipt {
    bytes[] headers;
    bytes operation;
    bytes result;
    bytes32[] operationPath;
    bytes32[] resultPath;
    uint256 sides;
    ReceiptAccept[] accepts;
}

/// @dev A committed block that somebody published.
struct Anchor {
    uint64 generation;
    uint64 term;
    uint64 seq;
    bytes32 blockHash;
}

/// @dev Who leads, as far as the contract knows. `leaderSeat` is zero when nobody does.
struct Leadership {
    uint64 generation;
    uint64 term;
    uint64 configNonce;
    uint64 leaderSeat;
    bool provisional;
    uint64 countedSeats;
    uint64 requiredVotes;
    uint64 foundingSeats;
    uint64 noConfidence;
}
