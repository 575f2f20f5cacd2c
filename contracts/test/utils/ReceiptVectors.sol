// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {DstackMembershipNFT} from "../../src/DstackMembershipNFT.sol";
import {Receipt} from "../../src/types/ClusterTypes.sol";
import {Fixture} from "./Fixture.sol";

/// @dev The receipts of tests/vectors/receipt.json, which C++ judges as well.
abstract contract ReceiptVectors is Fixture {
    string internal vectors;

    function setUp() public virtual override {
        super.setUp();
        vectors = vm.readFile("../tests/vectors/receipt.json");
        // Receipts name a contract, so a clone has to stand at just that address.
        address at = vm.parseJsonAddress(vectors, ".history.contract");
        vm.etch(at, abi.encodePacked(hex"363d3d373d3d3d363d73", implementation, hex"5af43d82803e903d91602b57fd5bf3"));
        cluster = DstackMembershipNFT(at);
        cluster.initialize(defaultParams());
        startCluster(3);
        mintSeats(1);
        join(4, 1);
        join(2, 2);
    }

    function receipt(uint256 i) internal view returns (Receipt memory) {
        return abi.decode(vm.parseJsonBytes(vectors, entry(i, ".abi")), (Receipt));
    }

    function entry(uint256 i, string memory field) internal pure returns (string memory) {
        bytes memory digits =
            i < 10 ? abi.encodePacked(uint8(48 + i)) : abi.encodePacked(uint8(48 + i / 10), uint8(48 + i % 10));
        return string.concat(".cases[", string(digits), "]", field);
    }
}
