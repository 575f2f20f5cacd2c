// Rules N6-N10 of docs/protocol.md section 5, and how a rebooted seat is admitted.
#include "core/notary/notary_test.hpp"

namespace dnc {
namespace {

// --- N6: votes -----------------------------------------------------------------------------------

TEST_F(NotaryTest, N6AVoteReachesNTermsAboveTheLastRealOne) {
  BootNotary notary = make(2);
  found(notary);
  expect_refused(notary.no_confidence({5}, {}), "N6");
  const auto vote = notary.no_confidence({4}, {7});
  ASSERT_TRUE(vote);
  EXPECT_EQ(vote->scope, kScope);
  EXPECT_EQ(vote->to_term, Term{4});
  EXPECT_EQ(vote->seen_seq, SeqNo{7});
  EXPECT_EQ(vote->seat, Seat{2});
  EXPECT_TRUE(speaks(signing_.no_confidence(*vote), vote->signature, 2));
}

TEST_F(NotaryTest, N6TheBoundRisesOnlyWithRealTerms) {
  BootNotary notary = make(2);
  found(notary);
  ASSERT_TRUE(notary.no_confidence({4}, {}));
  expect_refused(notary.no_confidence({5}, {}), "N6");  // one's own votes make no term real
  ASSERT_TRUE(notary.grant({4}, {3}, key(3).address(), token({}, {4})));
  expect_refused(notary.no_confidence({5}, {}), "N6");  // nor does a promise
  notary.note_term({2});
  EXPECT_TRUE(notary.no_confidence({5}, {}));
  notary.note_term({1});
  EXPECT_TRUE(notary.no_confidence({5}, {})) << "the bound never falls";
  expect_refused(notary.no_confidence({6}, {}), "N6");
  ASSERT_TRUE(notary.enter_term(certificate({4}, {}), kScope, roster_));
  EXPECT_TRUE(notary.no_confidence({7}, {}));
  expect_refused(notary.no_confidence({8}, {}), "N6");
}

TEST_F(NotaryTest, N6VotesOnlyRise) {
  BootNotary notary = make(2);
  found(notary);
  ASSERT_TRUE(notary.no_confidence({3}, {5}));
  expect_refused(notary.no_confidence({2}, {9}), "N6");
  expect_refused(notary.no_confidence({3}, {4}), "N6");
  EXPECT_TRUE(notary.no_confidence({3}, {5})) << "to say it again is harmless";
  EXPECT_TRUE(notary.no_confidence({3}, {6}));
  EXPECT_TRUE(notary.no_confidence({4}, {1}));
}

TEST_F(NotaryTest, N6AVoteDoesNotStopTheVoter) {
  BootNotary notary = make(2);
  found(notary);
  ASSERT_TRUE(notary.no_confidence(kSecond, {}));
  EXPECT_TRUE(take(notary, opening_));
}

// --- N8: restart reports -------------------------------------------------------------------------

TEST_F(NotaryTest, N8AReportSaysWhatItIsToldAndIsSigned) {
  BootNotary notary = make(2);  // a rebooted seat: it knows its disk, not what it signed
  const LogHead last{kFirst, {4}, {}};
  const auto report = notary.restart_report(kScope, {3}, last, true);
  ASSERT_TRUE(report);
  EXPECT_EQ(report->scope, kScope);
  EXPECT_EQ(report->promised_term, Term{3});
  EXPECT_EQ(report->last, last);
  EXPECT_TRUE(report->blank);
  EXPECT_TRUE(speaks(signing_.restart_report(*report), report->signature, 2));
}

TEST_F(NotaryTest, N8SilentAfterAReport) {
  BootNotary notary = make(1);
  found(notary);
  ASSERT_TRUE(notary.propose(opening_));
  ASSERT_TRUE(notary.restart_report(kScope, kFirst, {}, false));
  const DurabilityToken all = token(head(opening_), {9});
  expect_refused(notary.propose(second_), "N8");
  expect_refused(notary.accept(std::vector{opening_}, all), "N8");
  expect_refused(notary.no_confidence(kSecond, {}), "N8");
  expect_refused(notary.grant(kSecond, {2}, key(2).address(), all), "N8");
  expect_refused(notary.enter_term(certificate(kSecond, {}), kScope, roster_), "N8");
  expect_refused(notary.report({{1}, kFirst, {1}, {1}, {}}, kFirst), "N8");
}

TEST_F(NotaryTest, N8OneReportForAGeneration) {
  BootNotary notary = make(2);
  found(notary);
  ASSERT_TRUE(notary.restart_report(kScope, kFirst, {}, false));
  expect_refused(notary.restart_report(kScope, {2}, {}, false), "N8");
  expect_refused(notary.restart_report({{0}, {1}}, {2}, {}, false), "N8");
}

TEST_F(NotaryTest, N8AReportStatesNoLessThanWasSigned) {
  BootNotary notary = make(2);
  found(notary);
  ASSERT_TRUE(take(notary, opening_));
  ASSERT_TRUE(notary.grant(kSecond, {3}, key(3).address(), token({}, kSecond)));
  expect_refused(notary.restart_report(kScope, kFirst, head(opening_), false), "N8");
  expect_refused(notary.restart_report(kScope, kSecond, {}, false), "N8");
  expect_refused(notary.restart_report({{0}, {1}}, kSecond, head(opening_), false), "N8");
  EXPECT_TRUE(notary.restart_report(kScope, kSecond, head(opening_), false));
}

TEST_F(NotaryTest, N8AnAdmittedBootReportsNoBlankDiskNoForkAndNoOtherGeneration) {
  BootNotary notary = make(2);
  found(notary);
  ASSERT_TRUE(take(notary, opening_));
  LogHead fork = head(opening_);
  fork.hash.bytes[0] ^= 1;
  expect_refused(notary.restart_report(kScope, kFirst, head(opening_), true), "N8");
  expect_refused(notary.restart_report(kScope, kFirst, fork, false), "N8");
  expect_refused(notary.restart_report({{9}, {7}}, kFirst, head(opening_), false), "N8");
}

TEST_F(NotaryTest, N8AFounderOfTheNextGenerationSpeaksAgain) {
  BootNotary notary = make(2);
  found(notary);
  ASSERT_TRUE(take(notary, opening_));
  ASSERT_TRUE(notary.restart_report(kScope, kFirst, head(opening_), false));
  const LogHead last = head(opening_);
  ASSERT_TRUE(notary.enter_generation(record(2, kSecond, last), last, roster_));
  BlockHeader restart = after(last, kSecond, 1, BlockKind::kRestart);
  expect_refused(take(notary, restart), "N2");  // of the generation that ended
  restart.generation = {2};
  EXPECT_TRUE(take(notary, restart));
}

// --- N9: the next generation ---------------------------------------------------------------------

class N9Test : public NotaryTest {
 protected:
  void SetUp() override {
    reports_.push_back(*notary_.restart_report(kScope, {4}, last_, false));
    RestartReport other = reports_[0];
    other.seat = {3};
    other.promised_term = {6};
    reports_.push_back(other);
  }
  // Seat 2 among the founders, the log at `last_`.
  StartGeneration start(Term term) const { return record(2, term, last_); }

