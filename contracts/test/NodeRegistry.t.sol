// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {INodeRegistry} from "../src/interfaces/INodeRegistry.sol";
import {ISeats} from "../src/interfaces/ISeats.sol";
import {ISignatures} from "../src/interfaces/ISignatures.sol";
import {Join, KmsProof, Member} from "../src/types/ClusterTypes.sol";
import {Fixture} from "./utils/Fixture.sol";

contract NodeRegistryTest is Fixture {
    function test_join_registers_the_boot() public {
        mintSeats(1);
        Join memory request = joinRequest(1, 7);
        bytes memory operatorSignature = sign(OWNER_KEY + 1, joinDigest(request));
        KmsProof memory proof = proofFor(request);
        vm.expectEmit(true, true, true, true);
        emit INodeRegistry.NodeJoined(1, instanceOf(1), 7, request.bootKey, ownerOf(1), ENDPOINT);
        vm.prank(STRANGER); // anybody may send it
        cluster.join(request, ENDPOINT, operatorSignature, proof);

        Member memory m = member(1);
        vm.assertEq(m.seat, 1);
        vm.assertEq(m.owner, ownerOf(1));
        vm.assertEq(m.operator, ownerOf(1));
        vm.assertEq(m.bootEpoch, 7);
        vm.assertEq(m.bootKey, request.bootKey);
        vm.assertEq(m.instance, instanceOf(1));
        vm.assertTrue(m.active);
        vm.assertFalse(m.counted);
        vm.assertFalse(m.revoked);
        vm.assertEq(m.endpoint, ENDPOINT);
        vm.assertEq(cluster.seatOf(ownerOf(1)), 1);
        vm.assertEq(cluster.tokenToInstance(1), bytes32(bytes20(instanceOf(1))));
        vm.assertEq(cluster.instanceToToken(bytes32(bytes20(instanceOf(1)))), 1);
        vm.assertEq(cluster.freeSeats(), 0);
    }

    function test_instance_ids_must_be_left_aligned() public {
        mintSeats(1);
        join(1, 1);
        vm.assertEq(cluster.instanceToToken(bytes32(uint256(uint160(instanceOf(1))))), 0);
        vm.assertEq(cluster.instanceToToken(bytes32(bytes20(instanceOf(1))) | bytes32(uint256(1))), 0);
        vm.assertEq(cluster.instanceToToken(bytes32(bytes20(instanceOf(9)))), 0);
        vm.assertEq(cluster.tokenToInstance(9), 0);
    }

    function test_restart_moves_epoch_key_and_endpoint() public {
        mintSeats(1);
        join(1, 1);
        Join memory request = joinRequest(1, 2);
        string memory other = "https://an.endpoint.longer.than.thirty-one.bytes.example:7443";
        request.endpointHash = keccak256(bytes(other));
        cluster.join(request, other, sign(OWNER_KEY + 1, joinDigest(request)), proofFor(request));
        vm.assertEq(member(1).bootEpoch, 2);
        vm.assertEq(member(1).bootKey, vm.addr(bootKey(1, 2)));
        vm.assertEq(member(1).endpoint, other);
    }

    function test_repeated_join_succeeds_even_late_and_by_anybody() public {
        mintSeats(1);
        Join memory request = joinRequest(1, 1);
        join(request, OWNER_KEY + 1);
        vm.warp(block.timestamp + 2 hours);
        KmsProof memory empty;
        cluster.join(request, "", "", empty);
        vm.assertEq(member(1).bootEpoch, 1);
        vm.assertEq(member(1).endpoint, ENDPOINT);
    }

    function testFuzz_epoch_window(uint64 last, uint64 next) public {
        mintSeats(1);
        last = uint64(bound(last, 1, 1024));
        next = uint64(bound(next, 0, 3000));
        vm.assume(next != last);
        join(1, last);
        if (next > last && next <= last + 1024) {
            join(1, next);
            vm.assertEq(member(1).bootEpoch, next);
        } else {
            expectJoin(
                joinRequest(1, next),
                OWNER_KEY + 1,
                abi.encodeWithSelector(INodeRegistry.BadEpoch.selector, 1, next, last)
            );
        }
    }

    function test_same_epoch_with_another_key_is_stale() public {
        mintSeats(1);
        join(1, 1);
        Join memory request = joinRequest(1, 1);
        request.bootKey = vm.addr(bootKey(1, 99));
        expectJoin(request, OWNER_KEY + 1, abi.encodeWithSelector(INodeRegistry.BadEpoch.selector, 1, 1, 1));
    }

    function test_deadline() public {
        mintSeats(1);
        Join memory request = joinRequest(1, 1);
        vm.warp(request.deadline + 1);
        bytes memory expired = abi.encodeWithSelector(INodeRegistry.JoinExpired.selector, request.deadline);
        expectJoin(request, OWNER_KEY + 1, expired);
        vm.warp(request.deadline);
        join(request, OWNER_KEY + 1);
    }

    function test_unknown_seat() public {
        expectJoin(joinRequest(1, 1), OWNER_KEY + 1, abi.encodeWithSelector(ISeats.UnknownSeat.selector, 1));
        expectJoin(joinRequest(0, 1), OWNER_KEY, abi.encodeWithSelector(ISeats.UnknownSeat.selector, 0));
        vm.expectRevert(abi.encodeWithSelector(ISeats.UnknownSeat.selector, 1));
        cluster.member(1);
    }

    function test_zero_key_and_zero_instance() public {
        mintSeats(1);
        Join memory request = joinRequest(1, 1);
        request.bootKey = address(0);
        expectJoin(request, OWNER_KEY + 1, abi.encodeWithSelector(INodeRegistry.ZeroBootKey.selector));
        request = joinRequest(1, 1);
        request.instance = address(0);
        expectJoin(request, OWNER_KEY + 1, abi.encodeWithSelector(INodeRegistry.ZeroInstance.selector));
    }

    function testFuzz_endpoint_length(uint16 length) public {
        mintSeats(1);
        string memory endpoint = string(new bytes(bound(length, 0, 300)));
        Join memory request = joinRequest(1, 1);
        request.endpointHash = keccak256(bytes(endpoint));
        bytes memory operatorSignature = sign(OWNER_KEY + 1, joinDigest(request));
        KmsProof memory proof = proofFor(request);
        bool tooLong = bytes(endpoint).length > 128;
        if (tooLong) {
            vm.expectRevert(abi.encodeWithSelector(INodeRegistry.EndpointTooLong.selector, bytes(endpoint).length));
        }
        cluster.join(request, endpoint, operatorSignature, proof);
        if (!tooLong) vm.assertEq(member(1).endpoint, endpoint);
    }

    function test_boot_key_is_used_once() public {
        mintSeats(2);
        join(1, 1);
        Join memory request = joinRequest(2, 1);
        request.bootKey = vm.addr(bootKey(1, 1));
        expectJoin(
            request, OWNER_KEY + 2, abi.encodeWithSelector(INodeRegistry.BootKeyUsed.selector, request.bootKey, 1)
        );
        request = joinRequest(1, 2); // not even by the same seat
        request.bootKey = vm.addr(bootKey(1, 1));
        expectJoin(
            request, OWNER_KEY + 1, abi.encodeWithSelector(INodeRegistry.BootKeyUsed.selector, request.bootKey, 1)
        );
    }

    function test_instance_runs_one_seat() public {
        mintSeats(2);
        join(1, 1);
        Join memory request = joinRequest(2, 1);
        request.instance = instanceOf(1);
        expectJoin(
            request, OWNER_KEY + 2, abi.encodeWithSelector(INodeRegistry.InstanceTaken.selector, instanceOf(1), 1)
        );
        request = joinRequest(1, 2);
        request.instance = instanceOf(9);
        expectJoin(
            request, OWNER_KEY + 1, abi.encodeWithSelector(INodeRegistry.SeatHasInstance.selector, 1, instanceOf(1))
        );
    }

    function test_operator_runs_one_seat() public {
        mintSeats(2);
        address operator = vm.addr(STRANGER_KEY);
        vm.prank(ownerOf(1));
        cluster.setUser(1, operator, type(uint64).max);
        vm.prank(ownerOf(2));
        cluster.setUser(2, operator, type(uint64).max); // being named takes nothing
        join(joinRequest(1, 1), STRANGER_KEY);
        expectJoin(
            joinRequest(2, 1), STRANGER_KEY, abi.encodeWithSelector(INodeRegistry.OperatorBusy.selector, operator, 1)
        );
        vm.prank(operator);
        cluster.leave(1);
        join(joinRequest(2, 1), STRANGER_KEY);
        vm.assertEq(cluster.seatOf(operator), 2);
    }

    function test_owner_takes_over_when_the_lease_is_over() public {
        mintSeats(1);
        address operator = vm.addr(STRANGER_KEY);
        vm.prank(ownerOf(1));
        cluster.setUser(1, operator, uint64(block.timestamp + 10));
        join(joinRequest(1, 1), STRANGER_KEY);
        vm.warp(block.timestamp + 11);
        expectJoin(
            joinRequest(1, 2), STRANGER_KEY, abi.encodeWithSelector(INodeRegistry.NotOperator.selector, 1, operator)
        );
        join(1, 2);
        vm.assertEq(cluster.seatOf(operator), 0);
        vm.assertEq(cluster.seatOf(ownerOf(1)), 1);
        vm.expectRevert(abi.encodeWithSelector(INodeRegistry.OperatorNotExpired.selector, 1));
        cluster.expire(1);
    }

    function test_wallet_without_nft_cannot_join() public {
        mintSeats(1);
        address stranger = vm.addr(STRANGER_KEY);
        expectJoin(
            joinRequest(1, 1), STRANGER_KEY, abi.encodeWithSelector(INodeRegistry.NotOperator.selector, 1, stranger)
        );
    }

    // Signatures and the chain

    function test_signature_forms_that_are_refused() public {
        mintSeats(1);
        Join memory request = joinRequest(1, 1);
        bytes memory good = sign(OWNER_KEY + 1, joinDigest(request));
        KmsProof memory proof = proofFor(request);

        bytes memory bad = bytes.concat(good, hex"00");
        expectSignature(request, bad, proof, abi.encodeWithSelector(ISignatures.SignatureLength.selector, 66));
        expectSignature(request, "", proof, abi.encodeWithSelector(ISignatures.SignatureLength.selector, 0));

        bad = bytes.concat(good);
        bad[64] = bytes1(uint8(good[64]) + 27);
        expectSignature(
            request, bad, proof, abi.encodeWithSelector(ISignatures.SignatureRecoveryId.selector, uint8(good[64]) + 27)
        );
        expectSignature(request, highS(good), proof, abi.encodeWithSelector(ISignatures.SignatureHighS.selector));
        bad = bytes.concat(new bytes(32), bytes32(uint256(1)), hex"00");
        expectSignature(request, bad, proof, abi.encodeWithSelector(ISignatures.SignatureInvalid.selector));
    }

    function test_every_link_takes_low_s_only() public {
        mintSeats(1);
        Join memory request = joinRequest(1, 1);
        bytes memory good = sign(OWNER_KEY + 1, joinDigest(request));
        bytes memory refusal = abi.encodeWithSelector(ISignatures.SignatureHighS.selector);
        KmsProof memory proof = proofFor(request);
        proof.kmsSignature = highS(proof.kmsSignature);
        expectSignature(request, good, proof, refusal);
        proof = proofFor(request);
        proof.appSignature = highS(proof.appSignature);
        expectSignature(request, good, proof, refusal);
        proof = proofFor(request);
        proof.joinSignature = highS(proof.joinSignature);
        expectSignature(request, good, proof, refusal);
    }

    function test_chain_from_another_root() public {
        mintSeats(1);
        Join memory request = joinRequest(1, 1);
        KmsProof memory proof = proofFor(request, address(cluster), STRANGER_KEY, APP_KEY, DERIVED_KEY);
        expectProof(
            request,
            proof,
            abi.encodeWithSelector(ISignatures.NotFromKmsRoot.selector, vm.addr(STRANGER_KEY), vm.addr(ROOT_KEY))
        );
    }

    function test_join_signed_by_another_key_than_the_derived_one() public {
        mintSeats(1);
        Join memory request = joinRequest(1, 1);
        KmsProof memory proof = proofFor(request);
        proof.joinSignature = sign(STRANGER_KEY, joinDigest(request));
        expectProof(
            request,
            proof,
            abi.encodeWithSelector(ISignatures.NotFromDerivedKey.selector, vm.addr(STRANGER_KEY), vm.addr(DERIVED_KEY))
        );
    }

    /// @dev Whatever bit of the proof is changed, the join is refused.
    function testFuzz_no_bit_of_the_proof_is_idle(uint8 field, uint16 bit) public {
        mintSeats(1);
        Join memory request = joinRequest(1, 1);
        bytes memory operatorSignature = sign(OWNER_KEY + 1, joinDigest(request));
        KmsProof memory proof = proofFor(request);
        field = uint8(bound(field, 0, 7));
        bytes32 mask = bytes32(1 << (uint256(bit) % 256));
        if (field == 0) {
            proof.appKeyX ^= mask;
        } else if (field == 1) {
            proof.appKeyY ^= mask;
        } else if (field == 2) {
            proof.derivedKeyX ^= mask;
        } else if (field == 3) {
            proof.derivedKeyY ^= mask;
        } else {
            flip(
                field == 4
                    ? proof.kmsSignature
                    : field == 5 ? proof.appSignature : field == 6 ? proof.joinSignature : operatorSignature,
                bit
            );
        }
        (bool ok,) = address(cluster).call(abi.encodeCall(cluster.join, (request, ENDPOINT, operatorSignature, proof)));
        vm.assertFalse(ok);
    }

    /// @dev Whatever field of the Join is changed after signing, the join is refused.
    function testFuzz_no_field_of_the_join_is_idle(uint8 field, uint64 change) public {
        vm.assume(change != 0);
        mintSeats(2);
        Join memory request = joinRequest(1, 1);
        bytes memory operatorSignature = sign(OWNER_KEY + 1, joinDigest(request));
        KmsProof memory proof = proofFor(request);
        field = uint8(bound(field, 0, 5));
        if (field == 0) request.seat ^= change;
        else if (field == 1) request.epoch ^= change;
        else if (field == 2) request.bootKey = address(uint160(request.bootKey) ^ uint160(change));
        else if (field == 3) request.instance = address(uint160(request.instance) ^ uint160(change));
        else if (field == 4) request.endpointHash ^= bytes32(uint256(change));
        else request.deadline ^= change;
        (bool ok,) = address(cluster).call(abi.encodeCall(cluster.join, (request, ENDPOINT, operatorSignature, proof)));
        vm.assertFalse(ok);
    }

    function test_kms_root_can_be_renewed_by_the_owner() public {
        mintSeats(1);
        vm.prank(ADMIN);
        cluster.setKmsRoot(vm.addr(STRANGER_KEY));
        expectJoin(
            joinRequest(1, 1),
            OWNER_KEY + 1,
            abi.encodeWithSelector(ISignatures.NotFromKmsRoot.selector, vm.addr(ROOT_KEY), vm.addr(STRANGER_KEY))
        );
    }

    // Leaving

    function test_leave_frees_seat_and_operator_and_forgets_the_instance() public {
        startCluster(3);
        vm.expectEmit(true, true, true, true);
        emit INodeRegistry.NodeLeft(2, instanceOf(2));
        vm.prank(ownerOf(2));
        cluster.leave(2);
        Member memory m = member(2);
        vm.assertEq(m.bootKey, address(0));
        vm.assertEq(m.instance, address(0));
        vm.assertEq(m.bootEpoch, 1);
        vm.assertFalse(m.active);
        vm.assertFalse(m.counted);
        vm.assertEq(cluster.seatOf(ownerOf(2)), 0);
        vm.assertEq(cluster.freeSeats(), 1);
        vm.assertEq(leadership().countedSeats, 2);
        assertBoot(bootInfo(instanceOf(2)), ""); // unknown again, not retired
        vm.prank(ownerOf(2));
        vm.expectRevert(abi.encodeWithSelector(INodeRegistry.SeatNotJoined.selector, 2));
        cluster.leave(2);
    }

    function test_signed_join_cannot_be_replayed_after_leave() public {
        mintSeats(1);
        Join memory request = joinRequest(1, 1);
        join(request, OWNER_KEY + 1);
        vm.prank(ownerOf(1));
        cluster.leave(1);
        expectJoin(request, OWNER_KEY + 1, abi.encodeWithSelector(INodeRegistry.BadEpoch.selector, 1, 1, 1));
    }

    function test_only_owner_and_operator_leave_and_replace() public {
        mintSeats(1);
        join(1, 1);
        bytes memory refusal = abi.encodeWithSelector(INodeRegistry.NotOwnerOrOperator.selector, 1, STRANGER);
        vm.prank(STRANGER);
        vm.expectRevert(refusal);
        cluster.leave(1);
        vm.prank(STRANGER);
        vm.expectRevert(refusal);
        cluster.replace(1);
        vm.expectRevert(abi.encodeWithSelector(ISeats.UnknownSeat.selector, 2));
        cluster.leave(2);
        vm.expectRevert(abi.encodeWithSelector(ISeats.UnknownSeat.selector, 2));
        cluster.replace(2);
    }

    function test_replace_retires_the_instance_and_keeps_the_quorum() public {
        startCluster(3);
        vm.expectEmit(true, true, true, true);
        emit INodeRegistry.NodeReplaced(2, instanceOf(2));
        vm.prank(ownerOf(2));
        cluster.replace(2);
        Member memory m = member(2);
        vm.assertEq(m.bootEpoch, 1);
        vm.assertEq(m.instance, address(0));
        vm.assertEq(m.bootKey, address(0));
        vm.assertTrue(m.counted);
        vm.assertTrue(cluster.locked(2));
        vm.assertEq(cluster.requiredVotes(), 2);
        vm.assertEq(cluster.freeSeats(), 1);
        vm.assertEq(cluster.instanceToToken(bytes32(bytes20(instanceOf(2)))), 0);
        expectJoin(
            joinRequest(2, 2),
            OWNER_KEY + 2,
            abi.encodeWithSelector(INodeRegistry.InstanceRetired.selector, instanceOf(2))
        );
        vm.prank(ownerOf(2));
        vm.expectRevert(abi.encodeWithSelector(INodeRegistry.SeatHasNoInstance.selector, 2));
        cluster.replace(2);

        Join memory request = joinRequest(2, 2);
        request.instance = instanceOf(77);
        join(request, OWNER_KEY + 2);
        vm.assertEq(member(2).instance, instanceOf(77));
        vm.assertTrue(member(2).counted);
    }

    function test_expire_is_for_anybody_once_the_lease_is_over() public {
        mintSeats(1);
        vm.expectRevert(abi.encodeWithSelector(INodeRegistry.SeatNotJoined.selector, 1));
        cluster.expire(1);
        vm.prank(ownerOf(1));
        cluster.setUser(1, vm.addr(STRANGER_KEY), uint64(block.timestamp + 10));
        join(joinRequest(1, 1), STRANGER_KEY);
        vm.expectRevert(abi.encodeWithSelector(INodeRegistry.OperatorNotExpired.selector, 1));
        cluster.expire(1);
        vm.warp(block.timestamp + 11);
        cluster.expire(1);
        vm.assertFalse(member(1).active);
        vm.assertFalse(cluster.locked(1));
        vm.assertEq(cluster.seatOf(vm.addr(STRANGER_KEY)), 0);
    }

    function test_expire_spares_a_silenced_seat() public {
        startCluster(3);
        vm.prank(ownerOf(2));
        cluster.setUser(2, STRANGER, uint64(block.timestamp + 1));
        vm.warp(block.timestamp + 2);
        vm.expectRevert(abi.encodeWithSelector(INodeRegistry.OperatorNotExpired.selector, 2));
        cluster.expire(2);
    }

    // Views

    function test_members_are_paged_in_order() public {
        mintSeats(5);
        (Member[] memory page, uint256 total) = cluster.members(0, 2);
        vm.assertEq(total, 5);
        vm.assertEq(page.length, 2);
        vm.assertEq(page[0].seat, 1);
        vm.assertEq(page[1].seat, 2);
        (page, total) = cluster.members(4, 10);
        vm.assertEq(page.length, 1);
        vm.assertEq(page[0].seat, 5);
        (page, total) = cluster.members(5, 10);
        vm.assertEq(page.length, 0);
        (page, total) = cluster.members(type(uint256).max, type(uint256).max);
        vm.assertEq(page.length, 0);
        vm.assertEq(total, 5);
    }

    function test_a_page_holds_at_most_100() public {
        cluster = freshCluster(255);
        mintSeats(120);
        (Member[] memory page, uint256 total) = cluster.members(0, type(uint256).max);
        vm.assertEq(page.length, 100);
        vm.assertEq(total, 120);
        (page,) = cluster.members(100, 100);
        vm.assertEq(page.length, 20);
    }

    function expectSignature(Join memory request, bytes memory signature, KmsProof memory proof, bytes memory refusal)
        private
    {
        vm.expectRevert(refusal);
        cluster.join(request, ENDPOINT, signature, proof);
    }

    function expectProof(Join memory request, KmsProof memory proof, bytes memory refusal) private {
        expectSignature(request, sign(OWNER_KEY + 1, joinDigest(request)), proof, refusal);
    }

    /// @dev The other signature that ecrecover takes for the same key and message.
    function highS(bytes memory signature) private pure returns (bytes memory twin) {
        twin = bytes.concat(signature);
        bytes32 s;
        assembly ("memory-safe") {
            s := mload(add(signature, 64))
        }
        s = bytes32(ORDER - uint256(s));
        assembly ("memory-safe") {
            mstore(add(twin, 64), s)
        }
        twin[64] = bytes1(1 - uint8(signature[64]));
    }

    function flip(bytes memory data, uint256 bit) private pure {
        bit %= data.length * 8;
        data[bit / 8] ^= bytes1(uint8(1 << (bit % 8)));
    }
}
