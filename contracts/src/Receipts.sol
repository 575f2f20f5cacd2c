// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {LeaderRegistry} from "./LeaderRegistry.sol";
import {IReceipts} from "./interfaces/IReceipts.sol";
import {ReceiptLogic} from "./libraries/ReceiptLogic.sol";
import {SeatSet} from "./types/SeatSet.sol";
import {Anchor, Receipt} from "./types/ClusterTypes.sol";

/// @title Receipts and the latest anchored block
abstract contract Receipts is IReceipts, LeaderRegistry {
    /// @inheritdoc IReceipts
    function verifyReceipt(Receipt calldata receipt) external view returns (uint64 strength) {
        _forwardView()(address(ReceiptLogic), ReceiptLogic.verifyReceipt.selector, _stateSlot(), _nodesSlot());
        assembly ("memory-safe") {
            returndatacopy(0, 0, 32)
            strength := mload(0)
        }
    }

    /// @inheritdoc IReceipts
    function anchor(Receipt calldata receipt) external {
        _forward(address(ReceiptLogic), ReceiptLogic.anchor.selector, _stateSlot(), _nodesSlot());
    }

    /// @inheritdoc IReceipts
    function anchored() external view returns (Anchor memory) {
        return _state.anchor;
    }

    /// @inheritdoc IReceipts
    function configuration(uint64 configNonce) external view returns (uint256) {
        return SeatSet.unwrap(_state.configs[configNonce]);
    }

    /// @dev `_forward` for a library function that is a view itself, which the compiler cannot see behind a selector.
    function _forwardView() private pure returns (function(address, bytes4, uint256, uint256) internal view forward) {
        function(address, bytes4, uint256, uint256) internal changing = _forward;
        assembly ("memory-safe") {
            forward := changing
        }
    }
}
