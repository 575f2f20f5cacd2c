// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Base64} from "@openzeppelin/contracts/utils/Base64.sol";

library DataUri {
    error NotThisKind(string uri, string prefix);

    function decode(string memory uri, string memory prefix) internal pure returns (string memory) {
        uint256 start = bytes(prefix).length;
        bytes memory data = new bytes(bytes(uri).length - start);
        for (uint256 i = 0; i < bytes(uri).length; i++) {
            if (i >= start) data[i - start] = bytes(uri)[i];
            else if (bytes(uri)[i] != bytes(prefix)[i]) revert NotThisKind(uri, prefix);
        }
        return string(Base64.decode(string(data)));
    }
}
