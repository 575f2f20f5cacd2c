// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Clones} from "@openzeppelin/contracts/proxy/Clones.sol";
import {DstackMembershipNFT} from "./DstackMembershipNFT.sol";
import {IClusterFactory} from "./interfaces/IClusterFactory.sol";
import {ClusterParams} from "./types/ClusterTypes.sol";

/// @title Makes clusters with CREATE2
/// @dev With a random salt every deployment has an address of its own, and since signed messages carry the address,
/// nothing signed for one cluster is valid in another.
contract ClusterFactory is IClusterFactory {
    /// @inheritdoc IClusterFactory
    function deploy(address implementation, bytes32 salt, ClusterParams calldata params)
        external
        returns (address cluster)
    {
        if (implementation.code.length == 0) revert NotAContract(implementation);
        cluster = Clones.cloneDeterministic(implementation, _saltFor(salt, params));
        DstackMembershipNFT(cluster).initialize(params);
        emit ClusterDeployed(cluster, implementation, msg.sender, salt);
    }

    /// @inheritdoc IClusterFactory
    function predict(address implementation, bytes32 salt, ClusterParams calldata params)
        external
        view
        returns (address cluster)
    {
        return Clones.predictDeterministicAddress(implementation, _saltFor(salt, params));
    }

    function _saltFor(bytes32 salt, ClusterParams calldata params) private pure returns (bytes32) {
        return keccak256(abi.encode(salt, params));
    }
}
