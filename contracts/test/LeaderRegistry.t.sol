// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC4906} from "@openzeppelin/contracts/interfaces/IERC4906.sol";
import {ILeaderRegistry} from "../src/interfaces/ILeaderRegistry.sol";
import {GenerationRecord, Leadership, Report, StartGeneration} from "../src/types/ClusterTypes.sol";
import {Fixture} from "./utils/Fixture.sol";

contract LeaderRegistryTest is Fixture {
    function start(uint64 generation, uint64 term, uint64 configNonce, uint64 leader, uint64[] memory list)
        private
        view
        returns (StartGeneration memory)
    {
        return StartGeneration(generation, term, configNonce, leader, 9, "head", founders(list));
    }

    function joined(uint64 n) private {
        mintSeats(n);
        for (uint64 seat = 1; seat <= n; seat++) {
            join(seat, 1);
        }
    }

    // Before genesis

    function test_nothing_happens_before_genesis() public {
        joined(3);
        vm.assertEq(cluster.currentLeader(), address(0));
        vm.assertEq(cluster.requiredVotes(), 1);
        vm.assertEq(cluster.noConfidenceCount(address(0)), 0);
        vm.expectRevert(ILeaderRegistry.NothingToElect.selector);
        cluster.electLeader();
        vm.prank(ownerOf(1));
        vm.expectRevert(abi.encodeWithSelector(ILeaderRegistry.NotVoter.selector, ownerOf(1)));
        cluster.castVote(address(0), true);
        expectReport(
            seats(3), Report(0, 1, 1, 1, seats(3)), abi.encodeWithSelector(ILeaderRegistry.BadGeneration.selector, 0, 0)
        );
    }

    // Genesis

    function test_genesis_counts_its_founders() public {
        joined(4);
        StartGeneration memory s = start(1, 1, 1, 2, seats(3));
        vm.expectEmit(true, true, true, true);
        emit ILeaderRegistry.GenerationStarted(1, 1, 1, 2, 9, "head");
        vm.roll(77);
        cluster.startGeneration(s, signStart(s));
        Leadership memory l = leadership();
        vm.assertEq(l.generation, 1);
        vm.assertEq(l.term, 1);
        vm.assertEq(l.configNonce, 1);
        vm.assertEq(l.leaderSeat, 2);
        vm.assertFalse(l.provisional);
        vm.assertEq(l.countedSeats, 3);
        vm.assertEq(l.requiredVotes, 2);
        vm.assertEq(l.foundingSeats, 3);
        vm.assertEq(l.noConfidence, 0);
        vm.assertEq(cluster.currentLeader(), ownerOf(2));
        vm.assertFalse(member(4).counted);
        GenerationRecord memory r = cluster.generationRecord();
        vm.assertEq(r.generation, 1);
        vm.assertEq(r.term, 1);
        vm.assertEq(r.configNonce, 1);
        vm.assertEq(r.leaderSeat, 2);
        vm.assertEq(r.seq, 9);
        vm.assertEq(r.head, "head");
        vm.assertEq(r.blockNumber, 77);
        vm.assertEq(r.founders.length, 3);
        vm.assertEq(r.founderKeys.length, 3);
        vm.assertEq(r.founders[2].seat, 3);
        vm.assertEq(r.founders[2].epoch, 1);
        vm.assertEq(r.founderKeys[2], vm.addr(bootKey(3, 1)));
    }

    function test_repeated_start_succeeds_and_changes_nothing() public {
        startCluster(3);
        reportBy(seats(2), Report(1, 5, 2, 3, seats(3)));
        StartGeneration memory s = StartGeneration(1, 1, 1, 1, 1, bytes32(uint256(1)), founders(seats(3)));
        bytes[] memory none;
        cluster.startGeneration(s, none);
        vm.assertEq(leadership().term, 5);
        vm.assertEq(leadership().leaderSeat, 3);
    }

    function test_one_winner_per_generation() public {
        startCluster(3);
        expectStart(start(1, 2, 1, 2, seats(3)), abi.encodeWithSelector(ILeaderRegistry.BadGeneration.selector, 1, 1));
    }

    function testFuzz_fewer_than_the_founding_seats_start_nothing(uint64 n) public {
        joined(5);
        n = uint64(bound(n, 0, 5));
        StartGeneration memory s = start(1, 1, 1, 1, seats(n));
        if (n < FOUNDING) {
            expectStart(s, abi.encodeWithSelector(ILeaderRegistry.TooFew.selector, n, FOUNDING));
        } else {
            cluster.startGeneration(s, signStart(s));
            vm.assertEq(leadership().countedSeats, n);
        }
    }

    function test_genesis_starts_at_configuration_one_and_above_zero() public {
        joined(3);
        expectStart(start(1, 1, 2, 1, seats(3)), abi.encodeWithSelector(ILeaderRegistry.BadConfigNonce.selector, 2, 0));
        expectStart(start(1, 1, 0, 1, seats(3)), abi.encodeWithSelector(ILeaderRegistry.BadConfigNonce.selector, 0, 0));
        expectStart(start(0, 1, 1, 1, seats(3)), abi.encodeWithSelector(ILeaderRegistry.BadGeneration.selector, 0, 0));
        expectStart(start(1, 0, 1, 1, seats(3)), abi.encodeWithSelector(ILeaderRegistry.BadTerm.selector, 0, 0));
    }

    function test_generation_and_term_may_leave_gaps() public {
        joined(3);
        StartGeneration memory s = start(17, 99, 1, 1, seats(3));
        cluster.startGeneration(s, signStart(s));
        vm.assertEq(leadership().generation, 17);
        vm.assertEq(leadership().term, 99);
    }

    function test_founders_are_joined_seats_at_their_present_boot() public {
        joined(3);
        mintSeats(1);
        StartGeneration memory s = start(1, 1, 1, 1, seats(4));
        expectStart(s, abi.encodeWithSelector(ILeaderRegistry.NotCounted.selector, 4));
        s = start(1, 1, 1, 1, seats(3));
        join(3, 2);
        expectStart(s, abi.encodeWithSelector(ILeaderRegistry.NotThisBoot.selector, 3, 1));
        vm.prank(ownerOf(3));
        cluster.replace(3); // the epoch stands, the key does not
        s = start(1, 1, 1, 1, seats(3));
        expectStart(s, abi.encodeWithSelector(ILeaderRegistry.NotThisBoot.selector, 3, 2));
        vm.prank(ADMIN);
        cluster.revoke(3);
        expectStart(s, abi.encodeWithSelector(ILeaderRegistry.NotCounted.selector, 3));
    }

    function test_founders_sign_each_and_once() public {
        joined(3);
        StartGeneration memory s = start(1, 1, 1, 1, seats(3));
        bytes[] memory signatures = signStart(s);
        bytes[] memory two = new bytes[](2);
        vm.expectRevert(abi.encodeWithSelector(ILeaderRegistry.SignatureCount.selector, 3, 2));
        cluster.startGeneration(s, two);
        (signatures[1], signatures[2]) = (signatures[2], signatures[1]);
        vm.expectRevert(abi.encodeWithSelector(ILeaderRegistry.NotBootKey.selector, 2, vm.addr(bootKey(3, 1))));
        cluster.startGeneration(s, signatures);
        s.founders[2] = s.founders[1];
        expectStart(s, abi.encodeWithSelector(ILeaderRegistry.DuplicateSeat.selector, 2));
    }

    function test_leader_is_a_founder() public {
        joined(4);
        expectStart(start(1, 1, 1, 4, seats(3)), abi.encodeWithSelector(ILeaderRegistry.LeaderNotFounder.selector, 4));
        expectStart(start(1, 1, 1, 0, seats(3)), abi.encodeWithSelector(ILeaderRegistry.LeaderNotFounder.selector, 0));
        expectStart(
            start(1, 1, 1, type(uint64).max, seats(3)),
            abi.encodeWithSelector(ILeaderRegistry.LeaderNotFounder.selector, type(uint64).max)
        );
    }

    // Cold starts

    function test_cold_start_by_a_quorum_keeps_the_counted_seats() public {
        startCluster(5);
        vote(2, true);
        join(1, 2);
        join(2, 2);
        join(5, 2);
        uint64[] memory list = new uint64[](3);
        (list[0], list[1], list[2]) = (5, 1, 2); // in any order
        StartGeneration memory s = start(2, 10, 1, 5, list);
        cluster.startGeneration(s, signStart(s));
        Leadership memory l = leadership();
        vm.assertEq(l.generation, 2);
        vm.assertEq(l.term, 10);
        vm.assertEq(l.leaderSeat, 5);
        vm.assertEq(l.countedSeats, 5);
        vm.assertEq(l.noConfidence, 0);
        vm.assertEq(cluster.generationRecord().founders.length, 3);
        vm.assertEq(cluster.generationRecord().founderKeys[0], vm.addr(bootKey(5, 2)));
    }

    function test_cold_start_needs_a_quorum_of_counted_seats() public {
        startCluster(5);
        mintSeats(1);
        join(6, 1);
        expectStart(start(2, 2, 1, 1, seats(2)), abi.encodeWithSelector(ILeaderRegistry.TooFew.selector, 2, 3));
        uint64[] memory list = seats(3);
        list[2] = 6;
        expectStart(start(2, 2, 1, 1, list), abi.encodeWithSelector(ILeaderRegistry.NotCounted.selector, 6));
    }

    function test_cold_start_raises_generation_term_and_never_lowers_the_configuration() public {
        startCluster(3);
        reportBy(seats(2), Report(1, 5, 4, 1, seats(3)));
        expectStart(start(2, 5, 4, 1, seats(3)), abi.encodeWithSelector(ILeaderRegistry.BadTerm.selector, 5, 5));
        expectStart(start(2, 6, 3, 1, seats(3)), abi.encodeWithSelector(ILeaderRegistry.BadConfigNonce.selector, 3, 4));
        StartGeneration memory s = start(2, 6, 7, 1, seats(3)); // the log may be ahead
        cluster.startGeneration(s, signStart(s));
        reportBy(seats(2), Report(2, 6, 7, 1, seats(2))); // and then says who counts
        vm.assertEq(leadership().countedSeats, 2);
    }

    function test_cold_start_ends_a_provisional_leader() public {
        startCluster(3);
        vote(1, true);
        vote(2, true);
        vm.assertTrue(leadership().provisional);
        StartGeneration memory s = start(2, 3, 1, 1, seats(3));
        cluster.startGeneration(s, signStart(s));
        vm.assertFalse(leadership().provisional);
    }

    // Reports

    function test_report_sets_term_leader_and_counted_seats() public {
        startCluster(3);
        mintSeats(1);
        join(4, 1);
        Report memory r = Report(1, 2, 2, 4, seats(4));
        vm.expectEmit(true, true, true, true);
        emit ILeaderRegistry.Reported(1, 2, 2, 4, seats(4));
        reportBy(list2(3, 1), r);
        Leadership memory l = leadership();
        vm.assertEq(l.term, 2);
        vm.assertEq(l.configNonce, 2);
        vm.assertEq(l.leaderSeat, 4);
        vm.assertEq(l.countedSeats, 4);
        vm.assertEq(l.requiredVotes, 3);
        vm.assertEq(cluster.currentLeader(), ownerOf(4));
        vm.assertTrue(member(4).counted);
    }

    function test_repeated_report_succeeds_and_changes_nothing() public {
        startCluster(3);
        Report memory r = Report(1, 2, 1, 2, seats(3));
        reportBy(seats(2), r);
        vote(1, true);
        bytes[] memory none;
        cluster.report(r, new uint64[](0), none);
        vm.assertEq(leadership().term, 2);
        vm.assertEq(leadership().noConfidence, 1);
        vote(2, true); // deposed: term 3, provisional
        expectReport(seats(2), r, abi.encodeWithSelector(ILeaderRegistry.BadTerm.selector, 2, 3));
    }

    function test_report_that_no_longer_describes_the_seats_is_stale() public {
        startCluster(3);
        mintSeats(1);
        Report memory r = Report(1, 2, 1, 2, seats(4)); // seat 4 has not joined
        reportBy(seats(2), r);
        reportBy(seats(2), r);
        join(4, 1);
        expectReport(seats(2), r, abi.encodeWithSelector(ILeaderRegistry.StaleReport.selector, 2, 1));
        vm.assertFalse(member(4).counted);
    }

    function test_report_of_a_number_that_is_no_seat_names_no_leader() public {
        startCluster(3);
        uint64[2] memory numbers = [uint64(256 + 2), type(uint64).max];
        for (uint64 i = 0; i < 2; i++) {
            Report memory r = Report(1, 2 + i, 1, numbers[i], seats(3));
            reportBy(seats(2), r);
            reportBy(seats(2), r);
            vm.assertEq(leadership().leaderSeat, 0);
        }
    }

    function test_changed_leader_or_seats_show_in_the_metadata_and_nothing_else_does() public {
        startCluster(3);
        vm.recordLogs();
        reportBy(seats(2), Report(1, 2, 1, 1, seats(3))); // another term alone
        vm.assertEq(vm.getRecordedLogs().length, 1);
        vm.expectEmit(true, true, true, true);
        emit IERC4906.BatchMetadataUpdate(0, type(uint256).max);
        reportBy(seats(2), Report(1, 3, 1, 2, seats(3)));
        vm.expectEmit(true, true, true, true);
        emit IERC4906.BatchMetadataUpdate(0, type(uint256).max);
        reportBy(seats(2), Report(1, 3, 2, 2, seats(2)));
    }

    function test_first_report_of_a_generation_may_repeat_its_start() public {
        startCluster(3);
        reportBy(seats(2), Report(1, 1, 1, 1, seats(3)));
        expectReport(
            seats(2), Report(1, 1, 1, 2, seats(3)), abi.encodeWithSelector(ILeaderRegistry.StaleReport.selector, 1, 1)
        );
    }

    function testFuzz_reports_only_rise(uint64 term, uint64 configNonce, uint64 nextTerm, uint64 nextNonce) public {
        startCluster(3);
        term = uint64(bound(term, 1, 5));
        configNonce = uint64(bound(configNonce, 1, 5));
        nextTerm = uint64(bound(nextTerm, 0, 6));
        nextNonce = uint64(bound(nextNonce, 0, 6));
        reportBy(seats(2), Report(1, term, configNonce, 1, seats(3)));
        Report memory next = Report(1, nextTerm, nextNonce, 2, seats(3));
        if (nextTerm < term) {
            expectReport(seats(2), next, abi.encodeWithSelector(ILeaderRegistry.BadTerm.selector, nextTerm, term));
        } else if (nextNonce < configNonce) {
            expectReport(
                seats(2), next, abi.encodeWithSelector(ILeaderRegistry.BadConfigNonce.selector, nextNonce, configNonce)
            );
        } else if (nextTerm == term && nextNonce == configNonce) {
            expectReport(
                seats(2), next, abi.encodeWithSelector(ILeaderRegistry.StaleReport.selector, nextTerm, nextNonce)
            );
        } else {
            reportBy(seats(2), next);
            vm.assertEq(leadership().term, nextTerm);
            vm.assertEq(leadership().configNonce, nextNonce);
        }
    }

    function test_term_has_no_upper_bound() public {
        startCluster(3);
        reportBy(seats(2), Report(1, type(uint64).max, 1, 1, seats(3)));
        vm.assertEq(leadership().term, type(uint64).max);
    }

    function test_report_belongs_to_the_generation() public {
        startCluster(3);
        expectReport(
            seats(2), Report(2, 2, 1, 1, seats(3)), abi.encodeWithSelector(ILeaderRegistry.BadGeneration.selector, 2, 1)
        );
        StartGeneration memory s = start(2, 2, 1, 1, seats(3));
        cluster.startGeneration(s, signStart(s));
        expectReport(
            seats(2), Report(1, 3, 1, 1, seats(3)), abi.encodeWithSelector(ILeaderRegistry.BadGeneration.selector, 1, 2)
        );
    }

    function testFuzz_fewer_than_q_signers_report_nothing(uint64 n, uint64 signers) public {
        n = uint64(bound(n, 3, 7));
        signers = uint64(bound(signers, 0, n));
        startCluster(n);
        Report memory r = Report(1, 2, 1, 2, seats(n));
        uint64 q = n / 2 + 1;
        vm.assertEq(cluster.requiredVotes(), q);
        if (signers < q) {
            expectReport(seats(signers), r, abi.encodeWithSelector(ILeaderRegistry.TooFew.selector, signers, q));
        } else {
            reportBy(seats(signers), r);
            vm.assertEq(leadership().leaderSeat, 2);
        }
    }

    function test_signers_are_distinct_counted_seats_at_current_keys() public {
        startCluster(3);
        mintSeats(1);
        join(4, 1);
        Report memory r = Report(1, 2, 1, 2, seats(3));
        expectReport(list2(1, 1), r, abi.encodeWithSelector(ILeaderRegistry.DuplicateSeat.selector, 1));
        expectReport(list2(1, 4), r, abi.encodeWithSelector(ILeaderRegistry.NotCounted.selector, 4));
        bytes[] memory signatures = signReport(list2(1, 2), r);
        vm.expectRevert(abi.encodeWithSelector(ILeaderRegistry.SignatureCount.selector, 3, 2));
        cluster.report(r, seats(3), signatures);
        join(2, 2);
        vm.expectRevert(abi.encodeWithSelector(ILeaderRegistry.NotBootKey.selector, 2, vm.addr(bootKey(2, 1))));
        cluster.report(r, list2(1, 2), signatures);
        vm.prank(ownerOf(2));
        cluster.replace(2);
        vm.expectRevert(abi.encodeWithSelector(ILeaderRegistry.NotBootKey.selector, 2, vm.addr(bootKey(2, 1))));
        cluster.report(r, list2(1, 2), signatures);
        reportBy(list2(1, 3), r);
    }

    function test_seats_that_left_are_skipped() public {
        startCluster(4);
        vm.prank(ownerOf(4));
        cluster.leave(4);
        reportBy(seats(2), Report(1, 2, 2, 4, seats(4)));
        vm.assertEq(leadership().countedSeats, 3);
        vm.assertEq(leadership().leaderSeat, 0); // the leader was the one that left
        vm.assertEq(cluster.currentLeader(), address(0));
        join(4, 2);
        vm.assertEq(leadership().leaderSeat, 0); // joining alone changes nothing
        cluster.electLeader();
        vm.assertEq(leadership().leaderSeat, 1);
        vm.assertEq(leadership().term, 3);
    }

    function test_counted_seats_are_listed_in_order() public {
        startCluster(3);
        bytes memory refusal = abi.encodeWithSelector(ILeaderRegistry.BadSeatList.selector);
        expectReport(seats(2), Report(1, 2, 1, 1, list2(2, 1)), refusal);
        expectReport(seats(2), Report(1, 2, 1, 1, list2(1, 1)), refusal);
        expectReport(seats(2), Report(1, 2, 1, 1, list2(0, 1)), refusal);
        expectReport(seats(2), Report(1, 2, 1, 1, list2(1, 256)), refusal);
        expectReport(seats(2), Report(1, 2, 1, 1, new uint64[](0)), refusal);
    }

    function test_report_may_name_no_leader() public {
        startCluster(3);
        reportBy(seats(2), Report(1, 2, 1, 0, seats(3)));
        vm.assertEq(cluster.currentLeader(), address(0));
        cluster.electLeader();
        vm.assertEq(leadership().leaderSeat, 1);
    }
}
