// A connected byte stream, plain or TLS, over TCP or a unix socket. Loop thread only.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "core/base/bytes.hpp"
#include "io/net/event_loop.hpp"

struct ssl_ctx_st;

namespace dnc {

// Owns a file descriptor.
class Fd {
 public:
  Fd() = default;
  explicit Fd(int fd) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&& other) noexcept;
  ~Fd();

  int get() const { return fd_; }
  int release() { return std::exchange(fd_, -1); }

 private:
  int fd_ = -1;
};

// All calls come from the loop, never from inside a method of the stream.
class StreamHandler {
 public:
  virtual ~StreamHandler() = default;
  virtual void on_secured() {}  // the TLS handshake is done
  virtual void on_data(ByteView bytes) = 0;
  virtual void on_drained() {}  // what a flush() had to leave behind has gone out
  // The other side will write no more. True: keep the stream for writing; false: on_closed()
  // follows.
  virtual bool on_end() { return false; }
  virtual void on_closed(const std::string& reason) = 0;  // by the other side or by an error
};

class Stream {
 public:
  virtual ~Stream() = default;

  // The stream shares its handler until it is closed; a handler may close or hand on inside a call.
  virtual void set_handler(std::shared_ptr<StreamHandler> handler) = 0;
  virtual void start() = 0;  // begins to read
  // Then TLS: as a server, of whom `first` was read already, or as a client, who names the server
  // for what stands between and passes connections on by name (dstack's gateway); empty: no name.
  virtual void secure_server(ssl_ctx_st* context, ByteView first) = 0;
  virtual void secure_client(ssl_ctx_st* context, const std::string& server_name) = 0;
  virtual void pause(bool paused) = 0;  // what was read already still arrives

  virtual void write(ByteView bytes) = 0;  // queues; goes out with flush()
  virtual void flush() = 0;                // one system call for all that is queued
  virtual std::size_t unsent() const = 0;  // bytes queued here, not in the kernel

  virtual void finish() = 0;  // says that nothing more will be written; reading goes on
  virtual void close() = 0;   // at once and silently: the handler is let go and not called again

  virtual std::string alpn() const = 0;                   // of the TLS handshake, or empty
  virtual std::optional<Hash> peer_key_hash() const = 0;  // of the other side's certificate
  virtual std::string remote() const = 0;                 // "127.0.0.1:4711" or "unix", for logs
  virtual int fd() const = 0;                             // for socket options
};

std::shared_ptr<Stream> make_stream(EventLoop& loop, Fd connected);

}  // namespace dnc
