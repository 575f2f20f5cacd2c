// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Founder, Join, Report, StartGeneration} from "../types/ClusterTypes.sol";

/// @title EIP-712 struct hashes of what nodes and operators sign for the contract
library ClusterHashes {
    bytes32 internal constant JOIN = keccak256(
        "Join(uint64 seat,uint64 epoch,address bootKey,address instance,bytes32 endpointHash,uint64 deadline)"
    );
    bytes32 internal constant FOUNDER = keccak256("Founder(uint64 seat,uint64 epoch)");
    bytes32 internal constant START_GENERATION = keccak256(
        "StartGeneration(uint64 generation,uint64 term,uint64 configNonce,uint64 leaderSeat,uint64 seq,bytes32 head,Founder[] founders)Founder(uint64 seat,uint64 epoch)"
    );
    bytes32 internal constant REPORT =
        keccak256("Report(uint64 generation,uint64 term,uint64 configNonce,uint64 leaderSeat,uint64[] countedSeats)");

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
