#include "io/dstack/guest_agent.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <atomic>
#include <functional>
#include <nlohmann/json.hpp>
#include <thread>

#include "core/base/hex.hpp"
#include "core/crypto/sha256.hpp"
#include "io/base/json.hpp"
#include "io/dstack/guest_agent_sim_server.hpp"
#include "io/net/event_loop.hpp"

namespace dnc {
namespace {

Address address_of_bytes(std::uint8_t byte) {
  Address address;
  address.bytes.fill(byte);
  return address;
}

const PrivateKey kRoot = *PrivateKey::from_bytes(Bytes(32, 9));

GuestAgentSimConfig sim_config() {
  GuestAgentSimConfig config;
  config.app_compose = "compose";
  config.boot.app_id = address_of_bytes(0x22);
  config.boot.instance_id = address_of_bytes(0x33);
  config.boot.compose_hash = sha256(as_bytes(config.app_compose));
  return config;
}

// An event loop on a thread of its own, in which a server lives on a unix socket.
class GuestAgentTest : public testing::Test {
 protected:
  GuestAgentTest() {
    std::string name = testing::TempDir() + "guest_agent.XXXXXX";
    directory_ = ::mkdtemp(name.data());
    socket_ = (directory_ / "dstack.sock").string();
  }

  ~GuestAgentTest() override {
    stop_serving();
    EXPECT_FALSE(std::filesystem::exists(socket_));
    std::filesystem::remove_all(directory_);
  }

  void stop_serving() {
    if (thread_.joinable()) {
      loop_.stop();
      thread_.join();
    }
    sim_.reset();
    listener_.reset();
    server_.reset();
  }

  void serve_sim(Result<AppKeys> keys = *issue_app_keys(kRoot, address_of_bytes(0x22))) {
    sim_ = std::make_unique<GuestAgentSimServer>(loop_, sim_config(), [keys] { return keys; });
    ASSERT_TRUE(sim_->listen(socket_));
    thread_ = std::thread([this] { loop_.run(); });
  }

  // A guest agent that answers every request like this.
  void serve(std::function<HttpResponse()> answer) {
    server_ = std::make_unique<HttpServer>(
        loop_, [answer](const HttpRequest&, const HttpReplier& reply) { reply(answer()); });
    ListenerConfig config;
    config.http = server_.get();
    listener_ = std::make_unique<Listener>(loop_, config);
    ASSERT_TRUE(listener_->listen_unix(socket_));
    thread_ = std::thread([this] { loop_.run(); });
  }

  void serve_body(const std::string& body) {
    serve([body] {
      HttpResponse response;
      response.body = body;
      return response;
    });
  }

  GuestAgent agent() {
    GuestAgentOptions options;
    options.endpoint = socket_;
    options.retry_pause = Duration{1};
    return GuestAgent(options);
  }

