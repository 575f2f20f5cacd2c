// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Base64} from "@openzeppelin/contracts/utils/Base64.sol";
import {Strings} from "@openzeppelin/contracts/utils/Strings.sol";
import {ILeaderRegistry} from "../interfaces/ILeaderRegistry.sol";
import {INodeRegistry} from "../interfaces/INodeRegistry.sol";
import {Member} from "../types/ClusterTypes.sol";

/// @title What a seat shows of itself: JSON and a picture, made on the chain
/// @dev A linked library; it asks the cluster, in whose place it runs, through its public views. Only numbers and
/// addresses go in, so there is nothing to escape: the endpoint, which a node chooses, stays out.
library SeatMetadata {
    using Strings for uint256;
    using Strings for address;

    /// @dev The picture's own background and colours, so that it looks the same on light and dark pages.
    string private constant STYLE = "<style>text{font-family:ui-monospace,monospace;fill:#e8ecf4}"
        ".s{fill:#8b95a9;font-size:13px}</style>" "<rect width='400' height='400' rx='28' fill='#141a26'/>"
        "<rect x='1' y='1' width='398' height='398' rx='27' fill='none' stroke='#39445a' stroke-width='2'/>";
    string private constant CROWN =
        "<path d='M306 92l-10-44 22 18 16-28 16 28 22-18-10 44z' fill='#f5c542' stroke='#a67c00' stroke-width='2'/>";

    /// @dev See IERC721Metadata.tokenURI; reverts with UnknownSeat.
    function tokenURI(uint256 tokenId) external view returns (string memory) {
        Member memory m = INodeRegistry(address(this)).member(uint64(tokenId > type(uint64).max ? 0 : tokenId));
        bool leads = ILeaderRegistry(address(this)).leadership().leaderSeat == m.seat;
        (string memory state, string memory colour) = _state(m, leads);
        return _dataUri(
            "application/json",
            string.concat(
                '{"name":"Seat ',
                uint256(m.seat).toString(),
                '","description":"A seat in the cluster ',
                address(this).toChecksumHexString(),
                '. Whoever holds it may run one node.","attributes":[',
                _attributes(m, state),
                '],"image":"',
                _dataUri("image/svg+xml", _svg(m, leads, state, colour)),
                '"}'
            )
        );
    }

    /// @dev ERC-7572.
    function contractURI() external view returns (string memory) {
        return _dataUri(
            "application/json",
            string.concat(
                '{"name":"dstack cluster ',
                address(this).toChecksumHexString(),
                '","symbol":"SEAT","description":"Each token is a seat: the right to run one node of this cluster."}'
            )
        );
    }

    /// @dev The word for a seat's state, and its colour.
    function _state(Member memory m, bool leads) private pure returns (string memory, string memory) {
        if (m.revoked) return ("suspended", "#e5484d");
        if (leads) return ("leader", "#f5c542");
        if (m.counted) return ("counted", "#3fb950");
        if (m.active) return ("observer", "#58a6ff");
        return m.instance == address(0) ? ("vacant", "#8b95a9") : ("silent", "#d29922");
    }

    function _attributes(Member memory m, string memory state) private pure returns (string memory) {
        return string.concat(
            '{"trait_type":"State","value":"',
            state,
            '"},{"trait_type":"Operator","value":"',
            m.operator.toChecksumHexString(),
            '"},{"trait_type":"Boot epoch","display_type":"number","value":',
            uint256(m.bootEpoch).toString(),
            "}"
        );
    }

    function _svg(Member memory m, bool leads, string memory state, string memory colour)
        private
        view
        returns (string memory)
    {
        string memory seat = uint256(m.seat).toString();
        string memory head = string.concat(
            "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 400 400' role='img'><title>Seat ",
            seat,
            ", ",
            state,
            "</title>",
            STYLE,
            leads ? CROWN : ""
        );
        string memory title = string.concat(
            "<text x='36' y='70' class='s'>SEAT</text><text x='36' y='178' font-size='104'>",
            seat,
            "</text><circle cx='46' cy='226' r='9' fill='",
            colour,
            "'/><text x='66' y='233' font-size='22'>",
            state,
            "</text>"
        );
        return string.concat(head, title, _lines(m), "</svg>");
    }

    function _lines(Member memory m) private view returns (string memory) {
        return string.concat(
            _line("274", "operator", m.operator.toChecksumHexString()),
            _line("318", "boot epoch", uint256(m.bootEpoch).toString()),
            _line("362", "cluster", address(this).toChecksumHexString())
        );
    }

    function _line(string memory y, string memory label, string memory value) private pure returns (string memory) {
        return string.concat(
            "<text x='36' y='",
            y,
            "' class='s'>",
            label,
            "<tspan x='36' dy='17' fill='#e8ecf4'>",
            value,
            "</tspan></text>"
        );
    }

    function _dataUri(string memory mediaType, string memory content) private pure returns (string memory) {
        return string.concat("data:", mediaType, ";base64,", Base64.encode(bytes(content)));
    }
}
