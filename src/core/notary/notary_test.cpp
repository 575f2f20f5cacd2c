// Rules N1-N5 of docs/protocol.md section 5, each kept and broken: blocks, terms, grants, fences.
#include "core/notary/notary_test.hpp"

namespace dnc {
namespace {

// --- N1: proposals -------------------------------------------------------------------------------

TEST_F(NotaryTest, TheLeaderProposesBlockAfterBlock) {
  BootNotary leader = make(1);
  found(leader);
  for (const auto& header : {opening_, second_, third_}) {
    const auto signature = leader.propose(header);
    ASSERT_TRUE(signature);
    EXPECT_TRUE(speaks(signing_.propose(header), *signature, 1));
  }
}

TEST_F(NotaryTest, N1OneBlockForOnePosition) {
  BootNotary leader = make(1);
  found(leader);
  ASSERT_TRUE(leader.propose(opening_));
  expect_refused(leader.propose(changed(opening_)), "N1");
  expect_refused(leader.propose(opening_), "N1");
}

TEST_F(NotaryTest, N1BlocksAreConsecutive) {
  BootNotary leader = make(1);
  found(leader);
  expect_refused(leader.propose(second_), "N1");
  ASSERT_TRUE(leader.propose(opening_));
  expect_refused(leader.propose(third_), "N1");
  BlockHeader fork = second_;
  fork.prev_hash.bytes[0] ^= 1;
  expect_refused(leader.propose(fork), "N1");
  EXPECT_TRUE(leader.propose(second_)) << "a refusal costs nothing";
}

TEST_F(NotaryTest, N1OnlyTheLeaderProposes) {
  BootNotary follower = make(2);
  found(follower);
  expect_refused(follower.propose(opening_), "N1");
  BlockHeader mine = opening_;
  mine.leader = {2};
  expect_refused(follower.propose(mine), "N1");
}

TEST_F(NotaryTest, N1TheBlockIsOfThisTermAndScope) {
  BootNotary leader = make(1);
  found(leader);
  std::vector<BlockHeader> foreign(5, opening_);
  ++foreign[0].term.value;
  ++foreign[1].generation.value;
  ++foreign[2].config_nonce.value;
  ++foreign[3].leader.value;
  foreign[4].kind = BlockKind::kNormal;  // a generation opens with RESTART
  for (const auto& header : foreign)
    expect_refused(leader.propose(header), "N1");
  ASSERT_TRUE(leader.propose(opening_));
  BlockHeader reopening = second_;
  reopening.kind = BlockKind::kRestart;
  expect_refused(leader.propose(reopening), "N1");
}

TEST_F(NotaryTest, N1TheConfigurationRisesInATermButNotWithItsOpening) {
  BootNotary leader = make(1);
  found(leader);
  BlockHeader raised = opening_;
  ++raised.config_nonce.value;
  expect_refused(leader.propose(raised), "N1");
  ASSERT_TRUE(leader.propose(opening_));
  BlockHeader lowered = second_;
  lowered.config_nonce = {0};
  expect_refused(leader.propose(lowered), "N1");
  raised = second_;
  ++raised.config_nonce.value;
  EXPECT_TRUE(leader.propose(raised));
  // A term opens with the configuration of the log that it continues.
  const Roster grown({identity(1), identity(2), identity(3)}, {2});
  ASSERT_TRUE(leader.enter_term(certificate(kSecond, head(raised)), kScope, grown));
  BlockHeader start = after(head(raised), kSecond, 1, BlockKind::kTermStart);
  expect_refused(leader.propose(start), "N1");
  start.config_nonce = {2};
  EXPECT_TRUE(leader.propose(start));
}

TEST_F(NotaryTest, N1ATermOpensWithTermStart) {
  BootNotary leader = make(1);
  found(leader);
  ASSERT_TRUE(leader.enter_term(certificate(kSecond, {}), kScope, roster_));
  expect_refused(leader.propose(opening_), "N1");  // of the term before
  expect_refused(leader.propose(after({}, kSecond, 1, BlockKind::kRestart)), "N1");
  expect_refused(leader.propose(after({}, kSecond, 1, BlockKind::kNormal)), "N1");
  EXPECT_TRUE(leader.propose(after({}, kSecond, 1, BlockKind::kTermStart)));
}

// --- N2: acceptance ------------------------------------------------------------------------------

TEST_F(NotaryTest, AcceptsWhatIsSignedLinkedAndOnDisk) {
  BootNotary notary = make(2);
  found(notary);
  const auto first = take(notary, opening_);
  ASSERT_TRUE(first);
  EXPECT_EQ(first->scope, kScope);
  EXPECT_EQ(first->term, kFirst);
  EXPECT_EQ(first->seq, SeqNo{1});
  EXPECT_EQ(first->block_hash, block_hash(opening_));
  EXPECT_EQ(first->seat, Seat{2});
  EXPECT_TRUE(speaks(signing_.accept(*first), first->signature, 2));
  // One statement covers a chain of blocks.
  EXPECT_TRUE(notary.check_proposal(second_, proposed(second_)));
  EXPECT_TRUE(notary.check_proposal(third_, proposed(third_)));
  const auto rest = notary.accept(std::vector{second_, third_}, token(head(third_)));
  ASSERT_TRUE(rest);
  EXPECT_EQ(rest->seq, SeqNo{3});
}

TEST_F(NotaryTest, N2NotOnDiskNotAccepted) {
  BootNotary notary = make(2);
  found(notary);
  ASSERT_TRUE(notary.check_proposal(opening_, proposed(opening_)));
  const std::vector headers{opening_};
  expect_refused(notary.accept(headers, token({})), "N2");
  expect_refused(notary.accept(headers, token(head(changed(opening_)))), "N2");
  expect_refused(notary.accept(headers, token(head(second_))), "N2");
  EXPECT_TRUE(notary.accept(headers, token(head(opening_))));
}

TEST_F(NotaryTest, N2UnsignedBlocksAreNotAccepted) {
  BootNotary notary = make(2);
  found(notary);
  const std::vector headers{opening_};
  expect_refused(notary.accept(headers, token(head(opening_))), "N2");
  const Signature by_another = key(3).sign(signing_.propose(opening_));
  EXPECT_FALSE(notary.check_proposal(opening_, by_another));
  EXPECT_FALSE(notary.check_proposal(opening_, proposed(changed(opening_))));
  expect_refused(notary.accept(headers, token(head(opening_))), "N2");
  // The signature of one block is not the other's.
  ASSERT_TRUE(notary.check_proposal(opening_, proposed(opening_)));
  const BlockHeader other = changed(opening_);
  expect_refused(notary.accept(std::vector{other}, token(head(other))), "N2");
}

TEST_F(NotaryTest, N2OneBlockForOnePosition) {
  BootNotary notary = make(2);
  found(notary);
  ASSERT_TRUE(take(notary, opening_));
  expect_refused(take(notary, changed(opening_)), "N2");
  EXPECT_TRUE(take(notary, second_)) << "it goes on from what it accepted";
}

TEST_F(NotaryTest, N2AcceptanceLeavesNoGap) {
  BootNotary notary = make(2);
  found(notary);
  expect_refused(take(notary, second_), "N2");
  ASSERT_TRUE(take(notary, opening_));
  expect_refused(take(notary, third_), "N2");
  expect_refused(notary.accept({}, token(head(opening_))), "N2");
}

TEST_F(NotaryTest, N2AForkOfWhatWasAcceptedIsRefused) {
  BootNotary notary = make(2);
  found(notary);
  ASSERT_TRUE(take(notary, opening_));
  const BlockHeader fork = after(head(changed(opening_)), kFirst, 1, BlockKind::kNormal);
  expect_refused(take(notary, fork), "N2");
}

TEST_F(NotaryTest, N2ATermBeginsWhereItsCertificateSays) {
  BootNotary notary = make(2);
  found(notary);
  ASSERT_TRUE(take(notary, opening_));
  ASSERT_TRUE(take(notary, second_));
  // The new term drops `second_`: the quorum that granted it never accepted that block.
  ASSERT_TRUE(notary.enter_term(certificate(kSecond, head(opening_)), kScope, roster_));
  const BlockHeader on_dropped = after(head(second_), kSecond, 1, BlockKind::kTermStart);
  expect_refused(take(notary, on_dropped), "N2");
  EXPECT_FALSE(notary.check_proposal(third_, proposed(third_))) << "a block of the term before";
  const BlockHeader start = after(head(opening_), kSecond, 1, BlockKind::kTermStart);
  EXPECT_TRUE(take(notary, start));
}

TEST_F(NotaryTest, N2ChoosesTheLastTermThenTheLongestLog) {
  const LogHead longer{kFirst, {9}, {}};
  LogHead newer{kSecond, {5}, {}};
  newer.hash.bytes[0] = 7;
  BootNotary notary = make(2);
  found(notary);
  constexpr Term kThird{3};
  NewTerm proof{kThird,
                {vote(1, kThird), vote(2, kThird)},
                {grant(1, kThird, 1, longer), grant(2, kThird, 1, newer),
                 grant(3, kThird, 1, {kSecond, {4}, {}})}};
  ASSERT_TRUE(notary.enter_term(proof, kScope, roster_));
  expect_refused(take(notary, after(longer, kThird, 1, BlockKind::kTermStart)), "N2");
  EXPECT_TRUE(take(notary, after(newer, kThird, 1, BlockKind::kTermStart)));
}

// --- N2: certificates ----------------------------------------------------------------------------

TEST_F(NotaryTest, N2ACertificateTakesAQuorumOfVotesAndGrants) {
  BootNotary notary = make(3);
  found(notary);
  const NewTerm good = certificate(kSecond, {});
  NewTerm bad = good;
  bad.votes.pop_back();
  expect_refused(notary.enter_term(bad, kScope, roster_), "N2");
  bad.votes.push_back(bad.votes[0]);  // a seat counts once
  expect_refused(notary.enter_term(bad, kScope, roster_), "N2");
  bad.votes[1] = vote(2, kFirst);  // for a term below
  expect_refused(notary.enter_term(bad, kScope, roster_), "N2");
  bad.votes[1] = vote(2, kSecond, {{1}, {2}});
  expect_refused(notary.enter_term(bad, kScope, roster_), "N2");
  bad.votes[1] = vote(4, kSecond);  // a stranger
  expect_refused(notary.enter_term(bad, kScope, roster_), "N2");
  bad = good;
  bad.votes[1].signature.bytes[0] ^= 1;
  expect_refused(notary.enter_term(bad, kScope, roster_), "N2");
  bad = good;
  bad.grants.pop_back();
  expect_refused(notary.enter_term(bad, kScope, roster_), "N2");
  bad.grants.push_back(bad.grants[0]);
  expect_refused(notary.enter_term(bad, kScope, roster_), "N2");
  bad.grants.clear();
  expect_refused(notary.enter_term(bad, kScope, roster_), "N2");
  bad = good;
  bad.votes[1] = vote(2, {7});  // wanting more includes wanting this
  EXPECT_TRUE(notary.enter_term(bad, kScope, roster_));
}

TEST_F(NotaryTest, N2OneVoidGrantSpoilsACertificate) {
  BootNotary notary = make(3);
  found(notary);
  const auto refuses = [&](const Grant& extra) {
    NewTerm bad = certificate(kSecond, {});
    bad.grants.push_back(extra);
    expect_refused(notary.enter_term(bad, kScope, roster_), "N2");
  };
  Grant forged = grant(3, kSecond, 1, {});
  forged.last.seq = {99};
  refuses(forged);
  refuses(grant(3, {3}, 1, {}));                  // of another term
  refuses(grant(3, kSecond, 2, {}));              // for another leader
  refuses(grant(3, kSecond, 1, {}, {{2}, {1}}));  // of another generation
  refuses(grant(3, kSecond, 1, {}, kScope, 2));   // of another boot
  refuses(grant(4, kSecond, 1, {}));              // of a stranger
  EXPECT_TRUE(notary.enter_term(certificate(kSecond, {}), kScope, roster_));
}

TEST_F(NotaryTest, N2FencedBootsMakeNoTerm) {
  BootNotary notary = make(3);
  found(notary);
  const Roster fenced({identity(1), identity(2, 2), identity(3)});
  expect_refused(notary.enter_term(certificate(kSecond, {}), kScope, fenced), "N2");
  const Roster keyless({identity(1), {{2}, {0}, {}}, identity(3)});
  expect_refused(notary.enter_term(certificate(kSecond, {}), kScope, keyless), "N2");
  expect_refused(notary.enter_term(certificate(kSecond, {}), kScope, Roster()), "N2");
}

TEST_F(NotaryTest, N2TermsOnlyRise) {
  BootNotary notary = make(3);
  found(notary);
  expect_refused(notary.enter_term(certificate(kSecond, {}), {{2}, {1}}, roster_), "N2");
  expect_refused(notary.enter_term(certificate(kFirst, {}), kScope, roster_), "N2");
  ASSERT_TRUE(notary.enter_term(certificate({3}, {}), kScope, roster_));
  expect_refused(notary.enter_term(certificate({3}, {}), kScope, roster_), "N2");
  expect_refused(notary.enter_term(certificate(kSecond, {}), kScope, roster_), "N2");
  ASSERT_TRUE(notary.grant({5}, {2}, key(2).address(), token({}, {5})));
  expect_refused(notary.enter_term(certificate({4}, {}), kScope, roster_), "N2");
  EXPECT_TRUE(notary.enter_term(certificate({5}, {}), kScope, roster_));
}

// --- N3, N4: grants ------------------------------------------------------------------------------

TEST_F(NotaryTest, N3AGrantStatesTheTrueLastAccepted) {
  BootNotary notary = make(2);
  found(notary);
  ASSERT_TRUE(take(notary, opening_));
  ASSERT_TRUE(notary.check_proposal(second_, proposed(second_)));
  const auto granted =  // `second_` is on disk, but was not accepted
      notary.grant(kSecond, {3}, key(3).address(), token(head(second_), kSecond));
  ASSERT_TRUE(granted);
  EXPECT_EQ(granted->last, head(opening_));
  EXPECT_EQ(granted->scope, kScope);
  EXPECT_EQ(granted->term, kSecond);
  EXPECT_EQ(granted->leader_seat, Seat{3});
  EXPECT_EQ(granted->leader_key, key(3).address());
  EXPECT_EQ(granted->seat, Seat{2});
  EXPECT_TRUE(speaks(signing_.grant(*granted), granted->signature, 2));
}

TEST_F(NotaryTest, N3AnAcceptedLogOutlivesATermThatAcceptedNothing) {
  BootNotary notary = make(2);
  found(notary);
  ASSERT_TRUE(take(notary, opening_));
  ASSERT_TRUE(notary.enter_term(certificate(kSecond, {}), kScope, roster_));
  const auto granted = notary.grant({3}, {3}, key(3).address(), token({}, {3}));
  ASSERT_TRUE(granted);
  EXPECT_EQ(granted->last, head(opening_));
}

TEST_F(NotaryTest, N3OneGrantForATerm) {
  BootNotary notary = make(2);
  found(notary);
  const DurabilityToken promised = token({}, {9});
  expect_refused(notary.grant(kFirst, {1}, key(1).address(), promised), "N3");
  ASSERT_TRUE(notary.grant({3}, {3}, key(3).address(), promised));
  expect_refused(notary.grant({3}, {3}, key(3).address(), promised), "N3");
  expect_refused(notary.grant({3}, {1}, key(1).address(), promised), "N3");
  expect_refused(notary.grant(kSecond, {1}, key(1).address(), promised), "N3");
  EXPECT_TRUE(notary.grant({4}, {1}, key(1).address(), promised));
}

TEST_F(NotaryTest, N3ThePromiseIsOnDiskFirst) {
  BootNotary notary = make(2);
  found(notary);
  expect_refused(notary.grant(kSecond, {3}, key(3).address(), token({}, kFirst)), "N3");
  EXPECT_TRUE(take(notary, opening_)) << "what was not granted binds nobody";
}

TEST_F(NotaryTest, N4NothingBelowAGrantIsAcceptedOrProposed) {
  BootNotary notary = make(2);
  found(notary);
  ASSERT_TRUE(take(notary, opening_));
  ASSERT_TRUE(notary.grant(kSecond, {3}, key(3).address(), token({}, kSecond)));
  expect_refused(take(notary, second_), "N4");
  BootNotary leader = make(1);
  found(leader);
  ASSERT_TRUE(leader.propose(opening_));
  ASSERT_TRUE(leader.grant(kSecond, {3}, key(3).address(), token({}, kSecond)));
  expect_refused(leader.propose(second_), "N4");
}

// --- N5: fenced ----------------------------------------------------------------------------------

TEST_F(NotaryTest, N5AHaltedBootSaysNothing) {
  BootNotary leader = make(1);
  found(leader);
  ASSERT_TRUE(leader.check_proposal(opening_, proposed(opening_)));
  leader.halt();
  EXPECT_TRUE(leader.halted());
  const DurabilityToken all = token(head(opening_), {9});
  expect_refused(leader.propose(opening_), "N5");
  expect_refused(leader.accept(std::vector{opening_}, all), "N5");
  expect_refused(leader.no_confidence(kSecond, {}), "N5");
  expect_refused(leader.grant(kSecond, {2}, key(2).address(), all), "N5");
  expect_refused(leader.enter_term(certificate(kSecond, {}), kScope, roster_), "N5");
  expect_refused(leader.enter_generation(record(2, {9}, {}), {}, roster_), "N5");
  expect_refused(leader.restart_report(kScope, {9}, head(opening_), false), "N5");
  expect_refused(leader.start_generation(record(2, {9}, {}), {}, {}, all), "N5");
  expect_refused(leader.report({{1}, kFirst, {1}, {1}, {}}, kFirst), "N5");
  BootNotary newcomer = make(3, 2);
  newcomer.halt();
  expect_refused(newcomer.enter_by_rejoin(kScope, {}, identity(1), roster_, token({})), "N5");
}

TEST_F(NotaryTest, N5ABootThatNobodyAdmittedSaysNothing) {
  BootNotary stranger = make(2);
  const DurabilityToken all = token({}, {9});
  EXPECT_FALSE(stranger.check_proposal(opening_, proposed(opening_)));
  expect_refused(stranger.propose(opening_), "N5");
  expect_refused(stranger.accept(std::vector{opening_}, all), "N5");
  expect_refused(stranger.no_confidence(kFirst, {}), "N5");
  expect_refused(stranger.grant(kSecond, {1}, key(1).address(), all), "N5");
  expect_refused(stranger.enter_term(certificate(kSecond, {}), kScope, roster_), "N5");
}

TEST_F(NotaryTest, N5AGenerationIsEnteredOnceByItsFounders) {
  BootNotary notary = make(2);
  const Roster without({identity(1), identity(2, 2), identity(3)});
  expect_refused(notary.enter_generation(record(1, kFirst, {}), {}, without), "N5");
  const LogHead elsewhere{{}, {4}, {}};
  expect_refused(notary.enter_generation(record(1, kFirst, {}), elsewhere, roster_), "N5");
  StartGeneration leaderless = record(1, kFirst, {});
  leaderless.leader_seat = {8};
  expect_refused(notary.enter_generation(leaderless, {}, roster_), "N5");
  ASSERT_TRUE(notary.enter_generation(record(1, kFirst, {}), {}, roster_));
  expect_refused(notary.enter_generation(record(1, kFirst, {}), {}, roster_), "N5");
  EXPECT_TRUE(notary.enter_generation(record(2, {4}, {}), {}, roster_));
  expect_refused(notary.enter_generation(record(1, {9}, {}), {}, roster_), "N5");
}

}  // namespace
}  // namespace dnc
