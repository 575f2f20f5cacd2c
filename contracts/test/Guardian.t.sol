// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {OwnableUpgradeable} from "@openzeppelin/contracts-upgradeable/access/OwnableUpgradeable.sol";
import {IGuardian} from "../src/interfaces/IGuardian.sol";
import {Fixture} from "./utils/Fixture.sol";

/// @dev The guardian takes away at once; it grants nothing and undoes nothing.
contract GuardianTest is Fixture {
    address private constant GUARDIAN = address(0x9a4d);
    bytes32 private constant DEVICE = bytes32(uint256(0xde));

    function setUp() public override {
        super.setUp();
        mintSeats(3);
        vm.prank(ADMIN);
        cluster.addDevice(DEVICE);
        vm.prank(ADMIN);
        cluster.setGuardian(GUARDIAN);
    }

    function test_there_is_none_until_the_owner_names_one() public {
        address fresh = factory.deploy(address(implementation), "another", defaultParams());
        vm.assertEq(IGuardian(fresh).guardian(), address(0));
        vm.assertEq(cluster.guardian(), GUARDIAN);
    }

    function test_the_guardian_takes_away_at_once() public {
        takeAway(GUARDIAN);
        vm.assertTrue(cluster.member(2).revoked);
        vm.assertFalse(cluster.allowedComposeHashes(COMPOSE));
        vm.assertFalse(cluster.allowedDeviceIds(DEVICE));
        vm.assertFalse(cluster.allowAnyDevice());
        vm.assertTrue(cluster.requireTcbUpToDate());
        vm.assertTrue(cluster.paused());
    }

    function test_the_owner_still_takes_away() public {
        takeAway(ADMIN);
        vm.assertTrue(cluster.paused());
    }

    function test_the_guardian_grants_and_undoes_nothing() public {
        vm.prank(GUARDIAN);
        cluster.revoke(2);
        bytes[11] memory grants = [
            abi.encodeCall(cluster.mint, (GUARDIAN)),
            abi.encodeCall(cluster.reinstate, (2)),
            abi.encodeCall(cluster.burn, (2)),
            abi.encodeCall(cluster.unpause, ()),
            abi.encodeCall(cluster.addComposeHash, (DEVICE)),
            abi.encodeCall(cluster.addDevice, (COMPOSE)),
            abi.encodeCall(cluster.setAllowAnyDevice, (true)),
            abi.encodeCall(cluster.setRequireTcbUpToDate, (false)),
            abi.encodeCall(cluster.setKmsRoot, (GUARDIAN)),
            abi.encodeCall(cluster.setGuardian, (GUARDIAN)),
            abi.encodeCall(cluster.transferOwnership, (GUARDIAN))
        ];
        for (uint256 i = 0; i < grants.length; i++) {
            expectUnauthorised(GUARDIAN, grants[i]);
        }
    }

    function test_nobody_else_takes_away() public {
        bytes[6] memory calls = takings();
        for (uint256 i = 0; i < calls.length; i++) {
            expectUnauthorised(STRANGER, calls[i]);
        }
    }

    function test_a_guardian_that_was_replaced_is_none() public {
        vm.prank(ADMIN);
        cluster.setGuardian(address(0));
        expectUnauthorised(GUARDIAN, abi.encodeCall(cluster.pauseUntil, (uint64(block.timestamp + 1))));
    }

    function takings() private view returns (bytes[6] memory) {
        return [
            abi.encodeCall(cluster.revoke, (2)),
            abi.encodeCall(cluster.removeComposeHash, (COMPOSE)),
            abi.encodeCall(cluster.removeDevice, (DEVICE)),
            abi.encodeCall(cluster.setAllowAnyDevice, (false)),
            abi.encodeCall(cluster.setRequireTcbUpToDate, (true)),
            abi.encodeCall(cluster.pauseUntil, (uint64(block.timestamp + 1 days)))
        ];
    }

    function takeAway(address who) private {
        bytes[6] memory calls = takings();
        for (uint256 i = 0; i < calls.length; i++) {
            vm.prank(who);
            (bool done,) = address(cluster).call(calls[i]);
            vm.assertTrue(done);
        }
    }

    function expectUnauthorised(address who, bytes memory call) private {
        vm.prank(who);
        (bool done, bytes memory answer) = address(cluster).call(call);
        vm.assertFalse(done);
        vm.assertEq(answer, abi.encodeWithSelector(OwnableUpgradeable.OwnableUnauthorizedAccount.selector, who));
    }
}
