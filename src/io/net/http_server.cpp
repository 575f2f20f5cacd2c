#include "io/net/http_server.hpp"

#include "io/net/http_connection.hpp"
#include "io/net/http_parse.hpp"

namespace dnc {

namespace {

constexpr Duration kSweepEvery{100};

}  // namespace

void HttpReplier::operator()(HttpResponse response) const {
  if (const auto connection = connection_.lock()) connection->answer(request_, response);
}

HttpStream HttpReplier::stream(const HttpResponse& head) const {
  const auto connection = connection_.lock();
  if (!connection) return HttpStream({});
  if (connection->begin_stream(request_, head)) return HttpStream(connection_);
  connection->answer(request_, error_response(400, "stream_behind_requests",
                                              "a stream needs a connection of its own"));
  return HttpStream({});
}

bool HttpStream::open() const {
  const auto connection = connection_.lock();
  return connection && connection->streams();
}

std::size_t HttpStream::unsent() const {
  const auto connection = connection_.lock();
  return connection ? connection->unsent() : 0;
}

void HttpStream::write(std::string_view text) const {
  if (const auto connection = connection_.lock()) connection->write_stream(text);
}

void HttpStream::close() const {
  if (const auto connection = connection_.lock()) connection->end_stream();
}

HttpServer::HttpServer(EventLoop& loop, HttpHandler handler, HttpLimits limits, NetLog log)
    : loop_(loop), handler_(std::move(handler)), limits_(limits), log_(std::move(log)) {
  sweeper_ = loop_.after(kSweepEvery, [this] { sweep(); });
}

HttpServer::~HttpServer() {
  for (const auto& [connection, owner] : connections_)
    connection->close();
}

void HttpServer::adopt(std::shared_ptr<Stream> stream, std::string_view first) {
  if (connections_.size() >= limits_.connections_max) {
    ++stats_.refused;
    log_.tell(loop_.now(), "http_full", stream->remote() + ": too many connections");
    std::string text;
    serialise(error_response(503, "too_many_connections", "try again later"), false, false, text);
    stream->write(as_bytes(text));
    stream->finish();
    return stream->close();
  }
  const auto connection = std::make_shared<HttpConnection>(*this, std::move(stream));
  connections_.emplace(connection.get(), connection);
  connection->begin(first);
}

HttpStats HttpServer::stats() const {
  HttpStats stats = stats_;
  stats.connections = connections_.size();
  return stats;
}

void HttpServer::forget(HttpConnection* connection) {
  connections_.erase(connection);
}

void HttpServer::sweep() {
  std::vector<std::shared_ptr<HttpConnection>> all;  // checking may forget some
  all.reserve(connections_.size());
  for (const auto& [connection, owner] : connections_)
    all.push_back(owner);
  const Time now = loop_.now();
  for (const auto& connection : all)
    connection->check_deadline(now);
  sweeper_ = loop_.after(kSweepEvery, [this] { sweep(); });
}

}  // namespace dnc
