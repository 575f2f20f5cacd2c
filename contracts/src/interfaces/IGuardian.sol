// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Who may take away at once
/// @notice Granting is slow where a timelock owns the cluster; taking away must not wait for it. The guardian may
/// revoke seats, remove compose hashes and devices, tighten the boot rules and pause for some time (IPause). It can
/// grant nothing and undo nothing.
interface IGuardian {
    event GuardianSet(address indexed guardian);

    /// @notice Names the guardian, or with zero none but the owner. One that is named, even again, may pause anew.
    function setGuardian(address guardian) external;
    function guardian() external view returns (address);
}
