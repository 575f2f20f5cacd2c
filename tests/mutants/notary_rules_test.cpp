// The notary alone, against a caller that asks for what it must not sign. One test for each rule
// that a mutant breaks.
#include <gtest/gtest.h>

#include "core/consensus/codec.hpp"
#include "core/notary/boot_notary.hpp"
#include "sim/keyed_hash.hpp"

namespace dnc {

// Named as durability.hpp names its friend: only here is a token made without a disk.
class NotaryTest : public ::testing::Test {
 protected:
  NotaryTest() : signing_(Eip712Domain{}) {
    for (std::uint64_t seat = 1; seat <= 3; ++seat) {
      signers_.push_back(verifier_.make_signer(secret(seat, 1)));
      seats_.push_back({{seat}, {1}, signers_.back()->address()});
    }
    notary_ = std::make_unique<BootNotary>(seats_[0], verifier_.make_signer(secret(1, 1)),
                                           verifier_, signing_);
    StartGeneration record;
    record.generation = {1};
    record.term = {1};
    record.config_nonce = {1};
    record.leader_seat = {1};
    EXPECT_TRUE(notary_->enter_generation(record, {}, Roster(seats_)));
  }

  static Hash secret(std::uint64_t seat, std::uint64_t epoch) {
    Hash secret;
    secret.bytes[0] = static_cast<std::uint8_t>(seat);
    secret.bytes[1] = static_cast<std::uint8_t>(epoch);
    return secret;
  }
  static DurabilityToken token(const LogHead& head, Term promised = {}) {
    return DurabilityToken({head, promised});
  }

  static BlockHeader first_block(std::uint64_t time = 0) {
    BlockHeader header;
    header.generation = {1};
    header.config_nonce = {1};
    header.term = {1};
    header.seq = {1};
    header.leader = {1};
    header.kind = BlockKind::kRestart;
    header.leader_time_ms = time;
    return header;
  }

  NoConfidence vote_of(std::size_t index, Term term) {
    NoConfidence vote{scope_, term, {}, seats_[index].seat, seats_[index].epoch, {}};
    vote.signature = signers_[index]->sign(signing_.no_confidence(vote));
    return vote;
  }
  Grant grant_of(std::size_t index, Term term, Seat leader) {
    Grant grant{scope_,
                term,
                leader,
                seats_[leader.value - 1].boot_key,
                {},
                seats_[index].seat,
                seats_[index].epoch,
                {}};
    grant.signature = signers_[index]->sign(signing_.grant(grant));
    return grant;
  }

  const Scope scope_{{1}, {1}};
  KeyedHashVerifier verifier_;
  Signing signing_;
  std::vector<std::unique_ptr<Signer>> signers_;
  std::vector<Identity> seats_;
  std::unique_ptr<BootNotary> notary_;
};

using NotaryRules = NotaryTest;

TEST_F(NotaryRules, OneBlockForOnePlace) {
  ASSERT_TRUE(notary_->propose(first_block(1)));
  EXPECT_FALSE(notary_->propose(first_block(2))) << "two blocks for one (term, seq)";
}

TEST_F(NotaryRules, OnlyWhatTheLeaderSignedIsAccepted) {
  const BlockHeader header = first_block();
  EXPECT_FALSE(notary_->accept(std::vector{header}, token(head_of(header))));
}

TEST_F(NotaryRules, OnlyWhatIsOnDiskIsAccepted) {
  const BlockHeader header = first_block();
  ASSERT_TRUE(notary_->propose(header));
  EXPECT_FALSE(notary_->accept(std::vector{header}, token({})));
  EXPECT_TRUE(notary_->accept(std::vector{header}, token(head_of(header))));
}

TEST_F(NotaryRules, NothingBelowAGrantIsAccepted) {
  const BlockHeader header = first_block();
  ASSERT_TRUE(notary_->propose(header));
  ASSERT_TRUE(notary_->grant({2}, {2}, seats_[1].boot_key, token({}, {2})));
  EXPECT_FALSE(notary_->accept(std::vector{header}, token(head_of(header))))
      << "an ACCEPT of term 1 after the GRANT of term 2";
  EXPECT_FALSE(notary_->propose(first_block(2)));
}

TEST_F(NotaryRules, NoGrantBeforeThePromiseIsOnDisk) {
  EXPECT_FALSE(notary_->grant({2}, {2}, seats_[1].boot_key, token({}, {1})));
  EXPECT_TRUE(notary_->grant({2}, {2}, seats_[1].boot_key, token({}, {2})));
  EXPECT_FALSE(notary_->grant({2}, {3}, seats_[2].boot_key, token({}, {2}))) << "granted twice";
}

TEST_F(NotaryRules, AGrantOfAFencedBootIsVoid) {
  NewTerm certificate{{2}, {vote_of(1, {2}), vote_of(2, {2})}, {}};
  certificate.grants = {grant_of(1, {2}, {2}), grant_of(2, {2}, {2})};
  // Seat 3 was admitted again since, with another boot: its old grant says nothing any more.
  Roster now(seats_);
  now.set({{3}, {2}, verifier_.make_signer(secret(3, 2))->address()});
  EXPECT_FALSE(notary_->enter_term(certificate, scope_, now)) << "grants of a fenced epoch counted";
  certificate.votes = {vote_of(0, {2}), vote_of(1, {2})};
  EXPECT_FALSE(notary_->enter_term(certificate, scope_, now)) << "grants of a fenced epoch counted";
  certificate.grants = {grant_of(0, {2}, {2}), grant_of(1, {2}, {2})};
  EXPECT_TRUE(notary_->enter_term(certificate, scope_, now));
}

TEST_F(NotaryRules, AMinorityMakesNoTerm) {
  NewTerm certificate{{2}, {vote_of(1, {2})}, {grant_of(1, {2}, {2}), grant_of(2, {2}, {2})}};
  EXPECT_FALSE(notary_->enter_term(certificate, scope_, Roster(seats_)));
  certificate.votes.push_back(certificate.votes.front());
  EXPECT_FALSE(notary_->enter_term(certificate, scope_, Roster(seats_))) << "one voter twice";
  certificate.votes.back() = vote_of(2, {2});
  certificate.grants.pop_back();
  EXPECT_FALSE(notary_->enter_term(certificate, scope_, Roster(seats_)));
  certificate.grants.push_back(grant_of(2, {2}, {2}));
  EXPECT_TRUE(notary_->enter_term(certificate, scope_, Roster(seats_)));
}

TEST_F(NotaryRules, AHaltedOrReportedBootIsSilent) {
  ASSERT_TRUE(notary_->restart_report(scope_, {1}, {}, false));
  EXPECT_FALSE(notary_->propose(first_block()));
  EXPECT_FALSE(notary_->no_confidence({2}, {}));
  EXPECT_FALSE(notary_->grant({2}, {2}, seats_[1].boot_key, token({}, {2})));
  notary_->halt();
  EXPECT_FALSE(notary_->restart_report({{2}, {1}}, {1}, {}, false));
}

}  // namespace dnc
