// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC4906} from "@openzeppelin/contracts/interfaces/IERC4906.sol";
import {ILeaderRegistry} from "../interfaces/ILeaderRegistry.sol";
import {FounderBoot, LeaderState, NodeState, Source, StoredRecord} from "../types/ClusterState.sol";
import {Founder, GenerationRecord, Report, StartGeneration} from "../types/ClusterTypes.sol";
import {SeatSet, SeatSets} from "../types/SeatSet.sol";
import {CallContext} from "./CallContext.sol";
import {ClusterHashes} from "./ClusterHashes.sol";
import {Signatures} from "./Signatures.sol";

/// @title Generations and reports
/// @dev A linked library: its code runs in the cluster's storage, and keeps the cluster below the size limit.
library LeaderLogic {
    /// @dev See ILeaderRegistry.startGeneration.
    function startGeneration(StartGeneration calldata start, bytes[] calldata signatures) external {
        (LeaderState storage state, NodeState storage nodes) = CallContext.ofLeader();
        bytes32 structHash = ClusterHashes.hash(start);
        if (structHash == state.record.hash) return; // somebody was faster

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
        SeatSet eligible = genesis ? SeatSets.ALL.minus(nodes.absent) : state.counted;
        SeatSet founders =
            _takeFounders(state.record, nodes, eligible, start.founders, signatures, ClusterHashes.digest(structHash));
        if (!founders.has(start.leaderSeat)) revert ILeaderRegistry.LeaderNotFounder(start.leaderSeat);

        state.generation = start.generation;
        state.configNonce = start.configNonce;
        if (genesis) {
            state.counted = founders;
            state.configs[start.configNonce] = founders;
        }
        setLeader(state, start.term, start.leaderSeat, Source.Start);
        _record(state.record, start, structHash);
    }

    /// @dev See ILeaderRegistry.report.
    function report(Report calldata report_, uint64[] calldata signers, bytes[] calldata signatures) external {
        (LeaderState storage state, NodeState storage nodes) = CallContext.ofLeader();
        uint64 recorded = state.generation;
        if (report_.generation != recorded || recorded == 0) {
            revert ILeaderRegistry.BadGeneration(report_.generation, recorded);
        }
        // A listed seat that left or was suspended in the meantime is skipped: the log hears of it by itself.
        SeatSet inLog = _toSet(report_.countedSeats);
        SeatSet listed = inLog.minus(nodes.absent);
        bool stands = _leaderOf(report_) == state.leaderSeat && listed.equals(state.counted);
        if (_isReported(state, report_)) {
            if (stands) return; // somebody was faster
            revert ILeaderRegistry.StaleReport(report_.term, report_.configNonce);
        }
        bytes32 digest = ClusterHashes.digest(ClusterHashes.hash(report_));
        _checkReporters(nodes, state.counted, signers, signatures, digest);
        if (state.configs[report_.configNonce].isEmpty()) state.configs[report_.configNonce] = inLog;
        _take(state, report_, listed);
        if (!stands) emit IERC4906.BatchMetadataUpdate(0, type(uint256).max);
    }

    /// @dev See ILeaderRegistry.generationRecord.
    function generationRecord(LeaderState storage state) external view returns (GenerationRecord memory record) {
        StoredRecord storage stored = state.record;
        uint256 n = stored.founders.length;
        record = GenerationRecord({
            generation: state.generation,
            term: stored.term,
            configNonce: stored.configNonce,
            leaderSeat: stored.leaderSeat,
            seq: stored.seq,
            head: stored.head,
            founders: new Founder[](n),
            founderKeys: new address[](n),
            blockNumber: stored.blockNumber
        });
        for (uint256 i = 0; i < n; i++) {
            FounderBoot memory boot = stored.founders[i];
            record.founders[i] = Founder(boot.seat, boot.epoch);
            record.founderKeys[i] = boot.bootKey;
        }
    }

    /// @dev A majority of the counted seats.
    function quorum(LeaderState storage state) internal view returns (uint64) {
        return state.counted.size() / 2 + 1;
    }

    /// @dev Votes are against one seat in one term and end with either. `seat` is at most MAX_SEAT.
    function setLeader(LeaderState storage state, uint64 term, uint64 seat, Source source) internal {
        if (term != state.term || seat != state.leaderSeat) state.votes = SeatSet.wrap(0);
        state.term = term;
        state.leaderSeat = uint8(seat);
        state.source = source;
    }

    function _take(LeaderState storage state, Report calldata report_, SeatSet listed) private {
        state.configNonce = report_.configNonce;
        state.counted = listed;
        state.votes = state.votes.both(listed);
        setLeader(state, report_.term, _leaderOf(report_), Source.Report);
        emit ILeaderRegistry.Reported(
            report_.generation, report_.term, report_.configNonce, report_.leaderSeat, report_.countedSeats
        );
    }

    /// @dev A number that no seat can have leads as little as zero does.
    function _leaderOf(Report calldata report_) private pure returns (uint64) {
        return report_.leaderSeat > SeatSets.MAX_SEAT ? 0 : report_.leaderSeat;
    }

    /// @dev Is this the term and configuration of the last report? Below it there is nothing to report.
    function _isReported(LeaderState storage state, Report calldata report_) private view returns (bool) {
        if (report_.term < state.term) revert ILeaderRegistry.BadTerm(report_.term, state.term);
        if (report_.configNonce < state.configNonce) {
            revert ILeaderRegistry.BadConfigNonce(report_.configNonce, state.configNonce);
        }
        return state.source == Source.Report && report_.term == state.term && report_.configNonce == state.configNonce;
    }

    /// @dev Checks the founders, their boots and signatures, and records them.
    function _takeFounders(
        StoredRecord storage record,
        NodeState storage nodes,
        SeatSet eligible,
        Founder[] calldata claimed,
        bytes[] calldata signatures,
        bytes32 digest
    ) private returns (SeatSet founders) {
        if (signatures.length != claimed.length) {
            revert ILeaderRegistry.SignatureCount(claimed.length, signatures.length);
        }
        delete record.founders;
        for (uint256 i = 0; i < claimed.length; i++) {
            uint64 seat = claimed[i].seat;
            uint64 epoch = claimed[i].epoch;
            if (!eligible.has(seat)) revert ILeaderRegistry.NotCounted(seat);
            address key = nodes.nodes[seat].bootKey;
            if (nodes.nodes[seat].bootEpoch != epoch || key == address(0)) {
                revert ILeaderRegistry.NotThisBoot(seat, epoch);
            }
            founders = _addSigner(founders, seat, key, digest, signatures[i]);
            record.founders.push(FounderBoot(key, epoch, uint8(seat)));
        }
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

    function _record(StoredRecord storage record, StartGeneration calldata start, bytes32 structHash) private {
        record.hash = structHash;
        record.term = start.term;
        record.configNonce = start.configNonce;
        record.leaderSeat = uint8(start.leaderSeat); // a founder's, so at most MAX_SEAT
        record.seq = start.seq;
        record.head = start.head;
        record.blockNumber = uint64(block.number);
        emit IERC4906.BatchMetadataUpdate(0, type(uint256).max);
        emit ILeaderRegistry.GenerationStarted(
            start.generation, start.term, start.configNonce, start.leaderSeat, start.seq, start.head
        );
    }
}
