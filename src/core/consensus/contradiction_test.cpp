#include "core/consensus/contradiction.hpp"

#include <gtest/gtest.h>

#include <functional>

#include "core/consensus/limits.hpp"
#include "core/notary/curve_signer.hpp"

namespace dnc {
namespace {

PrivateKey key_of(std::uint8_t number) {
  Bytes scalar(32, 0);
  scalar.back() = number;
  return *PrivateKey::from_bytes(scalar);
}

Hash some_hash(std::uint8_t byte) {
  Hash hash;
  hash.bytes.fill(byte);
  return hash;
}

// Seat 2 in its fourth boot, and what it may sign.
class ContradictionTest : public testing::Test {
 protected:
  Proposal proposal(std::uint64_t term, std::uint64_t seq, std::uint8_t content,
                    BlockKind kind = BlockKind::kNormal) {
    Proposal made;
    made.header.generation = {1};
    made.header.config_nonce = {1};
    made.header.term = {term};
    made.header.seq = {seq};
    made.header.leader = signer_.seat;
    made.header.kind = kind;
    made.header.ops_root = some_hash(content);
    made.signature = key_.sign(signing_.propose(made.header));
    return made;
  }
  Accept accept(std::uint64_t term, std::uint64_t seq, std::uint8_t content) {
    return signed_by_boot(
        Accept{kScope, {term}, {seq}, some_hash(content), signer_.seat, signer_.epoch, {}});
  }
  Accept signed_by_boot(Accept made) {
    made.signature = key_.sign(signing_.accept(made));
    return made;
  }
  Grant grant(std::uint64_t term, const LogHead& last, std::uint64_t leader = 3) {
    return signed_by_boot(Grant{
        kScope, {term}, {leader}, key_of(9).address(), last, signer_.seat, signer_.epoch, {}});
  }
  Grant signed_by_boot(Grant made) {
    made.signature = key_.sign(signing_.grant(made));
    return made;
  }
  std::string verdict(const Contradiction& contradiction) {
    const Status judged = verify_contradiction(contradiction, signing_, judge_);
    return judged ? "holds" : judged.error().code;
  }
  // In either order, and with the rule that it names.
  void expect_holds(const Statement& first, const Statement& second, const std::string& rule) {
    EXPECT_EQ(verdict({signer_, first, second}), "holds");
    EXPECT_EQ(verdict({signer_, second, first}), "holds");
    const char* broken = broken_rule(first, second);
    EXPECT_EQ(std::string(broken == nullptr ? "" : broken).substr(0, 2), rule);
  }
  void expect_nothing(const Statement& first, const Statement& second) {
    EXPECT_EQ(verdict({signer_, first, second}), "no_contradiction");
    EXPECT_EQ(verdict({signer_, second, first}), "no_contradiction");
  }

