// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {INodeRegistry} from "../interfaces/INodeRegistry.sol";
import {Node, NodeState} from "../types/ClusterState.sol";
import {Join, KmsProof} from "../types/ClusterTypes.sol";
import {CallContext} from "./CallContext.sol";
import {ClusterHashes} from "./ClusterHashes.sol";
import {KmsSignatureChain} from "./KmsSignatureChain.sol";
import {Signatures} from "./Signatures.sol";

/// @title The member gate
/// @dev A linked library: its code runs in the cluster's storage, and keeps the cluster below the size limit.
library JoinLogic {
    /// @dev Stands in `instanceSeat` for an instance that never returns.
    uint64 internal constant RETIRED = type(uint64).max;
    /// @dev Stands in `operatorSeat` for an address that runs nothing, and keeps the slot open.
    uint64 internal constant IDLE = type(uint64).max;
    /// @dev Keeps the endpoint's slot open before the first join; no view shows it.
    string internal constant NO_ENDPOINT = "none";
    /// @dev A node takes max(chain, log) + 1, so boots during a chain outage leave gaps; more than this is a mistake.
    uint64 private constant MAX_EPOCH_GAP = 1024;
    uint256 private constant MAX_ENDPOINT = 128;

    /// @dev See INodeRegistry.join; the cluster has seen to the seat and its operator.
    function join(
        Join calldata request,
        string calldata endpoint,
        bytes calldata operatorSignature,
        KmsProof calldata proof
    ) external {
        (NodeState storage state, address operator) = CallContext.ofJoin();
        if (block.timestamp > request.deadline) revert INodeRegistry.JoinExpired(request.deadline);
        _checkFresh(state, request);
        if (bytes(endpoint).length > MAX_ENDPOINT) revert INodeRegistry.EndpointTooLong(bytes(endpoint).length);
        if (keccak256(bytes(endpoint)) != request.endpointHash) revert INodeRegistry.EndpointMismatch();
        {
            bytes32 digest = ClusterHashes.digest(ClusterHashes.hash(request));
            address signer = Signatures.recover(digest, operatorSignature);
            if (signer != operator) revert INodeRegistry.NotOperator(request.seat, signer);
            KmsSignatureChain.verify(proof, state.kmsRoot, address(this), digest);
        }
        _register(state, request, endpoint);
        emit INodeRegistry.NodeJoined(
            request.seat, request.instance, request.epoch, request.bootKey, operator, endpoint
        );
    }

    function _register(NodeState storage state, Join calldata request, string calldata endpoint) private {
        uint64 seat = request.seat;
        Node storage node = state.nodes[seat];
        if (node.instance == address(0)) {
            state.instanceSeat[request.instance] = seat;
            state.free--;
            node.instance = request.instance;
        }
        bool isSame = node.bootEpoch != 0 && keccak256(bytes(node.endpoint)) == request.endpointHash;
        if (!isSame) node.endpoint = endpoint;
        node.bootEpoch = request.epoch;
        node.bootKey = request.bootKey;
        node.since = uint64(block.timestamp);
        state.bootKeySeat[request.bootKey] = seat;
        state.absent = state.absent.remove(seat);
    }

    /// @dev Epoch, instance and boot key must all be free for this seat.
    function _checkFresh(NodeState storage state, Join calldata request) private view {
        uint64 seat = request.seat;
        Node storage node = state.nodes[seat];
        uint64 last = node.bootEpoch;
        if (request.epoch <= last || request.epoch - last > MAX_EPOCH_GAP) {
            revert INodeRegistry.BadEpoch(seat, request.epoch, last);
        }
        uint64 holder = state.bootKeySeat[request.bootKey];
        if (holder != 0) revert INodeRegistry.BootKeyUsed(request.bootKey, holder);

        if (request.instance == address(0)) revert INodeRegistry.ZeroInstance();
        address bound = node.instance;
        if (bound == request.instance) return;
        holder = state.instanceSeat[request.instance];
        if (holder == RETIRED) revert INodeRegistry.InstanceRetired(request.instance);
        if (holder != 0) revert INodeRegistry.InstanceTaken(request.instance, holder);
        if (bound != address(0)) revert INodeRegistry.SeatHasInstance(seat, bound);
    }
}
