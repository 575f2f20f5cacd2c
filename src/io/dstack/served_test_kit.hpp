// For the tests of this room: an HTTP server on a loop and threads of its own.
#pragma once

#include "io/net/blocking_http_server.hpp"
#include "io/net/event_loop.hpp"
#include "io/net/net_test_kit.hpp"

namespace dnc::test {

class Served {
 public:
  explicit Served(BlockingHttpServer::Answer answer, std::uint16_t port = 0)
      : server_(loop_, std::move(answer)), port_(server_.listen("127.0.0.1", port).value()) {
    thread_.emplace(loop_);
  }
  ~Served() { thread_.reset(); }

  std::uint16_t port() const { return port_; }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }

 private:
  EventLoop loop_;
  BlockingHttpServer server_;
  std::uint16_t port_;
  std::optional<LoopThread> thread_;
};

inline HttpRequest post_request(const std::string& path, const std::string& body) {
  HttpRequest request;
  request.method = "POST";
  request.path = path;
  request.body = body;
  return request;
}

}  // namespace dnc::test
