// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Ownable2StepUpgradeable} from "@openzeppelin/contracts-upgradeable/access/Ownable2StepUpgradeable.sol";
import {ERC721Upgradeable} from "@openzeppelin/contracts-upgradeable/token/ERC721/ERC721Upgradeable.sol";
import {PausableUpgradeable} from "@openzeppelin/contracts-upgradeable/utils/PausableUpgradeable.sol";
import {IERC4907} from "./interfaces/IERC4907.sol";
import {IERC5192} from "./interfaces/IERC5192.sol";
import {ISeats} from "./interfaces/ISeats.sol";
import {ClusterParams} from "./types/ClusterTypes.sol";
import {SeatSet, SeatSets} from "./types/SeatSet.sol";

/// @title Seats as ERC-721 tokens with an operator (ERC-4907) and a lock (ERC-5192)
/// @dev If you extend this: never move a token past `_update`, and keep `_live` equal to "minted and not revoked".
abstract contract Seats is Ownable2StepUpgradeable, PausableUpgradeable, ERC721Upgradeable, ISeats, IERC4907, IERC5192 {
    struct User {
        address user;
        uint64 expires;
    }

    /// @dev ERC-4906.
    event MetadataUpdate(uint256 _tokenId);
    event BatchMetadataUpdate(uint256 _fromTokenId, uint256 _toTokenId);

    uint64 private _minted;
    /// @inheritdoc ISeats
    uint64 public maxSeats;
    /// @inheritdoc ISeats
    uint64 public maxSeatsPerOwner;
    /// @dev Seats that are not suspended.
    SeatSet internal _live;
    mapping(uint256 seat => User) private _users;

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
        _live = _live.add(seat);
        _mint(to, seat);
        emit Unlocked(seat);
    }

    /// @inheritdoc ISeats
    function revoke(uint64 seat) external onlyOwner {
        _requireLive(seat);
        bool wasLocked = locked(seat);
        _seatRevoked(seat);
        _live = _live.remove(seat);
        emit SeatSuspended(seat);
        if (!wasLocked) emit Locked(seat);
        emit MetadataUpdate(seat);
    }

    /// @inheritdoc ISeats
    function reinstate(uint64 seat) external onlyOwner whenNotPaused {
        if (!_exists(seat)) revert UnknownSeat(seat);
        if (_live.has(seat)) revert SeatNotRevoked(seat);
        _live = _live.add(seat);
        emit SeatReinstated(seat);
        emit Unlocked(seat);
        emit MetadataUpdate(seat);
    }

    /// @inheritdoc ISeats
    function pause() external onlyOwner {
        _pause();
    }

    /// @inheritdoc ISeats
    function unpause() external onlyOwner {
        _unpause();
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
        User memory record = _users[tokenId];
        return record.expires >= block.timestamp ? record.user : address(0);
    }

    /// @inheritdoc IERC4907
    function userExpires(uint256 tokenId) public view returns (uint256) {
        return _users[tokenId].expires;
    }

    /// @inheritdoc ISeats
    function operatorOf(uint256 seat) public view returns (address) {
        address user = userOf(seat);
        return user == address(0) ? _ownerOf(seat) : user;
    }

    /// @inheritdoc IERC5192
    function locked(uint256 tokenId) public view returns (bool) {
        if (!_exists(tokenId)) revert UnknownSeat(tokenId);
        return _hasJoined(tokenId) || !_live.has(tokenId);
    }

    /// @inheritdoc ISeats
    function totalSupply() public view returns (uint256) {
        return _minted;
    }

    /// @inheritdoc ERC721Upgradeable
    function name() public pure override returns (string memory) {
        return "dstack cluster seat";
    }

    /// @inheritdoc ERC721Upgradeable
    function symbol() public pure override returns (string memory) {
        return "SEAT";
    }

    /// @dev Every mint and transfer passes here. A seat that moves takes nothing of its old operator along.
    function _update(address to, uint256 tokenId, address auth) internal override returns (address from) {
        from = _ownerOf(tokenId);
        if (from != address(0)) {
            if (locked(tokenId)) revert SeatIsLocked(tokenId);
            if (_recordedUser(tokenId) != address(0)) _setUser(tokenId, address(0), 0);
            _seatMoved(uint64(tokenId));
        }
        super._update(to, tokenId, auth);
        if (to != address(0) && balanceOf(to) > maxSeatsPerOwner) revert TooManySeats(to, maxSeatsPerOwner);
    }

    /// @dev The user on record, expired or not.
    function _recordedUser(uint256 seat) internal view returns (address) {
        return _users[seat].user;
    }

    function _exists(uint256 seat) internal view returns (bool) {
        return seat != 0 && seat <= _minted;
    }

    function _requireLive(uint256 seat) internal view {
        if (!_exists(seat)) revert UnknownSeat(seat);
        if (!_live.has(seat)) revert SeatRevoked(seat);
    }

    /// @dev Has the seat joined and not left?
    function _hasJoined(uint256 seat) internal view virtual returns (bool);
    /// @dev The operator whose signature the running join carries, or zero.
    function _runnerOf(uint256 seat) internal view virtual returns (address);
    /// @dev Another operator was named for a seat that `runner` runs.
    function _operatorReplaced(uint64 seat, address runner) internal virtual;
    /// @dev The seat is about to be suspended.
    function _seatRevoked(uint64 seat) internal virtual;
    /// @dev The seat is about to change hands; it has not joined.
    function _seatMoved(uint64 seat) internal virtual;

    function _setUser(uint256 tokenId, address user, uint64 expires) private {
        _users[tokenId] = User(user, expires);
        emit UpdateUser(tokenId, user, expires);
        emit MetadataUpdate(tokenId);
    }
}