  static constexpr Scope kScope{{1}, {1}};
  const PrivateKey key_ = key_of(7);
  const Identity signer_{{2}, {4}, key_.address()};
  const Eip712Domain domain_{31337, key_of(1).address()};
  const Signing signing_{domain_};
  const CurveVerifier judge_;
};

TEST_F(ContradictionTest, TwoBlocksInOnePlace) {
  expect_holds(proposal(3, 8, 1), proposal(3, 8, 2), "N1");
  expect_nothing(proposal(3, 8, 1), proposal(3, 8, 1));
  expect_nothing(proposal(3, 8, 1), proposal(3, 9, 2));
  expect_nothing(proposal(3, 8, 1), proposal(4, 8, 2));
}

TEST_F(ContradictionTest, ATermIsOpenedOnce) {
  expect_holds(proposal(3, 8, 1, BlockKind::kTermStart), proposal(3, 6, 1, BlockKind::kTermStart),
               "N1");
  expect_nothing(proposal(3, 8, 1, BlockKind::kTermStart), proposal(3, 9, 1));
}

TEST_F(ContradictionTest, TwoBlocksAcceptedInOnePlace) {
  expect_holds(accept(3, 8, 1), accept(3, 8, 2), "N2");
  expect_nothing(accept(3, 8, 1), accept(3, 8, 1));
  expect_nothing(accept(3, 8, 1), accept(3, 9, 2));
  expect_nothing(accept(3, 8, 1), accept(4, 8, 2));
}

TEST_F(ContradictionTest, ATermIsGrantedOnce) {
  const LogHead last{{3}, {8}, some_hash(1)};
  expect_holds(grant(5, last), grant(5, last, 1), "N3");
  expect_holds(grant(5, last), grant(5, {{3}, {9}, some_hash(2)}), "N3");
  expect_nothing(grant(5, last), grant(5, last));
  expect_nothing(grant(5, last), grant(6, last, 1));
}

TEST_F(ContradictionTest, AGrantStatesWhatWasAccepted) {
  const Accept accepted = accept(3, 8, 1);
  expect_holds(accepted, grant(4, {{3}, {7}, some_hash(1)}), "N3");
  expect_holds(accepted, grant(5, {{2}, {9}, some_hash(1)}), "N3");
  expect_holds(accepted, grant(4, {{3}, {8}, some_hash(2)}), "N3");
  expect_nothing(accepted, grant(4, {{3}, {8}, some_hash(1)}));
  expect_nothing(accepted, grant(5, {{3}, {9}, some_hash(2)}));
  expect_nothing(accepted, grant(5, {{4}, {6}, some_hash(2)}));
  expect_nothing(accepted, grant(3, {{2}, {6}, some_hash(2)}));
}

TEST_F(ContradictionTest, AnotherGenerationBeginsAnew) {
  Accept other = accept(3, 8, 2);
  other.scope.generation = {2};
  expect_nothing(accept(3, 8, 1), signed_by_boot(other));
  Grant later = grant(4, {{1}, {1}, some_hash(1)});
  later.scope.generation = {2};
  expect_nothing(accept(3, 8, 1), signed_by_boot(later));
}

TEST_F(ContradictionTest, ForgedOnesDoNotHold) {
  const Contradiction good{signer_, accept(3, 8, 1), accept(3, 8, 2)};
  ASSERT_EQ(verdict(good), "holds");
  const auto with = [&](const std::function<void(Contradiction&)>& forge) {
    Contradiction forged = good;
    forge(forged);
    return verdict(forged);
  };
  // What was signed is not what is shown.
  EXPECT_EQ(with([](Contradiction& c) { std::get<Accept>(c.second).block_hash = some_hash(3); }),
            "bad_signature");
  EXPECT_EQ(with([](Contradiction& c) { std::get<Accept>(c.first).scope.config_nonce = {2}; }),
            "bad_signature");
  EXPECT_EQ(with([](Contradiction& c) { std::get<Accept>(c.first).signature.bytes[3] ^= 1; }),
            "bad_signature");
  // The boot is another one's.
  EXPECT_EQ(with([](Contradiction& c) { c.signer.boot_key = key_of(8).address(); }),
            "bad_signature");
  EXPECT_EQ(with([](Contradiction& c) { c.signer.seat = {3}; }), "other_signer");
  EXPECT_EQ(with([](Contradiction& c) { c.signer.epoch = {5}; }), "other_signer");
  EXPECT_EQ(with([](Contradiction& c) { std::get<Accept>(c.second).seat = {3}; }), "other_signer");
  // It is said twice.
  EXPECT_EQ(with([](Contradiction& c) { c.second = c.first; }), "no_contradiction");
  // Nothing signed for one cluster is valid in another.
  const Signing elsewhere{Eip712Domain{31338, domain_.contract}};
  EXPECT_EQ(verify_contradiction(good, elsewhere, judge_).error().code, "bad_signature");
}

TEST_F(ContradictionTest, ABlockOfAnotherLeaderAccusesNobodyElse) {
  Proposal others = proposal(3, 8, 2);
  others.header.leader = {3};
  others.signature = key_.sign(signing_.propose(others.header));
  EXPECT_EQ(verdict({signer_, proposal(3, 8, 1), others}), "other_signer");
}

TEST_F(ContradictionTest, WhatWasStatedIsHeldAgainstTheSameBootOnly) {
  Statements stated;
  EXPECT_FALSE(stated.against(accept(3, 8, 2)));
  stated.note(accept(3, 8, 1));
  EXPECT_EQ(stated.against(accept(3, 8, 2)), Statement(accept(3, 8, 1)));
  EXPECT_TRUE(stated.against(grant(4, {{3}, {7}, {}})));
  Accept of_next_boot = accept(3, 8, 2);
  of_next_boot.epoch = {5};
  EXPECT_FALSE(stated.against(of_next_boot));
  Accept of_another_seat = accept(3, 8, 2);
  of_another_seat.seat = {3};
  EXPECT_FALSE(stated.against(of_another_seat));
}

TEST_F(ContradictionTest, WhatIsSaidAgainTakesNoRoom) {
  Statements stated;
  stated.note(accept(3, 1, 1));
  for (std::size_t i = 0; i < 2 * limits::kStatementsRemembered; ++i)
    stated.note(grant(9, {{8}, {8}, {}}));
  EXPECT_TRUE(stated.against(accept(3, 1, 2)));
  for (std::size_t i = 0; i < limits::kStatementsRemembered; ++i)
    stated.note(accept(9, 10 + i, 1));
  EXPECT_FALSE(stated.against(accept(3, 1, 2))) << "the oldest is forgotten";
}

TEST_F(ContradictionTest, AGrantIsHeldAgainstWhatCameBeforeAndWhatComesAfter) {
  Statements stated;
  stated.note(grant(9, {{3}, {7}, {}}));
  EXPECT_EQ(stated.against(accept(3, 8, 2)), Statement(grant(9, {{3}, {7}, {}})));
  EXPECT_FALSE(stated.against(accept(9, 8, 2))) << "of the granted term";
  EXPECT_EQ(stated.against(grant(9, {{3}, {8}, {}})), Statement(grant(9, {{3}, {7}, {}})));
  Accept of_another_generation = accept(3, 8, 2);
  of_another_generation.scope.generation = {77};
  EXPECT_FALSE(stated.against(of_another_generation));
}

}  // namespace
}  // namespace dnc
