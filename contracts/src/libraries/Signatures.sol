// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ISignatures} from "../interfaces/ISignatures.sol";

/// @dev The one form in which this project accepts a secp256k1 signature: 65 bytes r, s, recovery id 0 or 1, low s.
library Signatures {
    uint256 private constant HALF_ORDER = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0;

    /// @dev The signer's address, never zero.
    function recover(bytes32 digest, bytes calldata signature) internal pure returns (address signer) {
        if (signature.length != 65) revert ISignatures.SignatureLength(signature.length);
        bytes32 r;
        bytes32 s;
        uint8 recoveryId;
        assembly ("memory-safe") {
            r := calldataload(signature.offset)
            s := calldataload(add(signature.offset, 32))
            recoveryId := byte(0, calldataload(add(signature.offset, 64)))
        }
        if (recoveryId > 1) revert ISignatures.SignatureRecoveryId(recoveryId);
        if (uint256(s) > HALF_ORDER) revert ISignatures.SignatureHighS();
        signer = ecrecover(digest, 27 + recoveryId, r, s);
        if (signer == address(0)) revert ISignatures.SignatureInvalid();
    }
}
