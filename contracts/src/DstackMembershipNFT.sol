// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ERC721Upgradeable} from "@openzeppelin/contracts-upgradeable/token/ERC721/ERC721Upgradeable.sol";
import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";
import {AppAuthorisation} from "./AppAuthorisation.sol";
import {Receipts} from "./Receipts.sol";
import {IAppAuth, IAppAuthBasicManagement} from "./interfaces/IAppAuth.sol";
import {IERC4907} from "./interfaces/IERC4907.sol";
import {IERC5192} from "./interfaces/IERC5192.sol";
import {SeatMetadata} from "./libraries/SeatMetadata.sol";
import {ClusterParams} from "./types/ClusterTypes.sol";

/// @title One contract address is one cluster is one dstack app
/// @notice Seats (who may take part), app authorisation (what may run), node registry (which node runs a seat) and
/// leader registry (who leads), receipts (what was committed). Each part is a file of its own; this one joins them.
/// @dev Runs behind EIP-1167 clones. There is no upgrade: who could swap the code could forge every membership.
contract DstackMembershipNFT is AppAuthorisation, Receipts {
    bytes4 private constant ERC4906_ID = 0x49064906;

    /// @custom:oz-upgrades-unsafe-allow constructor
    constructor() {
        _disableInitializers();
    }

    /// @notice Called once by the factory, in the transaction that makes the clone.
    function initialize(ClusterParams calldata params) external initializer {
        __Ownable_init(params.owner);
        __Seats_init(params);
        __AppAuthorisation_init(params);
        __NodeRegistry_init(params);
        __LeaderRegistry_init(params);
    }

    /// @inheritdoc ERC721Upgradeable
    function supportsInterface(bytes4 interfaceId) public view override(ERC721Upgradeable, IERC165) returns (bool) {
        return interfaceId == type(IAppAuth).interfaceId || interfaceId == type(IAppAuthBasicManagement).interfaceId
            || interfaceId == type(IERC4907).interfaceId || interfaceId == type(IERC5192).interfaceId
            || interfaceId == ERC4906_ID || super.supportsInterface(interfaceId);
    }

    /// @inheritdoc ERC721Upgradeable
    /// @dev JSON with a picture; what changes them emits ERC-4906 events. Only time, which ends a user's term, cannot.
    function tokenURI(uint256 tokenId) public view override returns (string memory) {
        return SeatMetadata.tokenURI(tokenId);
    }

    /// @notice ERC-7572: the collection's name and purpose.
    function contractURI() external view returns (string memory) {
        return SeatMetadata.contractURI();
    }

    /// @inheritdoc AppAuthorisation
    function _instanceRefusal(address instance) internal view override returns (string memory) {
        return _registryRefusal(instance);
    }
}
