// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Strings} from "@openzeppelin/contracts/utils/Strings.sol";
import {ISeats} from "../src/interfaces/ISeats.sol";
import {Fixture} from "./utils/Fixture.sol";
import {DataUri} from "./utils/DataUri.sol";

contract MetadataTest is Fixture {
    uint256 private constant MAX_IMAGE = 4096;

    function test_states_from_mint_to_suspension() public {
        mintSeats(4);
        assertShown(1, "vacant", 0);
        for (uint64 seat = 1; seat <= 4; seat++) {
            join(seat, seat);
        }
        assertShown(4, "observer", 4);
        startGeneration(1, 1, 1, 1, seats(3), 1);
        assertShown(1, "leader", 1);
        assertShown(2, "counted", 2);
        vm.prank(ownerOf(4));
        cluster.setUser(4, STRANGER, type(uint64).max);
        assertShown(4, "silent", 4);
        vm.prank(ADMIN);
        cluster.revoke(2);
        assertShown(2, "suspended", 2);
    }

    function test_only_the_leader_wears_the_crown() public {
        startCluster(3);
        vm.assertTrue(contains(image(1), "<path"));
        vm.assertFalse(contains(image(2), "<path"));
    }

    function test_the_operator_shown_is_the_one_in_charge() public {
        mintSeats(1);
        vm.prank(ownerOf(1));
        cluster.setUser(1, STRANGER, uint64(block.timestamp + 10));
        assertShown(1, "vacant", 0);
        vm.warp(block.timestamp + 11);
        assertShown(1, "vacant", 0);
    }

    function test_a_seat_that_does_not_exist_shows_nothing() public {
        mintSeats(1);
        uint256[4] memory unknown = [uint256(0), 2, type(uint64).max, (uint256(1) << 64) + 1];
        for (uint256 i = 0; i < unknown.length; i++) {
            vm.expectPartialRevert(ISeats.UnknownSeat.selector);
            cluster.tokenURI(unknown[i]);
        }
        vm.prank(ADMIN);
        cluster.revoke(1);
        vm.prank(ADMIN);
        cluster.burn(1);
        vm.expectPartialRevert(ISeats.UnknownSeat.selector);
        cluster.tokenURI(1);
    }

    function test_the_largest_picture_is_small_and_well_formed() public {
        cluster = freshCluster(255);
        mintSeats(255);
        for (uint64 epoch = 1; epoch < 20; epoch++) {
            join(255, epoch * 1024);
        }
        assertShown(255, "observer", 19 * 1024);
    }

    function test_collection_says_what_it_is() public view {
        string memory json = DataUri.decode(cluster.contractURI(), "data:application/json;base64,");
        vm.assertEq(vm.parseJsonString(json, ".symbol"), "SEAT");
        vm.assertTrue(contains(json, Strings.toChecksumHexString(address(cluster))));
    }

    function assertShown(uint64 seat, string memory state, uint64 epoch) private view {
        string memory json = DataUri.decode(cluster.tokenURI(seat), "data:application/json;base64,");
        string memory operator = Strings.toChecksumHexString(cluster.operatorOf(seat));
        vm.assertEq(vm.parseJsonString(json, ".name"), string.concat("Seat ", Strings.toString(seat)));
        vm.assertEq(vm.parseJsonString(json, ".attributes[0].value"), state);
        vm.assertEq(vm.parseJsonAddress(json, ".attributes[1].value"), cluster.operatorOf(seat));
        vm.assertEq(vm.parseJsonUint(json, ".attributes[2].value"), epoch);
        string memory svg = image(seat);
        vm.assertTrue(contains(svg, string.concat(">", Strings.toString(seat), "</text>")));
        vm.assertTrue(contains(svg, string.concat(">", state, "</text>")));
        vm.assertTrue(contains(svg, string.concat(">", operator, "</tspan>")));
        vm.assertTrue(contains(svg, string.concat(">", Strings.toString(epoch), "</tspan>")));
        vm.assertLe(bytes(svg).length, MAX_IMAGE);
        assertWellFormed(bytes(svg));
    }

    function image(uint64 seat) private view returns (string memory) {
        string memory json = DataUri.decode(cluster.tokenURI(seat), "data:application/json;base64,");
        return DataUri.decode(vm.parseJsonString(json, ".image"), "data:image/svg+xml;base64,");
    }

    /// @dev Every tag that opens closes, in order; attributes are quoted; no stray markup.
    function assertWellFormed(bytes memory xml) private pure {
        bytes32[16] memory open;
        uint256 depth = 0;
        uint256 i = 0;
        while (i < xml.length) {
            if (xml[i] != "<") {
                vm.assertTrue(depth > 0 && xml[i] != "&" && xml[i] != ">", "text outside of elements");
                i++;
                continue;
            }
            bool closes = xml[i + 1] == "/";
            uint256 nameAt = closes ? i + 2 : i + 1;
            uint256 end = nameAt;
            while (xml[end] != " " && xml[end] != ">" && xml[end] != "/") end++;
            bytes32 name = keccak256(slice(xml, nameAt, end));
            uint256 quotes = 0;
            while (xml[end] != ">") {
                if (xml[end] == "'") quotes++;
                vm.assertTrue(xml[end] != "<", "tag in a tag");
                end++;
            }
            vm.assertEq(quotes % 2, 0, "open quote");
            if (closes) vm.assertEq(open[--depth], name, "closed out of order");
            else if (xml[end - 1] != "/") open[depth++] = name;
            i = end + 1;
        }
        vm.assertEq(depth, 0, "never closed");
    }

    function slice(bytes memory data, uint256 from, uint256 to) private pure returns (bytes memory part) {
        part = new bytes(to - from);
        for (uint256 i = from; i < to; i++) {
            part[i - from] = data[i];
        }
    }

    function contains(string memory text, string memory part) private pure returns (bool) {
        bytes memory a = bytes(text);
        bytes memory b = bytes(part);
        for (uint256 i = 0; i + b.length <= a.length; i++) {
            uint256 j = 0;
            while (j < b.length && a[i + j] == b[j]) j++;
            if (j == b.length) return true;
        }
        return false;
    }
}
