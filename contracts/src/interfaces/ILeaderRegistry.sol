// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {GenerationRecord, Leadership, Report, StartGeneration} from "../types/ClusterTypes.sol";

/// @title Who leads: the log decides, this contract records it, votes are heard
interface ILeaderRegistry {
    /// @dev A generation must be above the recorded one; a report must belong to it.
    error BadGeneration(uint64 generation, uint64 recorded);
    /// @dev A term below (for a new generation: not above) the recorded one.
    error BadTerm(uint64 term, uint64 recorded);
    /// @dev A configuration below the recorded one; genesis starts at 1.
    error BadConfigNonce(uint64 configNonce, uint64 recorded);
    /// @dev Not above the last report of this generation.
    error StaleReport(uint64 term, uint64 configNonce);
    /// @dev One signature for each signer.
    error SignatureCount(uint256 signers, uint256 signatures);
    /// @dev Fewer signers or founders than needed.
    error TooFew(uint256 given, uint256 required);
    /// @dev The same seat twice.
    error DuplicateSeat(uint64 seat);
    /// @dev Only counted seats have a say; at genesis, seats that have joined.
    error NotCounted(uint64 seat);
    /// @dev The seat is not running the boot that the founder claims.
    error NotThisBoot(uint64 seat, uint64 epoch);
    /// @dev Signed by another key than the seat's boot key.
    error NotBootKey(uint64 seat, address signer);
    /// @dev The first leader of a generation is one of its founders.
    error LeaderNotFounder(uint64 leaderSeat);
    /// @dev Counted seats are listed in ascending order, at least one.
    error BadSeatList();
    /// @dev The caller runs no counted seat.
    error NotVoter(address caller);
    /// @dev Votes are cast against the current leader only.
    error NotLeader(address target);
    /// @dev There is nobody to vote against.
    error NoLeader();
    /// @dev There is a leader, so there is nothing to elect.
    error LeaderStands(uint64 leaderSeat);
    /// @dev No generation was started yet, or no seat counts.
    error NothingToElect();

    /// @dev The last counted seat neither leaves nor expires, for then nobody could ever start or report again: let a
    /// report count another seat first. Revoking it ends the cluster; what follows is a new deployment.
    error LastCountedSeat(uint64 seat);

    event GenerationStarted(
        uint64 indexed generation, uint64 term, uint64 configNonce, uint64 leaderSeat, uint64 seq, bytes32 head
    );
    event Reported(
        uint64 indexed generation, uint64 indexed term, uint64 configNonce, uint64 leaderSeat, uint64[] countedSeats
    );
    event VoteCast(uint64 indexed seat, uint64 indexed leaderSeat, uint64 term, bool noConfidence, uint64 tally);
    event LeaderDeposed(uint64 indexed leaderSeat, uint64 term, uint64 votes);
    /// @notice A stand-in until the log reports who leads.
    event ProvisionalLeader(uint64 indexed leaderSeat, uint64 indexed term);

    /// @notice Genesis or a cold start; one winner per generation. Repeating the recorded one does nothing.
    /// @param signatures one per founder, in the same order, by its boot key.
    function startGeneration(StartGeneration calldata start, bytes[] calldata signatures) external;
    /// @notice Records term, leader and counted seats of the log. Repeating the last report does nothing.
    /// @param signers counted seats, each once; `signatures` in the same order, by their boot keys.
    function report(Report calldata report_, uint64[] calldata signers, bytes[] calldata signatures) external;
    /// @notice Votes (or withdraws the vote) against the current leader, as the operator of a counted seat.
    function castVote(address target, bool isNoConfidence) external;
    /// @notice Puts the next counted seat in place of a leader that is gone. By anybody.
    function electLeader() external;

    /// @notice The operator of the leader's seat, or zero.
    function currentLeader() external view returns (address);
    /// @notice A majority of the counted seats.
    function requiredVotes() external view returns (uint256);
    /// @notice Votes against `target` in this term; zero unless it leads.
    function noConfidenceCount(address target) external view returns (uint256);
    /// @notice The owner of the most counted seats, how many they are, and how many may fail (f).
    /// An owner of more than f can stop the cluster; one of a majority is the cluster.
    function concentration() external view returns (address owner, uint64 seats, uint64 tolerated);
    function generationRecord() external view returns (GenerationRecord memory);
    function leadership() external view returns (Leadership memory);
    /// @notice Did this seat vote against the current leader?
    function hasVoted(uint64 seat) external view returns (bool);
}
