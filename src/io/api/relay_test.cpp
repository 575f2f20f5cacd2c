// POST /relay, and what a node that was silenced answers.
#include "core/base/hex.hpp"
#include "io/api/api_test_kit.hpp"

namespace dnc {
namespace {

class RelayApiTest : public ApiTest {
 protected:
  Answer relay(const std::string& body) { return ask("POST", "/relay", body); }
};

TEST_F(RelayApiTest, ACallIsAcceptedThenDone) {
  node_.relay_reply.id = filled<0x1d, Hash>();
  const Answer accepted = relay(R"({"data":"0x0102ff"})");
  EXPECT_EQ(accepted.status, 202) << accepted.text;
  EXPECT_EQ(accepted.body["state"], "accepted");
  EXPECT_EQ(accepted.body["id"], to_hex0x(node_.relay_reply.id));
  EXPECT_TRUE(accepted.has("Retry-After: 1")) << accepted.head;
  ASSERT_EQ(node_.relayed.size(), 1u);
  EXPECT_EQ(node_.relayed[0], (Bytes{1, 2, 255}));
  node_.relay_reply.status = 200;
  node_.relay_reply.block = {9};
  const Answer there = relay(R"({"data":"0x01"})");
  EXPECT_EQ(there.status, 200);
  EXPECT_TRUE(there.body["tx"].is_null()) << there.text;
  node_.relay_reply.tx = filled<0x77, Hash>();
  EXPECT_TRUE(relay(R"({"data":"0x01"})").body["tx"].is_string());
}

TEST_F(RelayApiTest, ABodyWithoutCalldataIsRefused) {
  for (const char* body :
       {"", "{}", "[]", "7", "{\"data\":1}", R"({"data":"01"})", R"({"data":"0x1"})",
        R"({"data":"0xzz"})", R"({"data":"0x01","to":"x"})"}) {
    expect_error(relay(body), 400, "bad_request");
  }
  EXPECT_TRUE(node_.relayed.empty());
}

TEST_F(RelayApiTest, ARefusalKeepsItsCodeAndSaysWhenToComeBack) {
  node_.relay_reply.error = {"no_gas_key", "it pays for nothing", "ask another node"};
  node_.relay_reply.status = 503;
  expect_error(relay(R"({"data":"0x01"})"), 503, "no_gas_key");
  node_.relay_reply.error.code = "refused";
  node_.relay_reply.status = 422;
  expect_error(relay(R"({"data":"0x01"})"), 422, "refused");
  node_.relay_reply.error.code = "rate_limited";
  node_.relay_reply.status = 429;
  node_.relay_reply.retry_after = 77;
  const Answer limited = relay(R"({"data":"0x01"})");
  EXPECT_EQ(limited.status, 429);
  EXPECT_TRUE(limited.has("Retry-After: 77")) << limited.head;
}

TEST_F(RelayApiTest, ASilencedNodeNamesCauseAndNextStep) {
  node_.refusal = "not_serving";
  node_.state.reason = "its time is over";
  expect_error(increment(""), 503, "not_serving");
  EXPECT_NE(increment("").text.find("its time is over"), std::string::npos);
  node_.state.role = "halted";
  node_.state.silenced = {"operator_expired", "its time is over", "renew it"};
  expect_error(increment(""), 503, "operator_expired");
  expect_error(get("/counter"), 503, "operator_expired");
  expect_error(get("/log"), 503, "operator_expired");
  const Answer status = get("/status");
  EXPECT_EQ(status.body["code"], "operator_expired");
  EXPECT_EQ(status.body["next_step"], "renew it");
}

}  // namespace
}  // namespace dnc
