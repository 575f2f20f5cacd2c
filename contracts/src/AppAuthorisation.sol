// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ClusterBase} from "./ClusterBase.sol";
import {IAppAuth, IAppAuthBasicManagement} from "./interfaces/IAppAuth.sol";
import {IAppAuthorisation} from "./interfaces/IAppAuthorisation.sol";
import {ClusterParams} from "./types/ClusterTypes.sol";

/// @title The boot gate and the policy behind it
/// @dev Grants stop while paused, revocations never do.
abstract contract AppAuthorisation is ClusterBase, IAppAuth, IAppAuthBasicManagement, IAppAuthorisation {
    bytes32 private constant POLICY_COMPOSE_HASH = keccak256("compose-hash");
    bytes32 private constant POLICY_DEVICE = keccak256("device");
    bytes32 private constant POLICY_ANY_DEVICE = keccak256("allow-any-device");
    bytes32 private constant POLICY_TCB = keccak256("require-tcb-up-to-date");

    // Byte offsets of the AppBootInfo fields that the gate reads.
    uint256 private constant AT_APP_ID = 0x00;
    uint256 private constant AT_COMPOSE_HASH = 0x20;
    uint256 private constant AT_INSTANCE_ID = 0x40;
    uint256 private constant AT_DEVICE_ID = 0x60;
    uint256 private constant AT_TCB_STATUS = 0xe0;

    /// @inheritdoc IAppAuthorisation
    mapping(bytes32 composeHash => bool) public allowedComposeHashes;
    /// @inheritdoc IAppAuthorisation
    mapping(bytes32 deviceId => bool) public allowedDeviceIds;
    /// @inheritdoc IAppAuthorisation
    bool public allowAnyDevice;
    /// @inheritdoc IAppAuthorisation
    bool public requireTcbUpToDate;

    function __AppAuthorisation_init(ClusterParams calldata params) internal onlyInitializing {
        if (params.composeHash != 0) _setComposeHash(params.composeHash, true);
        if (params.deviceId != 0) _setDevice(params.deviceId, true);
        if (params.allowAnyDevice) _setAllowAnyDevice(true);
        if (params.requireTcbUpToDate) _setRequireTcbUpToDate(true);
    }

    /// @inheritdoc IAppAuth
    /// @dev Fields are read as raw words: Solidity's own decoding reverts on a bad offset or a dirty address, and the
    /// KMS then tells the operator nothing but "authorization backend unavailable".
    function isAppAllowed(AppBootInfo calldata bootInfo)
        external
        view
        override
        returns (bool isAllowed, string memory reason)
    {
        reason = _refusal(bootInfo);
        isAllowed = bytes(reason).length == 0;
    }

    /// @inheritdoc IAppAuthBasicManagement
    function addComposeHash(bytes32 composeHash) external onlyOwner whenNotPaused {
        _setComposeHash(composeHash, true);
    }

    /// @inheritdoc IAppAuthBasicManagement
    function removeComposeHash(bytes32 composeHash) external onlyOwnerOrGuardian {
        _setComposeHash(composeHash, false);
    }

    /// @inheritdoc IAppAuthBasicManagement
    function addDevice(bytes32 deviceId) external onlyOwner whenNotPaused {
        _setDevice(deviceId, true);
    }

    /// @inheritdoc IAppAuthBasicManagement
    function removeDevice(bytes32 deviceId) external onlyOwnerOrGuardian {
        _setDevice(deviceId, false);
    }

    /// @inheritdoc IAppAuthorisation
    function setAllowAnyDevice(bool allowed) external {
        allowed ? _checkGrant() : _checkOwnerOrGuardian();
        _setAllowAnyDevice(allowed);
    }

    /// @inheritdoc IAppAuthorisation
    function setRequireTcbUpToDate(bool required) external {
        required ? _checkOwnerOrGuardian() : _checkGrant();
        _setRequireTcbUpToDate(required);
    }

    /// @inheritdoc IAppAuthorisation
    function version() external pure returns (uint256) {
        return 2;
    }

    /// @dev Why the registry would not take this instance, or nothing.
    function _instanceRefusal(address instance) internal view virtual returns (string memory);

    function _refusal(AppBootInfo calldata info) private view returns (string memory) {
        if (_word(info, AT_APP_ID) != uint160(address(this))) return "App id is not this cluster";
        uint256 instance = _word(info, AT_INSTANCE_ID);
        if (instance == 0) return "Instance id is missing: the app sets no_instance_id";
        if (instance > type(uint160).max) return "Instance id is not 20 bytes";
        if (requireTcbUpToDate && !_isUpToDate(info)) return "TCB status is not up to date";
        if (!allowedComposeHashes[bytes32(_word(info, AT_COMPOSE_HASH))]) return "Compose hash not allowed";
        if (!allowAnyDevice && !allowedDeviceIds[bytes32(_word(info, AT_DEVICE_ID))]) return "Device not allowed";
        return _instanceRefusal(address(uint160(instance)));
    }

    function _word(AppBootInfo calldata info, uint256 offset) private pure returns (uint256 word) {
        assembly ("memory-safe") {
            word := calldataload(add(info, offset))
        }
    }

    /// @dev Reading past the end of calldata gives zeros, so no offset can make this revert.
    function _isUpToDate(AppBootInfo calldata info) private pure returns (bool) {
        uint256 offset = _word(info, AT_TCB_STATUS);
        if (offset > msg.data.length) return false;
        uint256 length = _word(info, offset);
        bytes32 text = bytes32(_word(info, offset + 32));
        return length == 8 && bytes8(text) == "UpToDate";
    }

    function _setComposeHash(bytes32 composeHash, bool allowed) private {
        if (composeHash == 0) revert ZeroComposeHash();
        allowedComposeHashes[composeHash] = allowed;
        if (allowed) emit ComposeHashAdded(composeHash);
        else emit ComposeHashRemoved(composeHash);
        emit PolicyChanged(msg.sender, POLICY_COMPOSE_HASH, composeHash, allowed);
    }

    function _setDevice(bytes32 deviceId, bool allowed) private {
        if (deviceId == 0) revert ZeroDeviceId();
        allowedDeviceIds[deviceId] = allowed;
        if (allowed) emit DeviceAdded(deviceId);
        else emit DeviceRemoved(deviceId);
        emit PolicyChanged(msg.sender, POLICY_DEVICE, deviceId, allowed);
    }

    function _setAllowAnyDevice(bool allowed) private {
        allowAnyDevice = allowed;
        emit AllowAnyDeviceSet(allowed);
        emit PolicyChanged(msg.sender, POLICY_ANY_DEVICE, 0, allowed);
    }

    function _setRequireTcbUpToDate(bool required) private {
        requireTcbUpToDate = required;
        emit RequireTcbUpToDateSet(required);
        emit PolicyChanged(msg.sender, POLICY_TCB, 0, required);
    }
}
