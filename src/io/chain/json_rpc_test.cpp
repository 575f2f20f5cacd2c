#include "io/chain/json_rpc.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace dnc {
namespace {

// A node that answers each request with what `answer` makes of it.
JsonRpc rpc_that(std::function<std::string(const Json& request)> answer) {
  return JsonRpc([answer](const std::string& body) -> Result<std::string> {
    return answer(*parse_json(body));
  });
}

std::string code_of(const std::string& body) {
  const auto answer = rpc_that([&](const Json&) { return body; }).call("eth_x", Json::array());
  return answer ? "ok" : answer.error().code;
}

TEST(JsonRpc, AsksAndAnswers) {
  std::vector<std::uint64_t> ids;
  auto rpc = rpc_that([&](const Json& request) {
    EXPECT_EQ(request["jsonrpc"], "2.0");
    EXPECT_EQ(request["method"], "eth_x");
    EXPECT_EQ(request["params"], Json::array({"latest"}));
    ids.push_back(request["id"]);
    return dump_json({{"jsonrpc", "2.0"}, {"id", request["id"]}, {"result", "0x2a"}});
  });
  EXPECT_EQ(*rpc.call("eth_x", Json::array({"latest"})), "0x2a");
  EXPECT_EQ(*rpc.call("eth_x", Json::array({"latest"})), "0x2a");
  EXPECT_NE(ids[0], ids[1]);
}

TEST(JsonRpc, RefusesWhatIsNoAnswer) {
  EXPECT_EQ(code_of(R"({"jsonrpc":"2.0","id":1,"result":null})"), "ok");
  EXPECT_EQ(code_of(R"({"jsonrpc":"2.0","id":2,"result":null})"), "bad_chain_answer");
  EXPECT_EQ(code_of(R"({"jsonrpc":"2.0","id":1})"), "bad_chain_answer");
  EXPECT_EQ(code_of("<html>"), "bad_chain_answer");
  EXPECT_EQ(code_of(""), "bad_chain_answer");
  EXPECT_EQ(code_of("[]"), "bad_chain_answer");
  EXPECT_EQ(code_of("7"), "bad_chain_answer");
  EXPECT_EQ(code_of(R"({"id":1,"error":7})"), "bad_chain_answer");
  EXPECT_EQ(code_of(R"({"id":1,"error":{"code":"a","message":[]}})"), "rpc_error");
  EXPECT_EQ(code_of(std::string(5u << 20, ' ')), "bad_chain_answer");
}

TEST(JsonRpc, TellsRevertsFromErrors) {
  const auto error_of = [](const std::string& error) {
    auto rpc = rpc_that([&](const Json& request) {
      return dump_json({{"id", request["id"]}, {"error", *parse_json(error)}});
    });
    return rpc.call("eth_call", Json::array()).error();
  };
  const std::string data = "0x0d8989b3" + std::string(62, '0') + "29" + std::string(62, '0') + "07";
  EXPECT_EQ(error_of(R"({"code":3,"message":"execution reverted","data":"0xdeadbeef"})").message,
            "unknown error 0xdeadbeef");
  EXPECT_EQ(error_of(R"({"code":-32000,"message":"execution reverted"})").code, "reverted");
  EXPECT_EQ(error_of(R"({"code":3,"message":"x","data":{"data":")" + data + R"("}})").code,
            "reverted");
  EXPECT_EQ(
      error_of(R"({"code":-32015,"message":"VM error","data":"Reverted )" + data + R"("})").code,
      "reverted");
  const auto plain = error_of(R"({"code":-32601,"message":"method not found"})");
  EXPECT_EQ(plain.code, "rpc_error");
  EXPECT_EQ(plain.message, "RPC error -32601: method not found");
}

TEST(JsonRpc, PutsBatchesInOrder) {
  auto rpc = rpc_that([](const Json& request) {
    Json answer = Json::array();
    for (const auto& call : request)
      answer.push_back({{"id", call["id"]}, {"result", call["method"]}});
    std::reverse(answer.begin(), answer.end());
    answer[1] = {{"id", answer[1]["id"]}, {"error", {{"code", -1}, {"message", "no"}}}};
    return dump_json(answer);
  });
  const auto results =
      rpc.batch({{"a", Json::array()}, {"b", Json::array()}, {"c", Json::array()}});
  ASSERT_TRUE(results.ok());
  EXPECT_EQ(*(*results)[0], "a");
  EXPECT_EQ((*results)[1].error().code, "rpc_error");
  EXPECT_EQ(*(*results)[2], "c");
}

TEST(JsonRpc, RefusesBatchesWithOtherIds) {
  for (const char* body :
       {R"([{"id":1,"result":1},{"id":1,"result":1}])", R"([{"id":1,"result":1}])",
        R"([{"id":1,"result":1},{"id":3,"result":1}])", R"([{"id":1},7])", "{}"}) {
    auto rpc = rpc_that([&](const Json&) { return body; });
    const auto results = rpc.batch({{"a", Json::array()}, {"b", Json::array()}});
    ASSERT_FALSE(results.ok()) << body;
    EXPECT_EQ(results.error().code, "bad_chain_answer");
  }
  auto rpc = rpc_that(
      [](const Json&) { return R"({"id":null,"error":{"code":-32600,"message":"no batches"}})"; });
  EXPECT_EQ(rpc.batch({{"a", Json::array()}}).error().code, "rpc_error");
}

}  // namespace
}  // namespace dnc
