// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Refusals of signatures and of the dstack key chain
interface ISignatures {
    /// @dev A signature is 65 bytes: r, s, recovery id.
    error SignatureLength(uint256 length);
    /// @dev The recovery id is 0 or 1; 27 and 28 are refused too.
    error SignatureRecoveryId(uint8 recoveryId);
    /// @dev s lies in the upper half of the order: the twin of another signature.
    error SignatureHighS();
    /// @dev No key made this signature.
    error SignatureInvalid();
    /// @dev The app key was not issued, for this app, by the KMS root that this cluster trusts.
    error NotFromKmsRoot(address recovered, address kmsRoot);
    /// @dev The derived key was vouched for by another key than the app key that the KMS issued.
    error NotFromAppKey(address recovered, address appKey);
    /// @dev The Join was signed by another key than the derived key.
    error NotFromDerivedKey(address recovered, address derivedKey);
}
