// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @dev A set of seats in one word: bit `n` is seat `n`, bit 0 is never set. One storage slot holds a whole quorum,
/// so changing the counted seats, clearing the votes and finding a free seat cost the same for 3 seats and for 255.
type SeatSet is uint256;

using SeatSets for SeatSet global;

library SeatSets {
    /// @dev Highest seat id a set can hold.
    uint64 internal constant MAX_SEAT = 255;

    /// @dev Every bit; only `has`, `add`, `remove` and `minus` make sense of a set made from it, for it has bit 0.
    SeatSet internal constant ALL = SeatSet.wrap(type(uint256).max);

    function has(SeatSet set, uint256 seat) internal pure returns (bool) {
        return seat <= MAX_SEAT && (SeatSet.unwrap(set) >> seat) & 1 == 1;
    }

    function isEmpty(SeatSet set) internal pure returns (bool) {
        return SeatSet.unwrap(set) == 0;
    }

    /// @dev `seat` must be 1 to MAX_SEAT; the callers hold a minted seat or have checked.
    function add(SeatSet set, uint256 seat) internal pure returns (SeatSet) {
        return SeatSet.wrap(SeatSet.unwrap(set) | (1 << seat));
    }

    function remove(SeatSet set, uint256 seat) internal pure returns (SeatSet) {
        return SeatSet.wrap(SeatSet.unwrap(set) & ~(1 << seat));
    }

    function both(SeatSet set, SeatSet other) internal pure returns (SeatSet) {
        return SeatSet.wrap(SeatSet.unwrap(set) & SeatSet.unwrap(other));
    }

    function minus(SeatSet set, SeatSet other) internal pure returns (SeatSet) {
        return SeatSet.wrap(SeatSet.unwrap(set) & ~SeatSet.unwrap(other));
    }

    function equals(SeatSet set, SeatSet other) internal pure returns (bool) {
        return SeatSet.unwrap(set) == SeatSet.unwrap(other);
    }

    /// @dev Number of seats, by summing bits in ever wider fields.
    function size(SeatSet set) internal pure returns (uint64) {
        uint256 x = SeatSet.unwrap(set);
        // Wraps by design: only the top byte of the product is used, and it holds at most 255, for bit 0 is never set.
        unchecked {
            x -= (x >> 1) & (type(uint256).max / 3);
            x = (x & (type(uint256).max / 5)) + ((x >> 2) & (type(uint256).max / 5));
            x = (x + (x >> 4)) & (type(uint256).max / 17);
            return uint64((x * (type(uint256).max / 255)) >> 248);
        }
    }

    /// @dev The next seat in order after `seat`, wrapping round to the lowest; zero when the set is empty.
    function successor(SeatSet set, uint64 seat) internal pure returns (uint64) {
        uint256 all = SeatSet.unwrap(set);
        if (all == 0) return 0;
        uint256 above = all & (type(uint256).max << (uint256(seat) + 1));
        uint256 pool = above == 0 ? all : above;
        // Isolates the lowest bit; ~pool + 1 cannot overflow because pool is not zero.
        return uint64(Math.log2(pool & (~pool + 1)));
    }
}
