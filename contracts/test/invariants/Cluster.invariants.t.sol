// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAppAuth} from "../../src/interfaces/IAppAuth.sol";
import {Leadership, Member} from "../../src/types/ClusterTypes.sol";
import {Fixture} from "../utils/Fixture.sol";
import {Rule} from "./Books.sol";
import {Handler} from "./Handler.sol";

/// @dev What must hold after any sequence of deeds; docs/threat_model.md has the sentences.
contract ClusterInvariants is Fixture {
    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    Handler private handler;

    function setUp() public override {
        super.setUp();
        cluster = freshCluster(9);
        mintSeats(4);
        for (uint64 seat = 1; seat <= 4; seat++) {
            join(seat, 1);
        }
        handler = new Handler(cluster);
        targetContract(address(handler));
    }

    /// @dev Forge asks which functions to call: the deeds, the more telling ones more often.
    function targetSelectors() public view returns (FuzzSelector[] memory targets) {
        targets = new FuzzSelector[](1);
        targets[0] = FuzzSelector(address(handler), deeds());
    }

    // The sentences

    function invariant_seats_instances_and_boot_keys_are_one_to_one() public view {
        Member[] memory all = members();
        for (uint256 i = 0; i < all.length; i++) {
            Member memory a = all[i];
            check(a.active == (a.bootKey != address(0)), "active is to have a boot key");
            check(!a.active || a.instance != address(0), "active without instance");
            check(!a.active || !a.revoked, "active and revoked");
            bytes32 id = bytes32(bytes20(a.instance));
            check(cluster.tokenToInstance(a.seat) == id, "tokenToInstance differs from the member");
            check(id == 0 || cluster.instanceToToken(id) == a.seat, "instanceToToken differs from the member");
            for (uint256 j = i + 1; j < all.length; j++) {
                check(a.instance == address(0) || a.instance != all[j].instance, "instance twice");
                check(a.bootKey == address(0) || a.bootKey != all[j].bootKey, "boot key twice");
            }
        }
    }

    function invariant_epochs_generations_terms_and_configurations_never_fall() public view {
        unbroken(Rule.NeverFall);
    }

    function invariant_required_votes_are_a_majority_of_the_counted_seats() public view {
        unbroken(Rule.Counted);
        Member[] memory all = members();
        uint64 counted = 0;
        for (uint256 i = 0; i < all.length; i++) {
            if (!all[i].counted) continue;
            counted++;
            check(!all[i].revoked, "counted and revoked");
            check(cluster.locked(all[i].seat), "counted and not locked");
        }
        check(cluster.leadership().countedSeats == counted, "counted seats");
        check(cluster.requiredVotes() == counted / 2 + 1, "required votes");
        check(cluster.leadership().requiredVotes == counted / 2 + 1, "required votes of the leadership");
    }

    function invariant_the_leader_counts_or_there_is_none() public view {
        unbroken(Rule.Elections);
        Leadership memory l = cluster.leadership();
        if (l.leaderSeat == 0) {
            check(cluster.currentLeader() == address(0), "a leader without a seat");
            check(!l.provisional && l.noConfidence == 0, "nobody leads, but something is said of him");
        } else {
            check(cluster.member(l.leaderSeat).counted, "the leader does not count");
            check(cluster.currentLeader() == cluster.operatorOf(l.leaderSeat), "the leader is another's operator");
        }
    }

    /// @dev The handler's own list of who voted in this reign and still counts is the cluster's.
    function invariant_a_seat_has_one_vote_in_a_term() public view {
        unbroken(Rule.Votes);
        uint256 votes = cluster.leadership().leaderSeat == 0 ? 0 : handler.votes();
        uint64 tally = 0;
        for (uint64 seat = 1; seat <= members().length; seat++) {
            bool voted = votes >> seat & 1 == 1;
            check(cluster.hasVoted(seat) == voted, "a vote that was not cast, or is not counted");
            if (voted) tally++;
        }
        check(cluster.leadership().noConfidence == tally, "tally");
        check(cluster.noConfidenceCount(cluster.currentLeader()) == tally, "tally by address");
    }

    function invariant_fewer_than_the_required_votes_depose_nobody() public view {
        unbroken(Rule.FewDepose);
    }

    function invariant_free_seats_are_live_seats_without_instance() public view {
        Member[] memory all = members();
        uint256 free = 0;
        for (uint256 i = 0; i < all.length; i++) {
            if (!all[i].revoked && all[i].instance == address(0)) free++;
        }
        check(cluster.freeSeats() == free, "free seats");
    }

    function invariant_the_boot_gate_always_answers_and_knows_the_registry() public view {
        unbroken(Rule.Gate);
        Member[] memory all = members();
        bool open = cluster.allowedComposeHashes(COMPOSE) && cluster.allowAnyDevice();
        IAppAuth.AppBootInfo memory info = bootInfo(address(0xdead));
        (bool ok,) = cluster.isAppAllowed(info);
        check(ok == (open && cluster.freeSeats() != 0), "boot gate for a newcomer");
        for (uint256 i = 0; i < all.length; i++) {
            if (all[i].instance == address(0)) continue;
            info.instanceId = all[i].instance;
            (ok,) = cluster.isAppAllowed(info);
            check(ok == (open && !all[i].revoked), "boot gate for a bound instance");
        }
    }

    function invariant_fewer_than_the_quorum_report_and_start_nothing() public view {
        unbroken(Rule.FewReport);
    }

    function invariant_joins_are_what_operator_and_kms_signed() public view {
        unbroken(Rule.Joins);
    }

    function invariant_retired_instances_never_return() public view {
        unbroken(Rule.Retired);
        Member[] memory all = members();
        for (uint256 i = 0; i < all.length; i++) {
            check(all[i].instance == address(0) || !handler.retired(all[i].instance), "a retired instance is back");
        }
    }

    function invariant_an_operator_runs_one_active_seat() public view {
        Member[] memory all = members();
        for (uint256 i = 0; i < all.length; i++) {
            if (!all[i].active) continue;
            bool lapsed = all[i].operatorExpires == 0 && cluster.userExpires(all[i].seat) != 0;
            check(lapsed || cluster.seatOf(all[i].operator) == all[i].seat, "active without its operator");
        }
    }

    function invariant_active_seats_are_not_sold() public view {
        unbroken(Rule.Sales);
        Member[] memory all = members();
        for (uint256 i = 0; i < all.length; i++) {
            check(!all[i].active || cluster.locked(all[i].seat), "active and not locked");
        }
    }

    function invariant_nobody_but_the_owner_has_a_role() public view {
        unbroken(Rule.Roles);
        check(cluster.owner() == ADMIN, "another owner");
        check(cluster.pendingOwner() == address(0), "an owner in waiting");
        check(cluster.guardian() == handler.GUARDIAN(), "a guardian whom the owner did not name");
    }

    function invariant_pause_stops_grants_and_nothing_else() public view {
        unbroken(Rule.Pause);
        check(cluster.paused() == handler.isPaused(), "a pause that lasts too long, or not long enough");
    }

    /// @dev Forge calls this at the end of every run: one in which next to nothing was accepted proves nothing.
    function afterInvariant() public view {
        check(handler.succeeded() * 10 >= handler.tried(), "nearly every deed was refused");
    }

    // The campaign

    /// @dev The campaigns are worth something only if everything is done, and everything refused, now and then:
    /// random deeds from one seed, with counters (forge test -vv shows them).
    function test_the_handler_reaches_every_state() public {
        bytes4[] memory all = deeds();
        for (uint256 i = 0; i < 1500; i++) {
            uint256 r = uint256(keccak256(abi.encode("deed", i)));
            (bool ok,) = address(handler).call(abi.encodeWithSelector(all[r % all.length], r));
            check(ok, "the handler failed");
        }
        string[28] memory succeed = [
            "mint",
            "first join",
            "restart",
            "leave",
            "replace",
            "transfer",
            "setUser",
            "silence",
            "expire",
            "revoke",
            "reinstate",
            "burn",
            "pause",
            "pause by the guardian",
            "setGuardian",
            "unpause",
            "vote",
            "withdraw",
            "depose",
            "elect",
            "startGeneration",
            "report",
            "sound report",
            "setKmsRoot",
            "policy",
            "other deed while paused",
            "ask",
            "replay"
        ];
        string[18] memory fail = [
            "first join",
            "restart",
            "tampered join",
            "flawed join",
            "replay",
            "leave",
            "replace",
            "transfer",
            "expire",
            "vote",
            "elect",
            "startGeneration",
            "spoilt report",
            "grant while paused",
            "pause by the guardian",
            "unpause",
            "intrude",
            "ask"
        ];
        for (uint256 i = 0; i < succeed.length; i++) {
            log(string.concat("done: ", succeed[i]), handler.done(succeed[i]));
        }
        for (uint256 i = 0; i < fail.length; i++) {
            log(string.concat("refused: ", fail[i]), handler.refused(fail[i]));
        }
        for (uint256 i = 0; i < succeed.length; i++) {
            check(handler.done(succeed[i]) > 0, string.concat("never done: ", succeed[i]));
        }
        for (uint256 i = 0; i < fail.length; i++) {
            check(handler.refused(fail[i]) > 0, string.concat("never refused: ", fail[i]));
        }
        everything_holds();
    }

    function everything_holds() private view {
        invariant_seats_instances_and_boot_keys_are_one_to_one();
        invariant_required_votes_are_a_majority_of_the_counted_seats();
        invariant_the_leader_counts_or_there_is_none();
        invariant_a_seat_has_one_vote_in_a_term();
        invariant_free_seats_are_live_seats_without_instance();
        invariant_the_boot_gate_always_answers_and_knows_the_registry();
        invariant_an_operator_runs_one_active_seat();
        invariant_retired_instances_never_return();
        invariant_pause_stops_grants_and_nothing_else();
        for (uint256 rule = 0; rule <= uint256(type(Rule).max); rule++) {
            unbroken(Rule(rule));
        }
    }

    function deeds() private view returns (bytes4[] memory all) {
        all = new bytes4[](29);
        all[0] = handler.mint.selector;
        (all[1], all[2], all[3]) = (handler.boot.selector, handler.boot.selector, handler.boot.selector);
        (all[4], all[5]) = (handler.relay.selector, handler.relay.selector);
        all[6] = handler.leave.selector;
        all[7] = handler.replace.selector;
        all[8] = handler.transfer.selector;
        all[9] = handler.setUser.selector;
        all[10] = handler.expire.selector;
        all[11] = handler.wait.selector;
        all[12] = handler.revoke.selector;
        all[13] = handler.reinstate.selector;
        (all[14], all[28]) = (handler.pause.selector, handler.pause.selector);
        (all[15], all[16]) = (handler.vote.selector, handler.vote.selector);
        all[17] = handler.elect.selector;
        all[18] = handler.startGeneration.selector;
        (all[19], all[20]) = (handler.report.selector, handler.report.selector);
        all[21] = handler.replay.selector;
        all[22] = handler.intrude.selector;
        all[23] = handler.ask.selector;
        all[25] = handler.lease.selector;
        all[27] = handler.burn.selector;
        all[26] = handler.policy.selector;
        all[24] = handler.renewKmsRoot.selector;
    }

    function members() private view returns (Member[] memory all) {
        (all,) = cluster.members(0, 100);
    }

    function unbroken(Rule rule) private view {
        string memory how = handler.breach(rule);
        check(bytes(how).length == 0, how);
    }

    function check(bool ok, string memory why) private pure {
        if (!ok) vm.assertTrue(false, why); // a cheat code for each of thousands of checks would take most of the time
    }
}
