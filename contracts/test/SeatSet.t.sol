// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SeatSet} from "../src/types/SeatSet.sol";
import {TestBase} from "./utils/TestBase.sol";

/// @dev Sets of seats against the plainest way to say the same.
contract SeatSetTest is TestBase {
    uint256 private constant SEATS = type(uint256).max - 1; // bit 0 is nobody's

    function test_a_set_counts_every_size() public pure {
        SeatSet set;
        vm.assertTrue(set.isEmpty());
        for (uint64 seat = 1; seat <= 255; seat++) {
            set = set.add(seat);
            vm.assertEq(set.size(), seat);
        }
        vm.assertFalse(set.isEmpty());
    }

    function test_an_empty_set_has_no_successor() public pure {
        SeatSet set;
        vm.assertEq(set.successor(0), 0);
        vm.assertEq(set.successor(255), 0);
    }

    function testFuzz_size_is_the_number_of_members(uint256 bits) public pure {
        SeatSet set = SeatSet.wrap(bits & SEATS);
        uint64 n = 0;
        for (uint256 seat = 1; seat <= 255; seat++) {
            if (set.has(seat)) n++;
        }
        vm.assertEq(set.size(), n);
    }

    function testFuzz_add_and_remove_touch_one_seat(uint256 bits, uint8 seat, uint8 other) public pure {
        vm.assume(seat != 0 && other != seat);
        SeatSet set = SeatSet.wrap(bits & SEATS);
        vm.assertTrue(set.add(seat).has(seat));
        vm.assertFalse(set.remove(seat).has(seat));
        vm.assertEq(set.add(seat).has(other), set.has(other));
        vm.assertEq(set.remove(seat).has(other), set.has(other));
    }

    function testFuzz_both_and_minus(uint256 a, uint256 b, uint8 seat) public pure {
        (SeatSet x, SeatSet y) = (SeatSet.wrap(a), SeatSet.wrap(b));
        vm.assertEq(x.both(y).has(seat), x.has(seat) && y.has(seat));
        vm.assertEq(x.minus(y).has(seat), x.has(seat) && !y.has(seat));
    }

    function testFuzz_no_seat_above_255(uint256 bits, uint256 seat) public pure {
        vm.assertFalse(SeatSet.wrap(bits).has(bound(seat, 256, type(uint256).max - 1)));
    }

    function testFuzz_successor_is_the_next_round_the_ring(uint256 bits, uint8 seat) public pure {
        SeatSet set = SeatSet.wrap(bits & SEATS);
        uint64 next = set.successor(seat);
        if (set.isEmpty()) return vm.assertEq(next, 0);
        vm.assertTrue(set.has(next));
        for (uint256 i = 1; i <= 255; i++) {
            uint256 between = (uint256(seat) + i) % 256;
            if (between == next) break;
            vm.assertFalse(set.has(between));
        }
    }

    /// @dev Two majorities of the same seats share one, and f seats are none.
    function testFuzz_majorities_meet(uint256 bits) public pure {
        uint256 n = SeatSet.wrap(bits & SEATS).size();
        uint256 required = n / 2 + 1;
        vm.assertTrue(2 * required > n);
        vm.assertTrue(n == 0 || (n - 1) / 2 < required && required <= n);
    }
}
