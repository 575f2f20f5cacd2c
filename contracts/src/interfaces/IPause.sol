// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title A pause that ends by itself
/// @notice While it lasts, seats that do not run cannot join, and nothing is granted: no mint, no reinstatement, no new
/// compose hash, device or KMS root, no looser boot rule. It stops nothing else: not leave, votes, reports, restarts or
/// revocation. The block at its end is the first one without it, and nobody has to send anything for that.
interface IPause {
    /// @dev The sender may name an end from `earliest` to `latest`. A latest end below the earliest: the guardian has
    /// used up its time.
    error BadPauseEnd(uint64 until, uint64 earliest, uint64 latest);

    /// @dev Beside OpenZeppelin's `Paused`. A pause that ends by itself emits nothing when it does.
    event PausedUntil(uint64 until);

    /// @notice Pauses until a time in UTC seconds, the largest number for no end; a pause that lasts gets this end.
    /// @dev The owner names any end to come. The guardian lengthens a pause and never shortens one, and all its pauses
    /// end within 30 days of its first: time for the owner to agree, by a pause of its own, or to name another one.
    function pauseUntil(uint64 until) external;
    /// @notice Ends a pause at once; the owner's alone.
    function unpause() external;
    /// @notice The end of the last pause, to come or past; zero if there was none or it was ended.
    function pausedUntil() external view returns (uint64);
    /// @notice No pause of the present guardian ends later; zero before its first one.
    function guardianPauseLimit() external view returns (uint64);
}
