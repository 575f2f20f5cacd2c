// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ISignatures} from "../interfaces/ISignatures.sol";
import {KmsProof} from "../types/ClusterTypes.sol";
import {Signatures} from "./Signatures.sol";

/// @title dstack's signature chain (API v0): KMS root -> app key -> derived key -> a statement
/// @dev The chain proves "a CVM of this app", never which one: dstack gives all instances of an app the same keys.
library KmsSignatureChain {
    /// @dev The purpose our nodes ask for. It is fixed because whoever holds the guest socket may choose it.
    string internal constant PURPOSE = "dstack-nft-cluster/join";

    /// @dev Reverts unless every link holds: the key that signed a lower link is the key that the upper link names.
    function verify(KmsProof calldata proof, address kmsRoot, address app, bytes32 statement) internal pure {
        address signer = Signatures.recover(issuedHash(app, proof.appKeyX, proof.appKeyY), proof.kmsSignature);
        if (signer != kmsRoot) revert ISignatures.NotFromKmsRoot(signer, kmsRoot);

        address appKey = addressOf(proof.appKeyX, proof.appKeyY);
        signer = Signatures.recover(claimHash(proof.derivedKeyX, proof.derivedKeyY), proof.appSignature);
        if (signer != appKey) revert ISignatures.NotFromAppKey(signer, appKey);

        address derivedKey = addressOf(proof.derivedKeyX, proof.derivedKeyY);
        signer = Signatures.recover(statement, proof.joinSignature);
        if (signer != derivedKey) revert ISignatures.NotFromDerivedKey(signer, derivedKey);
    }

    /// @dev What the KMS root signs once per app.
    function issuedHash(address app, bytes32 x, bytes32 y) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked("dstack-kms-issued:", app, prefixOf(y), x));
    }

    /// @dev What the app key signs for a derived key: purpose, colon, the compressed key as lowercase hex text.
    function claimHash(bytes32 x, bytes32 y) internal pure returns (bytes32) {
        bytes2 prefix = prefixOf(y) == 0x02 ? bytes2("02") : bytes2("03");
        return keccak256(abi.encodePacked(PURPOSE, ":", prefix, hexText(bytes16(x)), hexText(bytes16(x << 128))));
    }

    /// @dev First byte of a compressed key. x and y need no curve check: `addressOf` must equal a recovered signer.
    function prefixOf(bytes32 y) internal pure returns (bytes1) {
        return uint256(y) & 1 == 0 ? bytes1(0x02) : bytes1(0x03);
    }

    function addressOf(bytes32 x, bytes32 y) internal pure returns (address) {
        return address(uint160(uint256(keccak256(abi.encodePacked(x, y)))));
    }

    /// @dev 16 bytes as 32 lowercase hex digits: spread to one nibble a byte, then add '0', or 'a' - 10 from ten on.
    function hexText(bytes16 data) internal pure returns (bytes32) {
        uint256 n = uint256(uint128(data));
        // No sum here leaves its byte.
        unchecked {
            n = (n | (n << 64)) & 0x0000000000000000ffffffffffffffff0000000000000000ffffffffffffffff;
            n = (n | (n << 32)) & 0x00000000ffffffff00000000ffffffff00000000ffffffff00000000ffffffff;
            n = (n | (n << 16)) & 0x0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff;
            n = (n | (n << 8)) & 0x00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff;
            n = (n | (n << 4)) & 0x0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f;
            uint256 ones = type(uint256).max / 255;
            uint256 letters = ((n + 6 * ones) >> 4) & ones; // 1 in each byte that holds ten or more
            return bytes32(n + 0x30 * ones + 0x27 * letters);
        }
    }
}
