#include "io/net/sockets.hpp"

#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <asio/basic_socket_acceptor.hpp>
#include <asio/generic/stream_protocol.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/local/stream_protocol.hpp>
#include <asio/post.hpp>
#include <charconv>
#include <deque>

#include "io/net/asio_loop.hpp"

namespace dnc {

namespace {

using asio::error_code;
using asio::ip::tcp;
using GenericAcceptor = asio::basic_socket_acceptor<asio::generic::stream_protocol>;
using GenericSocket = asio::generic::stream_protocol::socket;

struct HostPort {
  std::string host;
  std::uint16_t port = 0;
};

std::optional<HostPort> split(const std::string& endpoint) {
  const std::size_t colon = endpoint.rfind(':');
  if (colon == std::string::npos || colon == 0) return std::nullopt;
  HostPort result{endpoint.substr(0, colon), 0};
  const char* const end = endpoint.data() + endpoint.size();
  const auto parsed = std::from_chars(endpoint.data() + colon + 1, end, result.port);
  if (parsed.ec != std::errc{} || parsed.ptr != end || result.port == 0) return std::nullopt;
  if (result.host.size() > 2 && result.host.front() == '[' && result.host.back() == ']') {
    result.host = result.host.substr(1, result.host.size() - 2);
  }
  return result;
}

Error listen_error(const std::string& where, const error_code& error) {
  return {"listen_failed", "cannot listen on " + where + ": " + error.message(),
          "choose another address, or stop the process that uses it"};
}

Error dial_error(const std::string& endpoint, const std::string& why) {
  return {"dial_failed", "cannot connect to " + endpoint + ": " + why, ""};
}

Error dial_error(const std::string& endpoint, const error_code& error) {
  Error failed = dial_error(endpoint, error.message());
  if (error == asio::error::connection_refused) failed.code = "dial_refused";
  return failed;
}

}  // namespace

struct Acceptor::Impl : std::enable_shared_from_this<Impl> {
  explicit Impl(EventLoop& event_loop) : loop(event_loop), acceptor(io_of(event_loop)) {}

  error_code open(const asio::generic::stream_protocol::endpoint& where) {
    error_code error;
    acceptor.open(where.protocol(), error);
    if (!error) acceptor.set_option(asio::socket_base::reuse_address(true), error);
    if (!error) acceptor.bind(where, error);
    if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
    return error;
  }

  void accept() {
    acceptor.async_accept([weak = weak_from_this()](const error_code& error, GenericSocket socket) {
      if (const auto self = weak.lock()) self->accepted(error, std::move(socket));
    });
  }

  void accepted(const error_code& error, GenericSocket socket) {
    if (!on_accept) return;
    if (!error) {
      on_accept(Fd(socket.release()));
      if (on_accept) accept();
      return;
    }
    if (error == asio::error::operation_aborted) return;
    on_error(error.message());
    pause = loop.after(retry, [this] { accept(); });
  }

  EventLoop& loop;
  GenericAcceptor acceptor;
  Duration retry{};
  OnAccept on_accept;  // empty: stopped
  OnError on_error;
  Timer pause;
};

Acceptor::Acceptor(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}
Acceptor::Acceptor(Acceptor&&) noexcept = default;
Acceptor& Acceptor::operator=(Acceptor&&) noexcept = default;

Acceptor::~Acceptor() {
  if (!impl_) return;
  impl_->on_accept = nullptr;
  impl_->pause.cancel();
  error_code ignored;
  impl_->acceptor.close(ignored);
}

Result<Acceptor> Acceptor::tcp(EventLoop& loop, const std::string& host, std::uint16_t port) {
  const std::string where = host + ":" + std::to_string(port);
  tcp::resolver resolver(io_of(loop));
  error_code error;
  const auto found = resolver.resolve(host, std::to_string(port), tcp::resolver::passive, error);
  if (error) return listen_error(where, error);
  auto impl = std::make_shared<Impl>(loop);
  error = impl->open(found.begin()->endpoint());
  if (error) return listen_error(where, error);
  return Acceptor(std::move(impl));
}

Result<Acceptor> Acceptor::local(EventLoop& loop, const std::string& path) {
  if (path.empty() || path.size() >= sizeof(sockaddr_un::sun_path)) {
    return Error{"listen_failed", "the socket path has no or too many characters: " + path,
                 "use a path of 1 to 107 characters"};
  }
  auto impl = std::make_shared<Impl>(loop);
  const error_code error = impl->open(asio::local::stream_protocol::endpoint(path));
  if (error) return listen_error(path, error);
  return Acceptor(std::move(impl));
}

std::uint16_t Acceptor::port() const {
  error_code error;
  const auto endpoint = impl_->acceptor.local_endpoint(error);
  if (error) return 0;
  const int family = endpoint.protocol().family();
  if (family == AF_INET) {
    return ntohs(reinterpret_cast<const sockaddr_in*>(endpoint.data())->sin_port);
  }
  if (family != AF_INET6) return 0;
  return ntohs(reinterpret_cast<const sockaddr_in6*>(endpoint.data())->sin6_port);
}

void Acceptor::start(Duration retry, OnAccept on_accept, OnError on_error) {
  impl_->retry = retry;
  impl_->on_accept = std::move(on_accept);
  impl_->on_error = std::move(on_error);
  impl_->accept();
}

struct Dial::Impl : std::enable_shared_from_this<Impl> {
  Impl(EventLoop& event_loop, std::string where, Duration time, OnDone done)
      : loop(event_loop),
        endpoint(std::move(where)),
        limit(time),
        on_done(std::move(done)),
        resolver(io_of(event_loop)),
        socket(io_of(event_loop)) {}

