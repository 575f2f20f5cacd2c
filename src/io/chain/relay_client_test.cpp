#include "io/chain/relay_client.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <future>
#include <mutex>
#include <thread>

#include "io/chain/fake_chain.hpp"
#include "io/net/event_loop.hpp"
#include "io/net/http_server.hpp"
#include "io/net/listener.hpp"

namespace dnc {
namespace {

// A relay that answers from a script; the last answer stays.
class FakeRelay {
 public:
  explicit FakeRelay(std::vector<HttpResponse> script) : script_(script.begin(), script.end()) {
    std::promise<std::uint16_t> port;
    thread_ = std::thread([this, &port] {
      EventLoop loop;
      HttpServer http(loop, [this](const HttpRequest& request, const HttpReplier& reply) {
        reply(answer(request));
      });
      Listener listener(loop, {.http = &http});
      loop_ = &loop;
      port.set_value(listener.listen("127.0.0.1", 0).value());
      loop.run();
    });
    port_ = port.get_future().get();
  }
  ~FakeRelay() {
    loop_->post([this] { loop_->stop(); });
    thread_.join();
  }

  std::string endpoint() const { return "127.0.0.1:" + std::to_string(port_); }
  std::string url() const { return "http://" + endpoint(); }
  std::vector<std::string> bodies() {
    const std::lock_guard lock(mutex_);
    return bodies_;
  }

 private:
  HttpResponse answer(const HttpRequest& request) {
    const std::lock_guard lock(mutex_);
    EXPECT_EQ(request.path, "/relay");
    bodies_.push_back(request.body);
    HttpResponse next = script_.front();
    if (script_.size() > 1) script_.pop_front();
    return next;
  }

  std::mutex mutex_;
  std::deque<HttpResponse> script_;
  std::vector<std::string> bodies_;
  EventLoop* loop_ = nullptr;
  std::uint16_t port_ = 0;
  std::thread thread_;
};

HttpResponse says(int status, std::string body) {
  HttpResponse response;
  response.status = status;
  response.body = std::move(body);
  return response;
}
HttpResponse refuses(int status, const std::string& code, const std::string& message) {
  return says(status, R"({"error":{"code":")" + code + R"(","message":")" + message +
                          R"(","hint":"do this"}})");
}
const char* const kAccepted = R"({"state":"accepted","id":"0x01"})";
const char* const kDone =
    R"({"state":"done","block":9,)"
    R"("tx":"0x1111111111111111111111111111111111111111111111111111111111111111"})";

RelayClientConfig config(std::vector<std::string> urls) {
  RelayClientConfig config;
  config.urls = std::move(urls);
  config.ask_again = Duration(5);
  config.relay_patience = Duration(200);
  config.backoff_min = Duration(5);
  config.backoff_max = Duration(20);
  config.give_up_after = Duration(500);
  return config;
}

Result<TxDone> post(RelayClient& client) {
  std::promise<Result<TxDone>> verdict;
  client.post("join", {1, 2, 3}, [&](const Result<TxDone>& result) { verdict.set_value(result); });
  return verdict.get_future().get();
}

// A port where nobody listens.
std::string dead_url() {
  FakeRelay gone({says(200, kDone)});
  return gone.url();
}

TEST(RelayClient, AsksAgainUntilItIsDone) {
  FakeRelay relay({says(202, kAccepted), says(202, kAccepted), says(200, kDone)});
  RelayClient client(config({relay.url()}));
  const auto done = post(client);
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(done->block, BlockNumber{9});
  EXPECT_FALSE(done->already_done);
  ASSERT_EQ(relay.bodies().size(), 3u);
  EXPECT_EQ(relay.bodies()[0], R"({"data":"0x010203"})");
  EXPECT_EQ(relay.bodies()[2], relay.bodies()[0]) << "the same bytes each time";
}

TEST(RelayClient, TriesTheNextWhenOneIsDeadOrPoorOrSlow) {
  FakeRelay poor({refuses(503, "no_gas_key", "it pays for nothing")});
  FakeRelay slow({says(202, kAccepted)});
  FakeRelay odd({says(200, "<html>")});
  FakeRelay good({says(200, kDone)});
  auto settings = config({dead_url(), poor.url(), odd.url(), slow.url()});
  settings.give_up_after = Duration(10'000);
  RelayClient client(settings);
  client.set_peers({good.endpoint(), "no endpoint", "evil/../:80?x"});
  EXPECT_TRUE(post(client));
  EXPECT_EQ(good.bodies().size(), 1u);
  EXPECT_TRUE(post(client));
  EXPECT_EQ(poor.bodies().size(), 1u) << "the one that helped is asked first";
  EXPECT_EQ(client.trouble().code, "");
}

TEST(RelayClient, ARefusalCountsWhenNobodyHelps) {
  FakeRelay behind({refuses(422, "refused", "the contract refuses: NotOperator(3, 0x..)")});
  FakeRelay good({says(200, kDone)});
  RelayClient two(config({behind.url(), good.url()}));
  EXPECT_TRUE(post(two));
  RelayClient one(config({behind.url(), dead_url()}));
  const auto refused = post(one);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "refused");
  EXPECT_NE(refused.error().message.find("NotOperator"), std::string::npos);
}

TEST(RelayClient, SaysWhyNobodyRelays) {
  FakeRelay poor({refuses(503, "no_gas_money", "0xabc cannot pay")});
  RelayClient client(config({poor.url(), dead_url()}));
  const auto failed = post(client);
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, "nobody_relays");
  EXPECT_NE(failed.error().message.find("0xabc cannot pay"), std::string::npos);
  EXPECT_NE(failed.error().hint, "");
  EXPECT_EQ(client.trouble().code, "nobody_relays");
  RelayClient alone(config({}));
  EXPECT_NE(post(alone).error().message.find("no relay is known"), std::string::npos);
}

TEST(RelayClient, StopsWhileARelayWorks) {
  FakeRelay slow({says(202, kAccepted)});
  auto settings = config({slow.url()});
  settings.give_up_after = settings.relay_patience = Duration(60'000);
  RelayClient client(settings);
  std::promise<std::string> code;
  client.post("join", {1}, [&](const Result<TxDone>& result) {
    code.set_value(result ? "ok" : result.error().code);
  });
  ASSERT_TRUE(eventually([&] { return !slow.bodies().empty(); }));
  client.stop();
  EXPECT_EQ(code.get_future().get(), "stopped");
}

}  // namespace
}  // namespace dnc
