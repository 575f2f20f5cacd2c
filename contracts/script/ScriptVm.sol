// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @dev The cheat codes that the deployment uses, no more.
interface ScriptVm {
    function envUint(string calldata name) external view returns (uint256);
    function envBytes32(string calldata name) external view returns (bytes32);
    function envOr(string calldata name, uint256 fallback_) external view returns (uint256);
    function envOr(string calldata name, address fallback_) external view returns (address);
    function envOr(string calldata name, bytes32 fallback_) external view returns (bytes32);
    function envOr(string calldata name, bool fallback_) external view returns (bool);
    function envOr(string calldata name, string calldata delimiter, address[] calldata fallback_)
        external
        view
        returns (address[] memory);
    function addr(uint256 privateKey) external pure returns (address);
    function deriveKey(string calldata mnemonic, uint32 index) external pure returns (uint256);
    function toString(address value) external pure returns (string memory);
    function toString(uint256 value) external pure returns (string memory);
    function startBroadcast(uint256 privateKey) external;
    function stopBroadcast() external;
}
