#include "io/dstack/auth_webhook.hpp"

#include <gtest/gtest.h>

#include <mutex>
#include <nlohmann/json.hpp>

#include "io/dstack/boot_gate.hpp"
#include "io/dstack/served_test_kit.hpp"

namespace dnc {
namespace {

using test::post_request;
using test::Served;

constexpr const char* kUnavailable =
    R"({"gatewayAppId":"","isAllowed":false,"reason":"authorization backend unavailable"})";

std::string word(const std::string& digits) {
  return std::string(64 - digits.size(), '0') + digits;
}

std::string text_result(const std::string& text) {
  const std::string hex = to_hex(as_bytes(text));
  return "0x" + word("20") + word(text == "any" ? "3" : "0") + hex +
         std::string(text.empty() ? 0 : 64 - hex.size(), '0');
}

const std::string kAllowed = "0x" + word("1") + word("40") + word("0");

// A node of a chain that answers batches, each call by its selector.
class FakeNode {
 public:
  std::map<std::string, Json> results{{"0x1e079198", kAllowed},
                                      {"0xe067ec9d", kAllowed},
                                      {"0x95f51931", text_result("any")},
                                      {"0x25a992da", "0x" + word("e3")}};
  std::optional<HttpResponse> instead;
  Json asked;

  HttpResponse answer(const HttpRequest& request) {
    asked = *parse_json(request.body);
    if (instead) return *instead;
    Json answers = Json::array();
    for (const Json& call : asked) {
      Json one{{"jsonrpc", "2.0"}, {"id", call["id"]}};
      if (call["method"] == "eth_chainId") {
        one["result"] = "0x7a69";
      } else {
        const std::string data = call["params"][0]["data"];
        const Json& result = results.at(data.substr(0, 10));
        one[result.is_object() ? "error" : "result"] = result;
      }
      answers.insert(answers.begin(), one);  // the order is the node's to choose
    }
    HttpResponse response;
    response.body = dump_json(answers);
    return response;
  }
};

class AuthWebhookTest : public testing::Test {
 protected:
  AuthWebhookTest() {
    info_.app_id = *Address::from(Bytes(20, 0x22));
    info_.tcb_status = "UpToDate";
    info_.advisory_ids = {"INTEL-SA-00001"};
  }

  HttpResponse ask(const std::string& path) { return ask(path, dump_json(boot_info_json(info_))); }
  HttpResponse ask(const std::string& path, const std::string& body) {
    return webhook_.answer(post_request(path, body));
  }

