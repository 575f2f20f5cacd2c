// A notary among three founders, and the statements of the others, with real keys.
#pragma once

#include <gtest/gtest.h>

#include "core/consensus/codec.hpp"
#include "core/notary/boot_notary.hpp"
#include "core/notary/curve_signer.hpp"

namespace dnc {

// Three founders in generation 1, term 1, led by seat 1; what is tested is mostly seat 2. Only this
// class and the pump can make durability tokens.
class NotaryTest : public ::testing::Test {
 protected:
  static constexpr Scope kScope{{1}, {1}};
  static constexpr Term kFirst{1};
  static constexpr Term kSecond{2};

  static PrivateKey key(std::uint64_t seat, std::uint64_t epoch = 1) {
    Bytes secret(32, 0x11);
    secret[0] = static_cast<std::uint8_t>(seat);
    secret[31] = static_cast<std::uint8_t>(epoch);
    return PrivateKey::from_bytes(secret).value();
  }
  static Identity identity(std::uint64_t seat, std::uint64_t epoch = 1) {
    return {{seat}, {epoch}, key(seat, epoch).address()};
  }
  static DurabilityToken token(const LogHead& head, Term promised = {}) {
    return DurabilityToken({head, promised});
  }
  static LogHead head(const BlockHeader& header) { return head_of(header); }
  static BlockHeader after(const LogHead& previous, Term term, std::uint64_t leader,
                           BlockKind kind) {
    BlockHeader header;
    header.generation = kScope.generation;
    header.config_nonce = kScope.config_nonce;
    header.term = term;
    header.seq = previous.seq.next();
    header.leader = {leader};
    header.kind = kind;
    header.prev_hash = previous.hash;
    return header;
  }
  static BlockHeader changed(BlockHeader header) {
    header.ops_root.bytes[0] ^= 1;
    return header;
  }

  BootNotary make(std::uint64_t seat, std::uint64_t epoch = 1) const {
    return {identity(seat, epoch), std::make_unique<CurveSigner>(key(seat, epoch)), verifier_,
            signing_};
  }
  StartGeneration record(std::uint64_t generation, Term term, const LogHead& last) const {
    return {
        {generation}, term, {1}, {1}, last.seq, last.hash, {{{1}, {1}}, {{2}, {1}}, {{3}, {1}}}};
  }
  void found(BootNotary& notary) const {
    EXPECT_TRUE(notary.enter_generation(record(1, kFirst, {}), {}, roster_));
  }

  Signature proposed(const BlockHeader& header) const {
    return key(header.leader.value).sign(signing_.propose(header));
  }
  // The leader's block comes, is written, is accepted.
  Result<Accept> take(BootNotary& notary, const BlockHeader& header) const {
    EXPECT_TRUE(notary.check_proposal(header, proposed(header)));
    return notary.accept(std::vector{header}, token(head(header)));
  }
  NoConfidence vote(std::uint64_t seat, Term to_term, const Scope& scope = kScope) const {
    NoConfidence made{scope, to_term, {}, {seat}, {1}, {}};
    made.signature = key(seat).sign(signing_.no_confidence(made));
    return made;
  }
  Grant grant(std::uint64_t seat, Term term, std::uint64_t leader, const LogHead& last,
              const Scope& scope = kScope, std::uint64_t epoch = 1) const {
    Grant made{scope, term, {leader}, key(leader).address(), last, {seat}, {epoch}, {}};
    made.signature = key(seat, epoch).sign(signing_.grant(made));
    return made;
  }
  // By seats 1 and 2, for seat 1.
  NewTerm certificate(Term term, const LogHead& last) const {
    return {
        term, {vote(1, term), vote(2, term)}, {grant(1, term, 1, last), grant(2, term, 1, last)}};
  }

  template <class T>
  static void expect_refused(const Result<T>& result, const std::string& rule) {
    ASSERT_FALSE(result) << "should break " << rule;
    EXPECT_EQ(result.error().code, rule) << result.error().message;
    EXPECT_EQ(result.error().message.find(rule + ": "), 0U) << result.error().message;
  }
  bool speaks(const Hash& digest, const Signature& signature, std::uint64_t seat) const {
    return verifier_.verify(digest, signature, key(seat).address());
  }

  const CurveVerifier verifier_;
  const Signing signing_{Eip712Domain{31337, {}}};
  const Roster roster_{{identity(1), identity(2), identity(3)}};
  const BlockHeader opening_ = after({}, kFirst, 1, BlockKind::kRestart);
  const BlockHeader second_ = after(head(opening_), kFirst, 1, BlockKind::kNormal);
  const BlockHeader third_ = after(head(second_), kFirst, 1, BlockKind::kNormal);
};

}  // namespace dnc
