// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {DstackMembershipNFT} from "../../src/DstackMembershipNFT.sol";
import {Join, KmsProof, Member} from "../../src/types/ClusterTypes.sol";
import {Vm} from "../utils/TestBase.sol";
import {Books, Rule} from "./Books.sol";

/// @dev Joins are signed at one time and carried at another, by strangers, in any order, more than once, tampered
/// with, and some with a flaw in what was signed. Whatever the cluster accepts must have been right.
abstract contract Joins is Books {
    enum Flaw {
        None,
        OtherChain,
        OtherCluster,
        OtherApp,
        OtherRoot,
        ForeignAppKey,
        ForeignDerivedKey
    }

    struct Draft {
        Join request;
        address signer;
        Flaw flaw;
        uint256 rootKey;
        bytes data;
        bool tampered;
    }

    uint256 internal constant OPERATORS = 12;
    uint256 private constant DRAFTS = 16;
    uint256 private constant OTHER_ROOT_KEY = ROOT_KEY + 0x100;

    address[] private wallets;
    mapping(address wallet => uint256) private keyOf;
    Draft[] private drafts;
    uint256 private nextDraft;
    uint256 internal rootKey = ROOT_KEY;
    KmsProof private links;
    bytes private appKey;
    bytes private foreignAppSignature;

    constructor(DstackMembershipNFT cluster_) {
        cluster = cluster_;
        for (uint256 i = 0; i < OPERATORS; i++) {
            wallets.push(vm.addr(OWNER_KEY + 1 + i));
            keyOf[wallets[i]] = OWNER_KEY + 1 + i;
        }
        Join memory any_;
        links = proofFor(any_);
        appKey = compressed(vm.createWallet(APP_KEY));
        foreignAppSignature = proofFor(any_, address(cluster), ROOT_KEY, STRANGER_KEY, DERIVED_KEY).appSignature;
    }

    function wallet(uint256 i) internal view returns (address) {
        return wallets[i % OPERATORS];
    }

    function anyWallet() internal returns (address) {
        return wallets[draw(OPERATORS)];
    }

    /// @dev An operator signs; a relayer carries it at once, or later.
    function boot(uint256 seed) external watched(seed) {
        uint64 seat = anySeat();
        if (!oneIn(4)) seat = idle(seat);
        Draft memory d;
        d.signer = oneIn(8) ? anyWallet() : cluster.operatorOf(seat);
        if (oneIn(4)) d.flaw = Flaw(1 + draw(6));
        offer(seat, d);
        if (!oneIn(4)) carry(drafts[(nextDraft - 1) % DRAFTS]);
    }

    /// @dev Carries any join that was ever signed, now and then with a bit of it changed.
    function relay(uint256 seed) external watched(seed) {
        if (drafts.length == 0) return;
        Draft memory d = drafts[draw(drafts.length)];
        if (oneIn(5)) {
            d.tampered = true;
            d.data[4 + 32 * draw(6) + 31] ^= 0x01; // the six fields of the Join come first
        }
        carry(d);
    }

    function renewKmsRoot(uint256 seed) external watched(seed) {
        uint256 key = oneIn(2) ? OTHER_ROOT_KEY : ROOT_KEY;
        if (act("setKmsRoot", ADMIN, abi.encodeCall(cluster.setKmsRoot, (vm.addr(key))), true)) rootKey = key;
    }

    /// @dev Somebody rents a seat that does not run, and runs it.
    function lease(uint256 seed) external watched(seed) {
        uint64 seat = idle(anySeat());
        address tenant = anyWallet();
        bytes memory data = abi.encodeCall(cluster.setUser, (seat, tenant, uint64(block.timestamp + draw(256))));
        if (!act("lease", cluster.member(seat).owner, data, false)) return;
        Draft memory d;
        d.signer = tenant;
        offer(seat, d);
        carry(drafts[(nextDraft - 1) % DRAFTS]);
    }

    /// @dev Fills in a request that mostly fits the seat, and signs it.
    function offer(uint64 seat, Draft memory d) private {
        Member memory m = cluster.member(seat);
        d.rootKey = rootKey;
        d.request.seat = seat;
        d.request.epoch = m.bootEpoch + uint64(oneIn(8) ? draw(2000) : 1 + draw(3));
        d.request.bootKey = vm.addr(bootKey(oneIn(8) ? seatAfter(seat) : seat, d.request.epoch)); // or another's
        bool same = m.instance != address(0) && !oneIn(8);
        d.request.instance = same ? m.instance : address(uint160(0x1000 + draw(16)));
        if (!same && lost.length != 0 && oneIn(2)) d.request.instance = lost[lost.length - 1];
        d.request.endpointHash = keccak256(bytes(ENDPOINT));
        d.request.deadline = uint64(block.timestamp + (oneIn(2) ? 30 days : draw(256)));
        d.data = signed(d);
        if (drafts.length < DRAFTS) drafts.push(d);
        else drafts[nextDraft % DRAFTS] = d;
        nextDraft++;
    }

    /// @dev A seat that could run and does not, from this one on; this one if there is none.
    function idle(uint64 seat) internal view returns (uint64) {
        uint64 found = seat;
        for (uint64 i = 0; i < MAX; i++) {
            Member memory m = cluster.member(found);
            if (!m.active && !m.revoked) return found;
            found = seatAfter(found);
        }
        return seat;
    }

    function carry(Draft memory d) private {
        Member memory m = lineOf(d.request.seat);
        bool isNew = !hasJoined(m);
        bytes32 before = books();
        vm.prank(STRANGER);
        (bool ok,) = address(cluster).call(d.data);
        ok = ok && books() != before;
        note(ok, isNew ? "first join" : "restart");
        if (d.tampered) note(ok, "tampered join");
        if (d.flaw != Flaw.None) note(ok, "flawed join");
        if (!ok) return;
        if (d.tampered) broken(Rule.Joins, "a join was accepted that nobody signed");
        if (d.flaw != Flaw.None) broken(Rule.Joins, "a join was accepted without a sound proof");
        if (d.rootKey != rootKey) broken(Rule.Joins, "a join was accepted from a root that is gone");
        if (d.signer != m.operator) broken(Rule.Joins, "a join was accepted from another than the operator");
        if (block.timestamp > d.request.deadline) broken(Rule.Joins, "a join was accepted after its deadline");
        bool inWindow = d.request.epoch > m.bootEpoch && d.request.epoch <= m.bootEpoch + 1024;
        if (!inWindow) broken(Rule.Joins, "a join was accepted for an epoch outside the window");
        if (m.revoked) broken(Rule.Joins, "a join was accepted for a revoked seat");
        if (retired[d.request.instance]) broken(Rule.Retired, "a retired instance joined");
        if (isPaused() && isNew) broken(Rule.Pause, "a new seat joined");
    }

    function signed(Draft memory d) private returns (bytes memory) {
        bytes32 digest = digestOf(d);
        KmsProof memory proof = links;
        address app = d.flaw == Flaw.OtherApp ? address(0xbad) : address(cluster);
        uint256 root = d.flaw == Flaw.OtherRoot ? STRANGER_KEY : d.rootKey;
        proof.kmsSignature = sign(root, keccak256(abi.encodePacked("dstack-kms-issued:", app, appKey)));
        if (d.flaw == Flaw.ForeignAppKey) proof.appSignature = foreignAppSignature;
        proof.joinSignature = sign(d.flaw == Flaw.ForeignDerivedKey ? STRANGER_KEY : DERIVED_KEY, digest);
        return abi.encodeCall(cluster.join, (d.request, ENDPOINT, sign(keyOf[d.signer], digest), proof));
    }

    function digestOf(Draft memory d) private returns (bytes32 digest) {
        (DstackMembershipNFT ours, uint256 chain) = (cluster, block.chainid);
        if (d.flaw == Flaw.OtherCluster) cluster = DstackMembershipNFT(address(0xbad));
        if (d.flaw == Flaw.OtherChain) vm.chainId(chain + 1);
        digest = joinDigest(d.request);
        vm.chainId(chain);
        cluster = ours;
    }
}
