// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Report, StartGeneration} from "../src/types/ClusterTypes.sol";
import {Fixture} from "./utils/Fixture.sol";

/// @dev What whole transactions cost in a cluster of three; written to snapshots/, so that a change shows in the diff.
/// forge-config: default.isolate = true
contract GasTest is Fixture {
    function test_gas_of_a_cluster_of_three() public {
        factory.deploy(address(implementation), "gas", defaultParams());
        point("deploy a cluster (clone and initialise)");
        value("code size of the implementation", address(implementation).code.length);
        mintSeats(3);
        point("mint");
        join(1, 1);
        point("join, first of a cluster");
        join(2, 1);
        join(3, 1);
        point("join, first of a seat");
        StartGeneration memory start = StartGeneration(1, 1, 1, 1, 0, 0, founders(seats(3)));
        bytes[] memory signatures = signStart(start);
        cluster.startGeneration(start, signatures);
        point("startGeneration, 3 founders");
        report(Report(1, 2, 1, 1, seats(3)));
        point("report, first of a generation, q = 2");
        report(Report(1, 3, 1, 2, seats(3)));
        point("report of another leader, q = 2");
        report(Report(1, 3, 1, 2, seats(3)));
        point("report, repeated");
        join(2, 2);
        point("join, restart");
        join(2, 2);
        point("join, repeated");
        vote(1, true);
        point("castVote");
        vote(3, true);
        point("castVote that deposes");
        cluster.isAppAllowed(bootInfo(instanceOf(1)));
        point("isAppAllowed");
        vm.prank(ownerOf(3));
        cluster.leave(3);
        point("leave by the leader");
        cluster.electLeader();
        point("electLeader");
        vm.prank(ownerOf(2));
        cluster.replace(2);
        point("replace");
    }

    function report(Report memory r) private {
        bytes[] memory signatures = signReport(seats(2), r);
        cluster.report(r, seats(2), signatures);
    }

    function point(string memory name) private {
        vm.snapshotGasLastCall("Cluster", name);
    }

    function value(string memory name, uint256 number) private {
        vm.snapshotValue("Cluster", name, number);
    }
}
