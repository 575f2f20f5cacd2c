// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Ownable2StepUpgradeable} from "@openzeppelin/contracts-upgradeable/access/Ownable2StepUpgradeable.sol";
import {PausableUpgradeable} from "@openzeppelin/contracts-upgradeable/utils/PausableUpgradeable.sol";
import {IGuardian} from "./interfaces/IGuardian.sol";
import {IPause} from "./interfaces/IPause.sol";
import {NodeState} from "./types/ClusterState.sol";

/// @title What all parts of a cluster share: an owner, a pause, and code in linked libraries
abstract contract ClusterBase is Ownable2StepUpgradeable, PausableUpgradeable, IGuardian, IPause {
    /// @dev Longer than the delay of a timelock, which answers within it; short enough not to outlast a guardian that
    /// is gone.
    uint64 private constant GUARDIAN_PAUSE = 30 days;

    NodeState internal _nodes;
    /// @inheritdoc IGuardian
    address public guardian;
    /// @inheritdoc IPause
    uint64 public guardianPauseLimit;

    /// @dev For what only takes away.
    modifier onlyOwnerOrGuardian() {
        _checkOwnerOrGuardian();
        _;
    }

    /// @inheritdoc IGuardian
    function setGuardian(address guardian_) external onlyOwner {
        guardian = guardian_;
        guardianPauseLimit = 0;
        emit GuardianSet(guardian_);
    }

    /// @inheritdoc IPause
    function pauseUntil(uint64 until) external onlyOwnerOrGuardian {
        (uint64 earliest, uint64 latest) = (uint64(block.timestamp) + 1, type(uint64).max);
        if (msg.sender != owner()) {
            if (guardianPauseLimit == 0) guardianPauseLimit = uint64(block.timestamp) + GUARDIAN_PAUSE;
            latest = guardianPauseLimit;
            if (earliest < _nodes.pausedUntil) earliest = _nodes.pausedUntil;
        }
        if (until < earliest || until > latest) revert BadPauseEnd(until, earliest, latest);
        _nodes.pausedUntil = until;
        emit Paused(msg.sender);
        emit PausedUntil(until);
    }

    /// @inheritdoc IPause
    function unpause() external onlyOwner whenPaused {
        _nodes.pausedUntil = 0;
        emit Unpaused(msg.sender);
    }

    /// @inheritdoc IPause
    function pausedUntil() external view returns (uint64) {
        return _nodes.pausedUntil;
    }

    /// @inheritdoc PausableUpgradeable
    /// @dev Kept where a join reads anyway, instead of in OpenZeppelin's slot, which has no end.
    function paused() public view override returns (bool) {
        return block.timestamp < _nodes.pausedUntil;
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
