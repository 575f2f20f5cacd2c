// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Anchor, Receipt} from "../types/ClusterTypes.sol";

/// @title Receipts: what the log committed, for those who do not run a node
interface IReceipts {
    /// @dev 1 to 64 headers.
    error HeaderCount(uint256 given);
    /// @dev A header has 177 bytes, and the first one is of a block with operations (kind 1).
    error BadHeader(uint256 index);
    /// @dev The header does not continue the one before, in the same generation and configuration.
    error BrokenChain(uint256 index);
    /// @dev The paths do not lead from the operation and from its result to the first header's roots.
    error NotInBlock();
    /// @dev No report told this contract who counts in that configuration.
    error UnknownConfig(uint64 configNonce);
    /// @dev Signers come in ascending order, each seat once.
    error SignerOrder(uint64 seat);
    /// @dev The seat does not count in the receipt's configuration.
    error NotOfConfig(uint64 seat);
    /// @dev The ACCEPT names no header, or one of an older term than the last: those commit nothing together.
    error AcceptElsewhere(uint64 seat);
    /// @dev No boot of this seat has registered the key that signed.
    error UnknownBootKey(uint64 seat, address signer);
    /// @dev Fewer seats than a majority of the configuration.
    error TooFewAccepts(uint256 given, uint256 required);
    /// @dev Something later is anchored already, or another block at the same place.
    error StaleAnchor(uint64 seq, uint64 anchored);

    /// @notice Somebody published that this block is committed, with all before it; `strength` seats signed.
    event Anchored(uint64 indexed generation, uint64 term, uint64 indexed seq, bytes32 blockHash, uint64 strength);

    /// @notice Reverts unless the receipt holds. A seat that rebooted since does not make it void: what counts is that
    /// the key was registered for the seat at any time.
    /// @return strength how many seats signed: at least a majority of the receipt's configuration.
    function verifyReceipt(Receipt calldata receipt) external view returns (uint64 strength);
    /// @notice Records the receipt's block if it is later than what is recorded. By anybody; repeating it does nothing.
    function anchor(Receipt calldata receipt) external;
    /// @notice The latest block that was anchored; zeros before the first.
    function anchored() external view returns (Anchor memory);
    /// @notice The seats that count in a configuration: bit n is seat n; zero when it is not known.
    function configuration(uint64 configNonce) external view returns (uint256);
}
