// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ILeaderRegistry} from "../src/interfaces/ILeaderRegistry.sol";
import {Report} from "../src/types/ClusterTypes.sol";
import {Fixture} from "./utils/Fixture.sol";

contract LeaderVotesTest is Fixture {
    // Votes

    function test_q_operators_depose_and_the_tally_shows_on_the_way() public {
        startCluster(5);
        address leader = cluster.currentLeader();
        vm.assertEq(cluster.noConfidenceCount(leader), 0);
        vm.expectEmit(true, true, true, true);
        emit ILeaderRegistry.VoteCast(2, 1, 1, true, 1);
        vote(2, true);
        vm.assertEq(cluster.noConfidenceCount(leader), 1);
        vm.assertTrue(cluster.hasVoted(2));
        vm.assertEq(cluster.noConfidenceCount(ownerOf(2)), 0);
        vote(3, true);
        vm.assertEq(cluster.noConfidenceCount(leader), 2);
        vm.assertEq(cluster.currentLeader(), leader);
        vm.expectEmit(true, true, true, true);
        emit ILeaderRegistry.LeaderDeposed(1, 1, 3);
        vm.expectEmit(true, true, true, true);
        emit ILeaderRegistry.ProvisionalLeader(2, 2);
        vote(4, true);
        vm.assertEq(cluster.currentLeader(), ownerOf(2));
        vm.assertEq(leadership().term, 2);
        vm.assertTrue(leadership().provisional);
        vm.assertEq(cluster.noConfidenceCount(leader), 0);
        vm.assertEq(cluster.noConfidenceCount(ownerOf(2)), 0);
        vm.assertFalse(cluster.hasVoted(2));
    }

    /// @dev However often f operators vote, withdraw and repeat, nobody falls.
    function testFuzz_f_voters_never_depose(uint64 n, uint64[12] memory who, uint16 what) public {
        n = uint64(bound(n, 3, 9));
        startCluster(n);
        uint64 f = (n - 1) / 2;
        for (uint256 i = 0; i < who.length; i++) {
            vote(uint64(bound(who[i], 1, f)), what >> i & 1 == 0);
        }
        vm.assertEq(leadership().leaderSeat, 1);
        vm.assertEq(leadership().term, 1);
        vm.assertLe(leadership().noConfidence, f);
    }

    function test_votes_can_be_withdrawn_and_count_once() public {
        startCluster(3);
        vote(2, true);
        vote(2, true);
        vm.assertEq(leadership().noConfidence, 1);
        vote(2, false);
        vm.assertEq(leadership().noConfidence, 0);
        vote(2, false);
        vm.assertEq(leadership().noConfidence, 0);
        vote(2, true);
        vm.assertEq(leadership().noConfidence, 1);
    }

    function test_only_operators_of_counted_seats_vote() public {
        startCluster(3);
        mintSeats(1);
        join(4, 1);
        address leader = cluster.currentLeader();
        address[2] memory nobody = [STRANGER, ownerOf(4)];
        for (uint256 i = 0; i < nobody.length; i++) {
            vm.prank(nobody[i]);
            vm.expectRevert(abi.encodeWithSelector(ILeaderRegistry.NotVoter.selector, nobody[i]));
            cluster.castVote(leader, true);
        }
    }

    function test_expired_operator_counts_but_does_not_vote() public {
        mintSeats(3);
        vm.prank(ownerOf(2));
        cluster.setUser(2, vm.addr(STRANGER_KEY), uint64(block.timestamp + 10));
        join(1, 1);
        join(joinRequest(2, 1), STRANGER_KEY);
        join(3, 1);
        startGeneration(1, 1, 1, 1, seats(3), 1);
        vm.warp(block.timestamp + 11);
        vm.prank(vm.addr(STRANGER_KEY));
        vm.expectRevert(abi.encodeWithSelector(ILeaderRegistry.NotVoter.selector, vm.addr(STRANGER_KEY)));
        cluster.castVote(ownerOf(1), true);
        vm.assertEq(leadership().countedSeats, 3);
        cluster.expire(2);
        vm.assertEq(leadership().countedSeats, 2);
    }

    function test_votes_are_against_the_current_leader() public {
        startCluster(3);
        vm.prank(ownerOf(2));
        vm.expectRevert(abi.encodeWithSelector(ILeaderRegistry.NotLeader.selector, ownerOf(3)));
        cluster.castVote(ownerOf(3), true);
        vm.prank(ownerOf(1));
        cluster.leave(1);
        vm.prank(ownerOf(2));
        vm.expectRevert(ILeaderRegistry.NoLeader.selector);
        cluster.castVote(ownerOf(1), true);
    }

    function test_leader_may_vote_itself_out() public {
        startCluster(3);
        vote(1, true);
        vote(2, true);
        vm.assertEq(leadership().leaderSeat, 2);
    }

    function test_votes_end_with_the_term_not_with_a_report_of_it() public {
        startCluster(3);
        vote(2, true);
        reportBy(seats(2), Report(1, 1, 2, 1, seats(3)));
        vm.assertEq(leadership().noConfidence, 1);
        reportBy(seats(2), Report(1, 2, 2, 1, seats(3)));
        vm.assertEq(leadership().noConfidence, 0);
    }

    function test_votes_against_a_stand_in_are_not_votes_against_the_reported_leader() public {
        startCluster(3);
        vote(1, true);
        vote(2, true);
        vm.assertEq(leadership().leaderSeat, 2);
        vote(3, true); // against the stand-in of term 2
        reportBy(seats(2), Report(1, 2, 1, 3, seats(3)));
        vm.assertEq(leadership().leaderSeat, 3);
        vm.assertFalse(leadership().provisional);
        vm.assertEq(leadership().noConfidence, 0);
    }

    function test_a_seat_that_leaves_takes_its_vote_along() public {
        startCluster(5);
        vote(2, true);
        vote(3, true);
        vm.prank(ownerOf(3));
        cluster.leave(3);
        vm.assertEq(leadership().noConfidence, 1);
        vm.prank(ADMIN);
        cluster.revoke(2);
        vm.assertEq(leadership().noConfidence, 0);
        vm.assertEq(cluster.requiredVotes(), 2);
    }

    function test_report_that_drops_a_seat_drops_its_vote() public {
        startCluster(5);
        vote(5, true);
        reportBy(seats(3), Report(1, 1, 2, 1, seats(4)));
        vm.assertEq(leadership().noConfidence, 0);
    }

    function test_report_below_a_provisional_term_is_refused() public {
        startCluster(3);
        vote(2, true);
        vote(3, true);
        expectReport(
            seats(2), Report(1, 1, 1, 1, seats(3)), abi.encodeWithSelector(ILeaderRegistry.BadTerm.selector, 1, 2)
        );
        reportBy(seats(2), Report(1, 2, 1, 1, seats(3))); // whoever it names
        vm.assertEq(leadership().leaderSeat, 1);
        vm.assertFalse(leadership().provisional);
    }

    function test_stand_ins_follow_in_order_and_wrap_round() public {
        startCluster(3);
        for (uint64 i = 0; i < 4; i++) {
            vote(1, true);
            vote(3, true);
            vm.assertEq(leadership().leaderSeat, (i + 1) % 3 + 1);
            vm.assertEq(leadership().term, i + 2);
        }
    }

    // Elections

    function test_election_only_without_a_leader() public {
        startCluster(3);
        vm.expectRevert(abi.encodeWithSelector(ILeaderRegistry.LeaderStands.selector, 1));
        cluster.electLeader();
        vm.prank(ADMIN);
        cluster.revoke(1);
        vm.assertEq(cluster.currentLeader(), address(0));
        vm.assertEq(leadership().leaderSeat, 0);
        cluster.electLeader();
        vm.assertEq(leadership().leaderSeat, 2);
        vm.assertEq(leadership().term, 2);
        vm.assertTrue(leadership().provisional);
        vm.expectRevert(abi.encodeWithSelector(ILeaderRegistry.LeaderStands.selector, 2));
        cluster.electLeader();
    }

    function test_nothing_to_elect_when_all_were_revoked() public {
        startCluster(3);
        for (uint64 seat = 1; seat <= 3; seat++) {
            vm.prank(ADMIN);
            cluster.revoke(seat);
        }
        vm.expectRevert(ILeaderRegistry.NothingToElect.selector);
        cluster.electLeader();
        vm.assertEq(cluster.requiredVotes(), 1);
    }

    function test_concentration_names_the_largest_owner_of_counted_seats() public {
        (address owner, uint64 held, uint64 tolerated) = cluster.concentration();
        vm.assertEq(owner, address(0));
        vm.assertEq(held + tolerated, 0);
        startCluster(5);
        (, held, tolerated) = cluster.concentration();
        vm.assertEq(held, 1);
        vm.assertEq(tolerated, 2);
        for (uint64 seat = 6; seat <= 8; seat++) {
            vm.prank(ADMIN);
            cluster.mint(STRANGER);
            vm.prank(STRANGER);
            cluster.setUser(seat, ownerOf(seat), type(uint64).max);
            join(seat, 1);
        }
        (, held,) = cluster.concentration();
        vm.assertEq(held, 1); // they do not count yet
        reportBy(seats(3), Report(1, 1, 2, 1, seats(8)));
        (owner, held, tolerated) = cluster.concentration();
        vm.assertEq(owner, STRANGER);
        vm.assertEq(held, 3);
        vm.assertEq(tolerated, 3);
    }

    function test_concentration_looks_at_every_page() public {
        cluster = freshCluster(255);
        startCluster(3);
        for (uint64 seat = 4; seat <= 120; seat++) {
            vm.prank(ADMIN);
            cluster.mint(STRANGER);
        }
        vm.prank(STRANGER);
        cluster.setUser(120, ownerOf(120), type(uint64).max);
        join(120, 1);
        uint64[] memory counted = seats(4);
        counted[3] = 120;
        reportBy(seats(2), Report(1, 1, 2, 1, counted));
        vm.prank(ADMIN);
        cluster.revoke(3);
        (, uint64 held, uint64 tolerated) = cluster.concentration();
        vm.assertEq(held, 1);
        vm.assertEq(tolerated, 1);
    }

    function test_votes_at_255_seats_cost_what_they_cost_at_three() public {
        startCluster(3);
        uint256 before = gasleft();
        vote(2, true);
        uint256 small = before - gasleft();
        cluster = freshCluster(255);
        startCluster(100);
        before = gasleft();
        vote(2, true);
        vm.assertLe(before - gasleft(), small + 5000);
    }
}
