#include "io/api/recovery.hpp"

#include "core/base/hex.hpp"
#include "io/api/api_test_kit.hpp"

namespace dnc {
namespace {

class RecoveryTest : public ::testing::Test {
 protected:
  RecoveryTest() {
    signature_.bytes.fill(0x5a);
    ColdStartStatus waiting;
    waiting.generation = {3};
    waiting.needed = 2;
    RestartReport report;
    report.seat = {1};
    report.epoch = {7};
    report.last.term = {4};
    report.last.seq = {650};
    waiting.reports = {report};
    waiting.current = {{1}};
    waiting.consents = {{2}};
    node_.state.cold_start = waiting;
  }

  Json body() const {
    return {{"generation", 3},
            {"last_term", 4},
            {"last_seq", 650},
            {"seats", {1, 2}},
            {"issued_ms", 99},
            {"seat", 2},
            {"signature", to_hex0x(signature_)}};
  }
  Json refused(const Json& body, int status) {
    const HttpResponse answer = recover_answer(node_, body.dump());
    EXPECT_EQ(answer.status, status) << answer.body;
    return Json::parse(answer.body)["error"];
  }

  FakeNode node_;
  Signature signature_;
};

TEST_F(RecoveryTest, HandsTheConsentInAndTellsWhereItStands) {
  const HttpResponse answer = recover_answer(node_, body().dump());
  EXPECT_EQ(answer.status, 202) << answer.body;
  ASSERT_EQ(node_.consents.size(), 1u);
  const RecoveryConsent expected{{3}, {4}, {650}, {{1}, {2}}, 99, {2}, signature_};
  EXPECT_EQ(node_.consents.front(), expected);
  EXPECT_EQ(Json::parse(answer.body), Json::parse(R"({"cold_start":{"generation":3,"needed":2,
      "consents":[2],"reports":[{"seat":1,"epoch":7,"last_term":4,"last_seq":650,"blank":false,
      "current":true}]}})"));
}

TEST_F(RecoveryTest, RefusesWhatIsNoConsent) {
  EXPECT_EQ(recover_answer(node_, "no json").status, 400);
  EXPECT_EQ(recover_answer(node_, "[]").status, 400);
  for (const char* field :
       {"generation", "last_term", "last_seq", "seats", "issued_ms", "seat", "signature"}) {
    Json partial = body();
    partial.erase(field);
    EXPECT_EQ(refused(partial, 400)["code"], "bad_request") << field;
    partial[field] = "x";
    EXPECT_EQ(refused(partial, 400)["code"], "bad_request") << field;
  }
  Json disordered = body();
  disordered["seats"] = {2, 1};
  EXPECT_EQ(refused(disordered, 400)["code"], "bad_request");
  disordered["seats"] = {1, 1};
  EXPECT_EQ(refused(disordered, 400)["code"], "bad_request");
  disordered["seats"] = {1, "two"};
  EXPECT_EQ(refused(disordered, 400)["code"], "bad_request");
  EXPECT_TRUE(node_.consents.empty());
}

TEST_F(RecoveryTest, PassesOnWhyTheNodeRefuses) {
  node_.recover_reply = Error{"bad_consent", "not the operator", "sign again"};
  EXPECT_EQ(refused(body(), 403)["code"], "bad_consent");
  node_.recover_reply = Error{"no_cold_start", "it serves", "look at /status"};
  EXPECT_EQ(refused(body(), 409)["code"], "no_cold_start");
}

}  // namespace
}  // namespace dnc
