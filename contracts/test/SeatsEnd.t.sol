// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ILeaderRegistry} from "../src/interfaces/ILeaderRegistry.sol";
import {ISeats} from "../src/interfaces/ISeats.sol";
import {Member, Report} from "../src/types/ClusterTypes.sol";
import {Fixture} from "./utils/Fixture.sol";

/// @dev Seats that end, and the last one that counts.
contract SeatsEndTest is Fixture {
    address private constant USER = address(0x05e7);

    function test_burned_seat_is_gone_for_ever() public {
        startCluster(3);
        vm.prank(ADMIN);
        vm.expectRevert(abi.encodeWithSelector(ISeats.SeatNotRevoked.selector, 3));
        cluster.burn(3);
        vm.prank(ADMIN);
        cluster.revoke(3);
        vm.prank(ADMIN);
        cluster.pauseUntil(type(uint64).max); // an end is no grant
        vm.prank(ADMIN);
        cluster.burn(3);

        vm.assertEq(cluster.totalSupply(), 2);
        vm.assertEq(cluster.balanceOf(ownerOf(3)), 0);
        vm.assertEq(cluster.operatorOf(3), address(0));
        vm.assertEq(cluster.freeSeats(), 0);
        assertBoot(bootInfo(instanceOf(3)), "Instance was retired");
        (Member[] memory all, uint256 total) = cluster.members(0, 10);
        vm.assertEq(total, 3);
        vm.assertEq(all[2].owner, address(0));
        vm.assertTrue(all[2].revoked);
        vm.prank(ADMIN);
        cluster.unpause();
        bytes memory unknown = abi.encodeWithSelector(ISeats.UnknownSeat.selector, 3);
        bytes[3] memory calls = [
            abi.encodeCall(cluster.revoke, (3)),
            abi.encodeCall(cluster.reinstate, (3)),
            abi.encodeCall(cluster.burn, (3))
        ];
        for (uint256 i = 0; i < calls.length; i++) {
            vm.prank(ADMIN);
            (bool ok, bytes memory data) = address(cluster).call(calls[i]);
            vm.assertFalse(ok);
            vm.assertEq(data, unknown);
        }
        expectJoin(joinRequest(3, 2), OWNER_KEY + 3, unknown);
        vm.prank(ADMIN);
        vm.assertEq(cluster.mint(STRANGER), 4);
    }

    function test_burned_seat_without_node_ends_its_lease_and_frees_nothing() public {
        mintSeats(2);
        vm.prank(ownerOf(2));
        cluster.setUser(2, USER, type(uint64).max);
        vm.prank(ADMIN);
        cluster.revoke(2);
        vm.prank(ADMIN);
        cluster.burn(2);
        vm.assertEq(cluster.userOf(2), address(0));
        vm.assertEq(cluster.userExpires(2), 0);
        vm.assertEq(cluster.freeSeats(), 1);
    }

    /// @dev Otherwise leases that end together would let anybody end the cluster.
    function test_last_counted_seat_can_only_be_revoked() public {
        startCluster(3);
        vm.prank(ownerOf(1));
        cluster.leave(1);
        vm.prank(ownerOf(2));
        cluster.leave(2);
        bytes memory last = abi.encodeWithSelector(ILeaderRegistry.LastCountedSeat.selector, 3);
        vm.prank(ownerOf(3));
        vm.expectRevert(last);
        cluster.leave(3);
        vm.prank(ADMIN);
        cluster.revoke(3);
        vm.assertEq(leadership().countedSeats, 0);
    }

    function test_last_counted_seat_does_not_expire_and_brings_the_others_back() public {
        mintSeats(3);
        for (uint64 seat = 1; seat <= 3; seat++) {
            vm.prank(ownerOf(seat));
            cluster.setUser(seat, vm.addr(0xee00 + seat), uint64(block.timestamp + 10));
            join(joinRequest(seat, 1), 0xee00 + seat);
        }
        startGeneration(1, 1, 1, 1, seats(3), 1);
        vm.warp(block.timestamp + 11);
        cluster.expire(1);
        cluster.expire(2);
        vm.expectRevert(abi.encodeWithSelector(ILeaderRegistry.LastCountedSeat.selector, 3));
        cluster.expire(3);
        join(3, 2); // by the owner, in place of the user whose time is over
        join(1, 2);
        startGeneration(2, 2, 1, 3, list1(3), 1);
        reportBy(list1(3), Report(2, 2, 2, 3, list2(1, 3)));
        vm.assertEq(leadership().countedSeats, 2);
    }
}
