// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC4906} from "@openzeppelin/contracts/interfaces/IERC4906.sol";
import {EIP712Upgradeable} from "@openzeppelin/contracts-upgradeable/utils/cryptography/EIP712Upgradeable.sol";
import {INodeRegistry} from "./interfaces/INodeRegistry.sol";
import {ClusterHashes} from "./libraries/ClusterHashes.sol";
import {JoinLogic} from "./libraries/JoinLogic.sol";
import {PublishedKeys} from "./libraries/PublishedKeys.sol";
import {Seats} from "./Seats.sol";
import {Node} from "./types/ClusterState.sol";
import {SeatSets} from "./types/SeatSet.sol";
import {ClusterParams, Join, KmsProof, Member} from "./types/ClusterTypes.sol";

/// @title Which instance and which boot key speak for a seat
/// @dev See NodeState for the states of a seat.
abstract contract NodeRegistry is INodeRegistry, Seats, EIP712Upgradeable {
    uint256 private constant MAX_PAGE = 100;
    uint256 private constant BASE_MAINNET = 8453;

    function __NodeRegistry_init(ClusterParams calldata params) internal onlyInitializing {
        _setKmsRoot(params.kmsRoot);
        _nodes.absent = SeatSets.ALL;
    }

    /// @inheritdoc INodeRegistry
    function join(
        Join calldata request,
        string calldata endpoint,
        bytes calldata operatorSignature,
        KmsProof calldata proof
    ) external {
        uint64 seat = request.seat;
        _requireLive(seat);
        if (request.bootKey == address(0)) revert ZeroBootKey();
        Node storage node = _nodes.nodes[seat];
        if (node.bootKey == request.bootKey && node.bootEpoch == request.epoch) return; // somebody was faster

        bool isNew = !_hasJoined(seat);
        if (isNew) _requireNotPaused();
        address operator = operatorOf(seat);
        _bindOperator(seat, operator);
        _forward(address(JoinLogic), JoinLogic.join.selector, _nodesSlot(), uint160(operator));
        if (isNew) emit Locked(seat);
        emit IERC4906.MetadataUpdate(seat);
    }

    /// @inheritdoc INodeRegistry
    function leave(uint64 seat) external {
        _requireOwnerOrOperator(seat);
        _leave(seat);
    }

    /// @inheritdoc INodeRegistry
    function replace(uint64 seat) external {
        _requireOwnerOrOperator(seat);
        _requireLive(seat);
        Node storage node = _nodes.nodes[seat];
        address instance = node.instance;
        if (instance == address(0)) revert SeatHasNoInstance(seat);
        _retire(node);
        _setBootKey(node, address(0));
        _nodes.free++;
        emit NodeReplaced(seat, instance);
        emit IERC4906.MetadataUpdate(seat);
    }

    /// @inheritdoc INodeRegistry
    function expire(uint64 seat) external {
        address runner = _runnerOf(seat);
        if (_hasJoined(seat) && (runner == address(0) || runner == operatorOf(seat))) revert OperatorNotExpired(seat);
        _leave(seat);
    }

    /// @inheritdoc INodeRegistry
    function setKmsRoot(address kmsRoot_) external onlyOwner whenNotPaused {
        _setKmsRoot(kmsRoot_);
    }

    /// @inheritdoc INodeRegistry
    function kmsRoot() external view returns (address) {
        return _nodes.kmsRoot;
    }

    /// @inheritdoc INodeRegistry
    function tokenToInstance(uint256 tokenId) external view returns (bytes32) {
        return bytes32(bytes20(_nodes.nodes[tokenId].instance));
    }

    /// @inheritdoc INodeRegistry
    function instanceToToken(bytes32 instanceId) external view returns (uint256) {
        address instance = address(bytes20(instanceId));
        if (bytes32(bytes20(instance)) != instanceId) return 0;
        uint64 seat = _nodes.instanceSeat[instance];
        return seat == JoinLogic.RETIRED ? 0 : seat;
    }

    /// @inheritdoc INodeRegistry
    function seatOf(address operator) public view returns (uint64) {
        uint64 seat = _nodes.operatorSeat[operator];
        return seat == JoinLogic.IDLE ? 0 : seat;
    }

    /// @inheritdoc INodeRegistry
    function freeSeats() external view returns (uint256) {
        return _nodes.free;
    }

    /// @inheritdoc INodeRegistry
    function members(uint256 offset, uint256 limit) external view returns (Member[] memory page, uint256 total) {
        total = _lastSeat();
        uint256 left = offset < total ? total - offset : 0;
        if (limit > MAX_PAGE) limit = MAX_PAGE;
        page = new Member[](left < limit ? left : limit);
        for (uint256 i = 0; i < page.length; i++) {
            page[i] = _member(uint64(offset + i + 1));
        }
    }

    /// @inheritdoc INodeRegistry
    function member(uint64 seat) external view returns (Member memory) {
        if (!_exists(seat)) revert UnknownSeat(seat);
        return _member(seat);
    }

    function _isCounted(uint64 seat) internal view virtual returns (bool);
    /// @dev The seat loses its place in the quorum, if it has one.
    function _uncount(uint64 seat) internal virtual;
    /// @dev Reverts when the seat is the last one that counts.
    function _requireNotLastCounted(uint64 seat) internal view virtual;

    /// @dev The seat that this caller may speak for now, or zero.
    function _seatRunBy(address operator) internal view returns (uint64 seat) {
        seat = seatOf(operator);
        if (seat != 0 && operatorOf(seat) != operator) return 0;
    }

    /// @dev The registry's half of the boot gate.
    function _registryRefusal(address instance) internal view returns (string memory) {
        uint64 seat = _nodes.instanceSeat[instance];
        if (seat == JoinLogic.RETIRED) return "Instance was retired";
        if (seat != 0) return _isLive(seat) ? "" : "Seat is revoked";
        return _nodes.free == 0 ? "No free seat: every NFT already runs a node" : "";
    }

    /// @inheritdoc Seats
    function _hasJoined(uint256 seat) internal view override returns (bool) {
        return !_nodes.absent.has(seat);
    }

    /// @inheritdoc Seats
    /// @dev Found rather than stored: a joined seat cannot change hands, so its runner is the recorded user or owner.
    function _runnerOf(uint256 seat) internal view override returns (address) {
        if (!_hasJoined(seat)) return address(0);
        address user = _recordedUser(seat);
        if (user != address(0) && _nodes.operatorSeat[user] == seat) return user;
        address owner = _ownerOf(seat);
        return _nodes.operatorSeat[owner] == seat ? owner : address(0);
    }

    /// @inheritdoc Seats
    /// @dev The seat keeps its place in the quorum, but the old operator's node loses its voice in this block.
    function _operatorReplaced(uint64 seat, address runner) internal override {
        _nodes.operatorSeat[runner] = JoinLogic.IDLE;
        Node storage node = _nodes.nodes[seat];
        address bootKey = node.bootKey;
        if (bootKey == address(0)) return;
        _setBootKey(node, address(0));
        emit NodeSilenced(seat, bootKey);
    }

    /// @inheritdoc Seats
    function _mayOperate(address operator) internal override {
        if (_nodes.operatorSeat[operator] == 0) _nodes.operatorSeat[operator] = JoinLogic.IDLE;
    }

    /// @inheritdoc Seats
    function _seatMinted(uint256 seat) internal override {
        Node storage node = _nodes.nodes[seat];
        node.mintedAt = uint32(block.timestamp);
        node.since = uint64(block.timestamp);
        node.endpoint = JoinLogic.NO_ENDPOINT;
        _nodes.free++;
    }

    /// @inheritdoc Seats
    /// @dev The instance stays bound, so that the boot gate knows whose it is.
    function _seatRevoked(uint64 seat) internal override {
        if (_hasJoined(seat)) _giveUp(seat);
        if (_nodes.nodes[seat].instance == address(0)) _nodes.free--;
    }

    /// @inheritdoc Seats
    function _seatReinstated(uint64 seat) internal override {
        if (_nodes.nodes[seat].instance == address(0)) _nodes.free++;
    }

    /// @inheritdoc Seats
    function _seatBurned(uint64 seat) internal override {
        Node storage node = _nodes.nodes[seat];
        if (node.instance != address(0)) _retire(node);
    }

    /// @inheritdoc Seats
    /// @dev A reinstated seat may still be bound to the seller's instance.
    function _seatMoved(uint64 seat) internal override {
        _unbind(seat);
    }

    // Constants instead of EIP712Upgradeable's storage: the domain is part of the protocol.
    function _EIP712Name() internal pure override returns (string memory) {
        return ClusterHashes.NAME;
    }

    function _EIP712Version() internal pure override returns (string memory) {
        return ClusterHashes.VERSION;
    }

    function _leave(uint64 seat) private {
        if (!_hasJoined(seat)) revert SeatNotJoined(seat);
        _requireNotLastCounted(seat);
        address instance = _nodes.nodes[seat].instance;
        _giveUp(seat);
        _unbind(seat);
        emit NodeLeft(seat, instance);
        emit Unlocked(seat);
        emit IERC4906.MetadataUpdate(seat);
    }

    /// @dev Ends a join: no runner, no boot key, no place in the quorum.
    function _giveUp(uint64 seat) private {
        address runner = _runnerOf(seat);
        if (runner != address(0)) _nodes.operatorSeat[runner] = JoinLogic.IDLE;
        _setBootKey(_nodes.nodes[seat], address(0));
        _nodes.absent = _nodes.absent.add(seat);
        _uncount(seat);
    }

    /// @dev The seat is live, as only such a seat leaves or moves.
    function _unbind(uint64 seat) private {
        Node storage node = _nodes.nodes[seat];
        address instance = node.instance;
        if (instance == address(0)) return;
        delete _nodes.instanceSeat[instance];
        node.instance = address(0);
        _nodes.free++;
    }

    function _retire(Node storage node) private {
        _nodes.instanceSeat[node.instance] = JoinLogic.RETIRED;
        node.instance = address(0);
    }

    function _setBootKey(Node storage node, address bootKey) private {
        node.bootKey = bootKey;
        node.since = uint64(block.timestamp);
    }

    /// @dev An operator runs one seat; one whose time is over makes way.
    function _bindOperator(uint64 seat, address operator) private {
        uint64 busy = seatOf(operator);
        if (busy == seat) return;
        if (busy != 0) revert OperatorBusy(operator, busy);
        address runner = _runnerOf(seat);
        if (runner != address(0)) _nodes.operatorSeat[runner] = JoinLogic.IDLE;
        _nodes.operatorSeat[operator] = seat;
    }

    function _setKmsRoot(address kmsRoot_) private {
        bool published = block.chainid == BASE_MAINNET && PublishedKeys.isPublished(kmsRoot_);
        if (kmsRoot_ == address(0) || published) revert BadKmsRoot(kmsRoot_);
        _nodes.kmsRoot = kmsRoot_;
        emit KmsRootSet(kmsRoot_);
    }

    function _requireOwnerOrOperator(uint64 seat) private view {
        if (!_exists(seat)) revert UnknownSeat(seat);
        if (msg.sender != _ownerOf(seat) && msg.sender != operatorOf(seat)) {
            revert NotOwnerOrOperator(seat, msg.sender);
        }
    }

    function _member(uint64 seat) private view returns (Member memory m) {
        Node storage node = _nodes.nodes[seat];
        m.seat = seat;
        m.owner = _ownerOf(seat);
        m.operator = operatorOf(seat);
        m.operatorExpires = userOf(seat) == address(0) ? 0 : uint64(userExpires(seat));
        m.bootEpoch = node.bootEpoch;
        m.bootKey = node.bootKey;
        m.instance = node.instance;
        m.active = node.bootKey != address(0);
        m.counted = _isCounted(seat);
        m.revoked = !_isLive(seat);
        if (node.bootEpoch != 0) m.endpoint = node.endpoint;
    }
}
