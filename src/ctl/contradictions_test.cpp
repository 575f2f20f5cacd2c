#include "ctl/contradictions.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "core/base/hex.hpp"
#include "core/consensus/codec.hpp"
#include "core/crypto/secp256k1.hpp"

namespace dnc::ctl {
namespace {

// A cluster in whose key history seat 2 has one boot key, and what that key may sign.
class ContradictionsFileTest : public ::testing::Test {
 protected:
  ContradictionsFileTest() {
    Bytes scalar(32, 0);
    scalar.back() = 7;
    key_ = PrivateKey::from_bytes(scalar);
    keys_.domain.chain_id = 31337;
    keys_.domain.contract.bytes.fill(0xc1);
    keys_.history.keys[key_->address()] = {2};
  }
  Accept accept(std::uint8_t content) const {
    Accept made;
    made.scope = {{1}, {1}};
    made.seat = {2};
    made.epoch = {7};
    made.block_hash.bytes.fill(content);
    made.signature = key_->sign(Signing(keys_.domain).accept(made));
    return made;
  }
  Contradiction proof(std::uint8_t other = 2) const {
    return {{{2}, {7}, key_->address()}, accept(1), accept(other)};
  }
  Json file(const std::vector<Contradiction>& proofs) const {
    Json list = Json::array();
    for (const auto& each : proofs)
      list.push_back({{"proof", to_hex0x(encode(each))}});
    return {{"version", 1},
            {"chain_id", keys_.domain.chain_id},
            {"contract", to_hex0x(keys_.domain.contract)},
            {"contradictions", list}};
  }
  Report judged(const Json& json) const { return judge_contradictions(json.dump(), keys_); }

  std::optional<PrivateKey> key_;
  KeyHistoryFile keys_;
};

TEST_F(ContradictionsFileTest, AProofHoldsForWhoKnowsTheKeys) {
  const Report report = judged(file({proof()}));
  EXPECT_EQ(exit_code_of(report), kOk);
  ASSERT_EQ(report.size(), 1u);
  EXPECT_EQ(report[0].gate, "seat 2");
  EXPECT_NE(report[0].cause.find("N2"), std::string::npos) << report[0].cause;
}

TEST_F(ContradictionsFileTest, OneThatDoesNotHoldSpoilsTheFile) {
  EXPECT_EQ(exit_code_of(judged(file({proof(), proof(1)}))), kRefused) << "said twice";
  Contradiction forged = proof();
  std::get<Accept>(forged.second).block_hash.bytes.fill(9);
  EXPECT_EQ(exit_code_of(judged(file({forged}))), kRefused) << "not signed";
}

TEST_F(ContradictionsFileTest, AKeyThatWasNeverThatSeatsAccusesNobody) {
  keys_.history.keys[key_->address()] = {3};
  EXPECT_EQ(exit_code_of(judged(file({proof()}))), kRefused);
  keys_.history.keys.clear();
  EXPECT_EQ(exit_code_of(judged(file({proof()}))), kRefused);
}

TEST_F(ContradictionsFileTest, AnotherClustersProofsAreRefused) {
  Json other = file({proof()});
  other["chain_id"] = 1;
  EXPECT_EQ(exit_code_of(judged(other)), kRefused);
}

TEST_F(ContradictionsFileTest, WhatIsNoListOfProofsSaysNothing) {
  for (const char* text : {"", "[]", "{}", "null", "7"})
    EXPECT_EQ(exit_code_of(judge_contradictions(text, keys_)), kCannotTell) << text;
  EXPECT_EQ(exit_code_of(judged(file({}))), kCannotTell);
  Json broken = file({proof()});
  for (const Json& wrong : {Json(), Json("zz"), Json("0x01"), Json(7), Json::object()}) {
    broken["contradictions"][0]["proof"] = wrong;
    EXPECT_EQ(exit_code_of(judged(broken)), kRefused) << wrong;
  }
  broken["contradictions"] = Json::array({1});
  EXPECT_EQ(exit_code_of(judged(broken)), kRefused);
}

}  // namespace
}  // namespace dnc::ctl