  BootNotary notary_ = make(2);
  const LogHead last_{{3}, {8}, {}};
  std::vector<RestartReport> reports_;
};

TEST_F(N9Test, N9OnlyTheLogThatFollowsFromTheReports) {
  reports_[1].last.seq = {20};
  expect_refused(notary_.start_generation(start({7}), reports_, {}, token(last_)), "N9");
}

TEST_F(N9Test, N9OnlyWithTheChosenLogOnDisk) {
  LogHead other = last_;
  other.hash.bytes[0] = 9;
  expect_refused(notary_.start_generation(start({7}), reports_, {}, token(other)), "N9");
  // What lies beyond the chosen head must link to it.
  BlockHeader next;
  next.term = {3};
  next.seq = last_.seq.next();
  next.prev_hash = last_.hash;
  const LogHead longer = head_of(next);
  EXPECT_TRUE(notary_.start_generation(start({7}), reports_, std::vector{next}, token(longer)));
  next.prev_hash = other.hash;
  const LogHead forked = head_of(next);
  expect_refused(notary_.start_generation(start({7}), reports_, std::vector{next}, token(forked)),
                 "N9");
}

TEST_F(N9Test, N9OnlyWithTheReportThatItSigned) {
  reports_[0].promised_term = {0};
  expect_refused(notary_.start_generation(start({7}), reports_, {}, token(last_)), "N9");
}

TEST_F(N9Test, N9TheTermIsAboveEveryReportedTerm) {
  reports_[1].blank = true;
  reports_[1].last.term = {7};
  expect_refused(notary_.start_generation(start({7}), reports_, {}, token(last_)), "N9");
}

TEST_F(N9Test, AFounderSignsAboveAllPromises) {
  const auto signature = notary_.start_generation(start({7}), reports_, {}, token(last_));
  ASSERT_TRUE(signature);
  EXPECT_TRUE(speaks(signing_.start_generation(start({7})), *signature, 2));
  expect_refused(notary_.start_generation(start({6}), reports_, {}, token(last_)), "N9");
  reports_[1].last.term = {9};
  expect_refused(notary_.start_generation(start({7}), reports_, {}, token(last_)), "N9");
}

TEST_F(N9Test, OnlyAfterItsOwnReport) {
  BootNotary silent = make(2);
  expect_refused(silent.start_generation(start({7}), reports_, {}, token(last_)), "N9");
  BootNotary late = make(2);
  ASSERT_TRUE(late.restart_report({{2}, {1}}, {4}, last_, false));
  expect_refused(late.start_generation(start({7}), reports_, {}, token(last_)), "N9");
}

TEST_F(N9Test, OnlyAmongReportsAndFounders) {
  const std::vector others{reports_[1]};
  expect_refused(notary_.start_generation(start({7}), others, {}, token(last_)), "N9");
  reports_[0].epoch = {9};
  expect_refused(notary_.start_generation(start({7}), reports_, {}, token(last_)), "N9");
  reports_[0].epoch = {1};
  StartGeneration without = start({7});
  without.founders.erase(without.founders.begin() + 1);
  expect_refused(notary_.start_generation(without, reports_, {}, token(last_)), "N9");
  without = start({7});
  without.founders[1].epoch = {2};
  expect_refused(notary_.start_generation(without, reports_, {}, token(last_)), "N9");
}

TEST_F(N9Test, OnlyWithTheChosenLogOnDisk) {
  const LogHead shorter{{3}, {7}, {}};
  expect_refused(notary_.start_generation(start({7}), reports_, {}, token(shorter)), "N9");
}

TEST_F(N9Test, NeverOnceItEntered) {
  ASSERT_TRUE(notary_.enter_generation(start({7}), last_, roster_));
  expect_refused(notary_.start_generation(start({8}), reports_, {}, token(last_)), "N9");
}

// --- N10: what the contract is told --------------------------------------------------------------

TEST_F(NotaryTest, N10ReportsOnlyOfACommittedTerm) {
  BootNotary notary = make(2);
  found(notary);
  Report report{{1}, kFirst, {1}, {1}, {{1}, {2}, {3}}};
  const auto signature = notary.report(report, kFirst);
  ASSERT_TRUE(signature);
  EXPECT_TRUE(speaks(signing_.report(report), *signature, 2));
  expect_refused(notary.report(report, {}), "N10");
  expect_refused(notary.report(report, kSecond), "N10");
  report.generation = {2};
  expect_refused(notary.report(report, kFirst), "N10");
}

// --- A rebooted seat -----------------------------------------------------------------------------

TEST_F(NotaryTest, ARebootedSeatIsAdmittedWithTheLogOnDisk) {
  BootNotary notary = make(2, 2);
  const LogHead committed = head(second_);
  expect_refused(
      notary.enter_by_rejoin(kScope, committed, identity(1), roster_, token(head(opening_))), "N2");
  EXPECT_FALSE(notary.no_confidence(kSecond, {})) << "not admitted yet";
  ASSERT_TRUE(notary.enter_by_rejoin(kScope, committed, identity(1), roster_, token(committed)));
  const auto accept = take(notary, third_);
  ASSERT_TRUE(accept);
  EXPECT_EQ(accept->epoch, Epoch{2});
  EXPECT_EQ(accept->seq, SeqNo{3});
}

TEST_F(NotaryTest, ARebootedSeatJoinsInTheMiddleOfATerm) {
  BootNotary notary = make(2, 2);
  const LogHead committed = head(second_);
  ASSERT_TRUE(notary.enter_by_rejoin(kScope, committed, identity(1), roster_, token(committed)));
  expect_refused(take(notary, after(committed, kFirst, 1, BlockKind::kTermStart)), "N2");
  expect_refused(take(notary, second_), "N2");  // its earlier boot may have accepted another
  expect_refused(notary.enter_term(certificate(kFirst, {}), kScope, roster_), "N2");
  expect_refused(notary.no_confidence({5}, {}), "N6");
  EXPECT_TRUE(notary.no_confidence({4}, {}));
  const auto granted = notary.grant(kSecond, {3}, key(3).address(), token({}, kSecond));
  ASSERT_TRUE(granted);
  EXPECT_EQ(granted->last, committed);
}

TEST_F(NotaryTest, ASeatIsAdmittedOnce) {
  const LogHead committed = head(second_);
  BootNotary notary = make(2);
  found(notary);
  expect_refused(notary.enter_by_rejoin(kScope, committed, identity(1), roster_, token(committed)),
                 "N5");
  BootNotary rebooted = make(2, 2);
  ASSERT_TRUE(rebooted.enter_by_rejoin(kScope, committed, identity(1), roster_, token(committed)));
  expect_refused(
      rebooted.enter_by_rejoin(kScope, committed, identity(1), roster_, token(committed)), "N5");
}

TEST_F(NotaryTest, N8WhoReportedIsNotAdmittedToThatGeneration) {
  const LogHead committed = head(second_);
  BootNotary notary = make(2, 2);
  ASSERT_TRUE(notary.restart_report(kScope, kFirst, committed, false));
  expect_refused(notary.enter_by_rejoin(kScope, committed, identity(1), roster_, token(committed)),
                 "N8");
  EXPECT_TRUE(
      notary.enter_by_rejoin({{2}, {1}}, committed, identity(1), roster_, token(committed)));
}

// --- The boot key itself -------------------------------------------------------------------------

TEST_F(NotaryTest, TheKeyIsTheOneOfItsIdentity) {
  EXPECT_DEATH(BootNotary(identity(1), std::make_unique<CurveSigner>(key(2)), verifier_, signing_),
               "check failed");
}

TEST_F(NotaryTest, VouchesForItsTransportKey) {
  BootNotary notary = make(2, 3);
  Hash key_hash;
  key_hash.bytes[3] = 9;
  EXPECT_TRUE(verifier_.verify(signing_.transport_key(key_hash, identity(2, 3)),
                               notary.transport_key(key_hash), key(2, 3).address()));
}

TEST_F(NotaryTest, AnswersANonceEvenWhenItIsSilent) {
  BootNotary notary = make(2, 3);
  notary.halt();
  Hash nonce;
  nonce.bytes[3] = 9;
  EXPECT_TRUE(verifier_.verify(signing_.attestation(nonce, identity(2, 3)),
                               notary.attestation(nonce), key(2, 3).address()));
}

TEST_F(NotaryTest, TheCurveJudgesSignatures) {
  const Hash digest = signing_.propose(opening_);
  const Signature good = key(1).sign(digest);
  EXPECT_TRUE(verifier_.verify(digest, good, key(1).address()));
  EXPECT_FALSE(verifier_.verify(digest, good, key(2).address()));
  EXPECT_FALSE(verifier_.verify(signing_.propose(second_), good, key(1).address()));
  EXPECT_FALSE(verifier_.verify(digest, Signature{}, key(1).address()));
}

}  // namespace
}  // namespace dnc
