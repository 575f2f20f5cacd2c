// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ClusterFactory} from "../src/ClusterFactory.sol";
import {DstackMembershipNFT} from "../src/DstackMembershipNFT.sol";
import {ClusterParams} from "../src/types/ClusterTypes.sol";

interface ScriptVm {
    function envUint(string calldata name) external view returns (uint256);
    function envAddress(string calldata name) external view returns (address);
    function envOr(string calldata name, uint256 fallback_) external view returns (uint256);
    function envOr(string calldata name, address fallback_) external view returns (address);
    function envOr(string calldata name, bytes32 fallback_) external view returns (bytes32);
    function envOr(string calldata name, bool fallback_) external view returns (bool);
    function envBytes32(string calldata name) external view returns (bytes32);
    function addr(uint256 privateKey) external pure returns (address);
    function startBroadcast(uint256 privateKey) external;
    function stopBroadcast() external;
}

/// @title Deploys a cluster; script/deploy.mjs runs this and writes deployments/<chainId>.json
/// @dev Everything comes from the environment, so that no secret stands in a command line.
contract Deploy {
    ScriptVm private constant vm = ScriptVm(address(uint160(uint256(keccak256("hevm cheat code")))));

    function run() external returns (address cluster, address implementation, address factory) {
        uint256 deployer = vm.envUint("DEPLOYER_KEY");
        uint256 maxSeats = vm.envOr("MAX_SEATS", uint256(100));
        ClusterParams memory params = ClusterParams({
            owner: vm.envOr("OWNER", vm.addr(deployer)),
            kmsRoot: vm.envAddress("KMS_ROOT"),
            foundingSeats: uint64(vm.envOr("FOUNDING_SEATS", uint256(3))),
            maxSeats: uint64(maxSeats),
            maxSeatsPerOwner: uint64(vm.envOr("MAX_SEATS_PER_OWNER", maxSeats)),
            composeHash: vm.envOr("COMPOSE_HASH", bytes32(0)),
            deviceId: vm.envOr("DEVICE_ID", bytes32(0)),
            allowAnyDevice: vm.envOr("ALLOW_ANY_DEVICE", true),
            requireTcbUpToDate: vm.envOr("REQUIRE_TCB_UP_TO_DATE", false)
        });

        vm.startBroadcast(deployer);
        implementation = vm.envOr("IMPLEMENTATION", address(0));
        if (implementation == address(0)) implementation = address(new DstackMembershipNFT());
        factory = vm.envOr("FACTORY", address(0));
        if (factory == address(0)) factory = address(new ClusterFactory());
        cluster = ClusterFactory(factory).deploy(implementation, vm.envBytes32("SALT"), params);
        vm.stopBroadcast();
    }
}
