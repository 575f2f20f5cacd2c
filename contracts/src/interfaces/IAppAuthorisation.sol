// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title What may run: compose hashes, devices, TCB rule
/// @notice Names and events beyond IAppAuth are those of dstack's own app contract, so that its tools work unchanged.
interface IAppAuthorisation {
    /// @dev A compose hash of zero means "none" in dstack and can be neither allowed nor removed.
    error ZeroComposeHash();
    /// @dev Likewise for a device id.
    error ZeroDeviceId();

    event AllowAnyDeviceSet(bool allowed);
    event RequireTcbUpToDateSet(bool required);
    /// @notice One audit trail of every policy change; `policy` is the keccak256 of dstack's policy name.
    event PolicyChanged(address indexed actor, bytes32 indexed policy, bytes32 indexed value, bool enabled);

    /// @notice Switches the device check off or on.
    function setAllowAnyDevice(bool allowed) external;
    /// @notice Refuses (or again admits) machines whose TCB status is not "UpToDate".
    function setRequireTcbUpToDate(bool required) external;

    function allowAnyDevice() external view returns (bool);
    function requireTcbUpToDate() external view returns (bool);
    function allowedComposeHashes(bytes32 composeHash) external view returns (bool);
    function allowedDeviceIds(bytes32 deviceId) external view returns (bool);
    /// @notice The version of dstack's app interface that this contract follows.
    function version() external pure returns (uint256);
}
