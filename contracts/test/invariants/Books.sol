// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {PausableUpgradeable} from "@openzeppelin/contracts-upgradeable/utils/PausableUpgradeable.sol";
import {Leadership, Member} from "../../src/types/ClusterTypes.sol";
import {Fixture} from "../utils/Fixture.sol";

/// @dev The sentences that a deed can break while it happens; the state alone would not show it afterwards.
enum Rule {
    NeverFall,
    Counted,
    Votes,
    FewDepose,
    FewReport,
    Elections,
    Joins,
    Retired,
    Sales,
    Roles,
    Pause,
    Gate
}

/// @dev A second set of books about the cluster, kept from the outside: who voted in this reign, who may count, and
/// the highest numbers seen. A breach is written down with its rule, for the invariant of that rule to find.
abstract contract Books is Fixture {
    uint64 public constant MAX = 9;

    mapping(Rule => string) public breach;
    mapping(string deed => uint256) public done;
    mapping(string deed => uint256) public refused;
    uint256 public tried;
    uint256 public succeeded;

    mapping(uint64 seat => uint64) internal highestEpoch;
    mapping(address instance => bool) public retired;
    address[] internal lost;
    uint64 private highestGeneration;
    uint64 private highestTerm;
    uint64 private highestConfigNonce;

    /// @dev Seats whose vote stands against `reignLeader` in `reignTerm`, by bit.
    uint256 public votes;
    uint64 internal reignTerm;
    uint64 internal reignLeader;
    /// @dev Seats that counted after the last deed, and those that this deed made eligible.
    uint256 internal counted;
    uint256 internal listed;

    /// @dev Forge likes small and repeated numbers; a deed draws evenly from what it is given.
    uint256 private entropy;

    uint64 internal pauseEnd;

    modifier watched(uint256 seed) {
        tried++;
        entropy = uint256(keccak256(abi.encode(seed, tried)));
        listed = 0;
        _;
        look();
    }

    /// @dev A number below n.
    function draw(uint256 n) internal returns (uint256) {
        entropy = uint256(keccak256(abi.encode(entropy)));
        return entropy % n;
    }

    function oneIn(uint256 n) internal returns (bool) {
        return draw(n) == 0;
    }

    /// @dev A seat that was minted and not burned; the handler leaves a few of those.
    function anySeat() internal returns (uint64) {
        return seatAfter(uint64(draw(MAX)));
    }

    function seatAfter(uint64 seat) internal view returns (uint64) {
        (Member[] memory all,) = cluster.members(0, MAX);
        uint256 at = seat % all.length;
        while (all[at].owner == address(0)) {
            at = (at + 1) % all.length;
        }
        return all[at].seat;
    }

    /// @dev A burned seat has its line as well.
    function lineOf(uint64 seat) internal view returns (Member memory) {
        (Member[] memory line,) = cluster.members(seat - 1, 1);
        return line[0];
    }

    function retire(address instance) internal {
        if (instance == address(0)) return;
        retired[instance] = true;
        lost.push(instance);
    }

    function broken(Rule rule, string memory how) internal {
        breach[rule] = how;
    }

    function note(bool ok, string memory deed) internal {
        if (ok) {
            done[deed]++;
            succeeded++;
        } else {
            refused[deed]++;
        }
    }

    /// @dev Calls the cluster. A grant must fail while paused; everything else must not fail because of it.
    function act(string memory deed, address who, bytes memory data, bool isGrant) internal returns (bool ok) {
        bytes memory answer;
        vm.prank(who);
        (ok, answer) = address(cluster).call(data);
        note(ok, deed);
        bool blamed = !ok && bytes4(answer) == PausableUpgradeable.EnforcedPause.selector;
        if (blamed && !(isPaused() && isGrant)) broken(Rule.Pause, deed);
        if (!isPaused()) return ok;
        if (ok && isGrant) broken(Rule.Pause, deed);
        note(ok, isGrant ? "grant while paused" : "other deed while paused");
    }

    /// @dev By our books: a pause that nobody ended is over at its end.
    function isPaused() public view returns (bool) {
        return block.timestamp < pauseEnd;
    }

    /// @dev Votes are against one seat in one term and end with either.
    function reign(uint64 term, uint64 leader) internal {
        if (term != reignTerm || leader != reignLeader) votes = 0;
        (reignTerm, reignLeader) = (term, leader);
    }

    function look() internal {
        Leadership memory l = cluster.leadership();
        bool fell = l.generation < highestGeneration || l.term < highestTerm || l.configNonce < highestConfigNonce;
        if (fell) broken(Rule.NeverFall, "generation, term or configuration fell");
        (highestGeneration, highestTerm, highestConfigNonce) = (l.generation, l.term, l.configNonce);
        (Member[] memory all,) = cluster.members(0, MAX);
        uint256 now_ = 0;
        for (uint256 i = 0; i < all.length; i++) {
            if (all[i].bootEpoch < highestEpoch[all[i].seat]) broken(Rule.NeverFall, "a boot epoch fell");
            highestEpoch[all[i].seat] = all[i].bootEpoch;
            if (all[i].counted) now_ |= 1 << all[i].seat;
        }
        if (now_ & ~(counted | listed) != 0) broken(Rule.Counted, "a seat counts that no generation or report listed");
        counted = now_;
        votes &= now_;
    }

    /// @dev Everything that members and leadership show: equal before and after means that nothing happened.
    function books() internal view returns (bytes32) {
        (Member[] memory all,) = cluster.members(0, MAX);
        return keccak256(abi.encode(all, cluster.leadership()));
    }

    function hasJoined(Member memory m) internal view returns (bool) {
        return !m.revoked && cluster.locked(m.seat);
    }

    function size(uint256 set) internal pure returns (uint64 n) {
        for (; set != 0; set &= set - 1) {
            n++;
        }
    }

    function maskOf(uint64[] memory list) internal pure returns (uint256 mask) {
        for (uint256 i = 0; i < list.length; i++) {
            mask |= 1 << list[i];
        }
    }
}
