// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Join, KmsProof, Member} from "../types/ClusterTypes.sol";

/// @title Which node runs a seat
interface INodeRegistry {
    /// @dev The operator's and the CVM's word was good until `deadline`.
    error JoinExpired(uint64 deadline);
    /// @dev A boot epoch must be above the last one, by 1024 at most.
    error BadEpoch(uint64 seat, uint64 epoch, uint64 bootEpoch);
    /// @dev A join names a boot key and an instance.
    error ZeroBootKey();
    error ZeroInstance();
    /// @dev An endpoint has at most 128 bytes.
    error EndpointTooLong(uint256 length);
    /// @dev The endpoint sent is not the endpoint signed.
    error EndpointMismatch();
    /// @dev Boot keys are fresh: none is registered twice, for whatever seat.
    error BootKeyUsed(address bootKey, uint64 seat);
    /// @dev The instance runs another seat.
    error InstanceTaken(address instance, uint64 seat);
    /// @dev The instance was given up as lost and never returns.
    error InstanceRetired(address instance);
    /// @dev The seat has another instance: replace it first.
    error SeatHasInstance(uint64 seat, address instance);
    /// @dev The seat has no instance that could be replaced.
    error SeatHasNoInstance(uint64 seat);
    /// @dev The seat has not joined.
    error SeatNotJoined(uint64 seat);
    /// @dev Signed by somebody who is not the seat's operator now.
    error NotOperator(uint64 seat, address signer);
    /// @dev The caller is neither the seat's owner nor its operator.
    error NotOwnerOrOperator(uint64 seat, address caller);
    /// @dev An operator address runs one seat.
    error OperatorBusy(address operator, uint64 seat);
    /// @dev The time of the operator that runs the seat is not over.
    error OperatorNotExpired(uint64 seat);
    /// @dev A KMS root is needed, and on a production chain not one whose private key is published.
    error BadKmsRoot(address kmsRoot);

    event NodeJoined(
        uint64 indexed seat,
        address indexed instance,
        uint64 epoch,
        address bootKey,
        address indexed operator,
        string endpoint
    );
    event NodeLeft(uint64 indexed seat, address indexed instance);
    event NodeReplaced(uint64 indexed seat, address indexed retiredInstance);
    /// @notice The seat's boot key lost its voice because another operator was named.
    event NodeSilenced(uint64 indexed seat, address indexed bootKey);
    event KmsRootSet(address indexed kmsRoot);

    /// @notice Registers a boot of a seat. Anybody may send it; repeating the registered seat, epoch and key does
    /// nothing.
    /// @param operatorSignature the operator's word over the EIP-712 Join.
    /// @param proof that a CVM of this app made the request.
    function join(
        Join calldata request,
        string calldata endpoint,
        bytes calldata operatorSignature,
        KmsProof calldata proof
    ) external;
    /// @notice Gives the seat up: no instance, no boot key, not counted. By its owner or operator.
    function leave(uint64 seat) external;
    /// @notice Retires a lost instance for ever; the seat keeps its epoch and its place in the quorum.
    function replace(uint64 seat) external;
    /// @notice Makes a seat leave whose operator's time is over. By anybody.
    function expire(uint64 seat) external;
    /// @notice Names the KMS root that signature chains must start from.
    function setKmsRoot(address kmsRoot) external;

    function kmsRoot() external view returns (address);
    /// @notice The seat's instance id, left-aligned, or zero.
    function tokenToInstance(uint256 tokenId) external view returns (bytes32);
    /// @notice The seat that a left-aligned instance id runs, or zero.
    function instanceToToken(bytes32 instanceId) external view returns (uint256);
    /// @notice The seat that an operator address runs, or zero.
    function seatOf(address operator) external view returns (uint64);
    /// @notice Live seats without an instance: so many unknown instances could join.
    function freeSeats() external view returns (uint256);
    /// @notice Seats in order of id, from `offset` on, at most 100; `total` is the number of seats.
    function members(uint256 offset, uint256 limit) external view returns (Member[] memory page, uint256 total);
    function member(uint64 seat) external view returns (Member memory);
}
