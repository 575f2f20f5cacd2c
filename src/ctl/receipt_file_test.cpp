// The same receipts as contracts/test/Receipts.t.sol judges, through the forms that people handle.
#include "ctl/receipt_file.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "ctl/key_history.hpp"
#include "io/base/file.hpp"

namespace dnc::ctl {
namespace {

class ReceiptFileTest : public ::testing::Test {
 protected:
  const Json vectors_ =
      parse_json(read_file(DNC_SOURCE_DIR "/tests/vectors/receipt.json", 8u << 20).value()).value();
  const KeyHistoryFile keys_ = parse_key_history(vectors_["history"].dump()).value();

  ReceiptFile good() const { return parse_receipt(vectors_["cases"][0]["receipt"].dump()).value(); }
};

TEST_F(ReceiptFileTest, ReceiptsThatHoldAndReceiptsThatDoNot) {
  ASSERT_GT(vectors_["cases"].size(), 40u);
  for (const Json& each : vectors_["cases"]) {
    const auto file = parse_receipt(each["receipt"].dump());
    ASSERT_TRUE(file) << each["name"];
    EXPECT_EQ(file->domain.contract, keys_.domain.contract);
    const auto verified = verify_receipt(file->receipt, keys_.history, Signing(keys_.domain));
    EXPECT_EQ(verified ? "" : verified.error().code, each["code"]) << each["name"];
    if (!verified) continue;
    EXPECT_EQ(verified->strength, each["strength"]) << each["name"];
    EXPECT_EQ(verified->seq, SeqNo{41}) << each["name"];
  }
}

TEST_F(ReceiptFileTest, TheContractGetsTheSameBytes) {
  for (const Json& each : vectors_["cases"]) {
    const Receipt receipt = parse_receipt(each["receipt"].dump())->receipt;
    const std::string call = to_hex(receipt_call("verifyReceipt", receipt));
    EXPECT_EQ("0x" + call.substr(8), each["abi"]) << each["name"];
  }
  const Receipt receipt = good().receipt;
  EXPECT_NE(receipt_call("anchor", receipt), receipt_call("verifyReceipt", receipt));
}

TEST_F(ReceiptFileTest, AReceiptIsFoundInTheAnswerToAWrite) {
  const Json answer = {{"value", 1}, {"receipt", vectors_["cases"][0]["receipt"]}};
  EXPECT_EQ(parse_receipt(answer.dump())->receipt, good().receipt);
}

TEST_F(ReceiptFileTest, WhatIsNoReceiptIsRefused) {
  for (const char* text : {"", "[]", "{}", "null", "7", R"({"version":2})"})
    EXPECT_EQ(parse_receipt(text).error().code, "bad_receipt") << text;
  const Json whole = vectors_["cases"][0]["receipt"];
  for (const auto& [name, value] : whole.items()) {
    for (const Json& wrong : {Json(), Json(-1), Json("zz"), Json::object(), Json::array({1})}) {
      Json changed = whole;
      changed[name] = wrong;
      EXPECT_FALSE(parse_receipt(changed.dump())) << name << " " << wrong;
    }
  }
}

TEST_F(ReceiptFileTest, WhatIsNoKeyHistoryIsRefused) {
  EXPECT_EQ(parse_key_history("{}").error().code, "bad_key_history");
  for (const char* name : {"version", "chain_id", "contract", "configs", "keys"}) {
    Json changed = vectors_["history"];
    changed[name] = "x";
    EXPECT_FALSE(parse_key_history(changed.dump())) << name;
  }
}

TEST_F(ReceiptFileTest, AKeyHistoryComesBackAsItWasWritten) {
  const auto again = parse_key_history(as_json(keys_));
  ASSERT_TRUE(again);
  EXPECT_EQ(again->history.keys, keys_.history.keys);
  EXPECT_EQ(again->history.configs, keys_.history.configs);
  EXPECT_EQ(again->domain.chain_id, keys_.domain.chain_id);
}

}  // namespace
}  // namespace dnc::ctl
