// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {DstackMembershipNFT} from "../../src/DstackMembershipNFT.sol";
import {Member} from "../../src/types/ClusterTypes.sol";
import {Rule} from "./Books.sol";
import {Joins} from "./Joins.sol";
import {Reports} from "./Reports.sol";

/// @dev What owners, operators, buyers, the admin, strangers and time do to a cluster, in any order.
contract Handler is Joins, Reports {
    address public constant GUARDIAN = address(0x9a4d);
    uint64 private guardianLimit;

    constructor(DstackMembershipNFT cluster_) Joins(cluster_) {
        reign(cluster.leadership().term, cluster.leadership().leaderSeat);
        listed = type(uint256).max;
        vm.prank(ADMIN);
        cluster.setGuardian(GUARDIAN);
        look();
    }

    function mint(uint256 seed) external watched(seed) {
        act("mint", ADMIN, abi.encodeCall(cluster.mint, (anyWallet())), true);
    }

    // What ends a join comes seldom, and hardly ever to the last seats that count: a cluster without any is dead.

    function leave(uint256 seed) external watched(seed) {
        uint64 seat = anySeat();
        bool asStranger = oneIn(2);
        if (!asStranger && (!oneIn(2) || isNeeded(seat) && !oneIn(8))) return;
        address caller = asStranger ? anyWallet() : cluster.operatorOf(seat);
        bool may = caller == cluster.operatorOf(seat) || caller == cluster.member(seat).owner;
        bool ok = act("leave", caller, abi.encodeCall(cluster.leave, (seat)), false);
        if (ok && !may) broken(Rule.Roles, "a seat was given up by another than its owner or operator");
    }

    function replace(uint256 seed) external watched(seed) {
        if (oneIn(2)) return;
        uint64 seat = anySeat();
        address instance = cluster.member(seat).instance;
        bool ok = act("replace", cluster.operatorOf(seat), abi.encodeCall(cluster.replace, (seat)), false);
        if (ok) retire(instance);
    }

    function transfer(uint256 seed) external watched(seed) {
        uint64 seat = anySeat();
        address owner = cluster.member(seat).owner;
        Member memory m = cluster.member(seat);
        bool ok = act("transfer", owner, abi.encodeCall(cluster.transferFrom, (owner, anyWallet(), seat)), false);
        if (!ok) return;
        if (m.active || m.counted || m.revoked || hasJoined(m)) broken(Rule.Sales, "a locked seat was sold");
        m = cluster.member(seat);
        bool bare = m.instance == address(0) && m.bootKey == address(0) && m.operator == m.owner;
        if (!bare || cluster.userOf(seat) != address(0)) broken(Rule.Sales, "a seat was sold with what ran on it");
    }

    function setUser(uint256 seed) external watched(seed) {
        uint64 seat = anySeat();
        Member memory m = cluster.member(seat);
        address next = oneIn(4) ? address(0) : anyWallet();
        if (m.active && oneIn(2)) next = m.operator; // mostly the lease of the one who runs it
        bytes memory data = abi.encodeCall(cluster.setUser, (seat, next, uint64(block.timestamp + draw(64))));
        if (!act("setUser", m.owner, data, false) || m.bootKey == address(0)) return;
        bool keeps = cluster.member(seat).bootKey != address(0);
        note(!keeps, "silence");
        if (keeps && cluster.seatOf(cluster.operatorOf(seat)) != seat) {
            broken(Rule.Joins, "a boot key kept its voice under another operator");
        }
    }

    function expire(uint256 seed) external watched(seed) {
        uint64 seat = anySeat();
        bool due = isDue(seat);
        for (uint64 i = 0; i < MAX && !due; i++) {
            seat = seatAfter(seat);
            due = isDue(seat);
        }
        if (due && isNeeded(seat) && !oneIn(8)) return;
        bool ok = act("expire", STRANGER, abi.encodeCall(cluster.expire, (seat)), false);
        if (ok && !due) broken(Rule.Roles, "a seat expired before its time");
    }

    function wait(uint256 seed) external watched(seed) {
        vm.warp(block.timestamp + draw(256));
    }

    function revoke(uint256 seed) external watched(seed) {
        uint64 seat = anySeat();
        if (!oneIn(4) || isNeeded(seat) && !oneIn(8)) return;
        act("revoke", ADMIN, abi.encodeCall(cluster.revoke, (seat)), false);
    }

    function reinstate(uint256 seed) external watched(seed) {
        uint64 seat = anySeat();
        for (uint64 i = 0; i < MAX && !cluster.member(seat).revoked; i++) {
            seat = seatAfter(seat);
        }
        act("reinstate", ADMIN, abi.encodeCall(cluster.reinstate, (seat)), true);
    }

    /// @dev Only what is revoked can be burned, and its instance stays away for good.
    function burn(uint256 seed) external watched(seed) {
        uint64 seat = anySeat();
        if (oneIn(2) || cluster.totalSupply() < 5) return;
        for (uint64 i = 0; i < MAX && !cluster.member(seat).revoked; i++) {
            seat = seatAfter(seat);
        }
        Member memory m = cluster.member(seat);
        bool ok = act("burn", ADMIN, abi.encodeCall(cluster.burn, (seat)), false);
        if (!ok) return;
        if (!m.revoked) broken(Rule.Sales, "a seat was burned that was not revoked");
        retire(m.instance);
    }

    function pause(uint256 seed) external watched(seed) {
        if (oneIn(16) && act("setGuardian", ADMIN, abi.encodeCall(cluster.setGuardian, (GUARDIAN)), false)) {
            guardianLimit = 0;
        }
        if (isPaused() ? oneIn(2) : oneIn(8)) endPause();
        else if (oneIn(3)) pauseAs(ADMIN, uint64(block.timestamp + draw(128)));
        else pauseAs(GUARDIAN, oneIn(2) ? guardianLimit + uint64(draw(3)) : uint64(block.timestamp + draw(128)));
    }

    /// @dev What may boot. To allow is a grant, to forbid is none.
    function policy(uint256 seed) external watched(seed) {
        bool strict = oneIn(2);
        bytes[3] memory calls = [
            abi.encodeCall(cluster.setRequireTcbUpToDate, (strict)),
            abi.encodeCall(cluster.setAllowAnyDevice, (!strict)),
            strict
                ? abi.encodeCall(cluster.removeComposeHash, (COMPOSE))
                : abi.encodeCall(cluster.addComposeHash, (COMPOSE))
        ];
        act("policy", ADMIN, calls[draw(3)], !strict);
    }

    /// @dev Mostly against the leader, by the operator of a counted seat; now and then by whoever has a wallet.
    function vote(uint256 seed) external watched(seed) {
        address leader = cluster.currentLeader();
        uint64 seat = anySeat();
        for (uint64 i = 0; i < MAX && counted >> seat & 1 == 0; i++) {
            seat = seatAfter(seat);
        }
        address voter = oneIn(4) ? anyWallet() : cluster.operatorOf(seat);
        castVote(voter, oneIn(16) ? anyWallet() : leader, !oneIn(5));
    }

    /// @dev A stranger holds no seat and no role: nothing that asks for one may work.
    function intrude(uint256 seed) external watched(seed) {
        uint64 seat = anySeat();
        bytes[24] memory calls = [
            abi.encodeCall(cluster.mint, (STRANGER)),
            abi.encodeCall(cluster.revoke, (seat)),
            abi.encodeCall(cluster.reinstate, (seat)),
            abi.encodeCall(cluster.burn, (seat)),
            abi.encodeCall(cluster.pauseUntil, (type(uint64).max)),
            abi.encodeCall(cluster.unpause, ()),
            abi.encodeCall(cluster.setKmsRoot, (STRANGER)),
            abi.encodeCall(cluster.addComposeHash, (bytes32("x"))),
            abi.encodeCall(cluster.removeComposeHash, (COMPOSE)),
            abi.encodeCall(cluster.addDevice, (bytes32("x"))),
            abi.encodeCall(cluster.removeDevice, (bytes32("x"))),
            abi.encodeCall(cluster.setAllowAnyDevice, (false)),
            abi.encodeCall(cluster.setRequireTcbUpToDate, (true)),
            abi.encodeCall(cluster.setGuardian, (STRANGER)),
            abi.encodeCall(cluster.transferOwnership, (STRANGER)),
            abi.encodeCall(cluster.acceptOwnership, ()),
            abi.encodeCall(cluster.renounceOwnership, ()),
            abi.encodeCall(cluster.initialize, (defaultParams())),
            abi.encodeCall(cluster.setUser, (seat, STRANGER, type(uint64).max)),
            abi.encodeCall(cluster.transferFrom, (cluster.member(seat).owner, STRANGER, seat)),
            abi.encodeCall(cluster.approve, (STRANGER, seat)),
            abi.encodeCall(cluster.leave, (seat)),
            abi.encodeCall(cluster.replace, (seat)),
            abi.encodeCall(cluster.castVote, (cluster.currentLeader(), true))
        ];
        vm.prank(STRANGER);
        (bool ok,) = address(cluster).call(calls[draw(calls.length)]);
        note(ok, "intrude");
        if (ok) broken(Rule.Roles, "a stranger did what asks for a seat or a role");
    }

    /// @dev Any bytes at all, the more cunning ones with some words right.
    function ask(uint256 seed) external watched(seed) {
        bytes32[9] memory words;
        for (uint256 i = 0; i < words.length; i++) {
            words[i] = bytes32(draw(type(uint256).max) >> (oneIn(2) ? 0 : draw(256)));
        }
        uint256 repair = oneIn(3) ? 15 : oneIn(2) ? 7 : draw(16); // all right, all but the offset, anything
        if (repair & 1 != 0) words[0] = bytes32(uint256(uint160(address(cluster))));
        if (repair & 2 != 0) words[1] = COMPOSE;
        if (repair & 4 != 0) words[2] = bytes32(0x1000 + draw(64));
        if (repair & 8 != 0) words[7] = bytes32(uint256(0x120));
        bytes memory data =
            abi.encodePacked(cluster.isAppAllowed.selector, uint256(0x20), words, uint256(8), bytes32("UpToDate"));
        (bool ok, bytes memory answer) = address(cluster).staticcall(data);
        if (!ok) broken(Rule.Gate, "the boot gate reverted");
        (bool allowed, string memory reason) = abi.decode(answer, (bool, string));
        if (allowed != (bytes(reason).length == 0)) broken(Rule.Gate, "the boot gate gave no reason");
        note(allowed, "ask");
        bool strict = !cluster.allowedComposeHashes(COMPOSE) || !cluster.allowAnyDevice();
        if (allowed && (strict || repair & 3 != 3)) broken(Rule.Gate, "the boot gate let the wrong one in");
    }

    function endPause() private {
        bool ok = act("unpause", ADMIN, abi.encodeCall(cluster.unpause, ()), false);
        if (ok != isPaused()) broken(Rule.Pause, "a pause was ended that did not last, or one that lasts was not");
        if (ok) pauseEnd = 0;
    }

    /// @dev The guardian's pauses all end within 30 days of its first, and shorten none.
    function pauseAs(address who, uint64 until) private {
        bool isGuardian = who == GUARDIAN;
        string memory deed = isGuardian ? "pause by the guardian" : "pause";
        if (!act(deed, who, abi.encodeCall(cluster.pauseUntil, (until)), false)) return;
        if (isGuardian && guardianLimit == 0) guardianLimit = uint64(block.timestamp + 30 days);
        if (isGuardian && until > guardianLimit) broken(Rule.Pause, "the guardian pauses beyond its time");
        if (isGuardian && isPaused() && until < pauseEnd) broken(Rule.Pause, "the guardian shortened a pause");
        pauseEnd = until;
    }

    function isNeeded(uint64 seat) private view returns (bool) {
        return size(counted) < 3 && counted >> seat & 1 == 1;
    }

    function isDue(uint64 seat) private view returns (bool) {
        uint256 expires = cluster.userExpires(seat);
        return expires != 0 && expires < block.timestamp && hasJoined(cluster.member(seat));
    }
}
