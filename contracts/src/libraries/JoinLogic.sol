// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";
import {INodeRegistry} from "../interfaces/INodeRegistry.sol";
import {Node, NodeState} from "../types/ClusterState.sol";
import {Join, KmsProof} from "../types/ClusterTypes.sol";
import {ClusterHashes} from "./ClusterHashes.sol";
import {KmsSignatureChain} from "./KmsSignatureChain.sol";
import {Signatures} from "./Signatures.sol";

/// @title The member gate
/// @dev A linked library: its code runs in the cluster's storage, and keeps the cluster below the size limit.
library JoinLogic {
    /// @dev Stands in `instanceSeat` for an instance that never returns.
    uint64 internal constant RETIRED = type(uint64).max;
    /// @dev A node takes max(chain, log) + 1, so boots during a chain outage leave gaps; more than this is a mistake.
    uint64 private constant MAX_EPOCH_GAP = 1024;
    uint256 private constant MAX_ENDPOINT = 128;

    /// @param domain the cluster's EIP-712 domain separator.
    /// @param operator who may speak for the seat now.
    /// @param runner whose join stands, or zero.
    function join(
        NodeState storage state,
        Join calldata request,
        string calldata endpoint,
        bytes calldata operatorSignature,
        KmsProof calldata proof,
        bytes32 domain,
        address operator,
        address runner
    ) external {
        if (block.timestamp > request.deadline) revert INodeRegistry.JoinExpired(request.deadline);
        _checkFresh(state, request);
        if (bytes(endpoint).length > MAX_ENDPOINT) revert INodeRegistry.EndpointTooLong(bytes(endpoint).length);
        if (keccak256(bytes(endpoint)) != request.endpointHash) revert INodeRegistry.EndpointMismatch();
        {
            bytes32 digest = MessageHashUtils.toTypedDataHash(domain, ClusterHashes.hash(request));
            address signer = Signatures.recover(digest, operatorSignature);
            if (signer != operator) revert INodeRegistry.NotOperator(request.seat, signer);
            KmsSignatureChain.verify(proof, state.kmsRoot, address(this), digest);
        }
        _bindOperator(state, request.seat, operator, runner);
        _register(state, request, endpoint);
        emit INodeRegistry.NodeJoined(
            request.seat, request.instance, request.epoch, request.bootKey, operator, endpoint
        );
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
        holder = state.instanceSeat[request.instance];
        if (holder == RETIRED) revert INodeRegistry.InstanceRetired(request.instance);
        if (holder != 0 && holder != seat) revert INodeRegistry.InstanceTaken(request.instance, holder);
        address bound = node.instance;
        if (bound != address(0) && bound != request.instance) revert INodeRegistry.SeatHasInstance(seat, bound);
    }

    function _bindOperator(NodeState storage state, uint64 seat, address operator, address runner) private {
        uint64 busy = state.operatorSeat[operator];
        if (busy == seat) return;
        if (busy != 0) revert INodeRegistry.OperatorBusy(operator, busy);
        if (runner != address(0)) delete state.operatorSeat[runner]; // one whose time is over
        state.operatorSeat[operator] = seat;
    }

    function _register(NodeState storage state, Join calldata request, string calldata endpoint) private {
        uint64 seat = request.seat;
        Node storage node = state.nodes[seat];
        if (node.instance == address(0)) {
            state.instanceSeat[request.instance] = seat;
            state.bound = state.bound.add(seat);
        }
        node.instance = request.instance;
        node.bootEpoch = request.epoch;
        node.bootKey = request.bootKey;
        state.bootKeySeat[request.bootKey] = seat;
        if (keccak256(bytes(node.endpoint)) != request.endpointHash) node.endpoint = endpoint;
        state.joined = state.joined.add(seat);
    }
}