  void start() {
    const auto target = split(endpoint);
    if (!target) return done(dial_error(endpoint, "not of the form host:port"));
    error_code error;
    const auto address = asio::ip::make_address(target->host, error);
    if (!error) {
      addresses.emplace_back(address, target->port);
      return connect();
    }
    resolver.async_resolve(
        target->host, std::to_string(target->port),
        [self = shared_from_this()](error_code failure, tcp::resolver::results_type found) {
          if (failure) return self->done(dial_error(self->endpoint, failure.message()));
          for (const auto& entry : found)
            self->addresses.push_back(entry.endpoint());
          self->connect();
        });
  }

  void connect() {
    if (!on_done) return;
    if (!deadline.pending()) {
      deadline = loop.after(limit, [this] { done(dial_error(endpoint, "no answer")); });
    }
    const tcp::endpoint address = addresses.front();
    addresses.pop_front();
    error_code ignored;
    socket.close(ignored);
    socket.async_connect(address, [self = shared_from_this()](const error_code& error) {
      if (!self->on_done) return;
      if (!error) return self->done(Fd(self->socket.release()));
      if (self->addresses.empty()) return self->done(dial_error(self->endpoint, error));
      self->connect();
    });
  }

  void done(Result<Fd> result) {
    const auto self = shared_from_this();
    const auto callback = std::exchange(on_done, nullptr);
    stop();
    if (callback) callback(std::move(result));
  }

  void stop() {
    on_done = nullptr;
    deadline.cancel();
    resolver.cancel();
    error_code ignored;
    socket.close(ignored);
  }

  EventLoop& loop;
  const std::string endpoint;
  const Duration limit;
  OnDone on_done;  // empty: over
  tcp::resolver resolver;
  tcp::socket socket;
  std::deque<tcp::endpoint> addresses;
  Timer deadline;
};

std::string host_name_of(const std::string& endpoint) {
  constexpr std::size_t kNameMax = 255;
  const auto target = split(endpoint);
  if (!target || target->host.size() > kNameMax) return "";
  error_code no_address;
  static_cast<void>(asio::ip::make_address(target->host, no_address));
  return no_address ? target->host : "";
}

Dial::Dial(EventLoop& loop, const std::string& endpoint, Duration limit, OnDone on_done)
    : impl_(std::make_shared<Impl>(loop, endpoint, limit, std::move(on_done))) {
  asio::post(io_of(loop), [impl = impl_] {
    if (impl->on_done) impl->start();
  });
}

Dial& Dial::operator=(Dial&& other) noexcept {
  std::swap(impl_, other.impl_);
  return *this;
}

Dial::~Dial() {
  if (impl_) impl_->stop();
}

void set_dead_after(int fd, Duration silence) {
  const auto milliseconds = static_cast<unsigned int>(silence.count());
  const int on = 1;
  const int probe_seconds = 1;
  const int probes = 2;
  // With TCP_USER_TIMEOUT the probes of an idle connection give up at the same age as its data.
  ::setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &milliseconds, sizeof milliseconds);
  ::setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
  ::setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &probe_seconds, sizeof probe_seconds);
  ::setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &probe_seconds, sizeof probe_seconds);
  ::setsockopt(fd, IPPROTO_TCP, TCP_KEEPCNT, &probes, sizeof probes);
}

}  // namespace dnc
