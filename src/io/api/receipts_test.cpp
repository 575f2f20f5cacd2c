#include "io/api/receipts.hpp"

#include "io/api/api_test_kit.hpp"

namespace dnc {
namespace {

class ReceiptsTest : public ApiTest {
 protected:
  ReceiptsTest() {
    node_.state.chain.id = 31337;
    node_.state.chain.contract = filled<0xc1, Address>();
  }
  static Receipt a_receipt() {
    return {{{Bytes{1}, Bytes{2}}, {{{2}, {7}, 1, filled<8, Signature>()}}},
            Bytes{3},
            Bytes{4},
            {filled<5, Hash>()},
            {filled<6, Hash>()},
            1};
  }
  static Json its_json() {
    return {{"version", 1},
            {"chain_id", 31337},
            {"contract", to_hex0x(filled<0xc1, Address>())},
            {"headers", {"0x01", "0x02"}},
            {"operation", "0x03"},
            {"result", "0x04"},
            {"operation_path", Json::array({to_hex0x(filled<5, Hash>())})},
            {"result_path", Json::array({to_hex0x(filled<6, Hash>())})},
            {"sides", 1},
            {"accepts", Json::array({{{"seat", 2},
                                      {"epoch", 7},
                                      {"header", 1},
                                      {"signature", to_hex0x(filled<8, Signature>())}}})}};
  }
};

TEST_F(ReceiptsTest, AReceiptIsFetchedByItsPlace) {
  node_.receipt_reply = a_receipt();
  const Answer answer = get("/receipt/42/3");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, its_json());
  EXPECT_EQ(node_.asked_receipts.back(), std::pair(SeqNo{42}, std::size_t{3}));
}

TEST_F(ReceiptsTest, WhatIsNotThereIsSaid) {
  expect_error(get("/receipt/1/0"), 410, "receipt_gone");
  node_.receipt_reply = Error{"not_committed", "not yet", "later"};
  expect_error(get("/receipt/1/0"), 404, "not_committed");
  node_.receipt_reply = Error{"no_operation", "none", "fewer"};
  expect_error(get("/receipt/1/0"), 404, "no_operation");
}

TEST_F(ReceiptsTest, ABadPlaceIsSaid) {
  for (const char* place : {"", "1", "1/", "/1", "x/0", "1/x", "-1/0", "1/-1", "1/0/", "1/0x0",
                            "18446744073709551616/0"})
    expect_error(get(std::string("/receipt/") + place), 400, "bad_request");
  EXPECT_TRUE(node_.asked_receipts.empty());
  const Answer answer = ask("POST", "/receipt/1/0");
  expect_error(answer, 405, "method_not_allowed");
  EXPECT_TRUE(answer.has("Allow: GET"));
}

TEST_F(ReceiptsTest, ASilencedNodeGivesNone) {
  node_.receipt_reply = a_receipt();
  node_.state.silenced = {"seat_revoked", "seat 1 is revoked", "ask another node"};
  expect_error(get("/receipt/1/0"), 503, "seat_revoked");
}

TEST_F(ReceiptsTest, AWriteBringsItsReceiptWhenAsked) {
  node_.receipt_reply = a_receipt();
  for (const Answer& answer :
       {ask("POST", "/increment?receipt=1"), ask("PUT", "/kv/a?receipt=1", "x"),
        ask("DELETE", "/kv/a?receipt=1")}) {
    EXPECT_EQ(answer.status, 200) << answer.text;
    EXPECT_EQ(answer.body.value("receipt", Json()), its_json());
    EXPECT_FALSE(answer.body.contains("receipt_error"));
    EXPECT_EQ(node_.writes.back().key.size(), 16u) << "a key of its own, to find it again";
    EXPECT_EQ(node_.asked_receipts.back(), std::pair(node_.seq, std::size_t{1}));
  }
  ask("POST", "/increment?receipt=1", "", "Idempotency-Key: mine\r\n");
  EXPECT_EQ(as_text(node_.writes.back().key), "mine");
}

TEST_F(ReceiptsTest, AWriteWithoutReceiptSaysWhyAndHasHappened) {
  const Answer answer = ask("POST", "/increment?receipt=1");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body["value"], 1);
  EXPECT_EQ(answer.body["receipt"], nullptr);
  EXPECT_EQ(answer.body["receipt_error"]["code"], "receipt_gone");
}

TEST_F(ReceiptsTest, NobodyGetsOneUnasked) {
  EXPECT_FALSE(ask("POST", "/increment").body.contains("receipt"));
  EXPECT_FALSE(ask("POST", "/increment?receipt=0").body.contains("receipt"));
  for (const char* wrong : {"receipt", "receipt=", "receipt=2", "receipt=yes"})
    expect_error(ask("PUT", std::string("/kv/a?") + wrong, "x"), 400, "bad_request");
  EXPECT_EQ(node_.writes.size(), 2u);
}

}  // namespace
}  // namespace dnc
