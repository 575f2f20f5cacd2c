// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @dev What we use of dstack's DstackKms.
interface IDstackKms {
    function kmsInfo()
        external
        view
        returns (bytes memory k256Pubkey, bytes memory caPubkey, bytes memory quote, bytes memory eventlog);
    function registeredApps(address app) external view returns (bool);
    function registerApp(address app) external;
}

/// @title The root key of a KMS as the address that its signatures recover to
/// @dev DstackKms publishes it compressed: a parity byte and x. The point is computed, and then proven by the curve's
/// equation, so that a wrong key cannot become somebody else's address.
library KmsAnchor {
    uint256 private constant P = 0xfffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2f;
    /// @dev P is 3 modulo 4, so a square root is a power: (P + 1) / 4.
    uint256 private constant ROOT_EXPONENT = 0x3fffffffffffffffffffffffffffffffffffffffffffffffffffffffbfffff0c;

    function addressOf(bytes memory compressed) internal view returns (address) {
        require(compressed.length == 33, "the KMS root key is not a compressed key of 33 bytes");
        uint256 prefix = uint8(compressed[0]);
        require(prefix == 2 || prefix == 3, "the KMS root key does not begin with 02 or 03");
        uint256 x;
        assembly ("memory-safe") {
            x := mload(add(compressed, 33))
        }
        require(x < P, "the KMS root key is not on the curve");
        uint256 square = addmod(mulmod(x, mulmod(x, x, P), P), 7, P);
        uint256 y = _power(square, ROOT_EXPONENT);
        require(mulmod(y, y, P) == square, "the KMS root key is not on the curve");
        if (y & 1 != prefix & 1) y = P - y;
        return address(uint160(uint256(keccak256(abi.encode(x, y)))));
    }

    function _power(uint256 base, uint256 exponent) private view returns (uint256) {
        (bool ok, bytes memory result) =
            address(5).staticcall(abi.encode(uint256(32), uint256(32), uint256(32), base, exponent, P));
        require(ok && result.length == 32, "this chain has no modexp");
        return abi.decode(result, (uint256));
    }
}

/// @dev A contract, so that an answer which is none can be caught. It is never deployed.
contract KmsReader {
    function rootOf(address kms) external view returns (address) {
        (bytes memory k256Pubkey,,,) = IDstackKms(kms).kmsInfo();
        return KmsAnchor.addressOf(k256Pubkey);
    }
}
