// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAppAuth} from "../src/interfaces/IAppAuth.sol";
import {DstackMembershipNFT} from "../src/DstackMembershipNFT.sol";
import {Founder, Join, Leadership, Member, Report, StartGeneration} from "../src/types/ClusterTypes.sol";
import {Fixture} from "./utils/Fixture.sol";

/// @dev Does what owners, operators, nodes and strangers can do, in any order, and keeps a second set of books:
/// who voted in which term, and the highest numbers seen. Calls that the cluster refuses count as tried.
contract Handler is Fixture {
    uint64 public constant MAX = 9;
    uint256 private constant OPERATORS = 6;

    /// @dev Seats whose vote stands against (term, leader), as this handler counts them.
    mapping(bytes32 reign => mapping(uint64 seat => bool)) private voted;
    mapping(uint64 seat => uint64) public highestEpoch;
    mapping(address instance => bool) public retired;
    uint64 public highestGeneration;
    uint64 public highestTerm;
    uint64 public highestConfigNonce;
    mapping(string deed => uint256) public done;
    bool public fell;
    bool public deposedByFew;
    bool public reportedByFew;

    address[] private wallets;

    constructor(DstackMembershipNFT cluster_) {
        cluster = cluster_;
        for (uint256 i = 0; i < OPERATORS; i++) {
            wallets.push(vm.addr(operatorKey(i)));
        }
    }

    modifier watched() {
        _;
        Leadership memory l = cluster.leadership();
        if (l.generation < highestGeneration || l.term < highestTerm || l.configNonce < highestConfigNonce) {
            fell = true;
        }
        (highestGeneration, highestTerm, highestConfigNonce) = (l.generation, l.term, l.configNonce);
        (Member[] memory all,) = cluster.members(0, MAX);
        for (uint256 i = 0; i < all.length; i++) {
            if (all[i].bootEpoch < highestEpoch[all[i].seat]) fell = true;
            highestEpoch[all[i].seat] = all[i].bootEpoch;
        }
    }

    function operatorKey(uint256 i) private pure returns (uint256) {
        return OWNER_KEY + 1 + i % OPERATORS;
    }

    function wallet(uint256 i) private view returns (address) {
        return wallets[i % OPERATORS];
    }

    function any(uint64 seat) private view returns (uint64) {
        uint64 minted = uint64(cluster.totalSupply());
        return minted == 0 ? 1 : uint64(bound(seat, 1, minted));
    }

    function mint(uint256 to) external watched {
        if (cluster.totalSupply() >= MAX) return;
        vm.prank(ADMIN);
        try cluster.mint(wallet(to)) {
            done["mint"]++;
        } catch {}
    }

    function boot(uint64 seat, uint8 gap, uint8 instance, uint256 signer) external watched {
        seat = any(seat);
        if (cluster.totalSupply() == 0) return;
        Member memory m = cluster.member(seat);
        uint256 key = operatorKey(signer);
        for (uint256 i = 0; i < OPERATORS; i++) {
            if (signer % 4 != 0 && wallet(i) == m.operator) key = operatorKey(i); // mostly the right one
        }
        Join memory request;
        request.seat = seat;
        request.epoch = m.bootEpoch + gap % 4;
        request.bootKey = vm.addr(bootKey(seat, request.epoch));
        bool same = m.instance != address(0) && instance % 4 != 0;
        request.instance = same ? m.instance : address(uint160(0x1000) + instance % 16);
        request.endpointHash = keccak256(bytes(ENDPOINT));
        request.deadline = uint64(block.timestamp);
        try this.tryJoin(request, key) {
            done["boot"]++;
        } catch {}
    }

    function tryJoin(Join calldata request, uint256 key) external {
        join(request, key);
    }

    function leave(uint64 seat, uint256 who) external watched {
        seat = any(seat);
        vm.prank(who % 3 == 0 ? wallet(who) : cluster.operatorOf(seat));
        try cluster.leave(seat) {
            done["leave"]++;
        } catch {}
    }

    function replace(uint64 seat) external watched {
        seat = any(seat);
        address instance = address(bytes20(cluster.tokenToInstance(seat)));
        vm.prank(cluster.operatorOf(seat));
        try cluster.replace(seat) {
            done["replace"]++;
            retired[instance] = true;
        } catch {}
    }

    function transfer(uint64 seat, uint256 to) external watched {
        if (cluster.totalSupply() == 0) return;
        seat = any(seat);
        address owner = cluster.ownerOf(seat);
        vm.prank(owner);
        try cluster.transferFrom(owner, wallet(to), seat) {
            done["transfer"]++;
        } catch {}
    }

    function setUser(uint64 seat, uint256 user, uint8 time) external watched {
        if (cluster.totalSupply() == 0) return;
        seat = any(seat);
        vm.prank(cluster.ownerOf(seat));
        cluster.setUser(seat, user % 4 == 0 ? address(0) : wallet(user), uint64(block.timestamp + time));
    }

    function expire(uint64 seat) external watched {
        for (uint64 i = 0; i < MAX; i++) {
            try cluster.expire(any(seat % MAX + i)) {
                done["expire"]++;
            } catch {}
        }
    }

    function wait(uint8 time) external watched {
        vm.warp(block.timestamp + time);
    }

    function revoke(uint64 seat) external watched {
        seat = any(seat);
        vm.prank(ADMIN);
        try cluster.revoke(seat) {
            done["revoke"]++;
        } catch {}
    }

    function reinstate(uint64 seat) external watched {
        seat = any(seat);
        vm.prank(ADMIN);
        try cluster.reinstate(seat) {
            done["reinstate"]++;
        } catch {}
    }

    function vote(uint256 who, bool isNoConfidence) external watched {
        Leadership memory before = cluster.leadership();
        address leader = cluster.currentLeader();
        address voter = wallet(who);
        uint64 seat = cluster.seatOf(voter);
        vm.prank(voter);
        try cluster.castVote(leader, isNoConfidence) {
            done["vote"]++;
            bytes32 reign = keccak256(abi.encode(before.term, before.leaderSeat));
            voted[reign][seat] = isNoConfidence;
            if (cluster.leadership().term != before.term) done["depose"]++;
            if (cluster.leadership().term != before.term && distinctVoters(reign) < before.requiredVotes) {
                deposedByFew = true;
            }
        } catch {}
    }

    function elect() external watched {
        try cluster.electLeader() {
            done["elect"]++;
        } catch {}
    }

    function startGeneration(uint64 leader, uint256 mask, uint8 gap) external watched {
        Leadership memory l = cluster.leadership();
        uint64[] memory list = pick(mask, true);
        StartGeneration memory s = StartGeneration(
            l.generation + gap % 3,
            l.term + gap % 4,
            l.generation == 0 ? 1 : l.configNonce,
            any(leader),
            1,
            0,
            founders(list)
        );
        try cluster.startGeneration(s, signatures(list, startDigest(s))) {
            done["startGeneration"]++;
        } catch {}
    }

    function report(uint64 leader, uint256 signerMask, uint256 countedMask, uint8 gap) external watched {
        Leadership memory l = cluster.leadership();
        uint64[] memory signers = pick(signerMask, false);
        Report memory r =
            Report(l.generation, l.term + gap % 3, l.configNonce + gap % 2, any(leader), pick(countedMask | 1, false));
        uint256 counted = 0;
        for (uint256 i = 0; i < signers.length; i++) {
            if (cluster.member(signers[i]).counted) counted++;
        }
        bytes32 before = books();
        try cluster.report(r, signers, signatures(signers, reportDigest(r))) {
            if (books() == before) return; // the last report once more, which needs no signature
            done["report"]++;
            if (counted < l.requiredVotes) reportedByFew = true;
        } catch {}
    }

    // Books

    function books() private view returns (bytes32) {
        (Member[] memory all,) = cluster.members(0, MAX);
        return keccak256(abi.encode(all, cluster.leadership()));
    }

    /// @dev Seats that voted in this reign and still count.
    function distinctVoters(bytes32 reign) private view returns (uint64 n) {
        for (uint64 seat = 1; seat <= MAX; seat++) {
            if (voted[reign][seat]) n++;
        }
    }

    function pick(uint256 mask, bool active) private view returns (uint64[] memory list) {
        uint64 minted = uint64(cluster.totalSupply());
        list = new uint64[](minted);
        uint256 n = 0;
        for (uint64 seat = 1; seat <= minted; seat++) {
            Member memory m = cluster.member(seat);
            // Mostly seats with a chance: random sets alone would hardly ever be accepted.
            if ((active ? m.active : m.counted || m.active) && mask >> seat & 3 != 0) list[n++] = seat;
        }
        assembly ("memory-safe") {
            mstore(list, n)
        }
    }

    function signatures(uint64[] memory list, bytes32 digest) private view returns (bytes[] memory all) {
        all = new bytes[](list.length);
        for (uint256 i = 0; i < list.length; i++) {
            uint64 epoch = cluster.member(list[i]).bootEpoch;
            all[i] = sign(bootKey(list[i], epoch), digest);
        }
    }
}

