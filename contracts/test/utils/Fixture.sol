// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ClusterFactory} from "../../src/ClusterFactory.sol";
import {DstackMembershipNFT} from "../../src/DstackMembershipNFT.sol";
import {IAppAuth} from "../../src/interfaces/IAppAuth.sol";
import {
    ClusterParams,
    Founder,
    Join,
    KmsProof,
    Leadership,
    Member,
    Report,
    StartGeneration
} from "../../src/types/ClusterTypes.sol";
import {TestBase, Vm} from "./TestBase.sol";

/// @dev Deploys a cluster and names the actors. Seat n belongs to OWNER_KEY + n, which is its operator unless a test
/// names another; its boot key in epoch e is bootKey(n, e); its instance is instanceOf(n).
abstract contract Fixture is TestBase {
    uint256 internal constant ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141;
    uint256 internal constant OWNER_KEY = 0xa0000;
    uint256 internal constant ROOT_KEY = 0xb0001;
    uint256 internal constant APP_KEY = 0xb0002;
    uint256 internal constant DERIVED_KEY = 0xb0003;
    uint256 internal constant STRANGER_KEY = 0xb0004;
    uint64 internal constant FOUNDING = 3;
    bytes32 internal constant COMPOSE = bytes32(uint256(0xc0));
    address internal constant ADMIN = address(0xad);
    address internal constant STRANGER = address(0x5742);
    string internal constant ENDPOINT = "https://node.example:7443";

    bytes32 private constant DOMAIN =
        keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");
    bytes32 private constant JOIN = keccak256(
        "Join(uint64 seat,uint64 epoch,address bootKey,address instance,bytes32 endpointHash,uint64 deadline)"
    );
    bytes32 private constant REPORT =
        keccak256("Report(uint64 generation,uint64 term,uint64 configNonce,uint64 leaderSeat,uint64[] countedSeats)");
    bytes32 private constant START = keccak256(
        "StartGeneration(uint64 generation,uint64 term,uint64 configNonce,uint64 leaderSeat,uint64 seq,bytes32 head,Founder[] founders)Founder(uint64 seat,uint64 epoch)"
    );
    bytes32 private constant FOUNDER = keccak256("Founder(uint64 seat,uint64 epoch)");

    DstackMembershipNFT internal implementation;
    ClusterFactory internal factory;
    DstackMembershipNFT internal cluster;

    function setUp() public virtual {
        implementation = new DstackMembershipNFT();
        factory = new ClusterFactory();
        cluster = DstackMembershipNFT(factory.deploy(address(implementation), "salt", defaultParams()));
    }

    function defaultParams() internal pure returns (ClusterParams memory) {
        return ClusterParams({
            owner: ADMIN,
            kmsRoot: vm.addr(ROOT_KEY),
            foundingSeats: FOUNDING,
            maxSeats: 100,
            maxSeatsPerOwner: 50,
            composeHash: COMPOSE,
            deviceId: 0,
            allowAnyDevice: true,
            requireTcbUpToDate: false
        });
    }

    function freshCluster(uint64 maxSeats) internal returns (DstackMembershipNFT) {
        ClusterParams memory params = defaultParams();
        params.maxSeats = maxSeats;
        params.maxSeatsPerOwner = maxSeats;
        return DstackMembershipNFT(factory.deploy(address(implementation), "fresh", params));
    }

    // Actors

    function ownerOf(uint64 seat) internal pure returns (address) {
        return vm.addr(OWNER_KEY + seat);
    }

    function bootKey(uint64 seat, uint64 epoch) internal pure returns (uint256) {
        return uint256(keccak256(abi.encode("boot", seat, epoch))) % ORDER;
    }

    function instanceOf(uint64 seat) internal pure returns (address) {
        return address(uint160((uint256(0x1115) << 144) + seat));
    }

    function mintSeats(uint64 n) internal {
        for (uint64 i = 0; i < n; i++) {
            address to = ownerOf(uint64(cluster.totalSupply()) + 1);
            vm.prank(ADMIN);
            cluster.mint(to);
        }
    }

    /// @dev Mints and joins seats 1 to n, then starts generation 1 with all of them; seat 1 leads term 1.
    function startCluster(uint64 n) internal {
        mintSeats(n);
        for (uint64 seat = 1; seat <= n; seat++) {
            join(seat, 1);
        }
        startGeneration(1, 1, 1, 1, seats(n), 1);
    }

    // Joining

    function joinRequest(uint64 seat, uint64 epoch) internal view returns (Join memory) {
        return Join({
            seat: seat,
            epoch: epoch,
            bootKey: vm.addr(bootKey(seat, epoch)),
            instance: instanceOf(seat),
            endpointHash: keccak256(bytes(ENDPOINT)),
            deadline: uint64(block.timestamp + 1 hours)
        });
    }

    function join(uint64 seat, uint64 epoch) internal {
        join(joinRequest(seat, epoch), OWNER_KEY + seat);
    }

    function join(Join memory request, uint256 operatorKey) internal {
        bytes memory operatorSignature = sign(operatorKey, joinDigest(request));
        cluster.join(request, ENDPOINT, operatorSignature, proofFor(request));
    }

    function expectJoin(Join memory request, uint256 operatorKey, bytes memory refusal) internal {
        bytes memory operatorSignature = sign(operatorKey, joinDigest(request));
        KmsProof memory proof = proofFor(request);
        vm.expectRevert(refusal);
        cluster.join(request, ENDPOINT, operatorSignature, proof);
    }

    function proofFor(Join memory request) internal returns (KmsProof memory) {
        return proofFor(request, address(cluster), ROOT_KEY, APP_KEY, DERIVED_KEY);
    }

    function proofFor(Join memory request, address app, uint256 rootKey, uint256 appKey, uint256 derivedKey)
        internal
        returns (KmsProof memory proof)
    {
        Vm.Wallet memory a = vm.createWallet(appKey);
        Vm.Wallet memory d = vm.createWallet(derivedKey);
        proof.appKeyX = bytes32(a.publicKeyX);
        proof.appKeyY = bytes32(a.publicKeyY);
        proof.derivedKeyX = bytes32(d.publicKeyX);
        proof.derivedKeyY = bytes32(d.publicKeyY);
        proof.kmsSignature = sign(rootKey, keccak256(abi.encodePacked("dstack-kms-issued:", app, compressed(a))));
        proof.appSignature =
            sign(appKey, keccak256(abi.encodePacked("dstack-nft-cluster/join:", plainHex(compressed(d)))));
        proof.joinSignature = sign(derivedKey, joinDigest(request));
    }

    // Generations and reports

    function seats(uint64 n) internal pure returns (uint64[] memory list) {
        list = new uint64[](n);
        for (uint64 i = 0; i < n; i++) {
            list[i] = i + 1;
        }
    }

    function founders(uint64[] memory list) internal view returns (Founder[] memory all) {
        all = new Founder[](list.length);
        for (uint256 i = 0; i < list.length; i++) {
            all[i] = Founder(list[i], cluster.member(list[i]).bootEpoch);
        }
    }

    function startGeneration(
        uint64 generation,
        uint64 term,
        uint64 configNonce,
        uint64 leader,
        uint64[] memory list,
        uint64 seq
    ) internal {
        StartGeneration memory start = StartGeneration(
            generation, term, configNonce, leader, seq, bytes32(uint256(seq)), founders(list)
        );
        cluster.startGeneration(start, signStart(start));
    }

    function signStart(StartGeneration memory start) internal view returns (bytes[] memory signatures) {
        signatures = new bytes[](start.founders.length);
        bytes32 digest = startDigest(start);
        for (uint256 i = 0; i < signatures.length; i++) {
            signatures[i] = sign(bootKey(start.founders[i].seat, start.founders[i].epoch), digest);
        }
    }

    function expectStart(StartGeneration memory start, bytes memory refusal) internal {
        bytes[] memory signatures = signStart(start);
        vm.expectRevert(refusal);
        cluster.startGeneration(start, signatures);
    }

    function reportBy(uint64[] memory signers, Report memory report_) internal {
        cluster.report(report_, signers, signReport(signers, report_));
    }

    function signReport(uint64[] memory signers, Report memory report_) internal view returns (bytes[] memory all) {
        all = new bytes[](signers.length);
        bytes32 digest = reportDigest(report_);
        for (uint256 i = 0; i < all.length; i++) {
            all[i] = sign(bootKey(signers[i], cluster.member(signers[i]).bootEpoch), digest);
        }
    }

    function expectReport(uint64[] memory signers, Report memory report_, bytes memory refusal) internal {
        bytes[] memory signatures = signReport(signers, report_);
        vm.expectRevert(refusal);
        cluster.report(report_, signers, signatures);
    }

    function vote(uint64 seat, bool isNoConfidence) internal {
        address leader = cluster.currentLeader();
        address voter = cluster.operatorOf(seat);
        vm.prank(voter);
        cluster.castVote(leader, isNoConfidence);
    }

    // Boot gate

    function bootInfo(address instance) internal view returns (IAppAuth.AppBootInfo memory info) {
        info.appId = address(cluster);
        info.composeHash = COMPOSE;
        info.instanceId = instance;
        info.tcbStatus = "UpToDate";
        info.advisoryIds = new string[](0);
    }

    function assertBoot(IAppAuth.AppBootInfo memory info, string memory refusal) internal view {
        (bool ok, string memory reason) = cluster.isAppAllowed(info);
        vm.assertEq(reason, refusal);
        vm.assertEq(ok, bytes(refusal).length == 0);
    }

    // Hashes and signatures, written a second time on purpose

    function domainSeparator(address contract_) internal view returns (bytes32) {
        return keccak256(abi.encode(DOMAIN, keccak256("DstackCluster"), keccak256("1"), block.chainid, contract_));
    }

    function typedDigest(bytes32 structHash) internal view returns (bytes32) {
        return keccak256(bytes.concat(hex"1901", domainSeparator(address(cluster)), structHash));
    }

    function joinDigest(Join memory r) internal view returns (bytes32) {
        bytes memory encoded = abi.encode(JOIN, r.seat, r.epoch, r.bootKey, r.instance, r.endpointHash, r.deadline);
        return typedDigest(keccak256(encoded));
    }

    function reportDigest(Report memory r) internal view returns (bytes32) {
        bytes memory list;
        for (uint256 i = 0; i < r.countedSeats.length; i++) {
            list = bytes.concat(list, bytes32(uint256(r.countedSeats[i])));
        }
        return
            typedDigest(
                keccak256(abi.encode(REPORT, r.generation, r.term, r.configNonce, r.leaderSeat, keccak256(list)))
            );
    }

    function startDigest(StartGeneration memory s) internal view returns (bytes32) {
        bytes memory list;
        for (uint256 i = 0; i < s.founders.length; i++) {
            list = bytes.concat(list, keccak256(abi.encode(FOUNDER, s.founders[i].seat, s.founders[i].epoch)));
        }
        return typedDigest(
            keccak256(
                abi.encode(START, s.generation, s.term, s.configNonce, s.leaderSeat, s.seq, s.head, keccak256(list))
            )
        );
    }

    function sign(uint256 key, bytes32 digest) internal pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest);
        return abi.encodePacked(r, s, v - 27);
    }

    function compressed(Vm.Wallet memory key) internal pure returns (bytes memory) {
        return abi.encodePacked(uint8(2 + (key.publicKeyY & 1)), key.publicKeyX);
    }

    function plainHex(bytes memory data) internal pure returns (bytes memory text) {
        bytes16 digits = "0123456789abcdef";
        text = new bytes(2 * data.length);
        for (uint256 i = 0; i < data.length; i++) {
            text[2 * i] = digits[uint8(data[i]) >> 4];
            text[2 * i + 1] = digits[uint8(data[i]) & 15];
        }
    }

    function list2(uint64 a, uint64 b) internal pure returns (uint64[] memory list) {
        list = new uint64[](2);
        (list[0], list[1]) = (a, b);
    }

    function list1(uint64 a) internal pure returns (uint64[] memory list) {
        list = new uint64[](1);
        list[0] = a;
    }

    function leadership() internal view returns (Leadership memory) {
        return cluster.leadership();
    }

    function member(uint64 seat) internal view returns (Member memory) {
        return cluster.member(seat);
    }
}
