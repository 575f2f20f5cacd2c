// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {OwnableUpgradeable} from "@openzeppelin/contracts-upgradeable/access/OwnableUpgradeable.sol";
import {PausableUpgradeable} from "@openzeppelin/contracts-upgradeable/utils/PausableUpgradeable.sol";
import {IPause} from "../src/interfaces/IPause.sol";
import {Fixture} from "./utils/Fixture.sol";

/// @dev What a pause stops, who may begin and end one, and that it ends by itself.
contract PauseTest is Fixture {
    address private constant GUARDIAN = address(0x9a4d);
    uint64 private constant FOR_EVER = type(uint64).max;
    uint64 private constant START = 1_800_000_000;

    function setUp() public override {
        super.setUp();
        vm.warp(START);
        vm.prank(ADMIN);
        cluster.setGuardian(GUARDIAN);
    }

    function test_pause_stops_grants_and_new_joins_only() public {
        startCluster(3);
        mintSeats(1);
        pauseAs(ADMIN, FOR_EVER);
        vm.assertTrue(cluster.paused());
        bytes[6] memory grants = [
            abi.encodeCall(cluster.mint, (STRANGER)),
            abi.encodeCall(cluster.addComposeHash, (bytes32("x"))),
            abi.encodeCall(cluster.addDevice, (bytes32("x"))),
            abi.encodeCall(cluster.setAllowAnyDevice, (true)),
            abi.encodeCall(cluster.setRequireTcbUpToDate, (false)),
            abi.encodeCall(cluster.setKmsRoot, (STRANGER))
        ];
        for (uint256 i = 0; i < grants.length; i++) {
            vm.prank(ADMIN);
            (bool ok, bytes memory data) = address(cluster).call(grants[i]);
            vm.assertFalse(ok);
            vm.assertEq(data, abi.encodeWithSelector(PausableUpgradeable.EnforcedPause.selector));
        }
        bytes memory paused = abi.encodeWithSelector(PausableUpgradeable.EnforcedPause.selector);
        expectJoin(joinRequest(4, 1), OWNER_KEY + 4, paused);

        join(2, 2); // a restart
        vote(2, true);
        vm.prank(ADMIN);
        cluster.revoke(3);
        vm.prank(ADMIN);
        vm.expectRevert(PausableUpgradeable.EnforcedPause.selector);
        cluster.reinstate(3);
        vm.prank(ADMIN);
        cluster.removeComposeHash(COMPOSE);
        vm.prank(ADMIN);
        cluster.setAllowAnyDevice(false);
        vm.prank(ADMIN);
        cluster.setRequireTcbUpToDate(true);
        vm.prank(ownerOf(2));
        cluster.leave(2);
        vm.prank(ADMIN);
        cluster.unpause();
        join(4, 1);
    }

    function test_a_pause_ends_by_itself() public {
        startCluster(3);
        mintSeats(1);
        vm.assertEq(cluster.pausedUntil(), 0);
        pauseAs(ADMIN, START + 100);
        vm.assertEq(cluster.pausedUntil(), START + 100);
        vm.warp(START + 99);
        vm.assertTrue(cluster.paused());
        bytes memory paused = abi.encodeWithSelector(PausableUpgradeable.EnforcedPause.selector);
        expectJoin(joinRequest(4, 1), OWNER_KEY + 4, paused);
        vm.warp(START + 100);
        vm.assertFalse(cluster.paused());
        join(4, 1);
        mintSeats(1);
        vm.prank(ADMIN);
        vm.expectRevert(PausableUpgradeable.ExpectedPause.selector);
        cluster.unpause();
    }

    function test_the_owner_names_any_end_to_come_and_ends_a_pause_at_once() public {
        expectBadEnd(ADMIN, START, START + 1, FOR_EVER);
        pauseAs(ADMIN, FOR_EVER);
        pauseAs(ADMIN, START + 1);
        vm.assertEq(cluster.pausedUntil(), START + 1);
        vm.prank(ADMIN);
        cluster.unpause();
        vm.assertFalse(cluster.paused());
        vm.assertEq(cluster.pausedUntil(), 0);
        vm.assertEq(cluster.guardianPauseLimit(), 0);
    }

    function test_a_pause_is_logged_with_its_end() public {
        vm.recordLogs();
        pauseAs(ADMIN, START + 7);
        bytes32[] memory paused = vm.getRecordedLogs()[0].topics;
        vm.assertEq(paused[0], PausableUpgradeable.Paused.selector);
        vm.recordLogs();
        pauseAs(ADMIN, START + 8);
        bytes memory end = vm.getRecordedLogs()[1].data;
        vm.assertEq(end, abi.encode(START + 8));
    }

    function test_the_guardian_lengthens_a_pause_and_never_shortens_one() public {
        pauseAs(ADMIN, START + 100);
        expectBadEnd(GUARDIAN, START + 99, START + 100, START + 30 days);
        pauseAs(GUARDIAN, START + 100); // as it is
        pauseAs(GUARDIAN, START + 101);
        pauseAs(ADMIN, FOR_EVER);
        expectBadEnd(GUARDIAN, START + 30 days, FOR_EVER, START + 30 days);
        vm.prank(GUARDIAN);
        vm.expectRevert(abi.encodeWithSelector(OwnableUpgradeable.OwnableUnauthorizedAccount.selector, GUARDIAN));
        cluster.unpause();
    }

    function test_all_pauses_of_the_guardian_end_within_thirty_days_of_the_first() public {
        expectBadEnd(GUARDIAN, START + 30 days + 1, START + 1, START + 30 days);
        vm.assertEq(cluster.guardianPauseLimit(), 0); // what was refused has used up nothing
        pauseAs(GUARDIAN, START + 10);
        vm.assertEq(cluster.guardianPauseLimit(), START + 30 days);
        vm.warp(START + 20 days);
        expectBadEnd(GUARDIAN, START + 31 days, START + 20 days + 1, START + 30 days);
        pauseAs(GUARDIAN, START + 30 days);
        vm.warp(START + 30 days);
        vm.assertFalse(cluster.paused());
        expectBadEnd(GUARDIAN, START + 30 days + 1, START + 30 days + 1, START + 30 days);
        pauseAs(ADMIN, START + 31 days);
    }

    function test_a_guardian_that_is_named_again_may_pause_anew() public {
        pauseAs(GUARDIAN, START + 30 days);
        vm.warp(START + 40 days);
        vm.prank(ADMIN);
        cluster.setGuardian(GUARDIAN);
        pauseAs(GUARDIAN, START + 70 days);
    }

    function testFuzz_no_end_brings_the_guardian_beyond_its_time(uint64 first, uint64 second, uint64 wait) public {
        pauseAs(GUARDIAN, START + 1);
        wait = uint64(bound(wait, 0, 60 days));
        vm.warp(START + wait);
        vm.prank(GUARDIAN);
        try cluster.pauseUntil(first) {} catch {}
        vm.prank(GUARDIAN);
        try cluster.pauseUntil(START + uint64(bound(second, 0, 90 days))) {} catch {}
        vm.assertLe(cluster.pausedUntil(), START + 30 days);
    }

    function pauseAs(address who, uint64 until) private {
        vm.prank(who);
        cluster.pauseUntil(until);
    }

    function expectBadEnd(address who, uint64 until, uint64 earliest, uint64 latest) private {
        vm.prank(who);
        vm.expectRevert(abi.encodeWithSelector(IPause.BadPauseEnd.selector, until, earliest, latest));
        cluster.pauseUntil(until);
    }
}
