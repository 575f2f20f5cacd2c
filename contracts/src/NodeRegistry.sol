// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {EIP712Upgradeable} from "@openzeppelin/contracts-upgradeable/utils/cryptography/EIP712Upgradeable.sol";
import {INodeRegistry} from "./interfaces/INodeRegistry.sol";
import {JoinLogic} from "./libraries/JoinLogic.sol";
import {PublishedKeys} from "./libraries/PublishedKeys.sol";
import {Seats} from "./Seats.sol";
import {Node, NodeState} from "./types/ClusterState.sol";
import {ClusterParams, Join, KmsProof, Member} from "./types/ClusterTypes.sol";

/// @title Which instance and which boot key speak for a seat
/// @dev See NodeState for the states of a seat.
abstract contract NodeRegistry is INodeRegistry, Seats, EIP712Upgradeable {
    uint256 private constant MAX_PAGE = 100;
    uint256 private constant BASE_MAINNET = 8453;

    NodeState internal _nodes;

    function __NodeRegistry_init(ClusterParams calldata params) internal onlyInitializing {
        _setKmsRoot(params.kmsRoot);
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
        JoinLogic.join(
            _nodes, request, endpoint, operatorSignature, proof, _domainSeparatorV4(), operatorOf(seat), _runnerOf(seat)
        );
        if (isNew) emit Locked(seat);
        emit MetadataUpdate(seat);
    }

    /// @inheritdoc INodeRegistry
    function leave(uint64 seat) external {
        _requireOwnerOrOperator(seat);
        if (!_hasJoined(seat)) revert SeatNotJoined(seat);
        _leave(seat);
    }

    /// @inheritdoc INodeRegistry
    function replace(uint64 seat) external {
        _requireOwnerOrOperator(seat);
        _requireLive(seat);
        Node storage node = _nodes.nodes[seat];
        address instance = node.instance;
        if (instance == address(0)) revert SeatHasNoInstance(seat);
        node.instance = address(0);
        node.bootKey = address(0);
        _nodes.instanceSeat[instance] = JoinLogic.RETIRED;
        _nodes.bound = _nodes.bound.remove(seat);
        emit NodeReplaced(seat, instance);
        emit MetadataUpdate(seat);
    }

    /// @inheritdoc INodeRegistry
    function expire(uint64 seat) external {
        if (!_hasJoined(seat)) revert SeatNotJoined(seat);
        address runner = _runnerOf(seat);
        if (runner == address(0) || runner == operatorOf(seat)) revert OperatorNotExpired(seat);
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
    function seatOf(address operator) external view returns (uint64) {
        return _nodes.operatorSeat[operator];
    }

    /// @inheritdoc INodeRegistry
    function freeSeats() external view returns (uint256) {
        return _live.minus(_nodes.bound).size();
    }

    /// @inheritdoc INodeRegistry
    function members(uint256 offset, uint256 limit) external view returns (Member[] memory page, uint256 total) {
        total = totalSupply();
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

    /// @dev The seat that this caller may speak for now, or zero.
    function _seatRunBy(address operator) internal view returns (uint64 seat) {
        seat = _nodes.operatorSeat[operator];
        if (seat != 0 && operatorOf(seat) != operator) return 0;
    }

    /// @dev The registry's half of the boot gate.
    function _registryRefusal(address instance) internal view returns (string memory) {
        uint64 seat = _nodes.instanceSeat[instance];
        if (seat == JoinLogic.RETIRED) return "Instance was retired";
        if (seat != 0) return _live.has(seat) ? "" : "Seat is revoked";
        return _live.minus(_nodes.bound).isEmpty() ? "No free seat: every NFT already runs a node" : "";
    }

    /// @inheritdoc Seats
    function _hasJoined(uint256 seat) internal view override returns (bool) {
        return _nodes.joined.has(seat);
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
        delete _nodes.operatorSeat[runner];
        address bootKey = _nodes.nodes[seat].bootKey;
        if (bootKey == address(0)) return;
        delete _nodes.nodes[seat].bootKey;
        emit NodeSilenced(seat, bootKey);
    }

    /// @inheritdoc Seats
    /// @dev The instance stays bound, so that the boot gate knows whose it is.
    function _seatRevoked(uint64 seat) internal override {
        if (_hasJoined(seat)) _giveUp(seat);
    }

    /// @inheritdoc Seats
    /// @dev A reinstated seat may still be bound to the seller's instance.
    function _seatMoved(uint64 seat) internal override {
        _unbind(seat);
    }

    // Constants instead of EIP712Upgradeable's storage: the domain is part of the protocol.
    function _EIP712Name() internal pure override returns (string memory) {
        return "DstackCluster";
    }

    function _EIP712Version() internal pure override returns (string memory) {
        return "1";
    }

    function _leave(uint64 seat) private {
        address instance = _nodes.nodes[seat].instance;
        _giveUp(seat);
        _unbind(seat);
        emit NodeLeft(seat, instance);
        emit Unlocked(seat);
        emit MetadataUpdate(seat);
    }

    /// @dev Ends a join: no runner, no boot key, no place in the quorum.
    function _giveUp(uint64 seat) private {
        address runner = _runnerOf(seat);
        if (runner != address(0)) delete _nodes.operatorSeat[runner];
        delete _nodes.nodes[seat].bootKey;
        _nodes.joined = _nodes.joined.remove(seat);
        _uncount(seat);
    }

    function _unbind(uint64 seat) private {
        Node storage node = _nodes.nodes[seat];
        address instance = node.instance;
        if (instance == address(0)) return;
        delete _nodes.instanceSeat[instance];
        node.instance = address(0);
        _nodes.bound = _nodes.bound.remove(seat);
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
        m.revoked = !_live.has(seat);
        m.endpoint = node.endpoint;
    }
}
