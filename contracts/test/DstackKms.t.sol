// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {DstackMembershipNFT} from "../src/DstackMembershipNFT.sol";
import {IAppAuth} from "../src/interfaces/IAppAuth.sol";
import {ClusterParams} from "../src/types/ClusterTypes.sol";
import {DstackKmsDouble} from "./doubles/DstackKmsDouble.sol";
import {Fixture} from "./utils/Fixture.sol";

/// @dev An app whose gate does not work.
contract BrokenApp {
    error OutOfOrder(uint256 code);

    function isAppAllowed(IAppAuth.AppBootInfo calldata) external pure returns (bool, string memory) {
        revert OutOfOrder(7);
    }
}

/// @dev The boot gate as the KMS reaches it: through DstackKms.
contract DstackKmsTest is Fixture {
    bytes32 private constant OS_IMAGE = bytes32(uint256(0x05));
    address private constant NEW = address(0xe3);
    address private constant GOLDEN_APP = 0x0165878A594ca255338adfa4d48449f69242Eb8F;

    DstackKmsDouble private kms;

    function setUp() public override {
        super.setUp();
        kms = new DstackKmsDouble(ADMIN);
        vm.prank(ADMIN);
        kms.addOsImageHash(OS_IMAGE);
        kms.registerApp(address(cluster));
    }

    function test_reasons_of_the_kms_come_first_and_in_order() public {
        mintSeats(1);
        kms = new DstackKmsDouble(ADMIN);
        address app = address(cluster);
        IAppAuth.AppBootInfo memory info = bootInfo(NEW);
        info.osImageHash = OS_IMAGE;
        info.appId = address(0xa9); // nothing stands there
        assertAnswer(info, "App not registered");
        kms.registerApp(info.appId);
        assertAnswer(info, "OS image is not allowed");
        vm.prank(ADMIN);
        kms.addOsImageHash(OS_IMAGE);
        assertAnswer(info, "App not deployed or invalid address");
        info.appId = app;
        assertAnswer(info, "App not registered");
        kms.registerApp(app);
        assertAnswer(info, "");
        vm.prank(ADMIN);
        kms.removeOsImageHash(OS_IMAGE);
        assertAnswer(info, "OS image is not allowed");
    }

    function test_every_reason_of_the_cluster_reaches_the_kms() public {
        mintSeats(2);
        join(1, 1);
        vm.prank(ADMIN);
        cluster.setRequireTcbUpToDate(true);
        vm.prank(ADMIN);
        cluster.setAllowAnyDevice(false);
        IAppAuth.AppBootInfo memory info = allowedByTheKms(address(0));
        info.composeHash = 0;
        info.tcbStatus = "OutOfDate";
        assertAnswer(info, "Instance id is missing: the app sets no_instance_id");
        info.instanceId = NEW;
        assertAnswer(info, "TCB status is not up to date");
        info.tcbStatus = "UpToDate";
        assertAnswer(info, "Compose hash not allowed");
        info.composeHash = COMPOSE;
        assertAnswer(info, "Device not allowed");
        vm.prank(ADMIN);
        cluster.addDevice("device");
        info.deviceId = "device";
        assertAnswer(info, "");
        join(2, 1);
        assertAnswer(info, "No free seat: every NFT already runs a node");
        info.instanceId = instanceOf(2);
        assertAnswer(info, "");
        vm.prank(ownerOf(2));
        cluster.replace(2);
        assertAnswer(info, "Instance was retired");
        info.instanceId = instanceOf(1);
        vm.prank(ADMIN);
        cluster.revoke(1);
        assertAnswer(info, "Seat is revoked");
    }

    /// @dev A KMS that asks for one app cannot be answered by another.
    function test_another_cluster_refuses_in_its_own_name() public {
        IAppAuth.AppBootInfo memory info = allowedByTheKms(NEW);
        (bool ok, string memory reason) = freshCluster(3).isAppAllowed(info);
        vm.assertFalse(ok);
        vm.assertEq(reason, "App id is not this cluster");
    }

    function test_a_revert_of_the_app_is_passed_on() public {
        IAppAuth.AppBootInfo memory info = allowedByTheKms(NEW);
        info.appId = address(new BrokenApp());
        kms.registerApp(info.appId);
        vm.expectRevert(abi.encodeWithSelector(BrokenApp.OutOfOrder.selector, 7));
        kms.isAppAllowed(info);
    }

    function test_rules_for_the_kms_itself() public {
        IAppAuth.AppBootInfo memory info;
        info.advisoryIds = new string[](0);
        assertKms(info, "TCB status is not up to date");
        info.tcbStatus = "UpToDate";
        assertKms(info, "OS image is not allowed");
        info.osImageHash = OS_IMAGE;
        assertKms(info, "Aggregated MR not allowed");
        vm.prank(ADMIN);
        kms.addKmsAggregatedMr(0);
        assertKms(info, "KMS is not allowed to boot on this device");
        vm.prank(ADMIN);
        kms.addKmsDevice(0);
        assertKms(info, "");
        vm.prank(ADMIN);
        kms.removeKmsDevice(0);
        assertKms(info, "KMS is not allowed to boot on this device");
        vm.prank(ADMIN);
        kms.removeKmsAggregatedMr(0);
        assertKms(info, "Aggregated MR not allowed");
    }

    /// @dev The bytes that dstack's own webhook sends, answered by our contract behind the KMS's.
    function test_golden_call_is_answered() public {
        bytes memory call = goldenCall();
        IAppAuth.AppBootInfo memory info = goldenInfo();
        vm.assertEq(abi.encodeCall(kms.isAppAllowed, (info)), call, "our encoding differs");
        bytes memory code =
            abi.encodePacked(hex"363d3d373d3d3d363d73", implementation, hex"5af43d82803e903d91602b57fd5bf3");
        vm.etch(GOLDEN_APP, code);
        cluster = DstackMembershipNFT(GOLDEN_APP);
        ClusterParams memory params = defaultParams();
        params.composeHash = info.composeHash;
        params.requireTcbUpToDate = true;
        params.allowAnyDevice = false;
        params.deviceId = info.deviceId;
        cluster.initialize(params);
        kms.registerApp(GOLDEN_APP);
        vm.assertEq(answerTo(call), abi.encode(false, "OS image is not allowed"));
        vm.prank(ADMIN);
        kms.addOsImageHash(info.osImageHash);
        vm.assertEq(answerTo(call), abi.encode(false, "No free seat: every NFT already runs a node"));
        mintSeats(1);
        vm.assertEq(answerTo(call), bytes.concat(bytes32(uint256(1)), bytes32(uint256(64)), bytes32(0)));
    }

    function test_root_key_is_published_by_the_owner_alone() public {
        DstackKmsDouble.KmsInfo memory info = DstackKmsDouble.KmsInfo({
            k256Pubkey: compressed(vm.createWallet(ROOT_KEY)), caPubkey: "ca", quote: "quote", eventlog: "log"
        });
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, address(this)));
        kms.setKmsInfo(info);
        vm.expectEmit(true, true, true, true);
        emit DstackKmsDouble.KmsInfoSet(info.k256Pubkey);
        vm.prank(ADMIN);
        kms.setKmsInfo(info);
        (bytes memory root, bytes memory ca, bytes memory quote, bytes memory eventlog) = kms.kmsInfo();
        vm.assertEq(root, info.k256Pubkey);
        vm.assertEq(root.length, 33);
        vm.assertEq(bytes.concat(ca, quote, eventlog), "caquotelog");
        vm.prank(ADMIN);
        kms.setKmsQuote("q2");
        vm.prank(ADMIN);
        kms.setKmsEventlog("l2");
        (,, quote, eventlog) = kms.kmsInfo();
        vm.assertEq(bytes.concat(quote, eventlog), "q2l2");
    }

    function test_registration_and_names() public {
        vm.assertFalse(kms.registeredApps(NEW));
        vm.expectEmit(true, true, true, true);
        emit DstackKmsDouble.AppRegistered(NEW);
        vm.expectEmit(true, true, true, true);
        emit DstackKmsDouble.PolicyChanged(STRANGER, keccak256("registered-app"), bytes32(uint256(0xe3)), true);
        vm.prank(STRANGER);
        kms.registerApp(NEW);
        vm.assertTrue(kms.registeredApps(NEW));
        vm.expectRevert(bytes("Invalid app ID"));
        kms.registerApp(address(0));
        vm.prank(ADMIN);
        kms.setGatewayAppId("any");
        vm.assertEq(kms.gatewayAppId(), "any");
        vm.prank(ADMIN);
        kms.setAppImplementation(NEW);
        vm.assertEq(kms.appImplementation(), NEW);
        vm.prank(ADMIN);
        vm.expectRevert(bytes("Invalid implementation address"));
        kms.setAppImplementation(address(0));
    }

    function test_selectors_topics_and_ids_are_dstacks() public view {
        vm.assertEq(bytes32(kms.isAppAllowed.selector), bytes32(bytes4(0x1e079198)));
        vm.assertEq(bytes32(kms.isKmsAllowed.selector), bytes32(bytes4(0xe067ec9d)));
        vm.assertEq(bytes32(kms.gatewayAppId.selector), bytes32(bytes4(0x95f51931)));
        vm.assertEq(bytes32(kms.appImplementation.selector), bytes32(bytes4(0x25a992da)));
        vm.assertEq(bytes32(kms.registerApp.selector), bytes32(bytes4(0x17a1d80f)));
        vm.assertEq(bytes32(kms.registeredApps.selector), bytes32(bytes4(0xa6c4cce9)));
        vm.assertEq(bytes32(kms.kmsInfo.selector), bytes32(bytes4(0x09177063)));
        vm.assertEq(bytes32(kms.addOsImageHash.selector), bytes32(bytes4(0x06a3ae96)));
        vm.assertEq(bytes32(kms.setGatewayAppId.selector), bytes32(bytes4(0x3971db27)));
        vm.assertEq(bytes32(kms.setAppImplementation.selector), bytes32(bytes4(0x3ceaaa11)));
        vm.assertEq(bytes32(kms.owner.selector), bytes32(bytes4(0x8da5cb5b)));
        vm.assertEq(
            DstackKmsDouble.AppRegistered.selector, 0x0d540ad8f39e07d19909687352b9fa017405d93c91a6760981fbae9cf28bfef7
        );
        vm.assertEq(
            DstackKmsDouble.PolicyChanged.selector, 0x341d3bc64e32172fc5bcf27b0f7f69dc5adc19af64b7aa1dee361e5883c32375
        );
        vm.assertTrue(kms.supportsInterface(0x1e079198));
        vm.assertTrue(kms.supportsInterface(0x01ffc9a7));
        vm.assertFalse(kms.supportsInterface(0xffffffff));
    }

    // What the KMS measured

    function allowedByTheKms(address instance) private view returns (IAppAuth.AppBootInfo memory info) {
        info = bootInfo(instance);
        info.osImageHash = OS_IMAGE;
    }

    function goldenInfo() private pure returns (IAppAuth.AppBootInfo memory info) {
        info.appId = GOLDEN_APP;
        info.composeHash = repeated(0x22);
        info.instanceId = address(uint160(uint256(repeated(0x33))));
        info.deviceId = repeated(0xdd);
        info.mrAggregated = repeated(0xaa);
        info.mrSystem = repeated(0xbb);
        info.osImageHash = repeated(0x11);
        info.tcbStatus = "UpToDate";
        info.advisoryIds = new string[](1);
        info.advisoryIds[0] = "INTEL-SA-00001";
    }

    function goldenCall() private pure returns (bytes memory) {
        bytes memory heads = abi.encodePacked(
            bytes4(0x1e079198),
            uint256(0x20),
            uint256(uint160(GOLDEN_APP)),
            repeated(0x22),
            uint256(repeated(0x33)) & type(uint160).max,
            repeated(0xdd),
            repeated(0xaa),
            repeated(0xbb),
            repeated(0x11),
            uint256(0x120),
            uint256(0x160)
        );
        return abi.encodePacked(
            heads, uint256(8), bytes32("UpToDate"), uint256(1), uint256(0x20), uint256(14), bytes32("INTEL-SA-00001")
        );
    }

    function repeated(uint8 value) private pure returns (bytes32) {
        return bytes32(value * (type(uint256).max / 255));
    }

    // What it is told

    function answerTo(bytes memory call) private view returns (bytes memory answer) {
        bool done;
        (done, answer) = address(kms).staticcall(call);
        vm.assertTrue(done);
    }

    function assertAnswer(IAppAuth.AppBootInfo memory info, string memory refusal) private view {
        (bool ok, string memory reason) = kms.isAppAllowed(info);
        vm.assertEq(reason, refusal);
        vm.assertEq(ok, bytes(refusal).length == 0);
    }

    function assertKms(IAppAuth.AppBootInfo memory info, string memory refusal) private view {
        (bool ok, string memory reason) = kms.isKmsAllowed(info);
        vm.assertEq(reason, refusal);
        vm.assertEq(ok, bytes(refusal).length == 0);
    }
}
