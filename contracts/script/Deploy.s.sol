// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {TimelockController} from "@openzeppelin/contracts/governance/TimelockController.sol";
import {ClusterFactory} from "../src/ClusterFactory.sol";
import {DstackMembershipNFT} from "../src/DstackMembershipNFT.sol";
import {PublishedKeys} from "../src/libraries/PublishedKeys.sol";
import {ClusterParams} from "../src/types/ClusterTypes.sol";
import {IDstackKms, KmsReader} from "./KmsAnchor.sol";
import {OwnerRules} from "./OwnerRules.sol";
import {ScriptVm} from "./ScriptVm.sol";

/// @title Deploys a cluster; script/deploy.mjs runs this and writes deployments/<chainId>.json
/// @dev Everything comes from the environment, so that no secret stands in a command line. On chain 31337 anything
/// goes; everywhere else a deployment that would be unsafe is refused, with the reason. Implementation and factory have
/// the same addresses on every chain (CREATE2), so a second deployment, or one that broke off, uses what stands.
contract Deploy {
    struct Plan {
        address deployer;
        address kms;
        bytes32 salt;
        OwnerRules.Kind ownerKind;
        uint256 minDelay;
        ClusterParams params;
    }

    ScriptVm private constant vm = ScriptVm(address(uint160(uint256(keccak256("hevm cheat code")))));
    address private constant CREATE2_DEPLOYER = 0x4e59b44847b379578588920cA78FbF26c0B4956C;
    uint256 private constant LOCAL_CHAIN = 31_337;
    string private constant PUBLISHED_MNEMONIC = "test test test test test test test test test test test junk";
    uint32 private constant PUBLISHED_ACCOUNTS = 64;

    address[] private _published;

    function run()
        external
        returns (
            address cluster,
            address implementation,
            address factory,
            string memory ownerKind,
            uint256 minDelay,
            ClusterParams memory params
        )
    {
        _checkChain();
        uint256 key = vm.envUint("DEPLOYER_KEY");
        Plan memory plan;
        plan.deployer = vm.addr(key);
        plan.salt = vm.envBytes32("SALT");
        _checkNotPublished(plan.deployer, "the deployer");
        _readParams(plan);

        vm.startBroadcast(key);
        _chooseOwner(plan);
        implementation = _implementation();
        factory = _factory();
        cluster = ClusterFactory(factory).predict(implementation, plan.salt, plan.params);
        require(cluster.code.length == 0, "this cluster stands already: the same SALT and parameters were used before");
        ClusterFactory(factory).deploy(implementation, plan.salt, plan.params);
        if (plan.kms != address(0) && vm.envOr("REGISTER_APP", true)) IDstackKms(plan.kms).registerApp(cluster);
        vm.stopBroadcast();

        _checkRoles(DstackMembershipNFT(cluster), plan);
        ownerKind = OwnerRules.nameOf(plan.ownerKind);
        minDelay = plan.minDelay;
        params = plan.params;
    }

    // --- what is refused ---------------------------------------------------------------------------------------------

    function _isLocal() private view returns (bool) {
        return block.chainid == LOCAL_CHAIN;
    }

    function _checkChain() private view {
        uint256 named = vm.envOr("CHAIN_ID", LOCAL_CHAIN);
        require(
            block.chainid == named,
            string.concat(
                "the RPC endpoint is chain ",
                vm.toString(block.chainid),
                ", but CHAIN_ID names ",
                vm.toString(named),
                ": name the chain that you mean"
            )
        );
        require(CREATE2_DEPLOYER.code.length != 0, "this chain lacks the CREATE2 deployer 0x4e59b448..");
    }

    function _checkNotPublished(address account, string memory who) private {
        if (_isLocal()) return;
        if (_published.length == 0) {
            for (uint32 i = 0; i < PUBLISHED_ACCOUNTS; i++) {
                _published.push(vm.addr(vm.deriveKey(PUBLISHED_MNEMONIC, i)));
            }
        }
        for (uint256 i = 0; i < _published.length; i++) {
            require(
                account != _published[i],
                string.concat(who, " ", vm.toString(account), " is one of Anvil's accounts: anybody can sign for it")
            );
        }
    }

    function _checkNotPublished(address[] memory accounts, string memory who) private {
        for (uint256 i = 0; i < accounts.length; i++) {
            _checkNotPublished(accounts[i], who);
        }
    }

    /// @dev Nobody but the owner named may hold anything when this is over.
    function _checkRoles(DstackMembershipNFT cluster, Plan memory plan) private view {
        require(cluster.owner() == plan.params.owner, "the cluster has another owner than the one named");
        require(cluster.pendingOwner() == address(0), "somebody may take the cluster over");
        require(cluster.totalSupply() == 0, "somebody holds a seat already");
        if (plan.ownerKind != OwnerRules.Kind.Timelock) return;
        TimelockController timelock = TimelockController(payable(plan.params.owner));
        require(
            !timelock.hasRole(timelock.DEFAULT_ADMIN_ROLE(), plan.deployer),
            "the deployer is admin of the timelock: renounce the role first"
        );
    }

    // --- what is deployed --------------------------------------------------------------------------------------------

    function _readParams(Plan memory plan) private {
        ClusterParams memory params = plan.params;
        uint256 maxSeats = vm.envOr("MAX_SEATS", uint256(100));
        params.foundingSeats = uint64(vm.envOr("FOUNDING_SEATS", uint256(3)));
        params.maxSeats = uint64(maxSeats);
        params.maxSeatsPerOwner = uint64(vm.envOr("MAX_SEATS_PER_OWNER", maxSeats));
        params.composeHash = vm.envOr("COMPOSE_HASH", bytes32(0));
        params.deviceId = vm.envOr("DEVICE_ID", bytes32(0));
        params.allowAnyDevice = vm.envOr("ALLOW_ANY_DEVICE", _isLocal());
        params.requireTcbUpToDate = vm.envOr("REQUIRE_TCB_UP_TO_DATE", !_isLocal());
        _readKms(plan);
    }

    function _readKms(Plan memory plan) private {
        address typed = vm.envOr("KMS_ROOT", address(0));
        plan.kms = vm.envOr("KMS_CONTRACT", address(0));
        if (plan.kms == address(0)) {
            require(_isLocal(), "KMS_CONTRACT is not set: the KMS root is read from DstackKms, never typed");
            require(typed != address(0), "neither KMS_CONTRACT nor KMS_ROOT is set");
            plan.params.kmsRoot = typed;
            return;
        }
        require(typed == address(0), "KMS_ROOT is set: it is read from KMS_CONTRACT, never typed");
        require(plan.kms.code.length != 0, "there is no contract at KMS_CONTRACT on this chain");
        try new KmsReader().rootOf(plan.kms) returns (address root) {
            plan.params.kmsRoot = root;
        } catch Error(string memory reason) {
            revert(reason);
        } catch {
            revert("KMS_CONTRACT is no DstackKms: it does not answer kmsInfo()");
        }
        require(
            _isLocal() || !PublishedKeys.isPublished(plan.params.kmsRoot),
            "the private key of this KMS root is published: anybody could prove to be a CVM of this app"
        );
    }

    function _chooseOwner(Plan memory plan) private {
        address named = vm.envOr("OWNER", address(0));
        uint256 unset = type(uint256).max;
        uint256 delay = vm.envOr("TIMELOCK_DELAY", unset);
        if (delay != unset) {
            require(named == address(0), "OWNER and TIMELOCK_DELAY are both set: the timelock would be the owner");
            plan.params.owner = _timelock(delay, plan.salt);
        } else {
            require(named != address(0) || _isLocal(), "no owner: set TIMELOCK_DELAY and PROPOSERS, or OWNER");
            plan.params.owner = named == address(0) ? plan.deployer : named;
        }
        _checkNotPublished(plan.params.owner, "the owner");
        bool anything = _isLocal();
        (plan.ownerKind, plan.minDelay) = OwnerRules.check(
            plan.params.owner,
            anything || vm.envOr("ALLOW_ACCOUNT_OWNER", false),
            anything || vm.envOr("ALLOW_NO_TIMELOCK", false)
        );
    }

    /// @dev It has no admin but itself: its delay and its roles change only through it.
    function _timelock(uint256 delay, bytes32 salt) private returns (address at) {
        require(delay != 0, "TIMELOCK_DELAY is zero: nobody could see a grant coming");
        address[] memory proposers = vm.envOr("PROPOSERS", ",", new address[](0));
        require(proposers.length != 0, "PROPOSERS is not set: nobody could ever use the timelock");
        address[] memory executors = vm.envOr("EXECUTORS", ",", proposers);
        _checkNotPublished(proposers, "the proposer");
        _checkNotPublished(executors, "the executor");
        bytes memory arguments = abi.encode(delay, proposers, executors, address(0));
        at = _place(salt, abi.encodePacked(type(TimelockController).creationCode, arguments));
        if (at.code.length == 0) new TimelockController{salt: salt}(delay, proposers, executors, address(0));
    }

    function _implementation() private returns (address at) {
        at = _place(0, type(DstackMembershipNFT).creationCode);
        if (at.code.length == 0) new DstackMembershipNFT{salt: 0}();
    }

    function _factory() private returns (address at) {
        at = _place(0, type(ClusterFactory).creationCode);
        if (at.code.length == 0) new ClusterFactory{salt: 0}();
    }

    /// @dev Where CREATE2 puts this code, which therefore is what stands there.
    function _place(bytes32 salt, bytes memory creationCode) private pure returns (address) {
        bytes32 hash = keccak256(abi.encodePacked(bytes1(0xff), CREATE2_DEPLOYER, salt, keccak256(creationCode)));
        return address(uint160(uint256(hash)));
    }
}
