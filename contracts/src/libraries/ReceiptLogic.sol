// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IReceipts} from "../interfaces/IReceipts.sol";
import {LeaderState, NodeState} from "../types/ClusterState.sol";
import {Anchor, Receipt, ReceiptAccept} from "../types/ClusterTypes.sol";
import {SeatSet} from "../types/SeatSet.sol";
import {CallContext} from "./CallContext.sol";
import {ClusterHashes} from "./ClusterHashes.sol";
import {Signatures} from "./Signatures.sol";

/// @title What a receipt must show
/// @dev A linked library: its code runs in the cluster's storage, and keeps the cluster below the size limit.
/// core/consensus/receipt.cpp accepts and refuses the same; tests/vectors/receipt.json binds the two.
library ReceiptLogic {
    uint256 private constant MAX_HEADERS = 64;
    uint256 private constant MAX_STEPS = 32;
    uint256 private constant HEADER_SIZE = 177;
    uint8 private constant NORMAL = 1;
    // Where the fields of a header begin.
    uint256 private constant GENERATION = 0;
    uint256 private constant CONFIG_NONCE = 8;
    uint256 private constant TERM = 16;
    uint256 private constant SEQ = 24;
    uint256 private constant KIND = 40;
    uint256 private constant PREVIOUS = 49;
    uint256 private constant OPS_ROOT = 81;
    uint256 private constant RESULT_ROOT = 113;

    /// @dev See IReceipts.verifyReceipt.
    function verifyReceipt(Receipt calldata receipt) external view returns (uint64 strength) {
        (LeaderState storage state, NodeState storage nodes) = CallContext.ofLeader();
        (strength,) = _verify(state, nodes, receipt);
    }

    /// @dev See IReceipts.anchor.
    function anchor(Receipt calldata receipt) external {
        (LeaderState storage state, NodeState storage nodes) = CallContext.ofLeader();
        (uint64 strength, bytes32 blockHash) = _verify(state, nodes, receipt);
        bytes calldata header = receipt.headers[0];
        uint64 seq = _number(header, SEQ);
        uint64 last = state.anchor.seq;
        if (seq == last && blockHash == state.anchor.blockHash) return; // somebody was faster
        if (seq <= last) revert IReceipts.StaleAnchor(seq, last);
        state.anchor = Anchor(_number(header, GENERATION), _number(header, TERM), seq, blockHash);
        emit IReceipts.Anchored(_number(header, GENERATION), _number(header, TERM), seq, blockHash, strength);
    }

    function _verify(LeaderState storage state, NodeState storage nodes, Receipt calldata receipt)
        private
        view
        returns (uint64 strength, bytes32 blockHash)
    {
        bytes32[] memory hashes = _checkChain(receipt.headers);
        _checkOperation(receipt);
        uint64 configNonce = _number(receipt.headers[0], CONFIG_NONCE);
        SeatSet counted = state.configs[configNonce];
        if (counted.isEmpty()) revert IReceipts.UnknownConfig(configNonce);
        uint256 needed = counted.size() / 2 + 1;
        if (receipt.accepts.length < needed) revert IReceipts.TooFewAccepts(receipt.accepts.length, needed);
        uint64 last = 0;
        for (uint256 i = 0; i < receipt.accepts.length; i++) {
            ReceiptAccept calldata accept = receipt.accepts[i];
            if (accept.seat <= last) revert IReceipts.SignerOrder(accept.seat);
            last = accept.seat;
            if (!counted.has(last)) revert IReceipts.NotOfConfig(last);
            address signer = Signatures.recover(_digest(receipt.headers, hashes, accept), accept.signature);
            if (nodes.bootKeySeat[signer] != last) revert IReceipts.UnknownBootKey(last, signer);
        }
        return (uint64(receipt.accepts.length), hashes[0]);
    }

    /// @dev The hashes of the headers, each of which builds on the one before.
    function _checkChain(bytes[] calldata headers) private pure returns (bytes32[] memory hashes) {
        uint256 n = headers.length;
        if (n == 0 || n > MAX_HEADERS) revert IReceipts.HeaderCount(n);
        hashes = new bytes32[](n);
        for (uint256 i = 0; i < n; i++) {
            bytes calldata header = headers[i];
            if (header.length != HEADER_SIZE || (i == 0 && uint8(header[KIND]) != NORMAL)) {
                revert IReceipts.BadHeader(i);
            }
            if (i > 0 && !_continues(headers[i - 1], header, hashes[i - 1])) revert IReceipts.BrokenChain(i);
            hashes[i] = keccak256(header);
        }
    }

    function _continues(bytes calldata before, bytes calldata header, bytes32 hash) private pure returns (bool) {
        return _word(header, PREVIOUS) == hash && _number(header, GENERATION) == _number(before, GENERATION)
            && _number(header, CONFIG_NONCE) == _number(before, CONFIG_NONCE);
    }

    /// @dev Both trees of a block with operations have the same shape, so the same way up is the same place.
    function _checkOperation(Receipt calldata receipt) private pure {
        bytes calldata header = receipt.headers[0];
        uint256 steps = receipt.operationPath.length;
        bool shown = steps == receipt.resultPath.length && steps <= MAX_STEPS && receipt.sides >> steps == 0
            && _root(receipt.operation, receipt.operationPath, receipt.sides) == _word(header, OPS_ROOT)
            && _root(receipt.result, receipt.resultPath, receipt.sides) == _word(header, RESULT_ROOT);
        if (!shown) revert IReceipts.NotInBlock();
    }

    function _root(bytes calldata leaf, bytes32[] calldata path, uint256 sides) private pure returns (bytes32 root) {
        root = keccak256(bytes.concat(bytes1(0x00), leaf));
        for (uint256 i = 0; i < path.length; i++) {
            bool isLeft = (sides >> i) & 1 == 1;
            (bytes32 left, bytes32 right) = isLeft ? (path[i], root) : (root, path[i]);
            root = keccak256(bytes.concat(bytes1(0x01), left, right));
        }
    }

    /// @dev What the seat signed. Only ACCEPTs of one term, that of the last header, commit a block together: by N2 a
    /// notary accepts in a term only blocks of that term, and the lowest of a majority's is one of them.
    function _digest(bytes[] calldata headers, bytes32[] memory hashes, ReceiptAccept calldata accept)
        private
        view
        returns (bytes32)
    {
        uint256 at = accept.header;
        if (at >= hashes.length || _number(headers[at], TERM) != _number(headers[hashes.length - 1], TERM)) {
            revert IReceipts.AcceptElsewhere(accept.seat);
        }
        bytes calldata header = headers[at];
        return ClusterHashes.digest(
            keccak256(
                abi.encode(
                    ClusterHashes.ACCEPT,
                    _number(header, GENERATION),
                    _number(header, CONFIG_NONCE),
                    _number(header, TERM),
                    _number(header, SEQ),
                    hashes[at],
                    accept.seat,
                    accept.epoch
                )
            )
        );
    }

    function _number(bytes calldata header, uint256 at) private pure returns (uint64) {
        return uint64(bytes8(header[at:at + 8]));
    }

    function _word(bytes calldata header, uint256 at) private pure returns (bytes32) {
        return bytes32(header[at:at + 32]);
    }
}
