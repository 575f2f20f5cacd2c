// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {TimelockController} from "@openzeppelin/contracts/governance/TimelockController.sol";
import {KmsAnchor} from "../script/KmsAnchor.sol";
import {OwnerRules} from "../script/OwnerRules.sol";
import {TestBase} from "./utils/TestBase.sol";

/// @dev The parts of the deployment script that judge. tests/deploy runs the whole of it.
contract DeployScriptTest is TestBase {
    uint256 private constant ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141;

    function addressOf(bytes calldata compressed) external view returns (address) {
        return KmsAnchor.addressOf(compressed);
    }

    function check(address owner, bool allowAccount, bool allowNoTimelock)
        external
        view
        returns (OwnerRules.Kind, uint256)
    {
        return OwnerRules.check(owner, allowAccount, allowNoTimelock);
    }

    function testFuzz_aCompressedKeyBecomesItsAddress(uint256 key) public {
        key = key % (ORDER - 1) + 1;
        uint256 x = vm.createWallet(key).publicKeyX;
        uint256 parity = vm.createWallet(key).publicKeyY & 1;
        bytes memory compressed = abi.encodePacked(uint8(2 + parity), x);
        vm.assertEq(KmsAnchor.addressOf(compressed), vm.addr(key));
        compressed[0] = bytes1(uint8(3 - parity)); // the other point with this x
        vm.assertTrue(KmsAnchor.addressOf(compressed) != vm.addr(key));
    }

    function test_whatIsNoKeyIsRefused() public {
        _refusesKey(abi.encodePacked(uint8(2), uint256(5)), "the KMS root key is not on the curve"); // no y for this x
        _refusesKey(abi.encodePacked(uint8(2), type(uint256).max), "the KMS root key is not on the curve");
        _refusesKey(abi.encodePacked(uint8(4), uint256(1)), "the KMS root key does not begin with 02 or 03");
        _refusesKey(hex"02", "the KMS root key is not a compressed key of 33 bytes");
    }

    function test_aTimelockWithDelayMayOwn() public {
        (OwnerRules.Kind kind, uint256 delay) = this.check(_timelock(2 days), false, false);
        vm.assertTrue(kind == OwnerRules.Kind.Timelock);
        vm.assertEq(delay, 2 days);
    }

    function test_aTimelockWithoutDelayMayNot() public {
        address timelock = _timelock(0);
        vm.expectRevert(
            bytes(
                _error(
                    "the owner is a timelock without delay: raise its getMinDelay(), nobody could see a grant coming"
                )
            )
        );
        this.check(timelock, true, true);
    }

    function test_accountsAndOtherContractsOnlyWhenInsistedOn() public {
        address account = vm.addr(7);
        _refusesOwner(account, false, true);
        this.check(account, true, false);
        vm.etch(account, abi.encodePacked(hex"ef0100", address(this))); // EIP-7702: still one key
        _refusesOwner(account, false, true);
        _refusesOwner(address(this), true, false);
        (OwnerRules.Kind kind,) = this.check(address(this), false, true);
        vm.assertTrue(kind == OwnerRules.Kind.Contract);
    }

    function _timelock(uint256 delay) private returns (address) {
        address[] memory members = new address[](1);
        members[0] = vm.addr(8);
        return address(new TimelockController(delay, members, members, address(0)));
    }

    function _refusesKey(bytes memory compressed, string memory why) private {
        vm.expectRevert(_error(why));
        this.addressOf(compressed);
    }

    function _refusesOwner(address owner, bool allowAccount, bool allowNoTimelock) private {
        vm.expectPartialRevert(bytes4(keccak256("Error(string)")));
        this.check(owner, allowAccount, allowNoTimelock);
    }

    function _error(string memory why) private pure returns (bytes memory) {
        return abi.encodeWithSignature("Error(string)", why);
    }
}
