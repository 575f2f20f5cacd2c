// Responses without an end of their own.
#include <gtest/gtest.h>

#include <atomic>
#include <optional>
#include <thread>

#include "io/net/http_server.hpp"
#include "io/net/listener.hpp"
#include "io/net/net_test_kit.hpp"

namespace dnc {
namespace {

using test::Client;
using test::run_until;

constexpr std::string_view kStream = "GET /stream HTTP/1.1\r\nHost: x\r\n\r\n";
constexpr std::string_view kLater = "GET /later HTTP/1.1\r\nHost: x\r\n\r\n";

// /stream begins one; anything else is never answered. All on this thread: the clients' bytes are
// in the kernel before the loop runs.
class HttpStreamTest : public ::testing::Test {
 protected:
  void start(HttpLimits limits = {}) {
    server_.emplace(
        loop_,
        [this](const HttpRequest& request, const HttpReplier& reply) {
          if (request.path != "/stream") return;
          streams_.push_back(reply.stream({.content_type = "text/event-stream"}));
        },
        limits);
    listener_.emplace(loop_, ListenerConfig{.http = &*server_});
    port_ = listener_->listen("127.0.0.1", 0).value();
  }

  bool runs_until(const std::function<bool()>& done) { return run_until(loop_, done); }
  // Lets the loop send what it has and reads all that this client gets.
  std::string rest_of(Client& client) {
    std::string text;
    std::atomic<bool> read = false;
    std::thread reader([&] {
      text = client.rest();
      read = true;
    });
    EXPECT_TRUE(runs_until([&] { return read.load(); }));
    reader.join();
    return text;
  }

  EventLoop loop_;
  std::optional<HttpServer> server_;
  std::optional<Listener> listener_;
  std::uint16_t port_ = 0;
  std::vector<HttpStream> streams_;
};

TEST_F(HttpStreamTest, ArrivesAsItIsWrittenAndEndsWithTheConnection) {
  start();
  Client client(port_);
  client.send(kStream);
  ASSERT_TRUE(runs_until([&] { return !streams_.empty(); }));
  EXPECT_TRUE(streams_[0].open());
  streams_[0].write("one");
  streams_[0].write("two");
  streams_[0].close();
  EXPECT_FALSE(streams_[0].open());
  streams_[0].write("late");
  const std::string text = rest_of(client);
  EXPECT_TRUE(text.starts_with("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n")) << text;
  EXPECT_EQ(text.find("Content-Length"), std::string::npos);
  EXPECT_TRUE(text.ends_with("Connection: close\r\n\r\nonetwo")) << text;
}

TEST_F(HttpStreamTest, OutlivesTheLimitOfAnswersAndOfIdleness) {
  start({.idle_max = Duration{1}, .answer_max = Duration{1}});
  Client client(port_);
  client.send(kStream);
  ASSERT_TRUE(runs_until([&] { return !streams_.empty(); }));
  const Time begun = loop_.now();
  ASSERT_TRUE(runs_until([&] { return loop_.now() >= begun + Duration{300}; }));  // some sweeps
  EXPECT_TRUE(streams_[0].open());
}

TEST_F(HttpStreamTest, KnowsThatTheClientHasGone) {
  start();
  Client client(port_);
  client.send(kStream);
  ASSERT_TRUE(runs_until([&] { return !streams_.empty(); }));
  client.disconnect();
  EXPECT_TRUE(runs_until([&] { return !streams_[0].open(); }));
  EXPECT_EQ(server_->stats().connections, 0u);
}

TEST_F(HttpStreamTest, OfAClientThatDoesNotReadIsDropped) {
  start({.idle_max = Duration{50}});
  Client client(port_);
  client.send(kStream);
  ASSERT_TRUE(runs_until([&] { return !streams_.empty(); }));
  streams_[0].write(std::string(32u << 20, 'x'));
  EXPECT_GT(streams_[0].unsent(), 0u);
  EXPECT_TRUE(runs_until([&] { return !streams_[0].open(); }));
}

TEST_F(HttpStreamTest, NeedsAConnectionOfItsOwn) {
  start({.answer_max = Duration{50}});  // the first request gets its 504, then the answer shows
  Client client(port_);
  client.send(std::string(kLater) + std::string(kStream));
  client.end();
  const std::string text = rest_of(client);
  EXPECT_NE(text.find("stream_behind_requests"), std::string::npos) << text;
  ASSERT_EQ(streams_.size(), 1u);
  EXPECT_FALSE(streams_[0].open());
}

TEST_F(HttpStreamTest, EndsWithTheServer) {
  start();
  Client client(port_);
  client.send(kStream);
  ASSERT_TRUE(runs_until([&] { return !streams_.empty(); }));
  server_.reset();
  EXPECT_FALSE(streams_[0].open());
  streams_[0].write("nobody");
  EXPECT_TRUE(client.rest().ends_with("\r\n\r\n"));
}

}  // namespace
}  // namespace dnc
