// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {INodeRegistry} from "../interfaces/INodeRegistry.sol";
import {Member} from "../types/ClusterTypes.sol";

/// @title Views that look at every seat
/// @dev A linked library; it asks the cluster, in whose place it runs, through its public views.
library ClusterViews {
    uint256 private constant PAGE = 100;

    /// @dev See ILeaderRegistry.concentration.
    function concentration() external view returns (address owner, uint64 seats, uint64 tolerated) {
        (address[] memory owners, uint256 counted) = _countedOwners();
        for (uint256 i = 0; i < counted; i++) {
            uint64 held = 0;
            for (uint256 j = 0; j < counted; j++) {
                if (owners[j] == owners[i]) held++;
            }
            if (held > seats) (owner, seats) = (owners[i], held);
        }
        if (counted != 0) tolerated = uint64((counted - 1) / 2);
    }

    /// @dev The owner of each counted seat; the list is longer than they are many.
    function _countedOwners() private view returns (address[] memory owners, uint256 counted) {
        (, uint256 total) = INodeRegistry(address(this)).members(0, 0);
        owners = new address[](total);
        for (uint256 offset = 0; offset < total; offset += PAGE) {
            (Member[] memory page,) = INodeRegistry(address(this)).members(offset, PAGE);
            for (uint256 i = 0; i < page.length; i++) {
                if (page[i].counted) owners[counted++] = page[i].owner;
            }
        }
    }
}
