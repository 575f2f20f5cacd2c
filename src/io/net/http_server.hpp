// HTTP/1.1 for clients: parses, keeps answers in the order of the requests, refuses what is too
// big, too slow or malformed. Connections are handed in by a Listener.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "io/net/event_loop.hpp"
#include "io/net/limits.hpp"
#include "io/net/net_log.hpp"

namespace dnc {

class HttpConnection;
class Stream;

using NameValues = std::vector<std::pair<std::string, std::string>>;

struct HttpRequest {
  std::string method;  // "GET"
  std::string path;    // percent-decoded, without the query: "/v1/counter"
  NameValues query;    // percent-decoded, in order; a name without '=' has an empty value
  NameValues headers;  // names as sent
  std::string body;

  // The first one of that name; empty if there is none.
  std::optional<std::string_view> header(std::string_view name) const;  // case-insensitive
  std::optional<std::string_view> query_value(std::string_view name) const;
};

struct HttpResponse {
  int status = 200;
  std::string content_type = "application/json";
  std::string body{};
  NameValues headers{};  // extra ones; length, type and connection are the server's
};

// The body of a response that has no end of its own, such as a stream of events. Copies write to
// the same one; harmless when the client or the server has gone. Loop thread only.
class HttpStream {
 public:
  explicit HttpStream(std::weak_ptr<HttpConnection> connection)
      : connection_(std::move(connection)) {}

  bool open() const;
  std::size_t unsent() const;  // bytes that the client does not take yet: the caller's to bound
  void write(std::string_view text) const;
  void close() const;  // what was written still goes out

 private:
  std::weak_ptr<HttpConnection> connection_;
};

// Answers one request, now or later, on the loop thread. The first call counts, others do nothing;
// harmless when the client or the server has gone. Copies answer the same request.
class HttpReplier {
 public:
  HttpReplier(std::weak_ptr<HttpConnection> connection, std::uint64_t request)
      : connection_(std::move(connection)), request_(request) {}

  void operator()(HttpResponse response) const;
  // Sends `head`, of which the body does not matter, and leaves the connection to the stream.
  // Behind other requests of the connection there is none: the answer is 400, and the stream is
  // closed.
  HttpStream stream(const HttpResponse& head) const;

 private:
  std::weak_ptr<HttpConnection> connection_;
  std::uint64_t request_;
};

using HttpHandler = std::function<void(HttpRequest, HttpReplier)>;

struct HttpStats {
  std::size_t connections = 0;
  std::uint64_t requests = 0;  // handed to the handler
  std::uint64_t refused = 0;   // answered by the server itself: 4xx, 504, too many connections
};

class HttpServer {
 public:
  // Requires: the loop outlives the server.
  HttpServer(EventLoop& loop, HttpHandler handler, HttpLimits limits = {}, NetLog log = {});
  ~HttpServer();  // closes every connection
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  // Takes a connected stream; `first` is what was already read from it.
  void adopt(std::shared_ptr<Stream> stream, std::string_view first = {});

  HttpStats stats() const;

 private:
  friend class HttpConnection;
  void forget(HttpConnection* connection);
  void sweep();  // closes what is past its deadline; one timer for all connections

  EventLoop& loop_;
  HttpHandler handler_;
  HttpLimits limits_;
  LimitedLog log_;
  HttpStats stats_;
  std::unordered_map<HttpConnection*, std::shared_ptr<HttpConnection>> connections_;
  Timer sweeper_;
};

}  // namespace dnc
