// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAppAuth, IAppAuthBasicManagement} from "../src/interfaces/IAppAuth.sol";
import {IAppAuthorisation} from "../src/interfaces/IAppAuthorisation.sol";
import {Fixture} from "./utils/Fixture.sol";

contract BootGateTest is Fixture {
    address private constant NEW = address(0xe3);

    function test_reasons_in_order() public {
        mintSeats(1);
        vm.prank(ADMIN);
        cluster.setRequireTcbUpToDate(true);
        vm.prank(ADMIN);
        cluster.setAllowAnyDevice(false);
        IAppAuth.AppBootInfo memory info; // wrong in every respect; each step repairs one
        info.advisoryIds = new string[](0);
        assertBoot(info, "App id is not this cluster");
        info.appId = address(cluster);
        assertBoot(info, "Instance id is missing: the app sets no_instance_id");
        info.instanceId = NEW;
        assertBoot(info, "TCB status is not up to date");
        info.tcbStatus = "UpToDate";
        assertBoot(info, "Compose hash not allowed");
        info.composeHash = COMPOSE;
        assertBoot(info, "Device not allowed");
        vm.prank(ADMIN);
        cluster.addDevice("device");
        info.deviceId = "device";
        assertBoot(info, "");
        join(1, 1);
        assertBoot(info, "No free seat: every NFT already runs a node");
    }

    function test_tcb_status_must_be_the_word() public {
        mintSeats(1);
        IAppAuth.AppBootInfo memory info = bootInfo(NEW);
        string[6] memory bad =
            ["", "UpToDat", "UpToDateX", "uptodate", "OutOfDate", "a status longer than thirty-two bytes, certainly"];
        for (uint256 i = 0; i < bad.length; i++) {
            info.tcbStatus = bad[i];
            assertBoot(info, "");
        }
        vm.prank(ADMIN);
        cluster.setRequireTcbUpToDate(true);
        for (uint256 i = 0; i < bad.length; i++) {
            info.tcbStatus = bad[i];
            assertBoot(info, "TCB status is not up to date");
        }
    }

    function test_instances_by_their_seat() public {
        assertBoot(bootInfo(NEW), "No free seat: every NFT already runs a node");
        mintSeats(2);
        assertBoot(bootInfo(NEW), "");
        join(1, 1);
        join(2, 1);
        assertBoot(bootInfo(instanceOf(1)), "");
        assertBoot(bootInfo(NEW), "No free seat: every NFT already runs a node");
        vm.prank(ownerOf(1));
        cluster.replace(1);
        assertBoot(bootInfo(instanceOf(1)), "Instance was retired");
        assertBoot(bootInfo(NEW), "");
        vm.prank(ADMIN);
        cluster.revoke(2);
        assertBoot(bootInfo(instanceOf(2)), "Seat is revoked");
    }

    function test_removed_compose_hash_stops_a_bound_instance() public {
        mintSeats(1);
        join(1, 1);
        vm.prank(ADMIN);
        cluster.removeComposeHash(COMPOSE);
        assertBoot(bootInfo(instanceOf(1)), "Compose hash not allowed");
    }

    function testFuzz_never_reverts_on_any_info(IAppAuth.AppBootInfo memory info, bool ours, bool tcb, bool minted)
        public
    {
        if (minted) mintSeats(1);
        vm.prank(ADMIN);
        cluster.setRequireTcbUpToDate(tcb);
        if (ours) info.appId = address(cluster);
        (bool ok, string memory reason) = cluster.isAppAllowed(info);
        vm.assertEq(ok, bytes(reason).length == 0);
    }

    /// @dev Dirty addresses and offsets that point nowhere: nothing the fixed part can hold makes it revert.
    function testFuzz_never_reverts_on_raw_bytes(bytes32[9] memory words, bytes memory tail, uint8 repair) public {
        mintSeats(1);
        vm.prank(ADMIN);
        cluster.setRequireTcbUpToDate(true);
        if (repair & 1 != 0) words[0] = bytes32(uint256(uint160(address(cluster))));
        if (repair & 2 != 0) words[2] = bytes32(uint256(uint160(NEW)));
        if (repair & 4 != 0) words[7] = bytes32(uint256(words[7]) % (9 * 32 + tail.length + 40));
        bytes memory data = abi.encodePacked(bytes4(0x1e079198), uint256(0x20), words, tail);
        (bool done, bytes memory answer) = address(cluster).staticcall(data);
        vm.assertTrue(done);
        (bool ok, string memory reason) = abi.decode(answer, (bool, string));
        vm.assertEq(ok, bytes(reason).length == 0);
    }

    /// @dev What still reverts: calldata that does not hold the struct's fixed part where its offset says. Solidity
    /// refuses it before any code of ours, without data; to the KMS a revert is a refusal too.
    function testFuzz_only_calldata_without_the_fixed_part_reverts(uint256 offset, uint16 length, bool near) public {
        mintSeats(1);
        if (near) offset = offset % 700;
        bytes memory arguments = new bytes(length % 700);
        if (arguments.length >= 32) {
            assembly ("memory-safe") {
                mstore(add(arguments, 32), offset)
            }
        }
        (bool done, bytes memory answer) = address(cluster).staticcall(bytes.concat(bytes4(0x1e079198), arguments));
        bool whole = arguments.length >= 32 && offset <= arguments.length && arguments.length - offset >= 9 * 32;
        vm.assertEq(done, whole);
        if (!whole) vm.assertEq(answer.length, 0);
    }

    function test_instance_id_wider_than_an_address_is_refused() public {
        mintSeats(1);
        bytes memory data = abi.encodeCall(cluster.isAppAllowed, (bootInfo(NEW)));
        data[4 + 32 + 64] = 0x01; // highest byte of the instance id's word
        (, bytes memory answer) = address(cluster).staticcall(data);
        (bool ok, string memory reason) = abi.decode(answer, (bool, string));
        vm.assertFalse(ok);
        vm.assertEq(reason, "Instance id is not 20 bytes");
    }

    // Policy

    function test_policy_changes_are_logged_as_dstack_logs_them() public {
        vm.expectEmit(true, true, true, true);
        emit IAppAuthBasicManagement.ComposeHashAdded("new");
        vm.expectEmit(true, true, true, true);
        emit IAppAuthorisation.PolicyChanged(ADMIN, keccak256("compose-hash"), "new", true);
        vm.prank(ADMIN);
        cluster.addComposeHash("new");
        vm.assertTrue(cluster.allowedComposeHashes("new"));

        vm.expectEmit(true, true, true, true);
        emit IAppAuthBasicManagement.ComposeHashRemoved("new");
        vm.prank(ADMIN);
        cluster.removeComposeHash("new");
        vm.assertFalse(cluster.allowedComposeHashes("new"));

        vm.expectEmit(true, true, true, true);
        emit IAppAuthBasicManagement.DeviceAdded("d");
        vm.prank(ADMIN);
        cluster.addDevice("d");
        vm.assertTrue(cluster.allowedDeviceIds("d"));
        vm.expectEmit(true, true, true, true);
        emit IAppAuthBasicManagement.DeviceRemoved("d");
        vm.prank(ADMIN);
        cluster.removeDevice("d");
        vm.assertFalse(cluster.allowedDeviceIds("d"));

        vm.expectEmit(true, true, true, true);
        emit IAppAuthorisation.AllowAnyDeviceSet(false);
        vm.prank(ADMIN);
        cluster.setAllowAnyDevice(false);
        vm.assertFalse(cluster.allowAnyDevice());
        vm.expectEmit(true, true, true, true);
        emit IAppAuthorisation.RequireTcbUpToDateSet(true);
        vm.prank(ADMIN);
        cluster.setRequireTcbUpToDate(true);
        vm.assertTrue(cluster.requireTcbUpToDate());
        vm.assertEq(cluster.version(), 2);
    }

    function test_zero_means_none_and_is_no_hash() public {
        vm.prank(ADMIN);
        vm.expectRevert(IAppAuthorisation.ZeroComposeHash.selector);
        cluster.addComposeHash(0);
        vm.prank(ADMIN);
        vm.expectRevert(IAppAuthorisation.ZeroDeviceId.selector);
        cluster.addDevice(0);
    }

    function test_selectors_are_dstacks() public view {
        vm.assertEq(bytes32(cluster.isAppAllowed.selector), bytes32(bytes4(0x1e079198)));
        vm.assertEq(bytes32(cluster.addComposeHash.selector), bytes32(bytes4(0xdfc77223)));
        vm.assertEq(bytes32(cluster.removeComposeHash.selector), bytes32(bytes4(0x67b3f22c)));
        vm.assertEq(bytes32(cluster.addDevice.selector), bytes32(bytes4(0x2a819728)));
        vm.assertEq(bytes32(cluster.removeDevice.selector), bytes32(bytes4(0x1d266200)));
        vm.assertEq(bytes32(cluster.allowAnyDevice.selector), bytes32(bytes4(0x3440a16a)));
        vm.assertEq(bytes32(cluster.setAllowAnyDevice.selector), bytes32(bytes4(0x7c4beeb8)));
        vm.assertEq(bytes32(cluster.allowedComposeHashes.selector), bytes32(bytes4(0x2f6622e5)));
        vm.assertEq(bytes32(cluster.allowedDeviceIds.selector), bytes32(bytes4(0xbf8b211b)));
        vm.assertEq(bytes32(cluster.requireTcbUpToDate.selector), bytes32(bytes4(0x0aa58c83)));
        vm.assertEq(bytes32(cluster.setRequireTcbUpToDate.selector), bytes32(bytes4(0x6e4c7422)));
        vm.assertEq(bytes32(cluster.version.selector), bytes32(bytes4(0x54fd4d50)));
        vm.assertEq(bytes32(cluster.owner.selector), bytes32(bytes4(0x8da5cb5b)));
    }
}
