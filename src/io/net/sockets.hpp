// Listening and dialling: what comes before a Stream. Loop thread only.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "core/base/result.hpp"
#include "io/net/event_loop.hpp"
#include "io/net/stream.hpp"

namespace dnc {

// Accepts until it is destroyed. Requires: the loop outlives it.
class Acceptor {
 public:
  using OnAccept = std::function<void(Fd)>;
  using OnError = std::function<void(const std::string&)>;

  // Errors: listen_failed.
  static Result<Acceptor> tcp(EventLoop& loop, const std::string& host, std::uint16_t port);
  static Result<Acceptor> local(EventLoop& loop, const std::string& path);
  Acceptor(Acceptor&&) noexcept;
  Acceptor& operator=(Acceptor&&) noexcept;
  ~Acceptor();

  std::uint16_t port() const;
  void start(Duration retry, OnAccept on_accept, OnError on_error);

 private:
  struct Impl;
  explicit Acceptor(std::shared_ptr<Impl> impl);
  std::shared_ptr<Impl> impl_;
};

// One attempt to connect to "host:port"; every address of the host is tried in turn. Destroying the
// handle takes the attempt back. `limit` is for the connecting, each resolver has its own.
// Errors: dial_refused (nobody listens there), dial_failed.
class Dial {
 public:
  using OnDone = std::function<void(Result<Fd>)>;  // from the loop, never inside the constructor

  Dial() = default;
  Dial(EventLoop& loop, const std::string& endpoint, Duration limit, OnDone on_done);
  Dial(Dial&&) noexcept = default;
  Dial& operator=(Dial&& other) noexcept;
  ~Dial();

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

// The host of "host:port" where TLS may name it (RFC 6066: not an address); else empty.
std::string host_name_of(const std::string& endpoint);

// Makes the kernel give up a connection whose other side has been silent for so long.
void set_dead_after(int fd, Duration silence);

}  // namespace dnc
