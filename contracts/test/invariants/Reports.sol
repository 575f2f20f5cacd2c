// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Leadership, Member, Report, StartGeneration} from "../../src/types/ClusterTypes.sol";
import {Books, Rule} from "./Books.sol";

/// @dev Generations and reports with all kinds of signers, and votes and elections by everybody. What is accepted is
/// held against the seats that counted, and the keys that they had, just before.
abstract contract Reports is Books {
    /// @dev Calls that were accepted, for replays.
    bytes[] private accepted;

    /// @dev What is wrong with the signatures, if anything.
    enum Spoilt {
        Not,
        Twice,
        Half,
        OldKey,
        StrangersKey
    }

    function startGeneration(uint256 seed) external watched(seed) {
        start();
    }

    function start() private {
        Leadership memory l = cluster.leadership();
        uint64[] memory list = pick(l.generation != 0);
        Spoilt spoilt = spoil(list);
        StartGeneration memory s;
        s.generation = l.generation + (oneIn(8) ? 0 : 1);
        s.term = l.term + (oneIn(16) ? 0 : 1);
        s.configNonce = l.generation == 0 ? 1 : l.configNonce;
        s.leaderSeat = list.length == 0 ? 0 : list[draw(list.length)];
        s.seq = uint64(draw(100));
        s.founders = founders(list);
        (bytes[] memory signatures, uint256 valid) = signAs(list, startDigest(s), spoilt);
        bytes memory data = abi.encodeCall(cluster.startGeneration, (s, signatures));
        if (!act("startGeneration", STRANGER, data, false)) return;
        uint64 needed = l.generation == 0 ? l.foundingSeats : l.requiredVotes;
        if (l.generation != 0) valid &= counted;
        if (size(valid) < needed) broken(Rule.FewReport, "too few founders started a generation");
        accepted.push(data);
        if (l.generation == 0) listed = maskOf(list);
        reign(s.term, s.leaderSeat);
    }

    function report(uint256 seed) external watched(seed) {
        Leadership memory l = cluster.leadership();
        if (l.generation == 0) return start();
        uint64[] memory signers = pick(true);
        Spoilt spoilt = spoil(signers);
        Report memory r;
        r.generation = oneIn(32) ? l.generation + 1 : l.generation;
        r.term = oneIn(8) ? l.term / 2 : l.term + uint64(draw(3));
        r.configNonce = l.configNonce + uint64(draw(2));
        r.leaderSeat = oneIn(16) ? 0 : anySeat();
        r.countedSeats = pick(false);
        (bytes[] memory signatures, uint256 valid) = signAs(signers, reportDigest(r), spoilt);
        bytes memory data = abi.encodeCall(cluster.report, (r, signers, signatures));
        bytes32 before = books();
        bool ok = act("report", STRANGER, data, false);
        note(ok, spoilt == Spoilt.Not ? "sound report" : "spoilt report");
        if (!ok || books() == before) return; // the last report once more needs no signature
        if (size(valid & counted) < l.requiredVotes) broken(Rule.FewReport, "too few signers reported");
        accepted.push(data);
        listed = maskOf(r.countedSeats);
        reign(r.term, r.leaderSeat);
    }

    /// @dev What was accepted once changes nothing ever after.
    function replay(uint256 seed) external watched(seed) {
        if (accepted.length == 0) return;
        bytes32 before = books();
        vm.prank(STRANGER);
        (bool ok,) = address(cluster).call(accepted[draw(accepted.length)]);
        note(ok, "replay");
        if (books() != before) broken(Rule.FewReport, "a replayed call changed something");
    }

    function castVote(address voter, address target, bool isNoConfidence) internal {
        Leadership memory l = cluster.leadership();
        uint64 seat = cluster.seatOf(voter);
        bytes memory data = abi.encodeCall(cluster.castVote, (target, isNoConfidence));
        if (!act(isNoConfidence ? "vote" : "withdraw", voter, data, false)) return;
        bool may = seat != 0 && counted >> seat & 1 == 1 && cluster.operatorOf(seat) == voter;
        if (!may) broken(Rule.Votes, "somebody voted who runs no counted seat");
        if (isNoConfidence) votes |= 1 << seat;
        else votes &= ~(1 << uint256(seat));
        Leadership memory after_ = cluster.leadership();
        if (after_.term == l.term) return;
        note(true, "depose");
        if (size(votes) < l.requiredVotes) broken(Rule.FewDepose, "fewer than the required votes deposed");
        reign(after_.term, after_.leaderSeat);
    }

    function elect(uint256 seed) external watched(seed) {
        Leadership memory l = cluster.leadership();
        if (!act("elect", STRANGER, abi.encodeCall(cluster.electLeader, ()), false)) return;
        if (l.leaderSeat != 0) broken(Rule.Elections, "a leader that stands was replaced");
        Leadership memory after_ = cluster.leadership();
        if (after_.term != l.term + 1) broken(Rule.Elections, "an election is one term");
        reign(after_.term, after_.leaderSeat);
    }

    /// @dev Seats with a chance, mostly: random sets alone would hardly ever be accepted.
    function pick(bool mustCount) private returns (uint64[] memory list) {
        (Member[] memory all,) = cluster.members(0, MAX);
        list = new uint64[](all.length);
        uint256 n = 0;
        for (uint256 i = 0; i < all.length; i++) {
            bool fit = mustCount ? all[i].counted && all[i].active : all[i].counted || all[i].active;
            if (all[i].owner != address(0) && (fit ? !oneIn(8) : oneIn(32))) list[n++] = all[i].seat;
        }
        assembly ("memory-safe") {
            mstore(list, n)
        }
    }

    /// @dev Spoils one list in three.
    function spoil(uint64[] memory list) private returns (Spoilt how) {
        if (!oneIn(3) || list.length < 2) return Spoilt.Not;
        how = Spoilt(1 + draw(4));
        if (how == Spoilt.Twice) list[1] = list[0];
        if (how != Spoilt.Half) return how;
        uint256 half = list.length / 2;
        assembly ("memory-safe") {
            mstore(list, half)
        }
    }

    /// @dev Signs for each seat with its present key, but spoilt the first with an old one or a stranger's.
    /// `valid` are the seats whose registered key has signed.
    function signAs(uint64[] memory list, bytes32 digest, Spoilt spoilt)
        private
        view
        returns (bytes[] memory all, uint256 valid)
    {
        all = new bytes[](list.length);
        for (uint256 i = 0; i < list.length; i++) {
            Member memory m = cluster.member(list[i]);
            uint256 key = bootKey(m.seat, m.bootEpoch);
            if (spoilt == Spoilt.OldKey && i == 0 && m.bootEpoch != 0) key = bootKey(m.seat, m.bootEpoch - 1);
            if (spoilt == Spoilt.StrangersKey && i == 0) key = STRANGER_KEY;
            all[i] = sign(key, digest);
            if (m.bootKey != address(0) && vm.addr(key) == m.bootKey) valid |= 1 << m.seat;
        }
    }
}
