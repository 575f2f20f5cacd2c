// A node that passes, and each forgery at the link that it breaks.
#include "ctl/node_links.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "core/base/hex.hpp"
#include "core/crypto/sha256.hpp"
#include "io/base/file.hpp"
#include "io/dstack/app_keys.hpp"
#include "io/dstack/tdx_test_kit.hpp"

namespace dnc::ctl {
namespace {

PrivateKey key(std::uint8_t byte) {
  return *PrivateKey::from_bytes(Bytes(32, byte));
}

template <class Fixed>
Fixed filled(std::uint8_t byte) {
  Fixed value;
  value.bytes.fill(byte);
  return value;
}

const PrivateKey kRoot = key(9);
const PrivateKey kBootKey = key(8);
const Hash kNonce = filled<Hash>(0xa5);
const Hash kCompose = sha256(as_bytes("compose"));

struct Vector {
  Eip712Domain domain;
  ReceiptFile receipt;
  KeyHistory keys;
};

// The first receipt of tests/vectors that holds, and what it is judged by.
Vector receipt_vector() {
  const auto text = read_file(DNC_SOURCE_DIR "/tests/vectors/receipt.json", 8u << 20);
  const Json all = *parse_json(*text);
  Vector out;
  out.keys = parse_key_history(all["history"].dump())->history;
  out.receipt = *parse_receipt(all["cases"][0]["receipt"].dump());
  out.domain = out.receipt.domain;
  return out;
}

KmsProof proof_of(const PrivateKey& root, const Address& app, const Hash& digest) {
  const AppKeys app_keys = *issue_app_keys(root, app);
  const PrivateKey derived = *derive_path_key(app_keys.app_key, kJoinKeyPath);
  const Hash claim = claim_digest(kJoinKeyPurpose, derived.public_key());
  return *make_kms_proof(digest, {derived, app_keys.app_key.sign(claim), app_keys.kms_signature},
                         app, {});
}

class NodeLinks : public testing::Test {
 protected:
  NodeLinks() {
    const Vector vector = receipt_vector();
    evidence_.nonce = kNonce;
    evidence_.simulated_allowed = true;
    evidence_.domain = vector.domain;
    evidence_.receipt = vector.receipt;
    evidence_.keys = vector.keys;
    Attestation answer;
    answer.domain = vector.domain;
    answer.identity = {{2}, {5}, kBootKey.address()};
    answer.nonce = kNonce;
    answer.app_id = vector.domain.contract;
    answer.instance_id = filled<Address>(0x33);
    answer.compose_hash = kCompose;
    answer.quote.event_log = "[]";
    answer.quote.vm_config = R"({"simulated":true})";
    evidence_.answer = answer;
    sign(kBootKey, kRoot);
    quote(kCompose);
    ContractWord word;
    word.kms_root = kRoot.address();
    word.compose_allowed = true;
    word.run_by_its_operator = true;
    word.seat.emplace();
    word.seat->identity = answer.identity;
    word.seat->instance = answer.instance_id;
    word.seat->active = true;
    evidence_.contract = word;
  }

  Attestation& answer() { return *evidence_.answer; }
  ContractWord& word() { return *evidence_.contract; }

  // What a machine signs that has these keys.
  void sign(const PrivateKey& boot_key, const PrivateKey& root) {
    const Hash digest = digest_of(answer());
    answer().signature = boot_key.sign(digest);
    answer().kms = proof_of(root, answer().domain.contract, digest);
  }
  void quote(const Hash& compose) {
    test::QuoteText text;
    text.report_data = report_data_of(digest_of(answer()));
    text.mr_config_id = test::config_id_of(compose);
    answer().quote.quote = test::unsigned_quote(text);
  }

  // Passes up to this link, refuses there, and judges none behind it.
  void expect_broken(const std::string& link, const std::string& cause) {
    const Report report = judge_node(evidence_);
    bool before = true;
    ASSERT_EQ(report.size(), 6u);
    for (const Finding& finding : report) {
      if (finding.gate == link) {
        before = false;
        EXPECT_EQ(finding.verdict, Verdict::refused) << as_table(report);
        EXPECT_NE(finding.cause.find(cause), std::string::npos) << finding.cause;
        EXPECT_FALSE(finding.next.empty());
      } else if (before) {
        EXPECT_TRUE(finding.verdict == Verdict::ok || finding.verdict == Verdict::warn)
            << as_table(report);
      } else {
        EXPECT_EQ(finding.verdict, Verdict::unknown) << as_table(report);
        EXPECT_EQ(finding.cause, "not judged: see " + link);
      }
    }
    EXPECT_EQ(exit_code_of(report), kRefused);
  }
  std::vector<Verdict> verdicts() {
    std::vector<Verdict> all;
    for (const Finding& finding : judge_node(evidence_))
      all.push_back(finding.verdict);
    return all;
  }

