// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";
import {ILeaderRegistry} from "../interfaces/ILeaderRegistry.sol";
import {LeaderState, NodeState} from "../types/ClusterState.sol";
import {Founder, Report, StartGeneration} from "../types/ClusterTypes.sol";
import {SeatSet, SeatSets} from "../types/SeatSet.sol";
import {ClusterHashes} from "./ClusterHashes.sol";
import {Signatures} from "./Signatures.sol";

/// @title Generations and reports
/// @dev A linked library: its code runs in the cluster's storage, and keeps the cluster below the size limit.
library LeaderLogic {
    /// @dev See ILeaderRegistry.startGeneration.
    function startGeneration(
        LeaderState storage state,
        NodeState storage nodes,
        StartGeneration calldata start,
        bytes[] calldata signatures,
        bytes32 domain
    ) external {
        bytes32 structHash = ClusterHashes.hash(start);
        if (structHash == state.recordHash) return; // somebody was faster

        uint64 recorded = state.generation;
        if (start.generation <= recorded) revert ILeaderRegistry.BadGeneration(start.generation, recorded);
        if (start.term <= state.term) revert ILeaderRegistry.BadTerm(start.term, state.term);
        bool genesis = recorded == 0;
        recorded = state.configNonce;
        if (genesis ? start.configNonce != 1 : start.configNonce < recorded) {
            revert ILeaderRegistry.BadConfigNonce(start.configNonce, recorded);
        }
        uint256 needed = genesis ? state.foundingSeats : quorum(state);
        if (start.founders.length < needed) revert ILeaderRegistry.TooFew(start.founders.length, needed);

        // Genesis counts its founders; later founders must be among those who count, and all of those stay.
        SeatSet eligible = genesis ? nodes.joined : state.counted;
        SeatSet founders = _checkFounders(
            state, nodes, eligible, start.founders, signatures, MessageHashUtils.toTypedDataHash(domain, structHash)
        );
        if (!founders.has(start.leaderSeat)) revert ILeaderRegistry.LeaderNotFounder(start.leaderSeat);

        state.generation = start.generation;
        state.configNonce = start.configNonce;
        if (genesis) state.counted = founders;
        setLeader(state, start.term, start.leaderSeat, false);
        _store(state, start, structHash);
        emit ILeaderRegistry.GenerationStarted(
            start.generation, start.term, start.configNonce, start.leaderSeat, start.seq, start.head
        );
    }

    /// @dev See ILeaderRegistry.report.
    function report(
        LeaderState storage state,
        NodeState storage nodes,
        Report calldata report_,
        uint64[] calldata signers,
        bytes[] calldata signatures,
        bytes32 domain
    ) external {
        bytes32 structHash = ClusterHashes.hash(report_);
        uint64 recorded = state.generation;
        if (report_.generation != recorded || recorded == 0) {
            revert ILeaderRegistry.BadGeneration(report_.generation, recorded);
        }
        if (structHash == state.reportHash) return; // somebody was faster

        _checkAbove(state, report_);
        bytes32 digest = MessageHashUtils.toTypedDataHash(domain, structHash);
        _checkReporters(nodes, state.counted, signers, signatures, digest);

        state.reportedGeneration = report_.generation;
        state.reportedTerm = report_.term;
        state.reportedConfigNonce = report_.configNonce;
        state.reportHash = structHash;
        state.configNonce = report_.configNonce;
        // A listed seat that left or was suspended in the meantime is skipped: the log hears of it by itself.
        SeatSet counted = _toSet(report_.countedSeats).both(nodes.joined);
        state.counted = counted;
        state.votes = state.votes.both(counted);
        setLeader(state, report_.term, report_.leaderSeat, false);
        emit ILeaderRegistry.Reported(
            report_.generation, report_.term, report_.configNonce, report_.leaderSeat, report_.countedSeats
        );
    }

    /// @dev A majority of the counted seats.
    function quorum(LeaderState storage state) internal view returns (uint64) {
        return state.counted.size() / 2 + 1;
    }

    /// @dev Votes are against one seat in one term and end with either.
    function setLeader(LeaderState storage state, uint64 term, uint64 seat, bool provisional) internal {
        if (term != state.term || seat != state.leaderSeat) state.votes = SeatSet.wrap(0);
        state.term = term;
        state.leaderSeat = seat;
        state.provisional = provisional;
    }

    function _checkAbove(LeaderState storage state, Report calldata report_) private view {
        if (report_.term < state.term) revert ILeaderRegistry.BadTerm(report_.term, state.term);
        if (report_.configNonce < state.configNonce) {
            revert ILeaderRegistry.BadConfigNonce(report_.configNonce, state.configNonce);
        }
        // Neither number falls, so the triple is above the last reported one unless all three are equal.
        bool again = state.reportedGeneration == report_.generation && state.reportedTerm == report_.term
            && state.reportedConfigNonce == report_.configNonce;
        if (again) revert ILeaderRegistry.StaleReport(report_.term, report_.configNonce);
    }

    function _checkFounders(
        LeaderState storage state,
        NodeState storage nodes,
        SeatSet eligible,
        Founder[] calldata claimed,
        bytes[] calldata signatures,
        bytes32 digest
    ) private returns (SeatSet founders) {
        if (signatures.length != claimed.length) {
            revert ILeaderRegistry.SignatureCount(claimed.length, signatures.length);
        }
        address[] memory keys = new address[](claimed.length);
        for (uint256 i = 0; i < claimed.length; i++) {
            uint64 seat = claimed[i].seat;
            if (!eligible.has(seat)) revert ILeaderRegistry.NotCounted(seat);
            keys[i] = nodes.nodes[seat].bootKey;
            if (nodes.nodes[seat].bootEpoch != claimed[i].epoch || keys[i] == address(0)) {
                revert ILeaderRegistry.NotThisBoot(seat, claimed[i].epoch);
            }
            founders = _addSigner(founders, seat, keys[i], digest, signatures[i]);
        }
        state.record.founderKeys = keys;
    }

    function _checkReporters(
        NodeState storage nodes,
        SeatSet counted,
        uint64[] calldata signers,
        bytes[] calldata signatures,
        bytes32 digest
    ) private view {
        if (signatures.length != signers.length) {
            revert ILeaderRegistry.SignatureCount(signers.length, signatures.length);
        }
        uint256 needed = counted.size() / 2 + 1;
        if (signers.length < needed) revert ILeaderRegistry.TooFew(signers.length, needed);
        SeatSet seen;
        for (uint256 i = 0; i < signers.length; i++) {
            uint64 seat = signers[i];
            if (!counted.has(seat)) revert ILeaderRegistry.NotCounted(seat);
            seen = _addSigner(seen, seat, nodes.nodes[seat].bootKey, digest, signatures[i]);
        }
    }

    /// @dev A seat without a boot key can sign nothing: no signature recovers to zero.
    function _addSigner(SeatSet seen, uint64 seat, address bootKey, bytes32 digest, bytes calldata signature)
        private
        pure
        returns (SeatSet)
    {
        if (seen.has(seat)) revert ILeaderRegistry.DuplicateSeat(seat);
        address signer = Signatures.recover(digest, signature);
        if (signer != bootKey) revert ILeaderRegistry.NotBootKey(seat, signer);
        return seen.add(seat);
    }

    function _toSet(uint64[] calldata seats) private pure returns (SeatSet set) {
        uint64 last = 0;
        for (uint256 i = 0; i < seats.length; i++) {
            uint64 seat = seats[i];
            if (seat <= last || seat > SeatSets.MAX_SEAT) revert ILeaderRegistry.BadSeatList();
            set = set.add(seat);
            last = seat;
        }
        if (last == 0) revert ILeaderRegistry.BadSeatList();
    }

    function _store(LeaderState storage state, StartGeneration calldata start, bytes32 structHash) private {
        state.recordHash = structHash;
        state.record.generation = start.generation;
        state.record.term = start.term;
        state.record.configNonce = start.configNonce;
        state.record.leaderSeat = start.leaderSeat;
        state.record.seq = start.seq;
        state.record.head = start.head;
        state.record.blockNumber = uint64(block.number);
        delete state.record.founders;
        for (uint256 i = 0; i < start.founders.length; i++) {
            state.record.founders.push(start.founders[i]);
        }
    }
}
