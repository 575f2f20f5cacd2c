// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Initializable} from "@openzeppelin/contracts/proxy/utils/Initializable.sol";
import {OwnableUpgradeable} from "@openzeppelin/contracts-upgradeable/access/OwnableUpgradeable.sol";
import {IERC721Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {DstackMembershipNFT} from "../src/DstackMembershipNFT.sol";
import {IClusterFactory} from "../src/interfaces/IClusterFactory.sol";
import {ILeaderRegistry} from "../src/interfaces/ILeaderRegistry.sol";
import {INodeRegistry} from "../src/interfaces/INodeRegistry.sol";
import {ISeats} from "../src/interfaces/ISeats.sol";
import {ClusterParams} from "../src/types/ClusterTypes.sol";
import {Fixture} from "./utils/Fixture.sol";
import {Vm} from "./utils/TestBase.sol";

contract SeatsTest is Fixture {
    address private constant USER = address(0x05e7);

    // Deployment

    function test_a_clone_is_ready() public view {
        vm.assertEq(cluster.owner(), ADMIN);
        vm.assertEq(cluster.kmsRoot(), vm.addr(ROOT_KEY));
        vm.assertEq(cluster.maxSeats(), 100);
        vm.assertEq(cluster.maxSeatsPerOwner(), 50);
        vm.assertEq(cluster.name(), "dstack cluster seat");
        vm.assertEq(cluster.symbol(), "SEAT");
        (, string memory name, string memory version, uint256 chainId, address verifier,,) = cluster.eip712Domain();
        vm.assertEq(name, "DstackCluster");
        vm.assertEq(version, "1");
        vm.assertEq(chainId, block.chainid);
        vm.assertEq(verifier, address(cluster));
    }

    function test_implementation_and_clone_initialise_once() public {
        vm.expectRevert(Initializable.InvalidInitialization.selector);
        implementation.initialize(defaultParams());
        vm.expectRevert(Initializable.InvalidInitialization.selector);
        cluster.initialize(defaultParams());
    }

    function test_factory_refuses_an_empty_address_and_a_taken_salt() public {
        vm.expectRevert(abi.encodeWithSelector(IClusterFactory.NotAContract.selector, USER));
        factory.deploy(USER, "salt", defaultParams());
        vm.expectRevert(bytes4(keccak256("FailedDeployment()")));
        factory.deploy(address(implementation), "salt", defaultParams());
    }

    function test_factory_gives_other_parameters_another_address() public {
        ClusterParams memory params = defaultParams();
        params.owner = STRANGER;
        address other = factory.deploy(address(implementation), "salt", params);
        vm.assertTrue(other != address(cluster));
    }

    function testFuzz_seat_bounds(uint64 founding, uint64 max, uint64 perOwner) public {
        ClusterParams memory params = defaultParams();
        params.foundingSeats = uint64(bound(founding, 0, 300));
        params.maxSeats = uint64(bound(max, 0, 300));
        params.maxSeatsPerOwner = uint64(bound(perOwner, 0, 2));
        bool ok = params.foundingSeats >= 1 && params.foundingSeats <= params.maxSeats && params.maxSeats <= 255
            && params.maxSeatsPerOwner >= 1;
        if (!ok) vm.expectRevert(ISeats.InvalidSeatBounds.selector);
        factory.deploy(address(implementation), "bounds", params);
    }

    function test_owner_and_kms_root_must_be_given() public {
        ClusterParams memory params = defaultParams();
        params.owner = address(0);
        vm.expectRevert(abi.encodeWithSelector(OwnableUpgradeable.OwnableInvalidOwner.selector, address(0)));
        factory.deploy(address(implementation), "owner", params);
        params = defaultParams();
        params.kmsRoot = address(0);
        vm.expectRevert(abi.encodeWithSelector(INodeRegistry.BadKmsRoot.selector, address(0)));
        factory.deploy(address(implementation), "root", params);
    }

    function test_only_the_named_owner_has_a_role() public {
        vm.assertEq(cluster.owner(), ADMIN);
        vm.assertEq(cluster.pendingOwner(), address(0));
        bytes[14] memory calls = [
            abi.encodeCall(cluster.mint, (STRANGER)),
            abi.encodeCall(cluster.revoke, (1)),
            abi.encodeCall(cluster.reinstate, (1)),
            abi.encodeCall(cluster.burn, (1)),
            abi.encodeCall(cluster.pauseUntil, (type(uint64).max)),
            abi.encodeCall(cluster.unpause, ()),
            abi.encodeCall(cluster.setKmsRoot, (STRANGER)),
            abi.encodeCall(cluster.addComposeHash, (bytes32("x"))),
            abi.encodeCall(cluster.removeComposeHash, (COMPOSE)),
            abi.encodeCall(cluster.addDevice, (bytes32("x"))),
            abi.encodeCall(cluster.removeDevice, (bytes32("x"))),
            abi.encodeCall(cluster.setAllowAnyDevice, (false)),
            abi.encodeCall(cluster.setRequireTcbUpToDate, (true)),
            abi.encodeCall(cluster.transferOwnership, (STRANGER))
        ];
        address[4] memory callers = [STRANGER, address(this), address(factory), address(implementation)];
        for (uint256 i = 0; i < calls.length; i++) {
            for (uint256 j = 0; j < callers.length; j++) {
                vm.prank(callers[j]);
                (bool ok, bytes memory data) = address(cluster).call(calls[i]);
                vm.assertFalse(ok);
                vm.assertEq(
                    data, abi.encodeWithSelector(OwnableUpgradeable.OwnableUnauthorizedAccount.selector, callers[j])
                );
            }
        }
    }

    function test_ownership_moves_in_two_steps() public {
        vm.prank(ADMIN);
        cluster.transferOwnership(STRANGER);
        vm.assertEq(cluster.owner(), ADMIN);
        vm.prank(STRANGER);
        cluster.acceptOwnership();
        vm.assertEq(cluster.owner(), STRANGER);
    }

    function test_code_is_well_under_the_size_limit() public view {
        vm.assertLe(address(implementation).code.length, 23_500);
    }

    // Minting

    function test_mint_numbers_seats_from_one() public {
        vm.prank(ADMIN);
        vm.assertEq(cluster.mint(USER), 1);
        vm.prank(ADMIN);
        vm.assertEq(cluster.mint(USER), 2);
        vm.assertEq(cluster.totalSupply(), 2);
        vm.assertEq(cluster.ownerOf(2), USER);
        vm.assertEq(cluster.freeSeats(), 2);
        vm.assertFalse(cluster.locked(1));
    }

    function test_mint_stops_at_the_caps() public {
        ClusterParams memory params = defaultParams();
        params.maxSeats = 3;
        params.maxSeatsPerOwner = 2;
        cluster = DstackMembershipNFT(factory.deploy(address(implementation), "caps", params));
        vm.prank(ADMIN);
        cluster.mint(USER);
        vm.prank(ADMIN);
        cluster.mint(USER);
        vm.prank(ADMIN);
        vm.expectRevert(abi.encodeWithSelector(ISeats.TooManySeats.selector, USER, 2));
        cluster.mint(USER);
        vm.prank(ADMIN);
        cluster.mint(STRANGER);
        vm.prank(ADMIN);
        vm.expectRevert(abi.encodeWithSelector(ISeats.NoSeatLeft.selector, 3));
        cluster.mint(STRANGER);
        vm.prank(STRANGER);
        vm.expectRevert(abi.encodeWithSelector(ISeats.TooManySeats.selector, USER, 2));
        cluster.transferFrom(STRANGER, USER, 3);
    }

    function test_all_255_seats_work() public {
        ClusterParams memory params = defaultParams();
        params.maxSeats = 255;
        params.maxSeatsPerOwner = 255;
        cluster = DstackMembershipNFT(factory.deploy(address(implementation), "255", params));
        mintSeats(255);
        vm.assertEq(cluster.freeSeats(), 255);
        join(255, 1);
        vm.assertEq(cluster.freeSeats(), 254);
        vm.assertTrue(member(255).active);
    }

    // Operator

    function test_user_is_operator_until_the_time_is_over() public {
        mintSeats(1);
        vm.prank(ownerOf(1));
        cluster.setUser(1, USER, uint64(block.timestamp + 10));
        vm.assertEq(cluster.userOf(1), USER);
        vm.assertEq(cluster.operatorOf(1), USER);
        vm.assertEq(member(1).operatorExpires, block.timestamp + 10);
        vm.warp(block.timestamp + 10);
        vm.assertEq(cluster.operatorOf(1), USER);
        vm.warp(block.timestamp + 1);
        vm.assertEq(cluster.userOf(1), address(0));
        vm.assertEq(cluster.operatorOf(1), ownerOf(1));
        vm.assertEq(member(1).operatorExpires, 0);
        vm.assertEq(cluster.userExpires(1), block.timestamp - 1);
    }

    function test_only_owner_or_approved_names_a_user() public {
        mintSeats(1);
        vm.prank(STRANGER);
        vm.expectRevert(abi.encodeWithSelector(IERC721Errors.ERC721InsufficientApproval.selector, STRANGER, 1));
        cluster.setUser(1, STRANGER, type(uint64).max);
        vm.prank(STRANGER);
        vm.expectRevert(abi.encodeWithSelector(IERC721Errors.ERC721NonexistentToken.selector, 9));
        cluster.setUser(9, STRANGER, type(uint64).max);
        vm.prank(ownerOf(1));
        cluster.approve(STRANGER, 1);
        vm.prank(STRANGER);
        cluster.setUser(1, USER, type(uint64).max);
        vm.assertEq(cluster.userOf(1), USER);
    }

    function test_another_operator_silences_the_node_but_not_the_quorum() public {
        startCluster(3);
        vm.prank(ownerOf(2));
        cluster.setUser(2, USER, type(uint64).max);
        vm.assertEq(member(2).bootKey, address(0));
        vm.assertFalse(member(2).active);
        vm.assertTrue(member(2).counted);
        vm.assertTrue(cluster.locked(2));
        vm.assertEq(cluster.seatOf(ownerOf(2)), 0);
        vm.assertEq(cluster.requiredVotes(), 2);
        address leader = cluster.currentLeader();
        vm.prank(ownerOf(2));
        vm.expectRevert(abi.encodeWithSelector(ILeaderRegistry.NotVoter.selector, ownerOf(2)));
        cluster.castVote(leader, true);
        expectJoin(
            joinRequest(2, 2), OWNER_KEY + 2, abi.encodeWithSelector(INodeRegistry.NotOperator.selector, 2, ownerOf(2))
        );
    }

    function test_new_operator_of_a_running_seat_joins_with_the_same_instance() public {
        startCluster(3);
        address operator = vm.addr(STRANGER_KEY);
        vm.prank(ownerOf(2));
        cluster.setUser(2, operator, type(uint64).max);
        join(joinRequest(2, 2), STRANGER_KEY);
        vm.assertTrue(member(2).active);
        vm.assertEq(cluster.seatOf(operator), 2);
    }

    function test_another_operator_of_a_seat_whose_machine_is_lost_silences_nobody() public {
        startCluster(3);
        vm.prank(ownerOf(2));
        cluster.replace(2);
        vm.recordLogs();
        vm.prank(ownerOf(2));
        cluster.setUser(2, USER, type(uint64).max);
        Vm.Log[] memory logs = vm.getRecordedLogs();
        for (uint256 i = 0; i < logs.length; i++) {
            vm.assertTrue(logs[i].topics[0] != INodeRegistry.NodeSilenced.selector);
        }
        vm.assertEq(cluster.seatOf(ownerOf(2)), 0);
        vm.assertEq(cluster.operatorOf(2), USER);
    }

    function test_prolonging_the_same_operator_changes_nothing() public {
        mintSeats(1);
        address operator = vm.addr(STRANGER_KEY);
        vm.prank(ownerOf(1));
        cluster.setUser(1, operator, uint64(block.timestamp + 10));
        join(joinRequest(1, 1), STRANGER_KEY);
        vm.warp(block.timestamp + 11);
        vm.prank(ownerOf(1));
        cluster.setUser(1, operator, uint64(block.timestamp + 10));
        vm.assertTrue(member(1).active);
        vm.assertEq(cluster.seatOf(operator), 1);
    }

    function test_transfer_clears_the_operator() public {
        mintSeats(1);
        vm.prank(ownerOf(1));
        cluster.setUser(1, USER, type(uint64).max);
        vm.prank(ownerOf(1));
        cluster.transferFrom(ownerOf(1), STRANGER, 1);
        vm.assertEq(cluster.operatorOf(1), STRANGER);
        vm.assertEq(cluster.userExpires(1), 0);
    }

    // Lock

    function test_lock_follows_the_node() public {
        mintSeats(1);
        vm.expectRevert(abi.encodeWithSelector(ISeats.UnknownSeat.selector, 2));
        cluster.locked(2);
        join(1, 1);
        vm.assertTrue(cluster.locked(1));
        vm.prank(ownerOf(1));
        vm.expectRevert(abi.encodeWithSelector(ISeats.SeatIsLocked.selector, 1));
        cluster.transferFrom(ownerOf(1), STRANGER, 1);
        vm.prank(ownerOf(1));
        cluster.leave(1);
        vm.assertFalse(cluster.locked(1));
        vm.prank(ownerOf(1));
        cluster.transferFrom(ownerOf(1), STRANGER, 1);
        vm.assertEq(cluster.ownerOf(1), STRANGER);
    }

    // Suspension

    function test_revoke_acts_at_once() public {
        startCluster(3);
        vm.prank(ADMIN);
        cluster.revoke(3);
        vm.assertTrue(member(3).revoked);
        vm.assertFalse(member(3).active);
        vm.assertFalse(member(3).counted);
        vm.assertEq(member(3).instance, instanceOf(3));
        vm.assertTrue(cluster.locked(3));
        vm.assertEq(leadership().countedSeats, 2);
        vm.assertEq(cluster.seatOf(ownerOf(3)), 0);
        assertBoot(bootInfo(instanceOf(3)), "Seat is revoked");
        expectJoin(joinRequest(3, 2), OWNER_KEY + 3, abi.encodeWithSelector(ISeats.SeatRevoked.selector, 3));
        vm.prank(ownerOf(3));
        vm.expectRevert(abi.encodeWithSelector(ISeats.SeatIsLocked.selector, 3));
        cluster.transferFrom(ownerOf(3), STRANGER, 3);
        vm.prank(ownerOf(3));
        vm.expectRevert(abi.encodeWithSelector(ISeats.SeatRevoked.selector, 3));
        cluster.replace(3);
        vm.prank(ownerOf(3));
        vm.expectRevert(abi.encodeWithSelector(INodeRegistry.SeatNotJoined.selector, 3));
        cluster.leave(3);
    }

    function test_revoked_seat_without_node_is_no_free_seat() public {
        mintSeats(2);
        vm.prank(ADMIN);
        cluster.revoke(1);
        vm.assertEq(cluster.freeSeats(), 1);
        vm.prank(ADMIN);
        cluster.reinstate(1);
        vm.assertEq(cluster.freeSeats(), 2);
    }

    function test_reinstated_seat_boots_again_and_must_join_again() public {
        startCluster(3);
        vm.prank(ADMIN);
        cluster.revoke(3);
        vm.prank(ADMIN);
        cluster.reinstate(3);
        vm.assertFalse(member(3).revoked);
        vm.assertFalse(member(3).counted);
        assertBoot(bootInfo(instanceOf(3)), "");
        join(3, 2);
        vm.assertTrue(member(3).active);
        vm.assertFalse(member(3).counted);
    }

    function test_reinstated_seat_sold_leaves_its_instance_behind() public {
        startCluster(3);
        vm.prank(ADMIN);
        cluster.revoke(3);
        vm.prank(ADMIN);
        cluster.reinstate(3);
        vm.prank(ownerOf(3));
        cluster.transferFrom(ownerOf(3), STRANGER, 3);
        vm.assertEq(member(3).instance, address(0));
        vm.assertEq(cluster.freeSeats(), 1);
    }

    function test_revoke_and_reinstate_refuse_nonsense() public {
        mintSeats(1);
        vm.prank(ADMIN);
        vm.expectRevert(abi.encodeWithSelector(ISeats.UnknownSeat.selector, 2));
        cluster.revoke(2);
        vm.prank(ADMIN);
        vm.expectRevert(abi.encodeWithSelector(ISeats.UnknownSeat.selector, 0));
        cluster.reinstate(0);
        vm.prank(ADMIN);
        vm.expectRevert(abi.encodeWithSelector(ISeats.SeatNotRevoked.selector, 1));
        cluster.reinstate(1);
        vm.prank(ADMIN);
        cluster.revoke(1);
        vm.prank(ADMIN);
        vm.expectRevert(abi.encodeWithSelector(ISeats.SeatRevoked.selector, 1));
        cluster.revoke(1);
    }

    function test_supported_interfaces() public view {
        bytes4[9] memory yes = [
            bytes4(0x01ffc9a7),
            bytes4(0x80ac58cd),
            bytes4(0x5b5e139f),
            bytes4(0x49064906),
            bytes4(0xad092b5c),
            bytes4(0xb45a3c0e),
            bytes4(0x1e079198),
            bytes4(0x8fd37527),
            bytes4(0x01ffc9a7)
        ];
        for (uint256 i = 0; i < yes.length; i++) {
            vm.assertTrue(cluster.supportsInterface(yes[i]));
        }
        vm.assertFalse(cluster.supportsInterface(0xffffffff));
    }
}
