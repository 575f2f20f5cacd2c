// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ReceiptVectors} from "./utils/ReceiptVectors.sol";

/// @dev What receipts cost; see GasTest.
/// forge-config: default.isolate = true
contract GasReceiptsTest is ReceiptVectors {
    function test_gas_of_receipts() public {
        cluster.verifyReceipt(receipt(0));
        vm.snapshotGasLastCall("Cluster", "verifyReceipt, q = 2");
        cluster.verifyReceipt(receipt(7));
        vm.snapshotGasLastCall("Cluster", "verifyReceipt, q = 2, 64 headers");
        cluster.anchor(receipt(0));
        vm.snapshotGasLastCall("Cluster", "anchor, q = 2");
    }
}
