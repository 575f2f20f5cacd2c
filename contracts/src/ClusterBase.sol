// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Ownable2StepUpgradeable} from "@openzeppelin/contracts-upgradeable/access/Ownable2StepUpgradeable.sol";
import {PausableUpgradeable} from "@openzeppelin/contracts-upgradeable/utils/PausableUpgradeable.sol";
import {IGuardian} from "./interfaces/IGuardian.sol";
import {NodeState} from "./types/ClusterState.sol";

/// @title What all parts of a cluster share: an owner, a pause, and code in linked libraries
abstract contract ClusterBase is Ownable2StepUpgradeable, PausableUpgradeable, IGuardian {
    NodeState internal _nodes;
    /// @inheritdoc IGuardian
    address public guardian;

    /// @dev For what only takes away.
    modifier onlyOwnerOrGuardian() {
        _checkOwnerOrGuardian();
        _;
    }

    /// @inheritdoc IGuardian
    function setGuardian(address guardian_) external onlyOwner {
        guardian = guardian_;
        emit GuardianSet(guardian_);
    }

    /// @inheritdoc PausableUpgradeable
    /// @dev Kept where a join reads anyway, instead of in OpenZeppelin's slot.
    function paused() public view override returns (bool) {
        return _nodes.paused;
    }

    /// @inheritdoc PausableUpgradeable
    function _pause() internal override whenNotPaused {
        _nodes.paused = true;
        emit Paused(_msgSender());
    }

    /// @inheritdoc PausableUpgradeable
    function _unpause() internal override whenPaused {
        _nodes.paused = false;
        emit Unpaused(_msgSender());
    }

    function _checkOwnerOrGuardian() internal view {
        if (msg.sender != guardian) _checkOwner();
    }

    /// @dev A grant is the owner's, and waits while the cluster is paused.
    function _checkGrant() internal view {
        _checkOwner();
        _requireNotPaused();
    }

    /// @dev Runs a library function that takes the very arguments of the present call, in this contract's storage.
    /// The calldata goes on as it came, with two words behind it: Solidity would decode and encode it anew, which costs
    /// gas in every join and report and a kilobyte of code. CallContext is the other end.
    function _forward(address library_, bytes4 selector, uint256 first, uint256 second) internal {
        assembly ("memory-safe") {
            let data := mload(0x40)
            let end := add(data, calldatasize())
            mstore(data, selector)
            calldatacopy(add(data, 4), 4, sub(calldatasize(), 4))
            mstore(end, first)
            mstore(add(end, 32), second)
            if iszero(delegatecall(gas(), library_, data, add(calldatasize(), 64), 0, 0)) {
                returndatacopy(data, 0, returndatasize())
                revert(data, returndatasize())
            }
        }
    }

    /// @dev Where the registry lies, for `_forward`.
    function _nodesSlot() internal pure returns (uint256 slot) {
        assembly ("memory-safe") {
            slot := _nodes.slot
        }
    }
}