  FakeNode node_;
  Served chain_{[this](const HttpRequest& request) { return node_.answer(request); }};
  Address kms_ = *Address::from(Bytes(20, 0x44));
  AuthWebhook webhook_{{.rpc_url = chain_.url() + "/secret", .kms_contract = kms_}};
  BootInfo info_;
};

TEST_F(AuthWebhookTest, PassesTheDecisionOn) {
  const HttpResponse yes = ask("/bootAuth/app");
  EXPECT_EQ(yes.status, 200);
  EXPECT_EQ(yes.body, R"({"gatewayAppId":"any","isAllowed":true,"reason":""})");
  const std::string reason = to_hex(as_bytes("Seat is revoked"));
  node_.results["0x1e079198"] =
      "0x" + word("0") + word("40") + word("f") + reason + std::string(64 - reason.size(), '0');
  EXPECT_EQ(ask("/bootAuth/app").body,
            R"({"gatewayAppId":"any","isAllowed":false,"reason":"Seat is revoked"})");
  EXPECT_EQ(ask("/bootAuth/kms").body, yes.body) << "decided by another function";
}

TEST_F(AuthWebhookTest, AsksInOneBatchAsAuthEthDoes) {
  ask("/bootAuth/app");
  ASSERT_TRUE(node_.asked.is_array());
  ASSERT_EQ(node_.asked.size(), 3u);
  EXPECT_EQ(node_.asked[0]["method"], "eth_chainId");
  const Json call{{"to", to_hex0x(kms_)}, {"data", to_hex0x(encode_is_app_allowed(info_))}};
  EXPECT_EQ(node_.asked[1]["method"], "eth_call");
  EXPECT_EQ(node_.asked[1]["params"], Json::array({call, "latest"})) << "and no sender";
  EXPECT_EQ(node_.asked[2]["params"][0]["data"], "0x95f51931");
  ask("/bootAuth/kms");
  EXPECT_EQ(node_.asked[1]["params"][0]["data"], to_hex0x(encode_is_kms_allowed(info_)));
}

TEST_F(AuthWebhookTest, RefusesABadRequestWithoutAskingTheChain) {
  Json body = boot_info_json(info_);
  body["deviceId"] = std::string(128, 'a');  // 64 bytes, as AMD's chips have them
  const HttpResponse refused = ask("/bootAuth/app", dump_json(body));
  EXPECT_EQ(refused.status, 400);
  EXPECT_EQ(refused.body,
            R"({"gatewayAppId":"","isAllowed":false,"reason":"invalid authorization request"})");
  EXPECT_EQ(ask("/bootAuth/kms", "{}").status, 400);
  EXPECT_EQ(ask("/bootAuth/app", "{").status, 500);
  EXPECT_TRUE(node_.asked.is_null());
}

TEST_F(AuthWebhookTest, ARevertIsAnUnavailableBackend) {
  node_.results["0x1e079198"] = Json{{"code", 3}, {"message", "execution reverted"}};
  const HttpResponse reverted = ask("/bootAuth/app");
  EXPECT_EQ(reverted.status, 200);
  EXPECT_EQ(reverted.body, kUnavailable);
}

TEST_F(AuthWebhookTest, NonsenseOfTheChainIsAnUnavailableBackend) {
  for (const char* body : {"", "[]", "{}", R"([{"id":1}])", R"([1,2,3])",
                           R"([{"id":1,"result":"0x1"},{"id":1,"result":"0x"},{"id":9}])"}) {
    node_.instead.emplace();
    node_.instead->body = body;
    EXPECT_EQ(ask("/bootAuth/app").body, kUnavailable) << body;
  }
  node_.instead->status = 503;
  EXPECT_EQ(ask("/bootAuth/app").body, kUnavailable);
  node_.instead.reset();
  for (const char* result : {"0x", "0xzz", "0x01"}) {
    node_.results["0x1e079198"] = result;
    EXPECT_EQ(ask("/bootAuth/app").body, kUnavailable) << result;
  }
  node_.results["0x1e079198"] = kAllowed;
  EXPECT_NE(ask("/bootAuth/app").body, kUnavailable) << "and it recovers";
}

TEST_F(AuthWebhookTest, AChainThatIsGoneIsAnUnavailableBackend) {
  auto chain = std::make_unique<Served>([](const HttpRequest&) { return HttpResponse{}; });
  AuthWebhook webhook({.rpc_url = chain->url(), .kms_contract = kms_});
  chain.reset();
  const std::string body = dump_json(boot_info_json(info_));
  EXPECT_EQ(webhook.answer(post_request("/bootAuth/app", body)).body, kUnavailable);
  HttpRequest get;
  get.method = "GET";
  get.path = "/";
  EXPECT_EQ(webhook.answer(get).status, 500);
}

TEST_F(AuthWebhookTest, DescribesItselfWithoutTheSecretOfTheUrl) {
  HttpRequest get;
  get.method = "GET";
  get.path = "/";
  const HttpResponse response = webhook_.answer(get);
  EXPECT_EQ(response.status, 200);
  const Json described = *parse_json(response.body);
  EXPECT_EQ(described["status"], "ok");
  EXPECT_EQ(described["kmsContractAddr"], to_hex0x(kms_));
  EXPECT_EQ(described["ethRpcUrl"], chain_.url());
  EXPECT_EQ(described["gatewayAppId"], "any");
  EXPECT_EQ(described["chainId"], 31337);
  EXPECT_EQ(described["appImplementation"], "0x" + word("e3").substr(24));
  EXPECT_EQ(described["appAuthImplementation"], described["appImplementation"]);
}

TEST_F(AuthWebhookTest, KnowsNoOtherPath) {
  EXPECT_EQ(ask("/bootAuth").status, 404);
  EXPECT_EQ(ask("/").status, 404);
  HttpRequest get;
  get.method = "GET";
  get.path = "/bootAuth/app";
  EXPECT_EQ(webhook_.answer(get).status, 404);
}

}  // namespace
}  // namespace dnc
