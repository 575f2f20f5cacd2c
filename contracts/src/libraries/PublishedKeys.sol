// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title KMS roots whose private keys anybody can read
library PublishedKeys {
    /// @dev Root of dstack's guest agent simulator, v0.5.8 on.
    address internal constant DSTACK_SIMULATOR = 0xA7F6043C29f9cc1d9D6aCF554c53E0c6792AaEAf;
    /// @dev Root of tests/vectors/signature_chain.json.
    address internal constant PROJECT_VECTORS = 0xA7211306406A9Ab5C226cD9FDFfcF555449778f2;

    function isPublished(address root) internal pure returns (bool) {
        return root == DSTACK_SIMULATOR || root == PROJECT_VECTORS;
    }
}