  NodeEvidence evidence_;
};

TEST_F(NodeLinks, AnHonestNodePassesEveryLinkAndTheSimulationIsSaid) {
  const Report report = judge_node(evidence_);
  ASSERT_EQ(report.size(), 6u) << as_table(report);
  EXPECT_EQ(report[0].verdict, Verdict::warn) << as_table(report);
  EXPECT_NE(report[0].cause.find("simulated"), std::string::npos);
  for (std::size_t i = 1; i < report.size(); ++i)
    EXPECT_EQ(report[i].verdict, Verdict::ok) << as_table(report);
  EXPECT_EQ(exit_code_of(report), kOk);
}

TEST_F(NodeLinks, ASimulatedQuoteIsRefusedWhereItIsNotAllowed) {
  evidence_.simulated_allowed = false;
  expect_broken("quote", "simulated");
  answer().quote.vm_config = "{}";
  expect_broken("quote", "simulated");
}

// --- (a) an old answer ---------------------------------------------------------------------------

TEST_F(NodeLinks, AReplayedAnswerBreaksTheQuote) {
  evidence_.nonce = filled<Hash>(0x5a);
  expect_broken("quote", "another nonce");
}

TEST_F(NodeLinks, AReplayedQuoteUnderAFreshStatementBreaksTheQuote) {
  const Bytes old = answer().quote.quote;
  evidence_.nonce = answer().nonce = filled<Hash>(0x5a);
  sign(kBootKey, kRoot);
  answer().quote.quote = old;
  expect_broken("quote", "not made for my nonce");
}

// --- (b) another machine's quote -----------------------------------------------------------------

TEST_F(NodeLinks, AnotherMachinesQuoteBreaksTheQuote) {
  const Bytes its = answer().quote.quote;
  answer().identity.boot_key = key(7).address();
  sign(key(7), kRoot);
  answer().quote.quote = its;
  expect_broken("quote", "another machine's");
}

TEST_F(NodeLinks, AStatementThatTheBootKeyDidNotSignBreaksTheQuote) {
  sign(key(7), kRoot);
  expect_broken("quote", "boot key that it names has not signed");
}

TEST_F(NodeLinks, WhatIsNoQuoteBreaksTheQuote) {
  answer().quote.quote.resize(100);
  expect_broken("quote", "cut off");
}

TEST_F(NodeLinks, AQuoteThatNoIntelKeySignedBreaksTheQuote) {
  answer().quote.vm_config = "{}";
  answer().quote.quote[640] = 1;  // in the signature
  expect_broken("quote", "certifies");
}

// --- (c) foreign keys ----------------------------------------------------------------------------

TEST_F(NodeLinks, AForeignKmsRootBreaksTheKms) {
  sign(kBootKey, key(6));
  expect_broken("kms", "expected root " + to_hex0x(kRoot.address()));
}

TEST_F(NodeLinks, AForeignAppKeyBreaksTheKms) {
  const KmsProof other = proof_of(kRoot, filled<Address>(0x44), digest_of(answer()));
  answer().kms.app_key = other.app_key;
  answer().kms.app_signature = other.app_signature;
  answer().kms.derived_key = other.derived_key;
  answer().kms.signature = other.signature;
  expect_broken("kms", "KMS root");
}

TEST_F(NodeLinks, AProofOfAnotherStatementBreaksTheKms) {
  answer().kms = proof_of(kRoot, answer().domain.contract, filled<Hash>(1));
  expect_broken("kms", "derived key");
}

// --- (d) another compose -------------------------------------------------------------------------

TEST_F(NodeLinks, AnotherComposeInTheQuoteBreaksTheCompose) {
  quote(sha256(as_bytes("other")));
  expect_broken("compose", "the node says " + to_hex0x(kCompose));
}

TEST_F(NodeLinks, AComposeThatTheContractDoesNotAllowBreaksTheCompose) {
  word().compose_allowed = false;
  expect_broken("compose", "not allowed");
}

TEST_F(NodeLinks, ALogThatTheQuoteDoesNotSumUpBreaksTheCompose) {
  answer().quote.event_log =
      R"([{"imr":3,"event":"app-id","event_payload":"00","digest":"","event_type":134217729}])";
  expect_broken("compose", "RTMR 3");
}

TEST_F(NodeLinks, AComposeThatIsNotMeasuredCannotBeTold) {
  test::QuoteText text;
  text.report_data = report_data_of(digest_of(answer()));
  answer().quote.quote = test::unsigned_quote(text);
  EXPECT_EQ(verdicts()[2], Verdict::unknown);
  EXPECT_EQ(verdicts()[3], Verdict::ok) << "nothing is known against it";
  EXPECT_EQ(exit_code_of(judge_node(evidence_)), kCannotTell);
}

// --- (e) a seat or a boot without a voice --------------------------------------------------------

TEST_F(NodeLinks, ARevokedSeatBreaksTheContract) {
  word().seat->revoked = true;
  expect_broken("contract", "revoked");
}

TEST_F(NodeLinks, AnotherClustersNodeBreaksTheContract) {
  answer().domain.chain_id++;
  sign(kBootKey, kRoot);
  quote(kCompose);
  expect_broken("contract", "the deployment is");
}

TEST_F(NodeLinks, ASeatThatTheContractDoesNotKnowSoBreaksTheContract) {
  const ContractWord good = word();
  word().seat->active = false;
  expect_broken("contract", "nobody has joined");
  word() = good;
  word().seat->instance = filled<Address>(0x34);
  expect_broken("contract", "bound to instance");
  word() = good;
  word().run_by_its_operator = false;
  expect_broken("contract", "time of the operator");
  word() = good;
  word().seat.reset();
  expect_broken("contract", "minted no seat 2");
  word() = good;
  answer().app_id = filled<Address>(0x44);
  expect_broken("contract", "not the contract");
}

TEST_F(NodeLinks, AnOldBootBreaksTheBoot) {
  word().seat->identity = {{2}, {6}, key(7).address()};
  expect_broken("boot", "epoch 5 is over: epoch 6");
}

TEST_F(NodeLinks, ABootThatHasNotJoinedBreaksTheBoot) {
  word().seat->identity = {{2}, {4}, key(7).address()};
  expect_broken("boot", "has not joined");
}

TEST_F(NodeLinks, AnotherKeyInTheSameEpochBreaksTheBoot) {
  word().seat->identity.boot_key = key(7).address();
  expect_broken("boot", "not the one that joined");
}

// --- (f) the receipt -----------------------------------------------------------------------------

TEST_F(NodeLinks, AForgedReceiptBreaksTheReceipt) {
  evidence_.receipt->receipt.result.back() ^= 1;
  expect_broken("receipt", "block");
}

TEST_F(NodeLinks, AReceiptOfAnotherClusterBreaksTheReceipt) {
  evidence_.receipt->domain.chain_id++;
  expect_broken("receipt", "another cluster");
}

TEST_F(NodeLinks, WithoutAReceiptItCannotTell) {
  evidence_.receipt = Error{"no_operation", "none", "write something"};
  const Report report = judge_node(evidence_);
  EXPECT_EQ(report.back().verdict, Verdict::unknown);
  EXPECT_EQ(report.back().next, "write something");
  EXPECT_EQ(exit_code_of(report), kCannotTell);
}

// --- what cannot be asked ------------------------------------------------------------------------

TEST_F(NodeLinks, ANodeThatDoesNotAnswerIsNotJudged) {
  evidence_.answer = Error{"http_unreachable", "connection refused", "is it up?"};
  EXPECT_EQ(verdicts(), std::vector<Verdict>(6, Verdict::unknown));
  EXPECT_EQ(exit_code_of(judge_node(evidence_)), kCannotTell);
}

TEST_F(NodeLinks, WithoutTheChainTheQuoteAloneIsJudged) {
  evidence_.contract = Error{"chain_unreachable", "nobody answers", ""};
  const auto all = verdicts();
  EXPECT_EQ(all[0], Verdict::warn);
  for (std::size_t i = 1; i < all.size(); ++i)
    EXPECT_EQ(all[i], Verdict::unknown);
}

}  // namespace
}  // namespace dnc::ctl
