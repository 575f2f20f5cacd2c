// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title ERC-4907: a user beside the owner, for a time (ERC-165 id 0xad092b5c)
interface IERC4907 {
    event UpdateUser(uint256 indexed tokenId, address indexed user, uint64 expires);

    /// @notice Names the user of a token until `expires` (UNIX seconds, inclusive); the zero address names none.
    function setUser(uint256 tokenId, address user, uint64 expires) external;
    /// @notice The user, or zero when there is none or the time is over.
    function userOf(uint256 tokenId) external view returns (address);
    /// @notice The recorded expiry, also after it has passed.
    function userExpires(uint256 tokenId) external view returns (uint256);
}
