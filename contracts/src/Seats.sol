// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ERC721Upgradeable} from "@openzeppelin/contracts-upgradeable/token/ERC721/ERC721Upgradeable.sol";
import {IERC4906} from "@openzeppelin/contracts/interfaces/IERC4906.sol";
import {ClusterBase} from "./ClusterBase.sol";
import {IERC4907} from "./interfaces/IERC4907.sol";
import {IERC5192} from "./interfaces/IERC5192.sol";
import {ISeats} from "./interfaces/ISeats.sol";
import {ClusterParams} from "./types/ClusterTypes.sol";
import {SeatSets} from "./types/SeatSet.sol";

/// @title Seats as ERC-721 tokens with an operator (ERC-4907) and a lock (ERC-5192)
/// @dev If you extend this: never move a token past `_update`.
abstract contract Seats is ClusterBase, ERC721Upgradeable, ISeats, IERC4907, IERC5192 {
    enum Standing {
        None,
        Live,
        Revoked,
        Burned
    }

    /// @dev One slot: a join learns from it whether the seat may join and who may speak for it. `operator` is the user
    /// if one is named, expired or not, else the owner.
    struct SeatRecord {
        address operator;
        uint64 expires;
        bool hasUser;
        Standing standing;
    }

    uint64 private _minted;
    uint64 private _burned;
    /// @inheritdoc ISeats
    uint64 public maxSeats;
    /// @inheritdoc ISeats
    uint64 public maxSeatsPerOwner;
    mapping(uint256 seat => SeatRecord) private _seats;

    function __Seats_init(ClusterParams calldata params) internal onlyInitializing {
        bool fit = params.foundingSeats >= 1 && params.foundingSeats <= params.maxSeats
            && params.maxSeats <= SeatSets.MAX_SEAT && params.maxSeatsPerOwner >= 1;
        if (!fit) revert InvalidSeatBounds();
        maxSeats = params.maxSeats;
        maxSeatsPerOwner = params.maxSeatsPerOwner;
    }

    /// @inheritdoc ISeats
    function mint(address to) external onlyOwner whenNotPaused returns (uint256 seat) {
        if (_minted == maxSeats) revert NoSeatLeft(maxSeats);
        seat = ++_minted;
        _seats[seat].standing = Standing.Live;
        _seatMinted(seat);
        _mint(to, seat);
        emit Unlocked(seat);
    }

    /// @inheritdoc ISeats
    function revoke(uint64 seat) external onlyOwnerOrGuardian {
        _requireLive(seat);
        bool wasLocked = locked(seat);
        _seatRevoked(seat);
        _seats[seat].standing = Standing.Revoked;
        emit SeatSuspended(seat);
        if (!wasLocked) emit Locked(seat);
        emit IERC4906.MetadataUpdate(seat);
    }

    /// @inheritdoc ISeats
    function reinstate(uint64 seat) external onlyOwner whenNotPaused {
        _requireRevoked(seat);
        _seats[seat].standing = Standing.Live;
        _seatReinstated(seat);
        emit SeatReinstated(seat);
        emit Unlocked(seat);
        emit IERC4906.MetadataUpdate(seat);
    }

    /// @inheritdoc ISeats
    function burn(uint64 seat) external onlyOwner {
        _requireRevoked(seat);
        _seatBurned(seat);
        _burned++;
        _burn(seat); // ends the user's time as every transfer does
        _seats[seat].standing = Standing.Burned;
    }

    /// @inheritdoc IERC4907
    function setUser(uint256 tokenId, address user, uint64 expires) external {
        _checkAuthorized(_ownerOf(tokenId), msg.sender, tokenId);
        address runner = _runnerOf(tokenId);
        _setUser(tokenId, user, expires);
        if (runner != address(0) && runner != operatorOf(tokenId)) _operatorReplaced(uint64(tokenId), runner);
    }

    /// @inheritdoc IERC4907
    function userOf(uint256 tokenId) public view returns (address) {
        SeatRecord storage record = _seats[tokenId];
        return record.hasUser && record.expires >= block.timestamp ? record.operator : address(0);
    }

    /// @inheritdoc IERC4907
    function userExpires(uint256 tokenId) public view returns (uint256) {
        return _seats[tokenId].expires;
    }

    /// @inheritdoc ISeats
    function operatorOf(uint256 seat) public view returns (address) {
        SeatRecord storage record = _seats[seat];
        return record.hasUser && record.expires < block.timestamp ? _ownerOf(seat) : record.operator;
    }

    /// @inheritdoc IERC5192
    function locked(uint256 tokenId) public view returns (bool) {
        if (!_exists(tokenId)) revert UnknownSeat(tokenId);
        return _hasJoined(tokenId) || !_isLive(tokenId);
    }

    /// @inheritdoc ISeats
    function totalSupply() public view returns (uint256) {
        return _minted - _burned;
    }

    /// @inheritdoc ERC721Upgradeable
    function name() public pure override returns (string memory) {
        return "dstack cluster seat";
    }

    /// @inheritdoc ERC721Upgradeable
    function symbol() public pure override returns (string memory) {
        return "SEAT";
    }

    /// @dev Every mint, transfer and burn passes here. A seat that moves takes nothing of its old operator along.
    function _update(address to, uint256 tokenId, address auth) internal override returns (address from) {
        from = _ownerOf(tokenId);
        if (from != address(0)) {
            if (to != address(0) && locked(tokenId)) revert SeatIsLocked(tokenId);
            if (_seats[tokenId].hasUser) _setUser(tokenId, address(0), 0);
            else emit IERC4906.MetadataUpdate(tokenId);
            _seatMoved(uint64(tokenId));
        }
        super._update(to, tokenId, auth);
        _seats[tokenId].operator = to;
        if (to == address(0)) return from;
        _mayOperate(to);
        if (balanceOf(to) > maxSeatsPerOwner) revert TooManySeats(to, maxSeatsPerOwner);
    }

    /// @dev The user on record, expired or not.
    function _recordedUser(uint256 seat) internal view returns (address) {
        SeatRecord storage record = _seats[seat];
        return record.hasUser ? record.operator : address(0);
    }

    /// @dev Seats are numbered 1 to this, burned ones included.
    function _lastSeat() internal view returns (uint64) {
        return _minted;
    }

    function _exists(uint256 seat) internal view returns (bool) {
        Standing standing = _seats[seat].standing;
        return standing == Standing.Live || standing == Standing.Revoked;
    }

    function _isLive(uint256 seat) internal view returns (bool) {
        return _seats[seat].standing == Standing.Live;
    }

    function _requireLive(uint256 seat) internal view {
        if (_isLive(seat)) return;
        if (!_exists(seat)) revert UnknownSeat(seat);
        revert SeatRevoked(seat);
    }

    function _requireRevoked(uint256 seat) private view {
        if (!_exists(seat)) revert UnknownSeat(seat);
        if (_isLive(seat)) revert SeatNotRevoked(seat);
    }

    /// @dev Has the seat joined and not left?
    function _hasJoined(uint256 seat) internal view virtual returns (bool);
    /// @dev The operator whose signature the running join carries, or zero.
    function _runnerOf(uint256 seat) internal view virtual returns (address);
    /// @dev Another operator was named for a seat that `runner` runs.
    function _operatorReplaced(uint64 seat, address runner) internal virtual;
    /// @dev The address was named owner or user of a seat.
    function _mayOperate(address operator) internal virtual;
    function _seatMinted(uint256 seat) internal virtual;
    /// @dev The seat is about to be suspended.
    function _seatRevoked(uint64 seat) internal virtual;
    /// @dev The seat is live again.
    function _seatReinstated(uint64 seat) internal virtual;
    /// @dev The seat, which is suspended, is about to end.
    function _seatBurned(uint64 seat) internal virtual;
    /// @dev The seat is about to change hands; it has not joined.
    function _seatMoved(uint64 seat) internal virtual;

    function _setUser(uint256 tokenId, address user, uint64 expires) private {
        SeatRecord storage record = _seats[tokenId];
        record.hasUser = user != address(0);
        record.operator = record.hasUser ? user : _ownerOf(tokenId);
        record.expires = expires;
        _mayOperate(record.operator);
        emit UpdateUser(tokenId, user, expires);
        emit IERC4906.MetadataUpdate(tokenId);
    }
}