/// @dev What must hold after any sequence of calls (the main sentences of the contract's specification).
contract ClusterInvariants is Fixture {
    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    Handler private handler;

    function setUp() public override {
        super.setUp();
        cluster = freshCluster(9);
        startCluster(4);
        handler = new Handler(cluster);
        targetContract(address(handler));
    }

    /// @dev Forge asks which functions to call: the deeds, not the helpers.
    function targetSelectors() public view returns (FuzzSelector[] memory targets) {
        targets = new FuzzSelector[](1);
        bytes4[] memory deeds = new bytes4[](14);
        deeds[0] = Handler.mint.selector;
        deeds[1] = Handler.boot.selector;
        deeds[2] = Handler.leave.selector;
        deeds[3] = Handler.replace.selector;
        deeds[4] = Handler.transfer.selector;
        deeds[5] = Handler.setUser.selector;
        deeds[6] = Handler.expire.selector;
        deeds[7] = Handler.wait.selector;
        deeds[8] = Handler.revoke.selector;
        deeds[9] = Handler.reinstate.selector;
        deeds[10] = Handler.vote.selector;
        deeds[11] = Handler.elect.selector;
        deeds[12] = Handler.startGeneration.selector;
        deeds[13] = Handler.report.selector;
        targets[0] = FuzzSelector(address(handler), deeds);
    }

    /// @dev One campaign for all sentences, so that runs go into depth instead of repetition.
    function invariant_what_must_hold() public view {
        (Member[] memory all,) = cluster.members(0, 100);
        Leadership memory l = cluster.leadership();
        check(!handler.fell(), "an epoch, generation, term or configuration fell");
        check(!handler.deposedByFew(), "fewer than the required votes deposed");
        check(!handler.reportedByFew(), "fewer than q signers reported");
        one_instance_and_one_key_per_seat_and_the_reverse(all);
        an_operator_runs_one_active_seat(all);
        required_votes_are_a_majority(all, l);
        leader_counts_or_there_is_none(all, l);
        tally_is_the_number_of_counted_seats_that_voted(all, l);
        free_seats_are_live_seats_without_instance(all);
        boot_gate_answers_and_agrees_with_the_registry(all);
    }

    function leaseAndBoot(uint64 seat, uint256 user, uint8 time) private {
        handler.setUser(seat, user, time);
        handler.boot(seat, 1, time, 1);
    }

    function revokeAndElect(uint64 seat, uint256 sometimes) private {
        if (sometimes % 3 == 0) handler.revoke(seat);
        handler.elect();
    }

    /// @dev The campaign is worth something only if every deed succeeds now and then: 600 random ones, from one seed.
    function test_the_handler_gets_every_deed_done() public {
        for (uint256 i = 0; i < 600; i++) {
            bytes32 r = keccak256(abi.encode("deed", i));
            uint64 a = uint64(uint256(r));
            uint256 b = uint256(keccak256(abi.encode(r)));
            uint8 c = uint8(b >> 40);
            uint256 deed = i % 16;
            if (deed == 0) handler.mint(b);
            else if (deed < 4) handler.boot(a, c, uint8(b), b >> 16);
            else if (deed == 4 && b % 4 == 0) handler.leave(a, b);
            else if (deed == 5) handler.replace(a);
            else if (deed == 6) handler.transfer(a, b);
            else if (deed == 7) leaseAndBoot(a, b, c);
            else if (deed == 8) handler.wait(c);
            else if (deed == 9) handler.expire(a);
            else if (deed == 10) revokeAndElect(a, b);
            else if (deed == 11) handler.reinstate(a);
            else if (deed < 14) handler.vote(b, c % 4 != 0);
            else if (deed == 14) handler.startGeneration(a, b >> 8, c);
            else handler.report(a, b, b >> 20, c);
        }
        invariant_what_must_hold();
        string[12] memory deeds = [
            "mint",
            "boot",
            "leave",
            "replace",
            "transfer",
            "expire",
            "revoke",
            "reinstate",
            "vote",
            "elect",
            "startGeneration",
            "report"
        ];
        for (uint256 i = 0; i < deeds.length; i++) {
            check(handler.done(deeds[i]) > 0, deeds[i]);
        }
        check(handler.done("depose") > 0, "depose");
    }

    function one_instance_and_one_key_per_seat_and_the_reverse(Member[] memory all) private view {
        for (uint256 i = 0; i < all.length; i++) {
            Member memory a = all[i];
            if (a.instance != address(0)) {
                check(cluster.instanceToToken(bytes32(bytes20(a.instance))) == a.seat, "mappings differ");
                check(!handler.retired(a.instance), "a retired instance is back");
            }
            check(a.active == (a.bootKey != address(0)), "active is to have a boot key");
            if (a.active) {
                check(a.instance != address(0), "active without instance");
                check(cluster.locked(a.seat), "active and not locked");
                check(!a.revoked, "active and revoked");
            }
            for (uint256 j = i + 1; j < all.length; j++) {
                check(a.instance == address(0) || a.instance != all[j].instance, "instance twice");
                check(a.bootKey == address(0) || a.bootKey != all[j].bootKey, "boot key twice");
            }
        }
    }

    function an_operator_runs_one_active_seat(Member[] memory all) private view {
        for (uint256 i = 0; i < all.length; i++) {
            if (!all[i].active) continue;
            bool lapsed = all[i].operatorExpires == 0 && cluster.userExpires(all[i].seat) != 0;
            check(lapsed || cluster.seatOf(all[i].operator) == all[i].seat, "active without its operator");
        }
    }

    function required_votes_are_a_majority(Member[] memory all, Leadership memory l) private view {
        uint64 counted = 0;
        for (uint256 i = 0; i < all.length; i++) {
            if (!all[i].counted) continue;
            counted++;
            check(!all[i].revoked, "counted and revoked");
            check(cluster.locked(all[i].seat), "counted and not locked");
        }
        check(l.countedSeats == counted, "counted seats");
        check(cluster.requiredVotes() == counted / 2 + 1, "required votes");
    }

    function leader_counts_or_there_is_none(Member[] memory all, Leadership memory l) private view {
        if (l.leaderSeat == 0) check(cluster.currentLeader() == address(0), "a leader without a seat");
        else check(all[l.leaderSeat - 1].counted, "the leader does not count");
    }

    function tally_is_the_number_of_counted_seats_that_voted(Member[] memory all, Leadership memory l) private view {
        uint64 tally = 0;
        for (uint256 i = 0; i < all.length; i++) {
            if (!cluster.hasVoted(all[i].seat)) continue;
            tally++;
            check(all[i].counted, "a seat that does not count has a vote");
        }
        check(l.noConfidence == tally, "tally");
        check(cluster.noConfidenceCount(cluster.currentLeader()) == tally, "tally by address");
    }

    function free_seats_are_live_seats_without_instance(Member[] memory all) private view {
        uint256 free = 0;
        for (uint256 i = 0; i < all.length; i++) {
            if (!all[i].revoked && all[i].instance == address(0)) free++;
        }
        check(cluster.freeSeats() == free, "free seats");
    }

    function boot_gate_answers_and_agrees_with_the_registry(Member[] memory all) private view {
        IAppAuth.AppBootInfo memory info = bootInfo(address(0xdead));
        (bool ok,) = cluster.isAppAllowed(info);
        check(ok == (cluster.freeSeats() != 0), "boot gate for a newcomer");
        for (uint256 i = 0; i < all.length; i++) {
            if (all[i].instance == address(0)) continue;
            info.instanceId = all[i].instance;
            (ok,) = cluster.isAppAllowed(info);
            check(ok == !all[i].revoked, "boot gate for a bound instance");
        }
    }

    function check(bool ok, string memory why) private pure {
        if (!ok) vm.assertTrue(false, why); // a cheat code for each of thousands of checks would take most of the time
    }
}
