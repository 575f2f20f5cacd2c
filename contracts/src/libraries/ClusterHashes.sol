// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";
import {Founder, Join, Report, StartGeneration} from "../types/ClusterTypes.sol";

/// @title EIP-712 hashes of what nodes and operators sign for the contract
/// @dev OpenZeppelin builds the same domain from storage or strings; constants are cheaper in every join and report.
library ClusterHashes {
    string internal constant NAME = "DstackCluster";
    string internal constant VERSION = "1";
    bytes32 private constant DOMAIN =
        keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");

    bytes32 internal constant JOIN = keccak256(
        "Join(uint64 seat,uint64 epoch,address bootKey,address instance,bytes32 endpointHash,uint64 deadline)"
    );
    bytes32 internal constant FOUNDER = keccak256("Founder(uint64 seat,uint64 epoch)");
    bytes32 internal constant START_GENERATION = keccak256(
        "StartGeneration(uint64 generation,uint64 term,uint64 configNonce,uint64 leaderSeat,uint64 seq,bytes32 head,Founder[] founders)Founder(uint64 seat,uint64 epoch)"
    );
    bytes32 internal constant REPORT =
        keccak256("Report(uint64 generation,uint64 term,uint64 configNonce,uint64 leaderSeat,uint64[] countedSeats)");

    bytes32 internal constant ACCEPT = keccak256(
        "Accept(uint64 generation,uint64 configNonce,uint64 term,uint64 seq,bytes32 blockHash,uint64 seat,uint64 epoch)"
    );

    /// @dev What the cluster's keys sign: a struct of this cluster on this chain.
    function digest(bytes32 structHash) internal view returns (bytes32) {
        bytes32 domain = keccak256(
            abi.encode(DOMAIN, keccak256(bytes(NAME)), keccak256(bytes(VERSION)), block.chainid, address(this))
        );
        return MessageHashUtils.toTypedDataHash(domain, structHash);
    }

    function hash(Join calldata request) internal pure returns (bytes32) {
        return keccak256(
            abi.encode(
                JOIN,
                request.seat,
                request.epoch,
                request.bootKey,
                request.instance,
                request.endpointHash,
                request.deadline
            )
        );
    }

    function hash(StartGeneration calldata start) internal pure returns (bytes32) {
        bytes32[] memory founders = new bytes32[](start.founders.length);
        for (uint256 i = 0; i < founders.length; i++) {
            Founder calldata founder = start.founders[i];
            founders[i] = keccak256(abi.encode(FOUNDER, founder.seat, founder.epoch));
        }
        return keccak256(
            abi.encode(
                START_GENERATION,
                start.generation,
                start.term,
                start.configNonce,
                start.leaderSeat,
                start.seq,
                start.head,
                keccak256(abi.encodePacked(founders))
            )
        );
    }

    function hash(Report calldata report) internal pure returns (bytes32) {
        return keccak256(
            abi.encode(
                REPORT,
                report.generation,
                report.term,
                report.configNonce,
                report.leaderSeat,
                keccak256(abi.encodePacked(report.countedSeats)) // packed arrays pad each element to a word
            )
        );
    }
}
