// For the tests of streams of server-sent events.
#pragma once

#include <gtest/gtest.h>

#include <functional>

#include "io/api/api_test_kit.hpp"

namespace dnc {

// A stream behind a server of its own, on this thread: what clients sent is in the kernel before
// the loop runs.
class StreamTest : public ::testing::Test {
 protected:
  void serve(HttpHandler handler) {
    handler_ = std::move(handler);
    server_.emplace(loop_, [this](const HttpRequest& request, const HttpReplier& reply) {
      handler_(request, reply);
      ++answered_;
    });
    listener_.emplace(loop_, ListenerConfig{.http = &*server_});
    port_ = listener_->listen("127.0.0.1", 0).value();
  }

  void listen(test::Client& client, const std::string& headers = "") {
    const std::size_t before = answered_;
    client.send("GET / HTTP/1.1\r\nHost: x\r\n" + headers + "\r\n");
    ASSERT_TRUE(test::run_until(loop_, [&] { return answered_ > before; }));
  }
  void run(Duration time) {
    const Time end = loop_.now() + time;
    ASSERT_TRUE(test::run_until(loop_, [&] { return loop_.now() >= end; }));
  }
  // All that clients got, once the server is gone.
  std::string text_of(test::Client& client) {
    server_.reset();
    return client.rest();
  }
  // The data of the whole messages of one type, in their order.
  static std::vector<Json> messages(const std::string& text, const std::string& type) {
    std::vector<Json> found;
    const std::string begin = "event: " + type + "\ndata: ";
    for (auto at = text.find(begin); at != std::string::npos; at = text.find(begin, at + 1)) {
      const auto from = at + begin.size();
      const auto end = text.find("\n\n", from);
      if (end == std::string::npos) break;
      found.push_back(parse_json(text.substr(from, end - from)).value());
    }
    return found;
  }

  EventLoop loop_;
  FakeNode node_;
  HttpHandler handler_;
  std::optional<HttpServer> server_;
  std::optional<Listener> listener_;
  std::uint16_t port_ = 0;
  std::size_t answered_ = 0;
};

}  // namespace dnc
