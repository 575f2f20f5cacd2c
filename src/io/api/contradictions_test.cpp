#include "io/api/contradictions.hpp"

#include "io/api/api_test_kit.hpp"

namespace dnc {
namespace {

Accept an_accept(std::uint8_t content) {
  Accept accept;
  accept.seat = {2};
  accept.epoch = {7};
  accept.block_hash.bytes.fill(content);
  return accept;
}

using ContradictionsTest = ApiTest;

TEST_F(ContradictionsTest, AClusterWithoutAnyShowsAnEmptyList) {
  node_.state.chain.id = 31337;
  const Answer answer = get("/contradictions");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body["chain_id"], 31337);
  EXPECT_EQ(answer.body["contradictions"], Json::array());
}

TEST_F(ContradictionsTest, AProofIsShownWhole) {
  const Contradiction proof{{{2}, {7}, filled<0xb0, Address>()}, an_accept(1), an_accept(2)};
  node_.accused = {{proof, true}};
  node_.state.chain.contract = filled<0xc1, Address>();
  const Json body = get("/contradictions").body;
  EXPECT_EQ(body["version"], 1);
  EXPECT_EQ(body["contract"], to_hex0x(filled<0xc1, Address>()));
  ASSERT_EQ(body["contradictions"].size(), 1u);
  const Json& shown = body["contradictions"][0];
  EXPECT_EQ(shown["seat"], 2);
  EXPECT_EQ(shown["epoch"], 7);
  EXPECT_EQ(shown["boot_key"], to_hex0x(filled<0xb0, Address>()));
  EXPECT_EQ(shown["rule"], "N2: it accepted two blocks for one place");
  EXPECT_EQ(shown["stands"], true);
  const auto bytes = from_hex(shown["proof"].get<std::string>());
  ASSERT_TRUE(bytes);
  EXPECT_EQ(decode_contradiction(*bytes), proof);
}

TEST_F(ContradictionsTest, WritesAreRefusedWithTheCauseAndTheNextStep) {
  node_.refusal = "notary_bypassed";
  node_.state.refuses = {"notary_bypassed", "seat 2 contradicts itself", "revoke it"};
  expect_error(increment(""), 503, "notary_bypassed");
  expect_error(ask("PUT", "/kv/a", "1"), 503, "notary_bypassed");
  const Json status = get("/status").body;
  EXPECT_EQ(status["code"], "notary_bypassed");
  EXPECT_EQ(status["next_step"], "revoke it");
}

}  // namespace
}  // namespace dnc
