// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {LeaderState, NodeState} from "../types/ClusterState.sol";

/// @title What the cluster puts behind the calldata that it forwards to a linked library (ClusterBase._forward)
/// @dev Two words, at the very end. Nobody but a cluster can reach them: called directly, a library has storage of its
/// own, and the compiler refuses calls to a library's functions that are not delegated.
library CallContext {
    /// @dev For JoinLogic: where the registry lies, and who operates the seat.
    function ofJoin() internal pure returns (NodeState storage nodes, address operator) {
        assembly ("memory-safe") {
            nodes.slot := calldataload(sub(calldatasize(), 64))
            operator := calldataload(sub(calldatasize(), 32))
        }
    }

    /// @dev For LeaderLogic and ReceiptLogic: where the leader's state and the registry lie.
    function ofLeader() internal pure returns (LeaderState storage state, NodeState storage nodes) {
        assembly ("memory-safe") {
            state.slot := calldataload(sub(calldatasize(), 64))
            nodes.slot := calldataload(sub(calldatasize(), 32))
        }
    }
}
