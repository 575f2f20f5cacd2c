// An HTTP server whose answers may take their time: requests stand in line for one thread, and the
// loop goes on meanwhile.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

#include "core/base/result.hpp"
#include "io/net/http_server.hpp"
#include "io/net/listener.hpp"

namespace dnc {

inline constexpr std::size_t kWaitingRequestsMax = 256;  // more are told 503

// Requires: the loop outlives the server, and what `answer` waits for ends before the server does.
class BlockingHttpServer {
 public:
  using Answer = std::function<HttpResponse(const HttpRequest&)>;

  BlockingHttpServer(EventLoop& loop, Answer answer);
  ~BlockingHttpServer();
  BlockingHttpServer(const BlockingHttpServer&) = delete;
  BlockingHttpServer& operator=(const BlockingHttpServer&) = delete;

  // Loop thread only. Port 0 picks a free one. Error: listen_failed.
  Result<std::uint16_t> listen(const std::string& host, std::uint16_t port);
  void close() { listener_.close(); }

 private:
  void take(HttpRequest request, const HttpReplier& reply);
  void work();

  EventLoop& loop_;
  Answer answer_;
  HttpServer server_;
  Listener listener_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::pair<HttpRequest, HttpReplier>> waiting_;
  bool ending_ = false;
  std::thread worker_;
};

}  // namespace dnc
