#include "io/net/blocking_http_server.hpp"

#include <gtest/gtest.h>

#include <future>

#include "io/net/net_test_kit.hpp"

namespace dnc {
namespace {

using test::Client;
using test::LoopThread;

constexpr const char* kRequest = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n";

// Answers with the path, once it is let go.
class BlockingHttpServerTest : public ::testing::Test {
 protected:
  BlockingHttpServerTest() {
    server_.emplace(loop_, [this](const HttpRequest& request) {
      let_go_.wait();
      HttpResponse response;
      response.body = request.path;
      return response;
    });
    port_ = server_->listen("127.0.0.1", 0).value();
    thread_.emplace(loop_);
  }
  ~BlockingHttpServerTest() override {
    thread_.reset();
    server_.reset();
  }

  std::promise<void> gate_;
  std::shared_future<void> let_go_ = gate_.get_future().share();
  EventLoop loop_;
  std::optional<BlockingHttpServer> server_;
  std::uint16_t port_ = 0;
  std::optional<LoopThread> thread_;
};

TEST_F(BlockingHttpServerTest, TheLoopGoesOnWhileAnAnswerIsThoughtAbout) {
  Client client(port_);
  ASSERT_TRUE(client.send(kRequest));
  std::promise<void> ran;
  loop_.post([&ran] { ran.set_value(); });
  ran.get_future().wait();
  gate_.set_value();
  EXPECT_NE(client.response().find("200 OK"), std::string::npos);
}

TEST_F(BlockingHttpServerTest, RefusesWhenTooManyWait) {
  constexpr std::size_t kClients = 8;
  constexpr std::size_t kEach =
      kWaitingRequestsMax / kClients + 1;  // below the limit of a pipeline
  std::vector<std::unique_ptr<Client>> clients;
  for (std::size_t i = 0; i < kClients; ++i) {
    clients.push_back(std::make_unique<Client>(port_));
    for (std::size_t k = 0; k < kEach; ++k)
      ASSERT_TRUE(clients.back()->send(kRequest));
  }
  // Whoever comes last is refused at once, though nobody before has an answer yet.
  std::string refused;
  while (refused.empty()) {
    Client late(port_);
    ASSERT_TRUE(late.send(kRequest));
    timeval soon{0, 20'000};
    ::setsockopt(late.fd(), SOL_SOCKET, SO_RCVTIMEO, &soon, sizeof soon);
    refused = late.response();
  }
  EXPECT_NE(refused.find("503"), std::string::npos) << refused;
  gate_.set_value();
  std::size_t answered = 0;
  for (auto& client : clients) {
    for (std::size_t k = 0; k < kEach; ++k)
      answered += client->response().find("200 OK") != std::string::npos ? 1 : 0;
  }
  EXPECT_GE(answered, kWaitingRequestsMax - kEach);
}

}  // namespace
}  // namespace dnc