  std::filesystem::path directory_;
  std::string socket_;
  EventLoop loop_;
  std::unique_ptr<GuestAgentSimServer> sim_;
  std::unique_ptr<HttpServer> server_;
  std::unique_ptr<Listener> listener_;
  std::thread thread_;
};

TEST_F(GuestAgentTest, TellsWhatTheMachineIs) {
  serve_sim();
  const auto info = agent().info();
  ASSERT_TRUE(info) << info.error().message;
  EXPECT_EQ(info->app_id, address_of_bytes(0x22));
  EXPECT_EQ(info->instance_id, address_of_bytes(0x33));
  EXPECT_EQ(info->compose_hash, sha256(as_bytes("compose")));
  EXPECT_EQ(info->app_name, "dstack-nft-cluster");
  EXPECT_TRUE(info->simulated);
}

TEST_F(GuestAgentTest, GivesAKeyThatProvesItself) {
  serve_sim();
  const auto reply = agent().get_key(kJoinKeyPath, kJoinKeyPurpose);
  ASSERT_TRUE(reply) << reply.error().message;
  const Hash digest = sha256(as_bytes("join"));
  const Address root = kRoot.address();
  const auto proof = make_kms_proof(digest, *reply, address_of_bytes(0x22), root);
  ASSERT_TRUE(proof) << proof.error().message;
  EXPECT_TRUE(verify_kms_proof(*proof, digest, address_of_bytes(0x22), root));
  // A key for anything else is another key, or no proof.
  EXPECT_NE(agent().get_key("other", kJoinKeyPurpose)->key.address(), reply->key.address());
  const auto other = agent().get_key(kJoinKeyPath, "signing");
  ASSERT_TRUE(other);
  EXPECT_EQ(other->key.address(), reply->key.address());
  EXPECT_FALSE(make_kms_proof(digest, *other, address_of_bytes(0x22), root));
}

TEST_F(GuestAgentTest, GivesAQuoteThatHoldsTheReportData) {
  serve_sim();
  const Hash data = sha256(as_bytes("statement"));
  const auto quote = agent().get_quote(data.view());
  ASSERT_TRUE(quote) << quote.error().message;
  ASSERT_GE(quote->quote.size(), 632u);
  EXPECT_EQ(to_hex(ByteView(quote->quote).first(8)), "0400020081000000");
  EXPECT_EQ(to_hex(ByteView(quote->quote).subspan(568, 64)),
            to_hex(data.view()) + std::string(64, '0'));
  EXPECT_TRUE(*json_flag(*parse_json(quote->vm_config), "simulated"));
}

TEST_F(GuestAgentTest, SaysWhyItWasRefused) {
  serve([] {
    HttpResponse response;
    response.status = 400;
    response.body = "{\n  \"error\": \"no such key\"\n}";
    return response;
  });
  const auto reply = agent().get_key("a", "b");
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().code, "guest_agent_refused");
  EXPECT_NE(reply.error().message.find("GetKey: HTTP 400: no such key"), std::string::npos);
}

TEST_F(GuestAgentTest, PassesTheKmssReasonOn) {
  serve_sim(Error{"kms_refused", "Boot denied: Compose hash not allowed", ""});
  for (const auto& error :
       {agent().info().error(), agent().get_key("a", "b").error(), agent().get_quote({}).error()}) {
    EXPECT_EQ(error.code, "guest_agent_refused");
    EXPECT_NE(error.message.find("Boot denied: Compose hash not allowed"), std::string::npos);
  }
}

TEST_F(GuestAgentTest, TriesAgainAfterAFailureOfTheServer) {
  auto calls = std::make_shared<std::atomic<int>>(0);
  serve([calls] {
    HttpResponse response;
    response.status = ++*calls < 3 ? 503 : 200;
    response.body = R"({"quote":"00"})";
    return response;
  });
  EXPECT_TRUE(agent().get_quote({}));
  EXPECT_EQ(*calls, 3);
  *calls = -10;
  EXPECT_EQ(agent().get_quote({}).error().code, "guest_agent_refused");
  EXPECT_EQ(*calls, -7);
}

TEST_F(GuestAgentTest, RefusesMalformedInfo) {
  for (const char* body :
       {"", "[]", "{}", R"({"app_id":"22","instance_id":"","compose_hash":""})",
        R"({"app_id":"2222222222222222222222222222222222222222","instance_id":""})"}) {
    stop_serving();
    serve_body(body);
    EXPECT_EQ(agent().info().error().code, "guest_agent_malformed") << body;
  }
}

TEST_F(GuestAgentTest, RefusesMalformedKeys) {
  const std::string signature(130, '1');
  const std::string key(64, '1');
  const std::string chains[] = {
      "[]",
      "[\"" + signature + "\"]",
      "[1,2]",
      "{}",
      "[\"" + signature + "\",\"00\"]",
      "[\"" + signature + "\",\"" + signature + "\",\"" + signature + "\"]"};
  for (const std::string& chain : chains) {
    stop_serving();
    serve_body("{\"key\":\"" + key + "\",\"signature_chain\":" + chain + "}");
    EXPECT_EQ(agent().get_key("a", "b").error().code, "guest_agent_malformed") << chain;
  }
  stop_serving();
  serve_body("{\"key\":\"" + std::string(64, '0') + "\",\"signature_chain\":[]}");
  EXPECT_EQ(agent().get_key("a", "b").error().code, "guest_agent_malformed");
}

TEST_F(GuestAgentTest, GivesUpWithoutAnAgent) {
  const auto info = agent().info();
  ASSERT_FALSE(info);
  EXPECT_EQ(info.error().code, "guest_agent_unreachable");
  EXPECT_NE(info.error().hint.find(socket_), std::string::npos);
}

TEST(FindGuestAgent, PrefersWhatIsConfigured) {
  EXPECT_EQ(*find_guest_agent("/tmp/x.sock"), "/tmp/x.sock");
}

}  // namespace
}  // namespace dnc
