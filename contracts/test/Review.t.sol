// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Fixture} from "./utils/Fixture.sol";

interface DealVm {
    function deal(address who, uint256 balance) external;
}

/// @dev Takes its seat, and tries to use the call it gets for it.
contract GreedyReceiver {
    bool public triedAgain;
    bool public gotAgain;

    function onERC721Received(address, address from, uint256 seat, bytes calldata) external returns (bytes4) {
        triedAgain = true;
        bytes memory data = abi.encodeWithSignature("transferFrom(address,address,uint256)", address(this), from, seat);
        (bool back,) = msg.sender.call(data);
        (bool again,) = msg.sender.call(data);
        gotAgain = back && again;
        return this.onERC721Received.selector;
    }
}

/// @dev What docs/threat_model.md claims under "Review by detector" and nothing else tests.
contract ReviewTest is Fixture {
    function test_a_cluster_takes_no_ether() public {
        DealVm(address(vm)).deal(address(this), 1 ether);
        address[3] memory targets = [address(cluster), address(implementation), address(factory)];
        for (uint256 i = 0; i < targets.length; i++) {
            (bool ok,) = targets[i].call{value: 1}("");
            vm.assertFalse(ok);
            (ok,) = targets[i].call{value: 1}(abi.encodeCall(cluster.electLeader, ()));
            vm.assertFalse(ok);
            vm.assertEq(targets[i].balance, 0);
        }
    }

    /// @dev The receiver's call comes when everything is written: it may do what its owner may do, once.
    function test_a_receiver_gains_nothing_by_calling_back() public {
        mintSeats(1);
        GreedyReceiver receiver = new GreedyReceiver();
        address owner = ownerOf(1);
        vm.prank(owner);
        cluster.safeTransferFrom(owner, address(receiver), 1);
        vm.assertTrue(receiver.triedAgain());
        vm.assertFalse(receiver.gotAgain());
        vm.assertEq(cluster.ownerOf(1), owner); // it gave the seat back, once
        vm.assertEq(cluster.balanceOf(owner), 1);
        vm.assertEq(cluster.balanceOf(address(receiver)), 0);
    }

    function test_a_domain_follows_the_chain() public {
        mintSeats(1);
        bytes32 here = domainSeparator(address(cluster));
        vm.chainId(block.chainid + 1);
        vm.assertTrue(domainSeparator(address(cluster)) != here);
        join(1, 1); // signed for the chain as it is now
        vm.assertTrue(member(1).active);
    }
}
