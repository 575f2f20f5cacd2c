// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ClusterParams} from "../types/ClusterTypes.sol";

/// @title Makes clusters: clones of one immutable implementation
interface IClusterFactory {
    /// @dev Nothing to clone at this address.
    error NotAContract(address implementation);

    event ClusterDeployed(
        address indexed cluster, address indexed implementation, address indexed deployer, bytes32 salt
    );

    /// @notice Clones and initialises in one step. The address depends on all three arguments, so nobody can take it
    /// with other parameters.
    function deploy(address implementation, bytes32 salt, ClusterParams calldata params)
        external
        returns (address cluster);
    /// @notice The address that `deploy` would give.
    function predict(address implementation, bytes32 salt, ClusterParams calldata params)
        external
        view
        returns (address cluster);
}
