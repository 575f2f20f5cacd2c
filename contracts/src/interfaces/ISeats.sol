// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Seats: who may hold one, and who may run it
/// @notice Minting is the security perimeter: whoever holds a majority of the counted seats owns the cluster.
interface ISeats {
    /// @dev No such seat.
    error UnknownSeat(uint256 seat);
    /// @dev The seat is suspended.
    error SeatRevoked(uint256 seat);
    /// @dev Only a suspended seat can be reinstated or burned.
    error SeatNotRevoked(uint256 seat);
    /// @dev The seat runs a node, counts in the quorum or is suspended: leave first, then transfer.
    error SeatIsLocked(uint256 seat);
    /// @dev All seats are minted; burned ones are not minted again.
    error NoSeatLeft(uint256 maxSeats);
    /// @dev One owner may not hold more seats than this.
    error TooManySeats(address owner, uint256 maxSeatsPerOwner);
    /// @dev Bounds must satisfy 1 <= foundingSeats <= maxSeats <= 255 and 1 <= maxSeatsPerOwner.
    error InvalidSeatBounds();

    event SeatSuspended(uint64 indexed seat);
    event SeatReinstated(uint64 indexed seat);

    /// @notice Creates the next seat; ids start at 1.
    function mint(address to) external returns (uint256 seat);
    /// @notice Suspends a seat at once: no boot, no voice, not counted.
    function revoke(uint64 seat) external;
    /// @notice Ends a suspension; the seat must join again and be reported again to count.
    function reinstate(uint64 seat) external;
    /// @notice Ends a suspended seat for ever: the token is gone, its instance never boots again, its number is not
    /// given to another seat.
    function burn(uint64 seat) external;

    /// @notice Seats that exist; a burned one does not, but its number is never given again.
    function totalSupply() external view returns (uint256);
    function maxSeats() external view returns (uint64);
    function maxSeatsPerOwner() external view returns (uint64);
    /// @notice The unexpired ERC-4907 user, else the owner.
    function operatorOf(uint256 seat) external view returns (address);
}
