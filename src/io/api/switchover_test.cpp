#include "io/api/switchover.hpp"

#include "core/base/hex.hpp"
#include "io/api/api_test_kit.hpp"

namespace dnc {
namespace {

class SwitchoverTest : public ::testing::Test {
 protected:
  Json body() const {
    return {{"generation", 3}, {"term", 42}, {"to", 2},
            {"deadline", 99},  {"seat", 5},  {"signature", to_hex0x(signature_)}};
  }
  Json refused(const Json& body, int status) {
    const HttpResponse answer = switchover_answer(node_, body.dump());
    EXPECT_EQ(answer.status, status) << answer.body;
    return Json::parse(answer.body)["error"];
  }

  FakeNode node_;
  const Signature signature_ = filled<0x5a, Signature>();
};

TEST_F(SwitchoverTest, HandsTheOrderIn) {
  const HttpResponse answer = switchover_answer(node_, body().dump());
  EXPECT_EQ(answer.status, 202) << answer.body;
  EXPECT_EQ(Json::parse(answer.body), Json::parse(R"({"term":42,"to":2})"));
  ASSERT_EQ(node_.orders.size(), 1u);
  EXPECT_EQ(node_.orders.front(), (SwitchoverOrder{{3}, {42}, {2}, 99, {5}, signature_}));
}

TEST_F(SwitchoverTest, RefusesWhatIsNoOrder) {
  EXPECT_EQ(switchover_answer(node_, "no json").status, 400);
  EXPECT_EQ(switchover_answer(node_, "[]").status, 400);
  for (const char* field : {"generation", "term", "to", "deadline", "seat", "signature"}) {
    Json partial = body();
    partial.erase(field);
    EXPECT_EQ(refused(partial, 400)["code"], "bad_request") << field;
    partial[field] = -1;
    EXPECT_EQ(refused(partial, 400)["code"], "bad_request") << field;
  }
  EXPECT_TRUE(node_.orders.empty());
}

TEST_F(SwitchoverTest, PassesOnWhyTheNodeRefuses) {
  node_.switchover_reply = Error{"bad_order", "not the operator", "sign again"};
  EXPECT_EQ(refused(body(), 403)["code"], "bad_order");
  node_.switchover_reply = Error{"not_leader", "it follows", "ask the leader"};
  EXPECT_EQ(refused(body(), 409)["code"], "not_leader");
}

}  // namespace
}  // namespace dnc
