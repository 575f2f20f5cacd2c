// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IReceipts} from "../src/interfaces/IReceipts.sol";
import {ClusterHashes} from "../src/libraries/ClusterHashes.sol";
import {Anchor, Receipt, Report} from "../src/types/ClusterTypes.sol";
import {ReceiptVectors} from "./utils/ReceiptVectors.sol";

contract ReceiptsTest is ReceiptVectors {
    function test_receipts_that_hold_and_receipts_that_do_not() public {
        uint256 count = vm.parseJsonUint(vectors, ".count");
        vm.assertGt(count, 40);
        for (uint256 i = 0; i < count; i++) {
            string memory name = vm.parseJsonString(vectors, entry(i, ".name"));
            string memory refusal = vm.parseJsonString(vectors, entry(i, ".error"));
            (bool ok, bytes memory answer) =
                address(cluster).call(abi.encodeCall(IReceipts.verifyReceipt, (receipt(i))));
            vm.assertEq(ok, bytes(refusal).length == 0);
            if (ok) {
                vm.assertEq(abi.decode(answer, (uint64)), vm.parseJsonUint(vectors, entry(i, ".strength")), name);
            } else {
                vm.assertEq(bytes32(bytes4(answer)), bytes32(selectorOf(refusal)), name);
            }
            // What cannot be verified cannot be anchored.
            (bool anchors,) = address(cluster).call(abi.encodeCall(IReceipts.anchor, (receipt(i))));
            if (!ok) vm.assertFalse(anchors, name);
        }
    }

    function selectorOf(string memory name) private pure returns (bytes4) {
        string[15] memory signatures = [
            "HeaderCount(uint256)",
            "BadHeader(uint256)",
            "BrokenChain(uint256)",
            "NotInBlock()",
            "UnknownConfig(uint64)",
            "SignerOrder(uint64)",
            "NotOfConfig(uint64)",
            "AcceptElsewhere(uint64)",
            "UnknownBootKey(uint64,address)",
            "TooFewAccepts(uint256,uint256)",
            "SignatureLength(uint256)",
            "SignatureRecoveryId(uint8)",
            "SignatureHighS()",
            "SignatureInvalid()",
            "StaleAnchor(uint64,uint64)"
        ];
        for (uint256 i = 0; i < signatures.length; i++) {
            bytes memory signature = bytes(signatures[i]);
            if (startsWith(signature, bytes(name))) return bytes4(keccak256(signature));
        }
        revert(name);
    }

    function startsWith(bytes memory whole, bytes memory start) private pure returns (bool) {
        if (whole.length <= start.length || whole[start.length] != "(") return false;
        for (uint256 i = 0; i < start.length; i++) {
            if (whole[i] != start[i]) return false;
        }
        return true;
    }

    function test_accept_type() public pure {
        vm.assertEq(
            ClusterHashes.ACCEPT,
            keccak256(
                "Accept(uint64 generation,uint64 configNonce,uint64 term,uint64 seq,bytes32 blockHash,uint64 seat,uint64 epoch)"
            )
        );
    }

    // What becomes of seats afterwards changes nothing

    function test_a_receipt_outlives_its_seats() public {
        vm.prank(ownerOf(1));
        cluster.leave(1);
        vm.prank(ADMIN);
        cluster.revoke(3);
        vm.assertEq(cluster.verifyReceipt(receipt(0)), 2);
    }

    // Configurations

    function test_configurations_are_those_of_the_log() public {
        vm.assertEq(cluster.configuration(1), 14);
        vm.assertEq(cluster.configuration(2), 0);
        uint64[] memory four = seats(4);
        reportBy(seats(2), Report(1, 2, 1, 1, seats(3)));
        vm.assertEq(cluster.configuration(1), 14);
        vm.prank(ownerOf(3));
        cluster.leave(3);
        reportBy(seats(2), Report(1, 3, 2, 1, four));
        vm.assertEq(cluster.configuration(2), 30, "the log counts seat 3 as long as it says so");
        reportBy(seats(2), Report(1, 4, 2, 1, seats(2)));
        vm.assertEq(cluster.configuration(2), 30, "written once");
        startGeneration(2, 5, 3, 1, seats(2), 9);
        vm.assertEq(cluster.configuration(3), 0, "a cold start does not say who counts");
    }

    // Anchors

    function test_an_anchor_is_recorded_once() public {
        vm.assertEq(cluster.anchored().seq, 0);
        Receipt memory shown = receipt(0);
        vm.expectEmit(true, true, true, true);
        emit IReceipts.Anchored(1, 2, 41, keccak256(shown.headers[0]), 2);
        vm.prank(STRANGER);
        cluster.anchor(shown);
        Anchor memory stored = cluster.anchored();
        vm.assertEq(stored.generation, 1);
        vm.assertEq(stored.term, 2);
        vm.assertEq(stored.seq, 41);
        vm.assertEq(stored.blockHash, keccak256(shown.headers[0]));
        vm.recordLogs();
        cluster.anchor(shown);
        vm.assertEq(vm.getRecordedLogs().length, 0);
    }

    function test_an_anchor_is_never_replaced_by_what_is_not_later() public {
        cluster.anchor(receipt(0));
        vm.expectRevert(abi.encodeWithSelector(IReceipts.StaleAnchor.selector, 41, 41));
        cluster.anchor(receipt(2)); // another block at the same place
        Receipt memory later = signedAt(42);
        cluster.anchor(later);
        vm.assertEq(cluster.anchored().seq, 42);
        vm.expectRevert(abi.encodeWithSelector(IReceipts.StaleAnchor.selector, 41, 42));
        cluster.anchor(receipt(0));
    }

    /// @dev The first receipt, with its block moved to another place in the log and signed again.
    function signedAt(uint64 seq) private view returns (Receipt memory moved) {
        moved = receipt(0);
        bytes memory header = moved.headers[0];
        header[31] = bytes1(uint8(seq));
        for (uint256 i = 0; i < moved.accepts.length; i++) {
            uint64 seat = moved.accepts[i].seat;
            bytes32 structHash = keccak256(
                abi.encode(
                    ClusterHashes.ACCEPT, uint64(1), uint64(1), uint64(2), seq, keccak256(header), seat, uint64(1)
                )
            );
            moved.accepts[i].signature = sign(bootKey(seat, 1), typedDigest(structHash));
        }
    }
}
