// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {DstackMembershipNFT} from "../src/DstackMembershipNFT.sol";
import {IAppAuth} from "../src/interfaces/IAppAuth.sol";
import {INodeRegistry} from "../src/interfaces/INodeRegistry.sol";
import {ISeats} from "../src/interfaces/ISeats.sol";
import {ISignatures} from "../src/interfaces/ISignatures.sol";
import {PublishedKeys} from "../src/libraries/PublishedKeys.sol";
import {ClusterParams, Join, KmsProof, Report, StartGeneration} from "../src/types/ClusterTypes.sol";
import {Fixture} from "./utils/Fixture.sol";
import {Vm} from "./utils/TestBase.sol";

/// @dev Defects known from an earlier contract for the same job, each with the test that would have caught it.
contract DefectsTest is Fixture {
    function test_defect_01_a_real_kms_triple_with_a_foreign_app_key() public {
        mintSeats(1);
        Join memory request = joinRequest(1, 1);
        bytes memory operatorSignature = sign(OWNER_KEY + 1, joinDigest(request));
        KmsProof memory real = proofFor(request);

        // Public calldata gives the first link; the rest is signed with keys of the thief.
        KmsProof memory stolen = proofFor(request, address(cluster), STRANGER_KEY, STRANGER_KEY, STRANGER_KEY);
        stolen.appKeyX = real.appKeyX;
        stolen.appKeyY = real.appKeyY;
        stolen.kmsSignature = real.kmsSignature;
        vm.expectRevert(
            abi.encodeWithSelector(ISignatures.NotFromAppKey.selector, vm.addr(STRANGER_KEY), vm.addr(APP_KEY))
        );
        cluster.join(request, ENDPOINT, operatorSignature, stolen);
    }

    function test_defect_02_a_proof_for_another_app() public {
        mintSeats(1);
        Join memory request = joinRequest(1, 1);
        bytes memory operatorSignature = sign(OWNER_KEY + 1, joinDigest(request));
        KmsProof memory proof = proofFor(request, address(0xbad), ROOT_KEY, APP_KEY, DERIVED_KEY);
        vm.expectPartialRevert(ISignatures.NotFromKmsRoot.selector);
        cluster.join(request, ENDPOINT, operatorSignature, proof);
    }

    function test_defect_03_a_stranger_sets_an_endpoint() public {
        mintSeats(1);
        join(1, 1);
        Join memory request = joinRequest(1, 2);
        bytes memory operatorSignature = sign(OWNER_KEY + 1, joinDigest(request));
        KmsProof memory proof = proofFor(request);
        vm.prank(STRANGER); // carries the signed request, but with an endpoint of his own
        vm.expectRevert(INodeRegistry.EndpointMismatch.selector);
        cluster.join(request, "https://evil.example", operatorSignature, proof);
        request.endpointHash = keccak256("https://evil.example");
        vm.prank(STRANGER);
        vm.expectPartialRevert(INodeRegistry.NotOperator.selector);
        cluster.join(request, "https://evil.example", operatorSignature, proof);
        vm.assertEq(member(1).endpoint, ENDPOINT);
    }

    function test_defect_04_two_seats_in_one_wallet_and_no_sale_while_active() public {
        address owner = ownerOf(1);
        vm.prank(ADMIN);
        cluster.mint(owner);
        vm.prank(ADMIN);
        cluster.mint(owner);
        address operator = vm.addr(STRANGER_KEY);
        vm.prank(owner);
        cluster.setUser(2, operator, type(uint64).max);
        join(1, 1);
        join(joinRequest(2, 1), STRANGER_KEY);
        vm.assertTrue(member(1).active && member(2).active);
        vm.prank(owner);
        vm.expectRevert(abi.encodeWithSelector(ISeats.SeatIsLocked.selector, 2));
        cluster.transferFrom(owner, STRANGER, 2);
        vm.prank(owner);
        cluster.leave(2);
        vm.prank(owner);
        cluster.transferFrom(owner, STRANGER, 2);
        vm.assertTrue(member(1).active);
        vm.assertEq(cluster.operatorOf(2), STRANGER);
    }

    function test_defect_05_production_refuses_published_kms_roots() public {
        address[2] memory published = [PublishedKeys.DSTACK_SIMULATOR, PublishedKeys.PROJECT_VECTORS];
        for (uint256 i = 0; i < published.length; i++) {
            ClusterParams memory params = defaultParams();
            params.kmsRoot = published[i];
            vm.chainId(31_337);
            factory.deploy(address(implementation), bytes32(i), params);
            vm.chainId(8453);
            vm.expectRevert(abi.encodeWithSelector(INodeRegistry.BadKmsRoot.selector, published[i]));
            factory.deploy(address(implementation), bytes32(i + 10), params);
            vm.prank(ADMIN);
            vm.expectRevert(abi.encodeWithSelector(INodeRegistry.BadKmsRoot.selector, published[i]));
            cluster.setKmsRoot(published[i]);
        }
        factory.deploy(address(implementation), "production", defaultParams());
    }

    /// @dev The call that dstack's auth-eth made against its own contract, byte for byte.
    function test_defect_06_dstacks_golden_call_decodes() public {
        vm.assertTrue(cluster.supportsInterface(0x1e079198));
        vm.assertTrue(cluster.supportsInterface(0x8fd37527));

        address app = 0x0165878A594ca255338adfa4d48449f69242Eb8F;
        bytes memory words = abi.encodePacked(
            uint256(0x20),
            uint256(uint160(app)),
            repeated(0x22, 32),
            uint256(uint160(bytes20(repeated(0x33, 20)))),
            repeated(0xdd, 32),
            repeated(0xaa, 32),
            repeated(0xbb, 32),
            repeated(0x11, 32)
        );
        bytes memory golden = bytes.concat(
            hex"1e079198",
            words,
            abi.encodePacked(uint256(0x120), uint256(0x160), uint256(8), bytes32("UpToDate")),
            abi.encodePacked(uint256(1), uint256(0x20), uint256(14), bytes32("INTEL-SA-00001"))
        );
        IAppAuth.AppBootInfo memory info;
        info.appId = app;
        info.composeHash = bytes32(repeated(0x22, 32));
        info.instanceId = address(bytes20(repeated(0x33, 20)));
        info.deviceId = bytes32(repeated(0xdd, 32));
        info.mrAggregated = bytes32(repeated(0xaa, 32));
        info.mrSystem = bytes32(repeated(0xbb, 32));
        info.osImageHash = bytes32(repeated(0x11, 32));
        info.tcbStatus = "UpToDate";
        info.advisoryIds = new string[](1);
        info.advisoryIds[0] = "INTEL-SA-00001";
        vm.assertEq(abi.encodeCall(cluster.isAppAllowed, (info)), golden);

        // A cluster at just that address, strict about everything the call states.
        vm.etch(app, abi.encodePacked(hex"363d3d373d3d3d363d73", implementation, hex"5af43d82803e903d91602b57fd5bf3"));
        ClusterParams memory params = defaultParams();
        params.composeHash = info.composeHash;
        params.deviceId = info.deviceId;
        params.allowAnyDevice = false;
        params.requireTcbUpToDate = true;
        cluster = DstackMembershipNFT(app);
        cluster.initialize(params);
        mintSeats(1);
        (bool done, bytes memory answer) = app.staticcall(golden);
        vm.assertTrue(done);
        vm.assertEq(answer, abi.encodePacked(uint256(1), uint256(0x40), uint256(0)));
    }

    function test_defect_07_logs_carry_the_instance_id_in_the_clear() public {
        mintSeats(1);
        vm.recordLogs();
        join(1, 1);
        Vm.Log[] memory logs = vm.getRecordedLogs();
        bool found = false;
        for (uint256 i = 0; i < logs.length; i++) {
            if (logs[i].topics[0] != INodeRegistry.NodeJoined.selector) continue;
            found = true;
            vm.assertEq(logs[i].emitter, address(cluster));
            vm.assertEq(logs[i].topics[2], bytes32(uint256(uint160(instanceOf(1)))));
            (uint64 epoch, address key, string memory endpoint) = abi.decode(logs[i].data, (uint64, address, string));
            vm.assertEq(epoch, 1);
            vm.assertEq(key, vm.addr(bootKey(1, 1)));
            vm.assertEq(endpoint, ENDPOINT);
        }
        vm.assertTrue(found);
    }

    /// @dev Join, genesis, report and restart carry signatures of operator and boot keys, and whoever has gas may send
    /// them: here a stranger does, and no key of the cluster ever holds any.
    function test_defect_08_a_node_lives_without_ether() public {
        mintSeats(3);
        for (uint64 seat = 1; seat <= 3; seat++) {
            relay(joinRequest(seat, 1));
        }
        StartGeneration memory start = StartGeneration(1, 1, 1, 1, 1, "head", founders(seats(3)));
        bytes[] memory signatures = signStart(start);
        vm.prank(STRANGER);
        cluster.startGeneration(start, signatures);
        Report memory report = Report(1, 2, 2, 2, seats(3));
        signatures = signReport(seats(2), report);
        vm.prank(STRANGER);
        cluster.report(report, seats(2), signatures);
        relay(joinRequest(2, 2));
        vm.assertEq(leadership().leaderSeat, 2);
        vm.assertEq(member(2).bootEpoch, 2);
        for (uint64 seat = 1; seat <= 3; seat++) {
            vm.assertEq(ownerOf(seat).balance, 0);
            vm.assertEq(vm.addr(bootKey(seat, 1)).balance, 0);
        }
    }

    function test_defect_09_a_vote_of_confidence_can_be_followed_by_votes() public {
        startCluster(3);
        vote(2, false);
        vote(2, true);
        vm.assertEq(leadership().noConfidence, 1);
        vote(2, false);
        vote(3, false);
        vote(3, true);
        vm.assertEq(leadership().noConfidence, 1);
        vm.assertEq(leadership().leaderSeat, 1);
    }

    function test_defect_10_vote_transfer_and_vote_again_counts_once() public {
        startCluster(5);
        vote(3, true);
        vm.prank(ownerOf(3));
        cluster.leave(3);
        vm.assertEq(leadership().noConfidence, 0); // whoever leaves takes the vote along
        address buyer = vm.addr(STRANGER_KEY);
        vm.prank(ownerOf(3));
        cluster.transferFrom(ownerOf(3), buyer, 3);
        join(joinRequest(3, 2), STRANGER_KEY);
        address leader = cluster.currentLeader();
        vm.prank(buyer);
        (bool ok,) = address(cluster).call(abi.encodeCall(cluster.castVote, (leader, true)));
        vm.assertFalse(ok); // joined, not counted yet
        uint64[] memory signers = seats(3);
        signers[2] = 4;
        reportBy(signers, Report(1, 1, 2, 1, seats(5)));
        vote(3, true);
        vm.assertEq(leadership().noConfidence, 1);
        vm.assertEq(leadership().leaderSeat, 1);
    }

    function testFuzz_defect_11_election_does_not_favour_its_caller(address caller, uint64 member_) public {
        vm.assume(caller != address(0));
        startCluster(5);
        vm.prank(ADMIN);
        cluster.revoke(1);
        vm.prank(member_ % 2 == 0 ? caller : ownerOf(uint64(bound(member_, 3, 5))));
        cluster.electLeader();
        vm.assertEq(leadership().leaderSeat, 2);
    }

    function test_defect_12_ids_are_20_bytes_left_aligned_in_the_mappings() public {
        mintSeats(1);
        join(1, 1);
        bytes32 id = cluster.tokenToInstance(1);
        vm.assertEq(address(bytes20(id)), instanceOf(1));
        vm.assertEq(uint256(uint96(uint256(id))), 0);
        vm.assertEq(cluster.instanceToToken(id), 1);
    }

    /// @dev A join that somebody else pays for.
    function relay(Join memory request) private {
        bytes memory operatorSignature = sign(OWNER_KEY + request.seat, joinDigest(request));
        KmsProof memory proof = proofFor(request);
        vm.prank(STRANGER);
        cluster.join(request, ENDPOINT, operatorSignature, proof);
    }

    function repeated(uint8 value, uint256 length) private pure returns (bytes memory data) {
        data = new bytes(length);
        for (uint256 i = 0; i < length; i++) {
            data[i] = bytes1(value);
        }
    }
}
