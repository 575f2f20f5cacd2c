// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC4906} from "@openzeppelin/contracts/interfaces/IERC4906.sol";
import {ILeaderRegistry} from "./interfaces/ILeaderRegistry.sol";
import {ClusterViews} from "./libraries/ClusterViews.sol";
import {LeaderLogic} from "./libraries/LeaderLogic.sol";
import {NodeRegistry} from "./NodeRegistry.sol";
import {LeaderState, Source} from "./types/ClusterState.sol";
import {ClusterParams, GenerationRecord, Leadership, Report, StartGeneration} from "./types/ClusterTypes.sol";

/// @title Generation, term, leader, counted seats and votes
/// @dev See LeaderState for what holds between them.
abstract contract LeaderRegistry is ILeaderRegistry, NodeRegistry {
    using LeaderLogic for LeaderState;

    LeaderState internal _state;

    function __LeaderRegistry_init(ClusterParams calldata params) internal onlyInitializing {
        _state.foundingSeats = uint8(params.foundingSeats); // at most 255, like every seat number
    }

    /// @inheritdoc ILeaderRegistry
    function startGeneration(StartGeneration calldata start, bytes[] calldata signatures) external {
        _forward(address(LeaderLogic), LeaderLogic.startGeneration.selector, _stateSlot(), _nodesSlot());
    }

    /// @inheritdoc ILeaderRegistry
    function report(Report calldata report_, uint64[] calldata signers, bytes[] calldata signatures) external {
        _forward(address(LeaderLogic), LeaderLogic.report.selector, _stateSlot(), _nodesSlot());
    }

    /// @inheritdoc ILeaderRegistry
    function castVote(address target, bool isNoConfidence) external {
        uint64 seat = _seatRunBy(msg.sender);
        if (!_state.counted.has(seat)) revert NotVoter(msg.sender);
        uint64 leader = _leader();
        if (leader == 0) revert NoLeader();
        if (target != operatorOf(leader)) revert NotLeader(target);

        _state.votes = isNoConfidence ? _state.votes.add(seat) : _state.votes.remove(seat);
        uint64 tally = _state.votes.size();
        emit VoteCast(seat, leader, _state.term, isNoConfidence, tally);
        if (isNoConfidence && tally >= _state.quorum()) {
            emit LeaderDeposed(leader, _state.term, tally);
            _standIn();
        }
    }

    /// @inheritdoc ILeaderRegistry
    function electLeader() external {
        if (_state.generation == 0 || _state.counted.isEmpty()) revert NothingToElect();
        uint64 leader = _leader();
        if (leader != 0) revert LeaderStands(leader);
        _standIn();
    }

    /// @inheritdoc ILeaderRegistry
    function currentLeader() public view returns (address) {
        uint64 leader = _leader();
        return leader == 0 ? address(0) : operatorOf(leader);
    }

    /// @inheritdoc ILeaderRegistry
    function requiredVotes() external view returns (uint256) {
        return _state.quorum();
    }

    /// @inheritdoc ILeaderRegistry
    function noConfidenceCount(address target) external view returns (uint256) {
        return target != address(0) && target == currentLeader() ? _state.votes.size() : 0;
    }

    /// @inheritdoc ILeaderRegistry
    function hasVoted(uint64 seat) external view returns (bool) {
        return _leader() != 0 && _state.votes.has(seat);
    }

    /// @inheritdoc ILeaderRegistry
    function concentration() external view returns (address owner, uint64 seats, uint64 tolerated) {
        return ClusterViews.concentration();
    }

    /// @inheritdoc ILeaderRegistry
    function generationRecord() external view returns (GenerationRecord memory) {
        return _state.generationRecord();
    }

    /// @inheritdoc ILeaderRegistry
    function leadership() external view returns (Leadership memory) {
        uint64 leader = _leader();
        return Leadership({
            generation: _state.generation,
            term: _state.term,
            configNonce: _state.configNonce,
            leaderSeat: leader,
            provisional: leader != 0 && _state.source == Source.Votes,
            countedSeats: _state.counted.size(),
            requiredVotes: _state.quorum(),
            foundingSeats: _state.foundingSeats,
            noConfidence: leader == 0 ? 0 : _state.votes.size()
        });
    }

    /// @inheritdoc NodeRegistry
    function _isCounted(uint64 seat) internal view override returns (bool) {
        return _state.counted.has(seat);
    }

    /// @inheritdoc NodeRegistry
    /// @dev Takes the seat's vote along: whoever holds the seat next has one vote, not two.
    function _uncount(uint64 seat) internal override {
        if (!_state.counted.has(seat)) return;
        _state.counted = _state.counted.remove(seat);
        _state.votes = _state.votes.remove(seat);
    }

    /// @inheritdoc NodeRegistry
    function _requireNotLastCounted(uint64 seat) internal view override {
        if (_state.counted.has(seat) && _state.counted.size() == 1) revert LastCountedSeat(seat);
    }

    function _stateSlot() internal pure returns (uint256 slot) {
        assembly ("memory-safe") {
            slot := _state.slot
        }
    }

    function _leader() private view returns (uint64) {
        return _state.counted.has(_state.leaderSeat) ? _state.leaderSeat : 0;
    }

    /// @dev The next counted seat in order leads a new term, whoever calls, until the log reports.
    function _standIn() private {
        uint64 next = _state.counted.successor(_state.leaderSeat);
        _state.setLeader(_state.term + 1, next, Source.Votes);
        emit IERC4906.BatchMetadataUpdate(0, type(uint256).max);
        emit ProvisionalLeader(next, _state.term);
    }
}
