// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Report} from "../src/types/ClusterTypes.sol";
import {Fixture} from "./utils/Fixture.sol";

/// @dev What grows with the cluster: a report by its signatures and its list, votes and elections by nothing. Whole
/// transactions, written to snapshots/.
/// forge-config: default.isolate = true
contract GasTableTest is Fixture {
    function test_gas_at_3_seats() public {
        measure(3, "3");
    }

    function test_gas_at_7_seats() public {
        measure(7, "7");
    }

    function test_gas_at_31_seats() public {
        measure(31, "31");
    }

    function test_gas_at_100_seats() public {
        measure(100, "100");
    }

    function measure(uint64 n, string memory label) private {
        startCluster(n);
        uint64[] memory signers = seats(n / 2 + 1);
        Report memory r = Report(1, 2, 1, 2, seats(n));
        bytes[] memory signatures = signReport(signers, r);
        cluster.report(r, signers, signatures);
        uint256 report = vm.snapshotGasLastCall("Table", string.concat("report by a quorum, n = ", label));
        vm.assertLe(report, 55_000 + 11_000 * signers.length);
        vote(1, true);
        vm.assertLe(vm.snapshotGasLastCall("Table", string.concat("castVote, n = ", label)), 90_000);
        vm.prank(ADMIN);
        cluster.revoke(2);
        cluster.electLeader();
        vm.assertLe(vm.snapshotGasLastCall("Table", string.concat("electLeader, n = ", label)), 60_000);
    }
}
