#include "io/net/stream.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <asio/buffer.hpp>
#include <asio/generic/stream_protocol.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/post.hpp>

#include "core/base/check.hpp"
#include "io/net/asio_loop.hpp"
#include "io/net/tls_engine.hpp"

namespace dnc {

namespace {

using asio::error_code;
using Socket = asio::generic::stream_protocol::socket;

constexpr std::size_t kReadMin = 8u << 10;        // read buffer of a quiet connection
constexpr std::size_t kReadMax = 64u << 10;       // of a busy one
constexpr std::size_t kKeepCapacity = 64u << 10;  // larger send buffers are given back when sent

class SocketStream final : public Stream, public std::enable_shared_from_this<SocketStream> {
 public:
  SocketStream(EventLoop& loop, Fd connected);
  ~SocketStream() override = default;

  void set_handler(std::shared_ptr<StreamHandler> handler) override {
    handler_ = std::move(handler);
  }
  void start() override { read_more(); }
  void secure_server(ssl_ctx_st* context, ByteView first) override;
  void secure_client(ssl_ctx_st* context, const std::string& server_name) override;
  void pause(bool paused) override;
  void write(ByteView bytes) override;
  void flush() override;
  std::size_t unsent() const override { return out_.size() - out_sent_; }
  void finish() override;
  void close() override;
  std::string alpn() const override { return engine_ ? engine_->alpn() : ""; }
  std::optional<Hash> peer_key_hash() const override {
    return engine_ ? engine_->peer_key_hash() : std::nullopt;
  }
  std::string remote() const override;
  int fd() const override { return fd_; }

 private:
  void read_more();
  void on_read(const error_code& error, std::size_t size);
  void receive(ByteView raw);
  void receive_tls(ByteView raw);
  void end();
  void wait_writable();
  void all_sent();
  void fail(std::string reason);
  void fail_later(std::string reason);  // for methods: the handler is never called inside one

  void begin_handshake();

  Socket socket_;
  const int fd_;
  std::shared_ptr<StreamHandler> handler_;
  Bytes in_ = Bytes(kReadMin);
  Bytes out_;
  std::size_t out_sent_ = 0;  // prefix of out_ that is in the kernel
  std::unique_ptr<TlsEngine> engine_;
  bool secured_ = false;
  bool paused_ = false;
  bool reading_ = false;  // an asynchronous read is under way
  bool writing_ = false;  // waiting until the socket takes more
  bool finishing_ = false;
  bool ended_ = false;  // the other side writes no more
  bool closed_ = false;
};

int family_of(int fd) {
  int family = AF_UNSPEC;
  socklen_t size = sizeof family;
  ::getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &family, &size);
  return family;
}

SocketStream::SocketStream(EventLoop& loop, Fd connected)
    : socket_(io_of(loop)), fd_(connected.get()) {
  const int family = family_of(fd_);
  error_code error;
  socket_.assign(asio::generic::stream_protocol(family, 0), connected.release(), error);
  CHECK(!error);
  socket_.non_blocking(true, error);
  CHECK(!error);
  if (family != AF_UNIX) socket_.set_option(asio::ip::tcp::no_delay(true), error);
}

void SocketStream::secure_server(ssl_ctx_st* context, ByteView first) {
  CHECK(!engine_);
  engine_ = std::make_unique<TlsEngine>(context, out_);
  engine_->feed(first);
  begin_handshake();
}

void SocketStream::secure_client(ssl_ctx_st* context, const std::string& server_name) {
  CHECK(!engine_);
  engine_ = std::make_unique<TlsEngine>(context, server_name, out_);
  begin_handshake();
}

void SocketStream::begin_handshake() {
  const TlsEngine::Step step = engine_->handshake();
  flush();
  // A first flight never completes a handshake: the other side has yet to prove its key.
  if (step != TlsEngine::Step::more) fail_later("TLS: " + engine_->error());
}

void SocketStream::pause(bool paused) {
  paused_ = paused;
  read_more();
}

void SocketStream::read_more() {
  if (paused_ || reading_ || closed_ || ended_) return;
  reading_ = true;
  socket_.async_read_some(asio::buffer(in_),
                          [self = shared_from_this()](error_code error, std::size_t size) {
                            self->on_read(error, size);
                          });
}

void SocketStream::on_read(const error_code& error, std::size_t size) {
  reading_ = false;
  if (closed_) return;
  if (error == asio::error::eof) return end();
  if (error) return fail(error.message());
  receive({in_.data(), size});
  if (size == in_.size() && size < kReadMax) in_.resize(2 * size);
  read_more();
}

void SocketStream::receive(ByteView raw) {
  if (engine_) return receive_tls(raw);
  const auto handler = handler_;  // may be let go inside the call
  if (handler) handler->on_data(raw);
}

void SocketStream::receive_tls(ByteView raw) {
  engine_->feed(raw);
  if (!secured_) {
    const TlsEngine::Step step = engine_->handshake();
    flush();
    if (step == TlsEngine::Step::failed) return fail("TLS: " + engine_->error());
    if (step == TlsEngine::Step::more) return;
    secured_ = true;
    const auto handler = handler_;
    if (handler) handler->on_secured();
  }
  ByteView plain;
  TlsEngine::Step step = TlsEngine::Step::more;
  while (!closed_ && (step = engine_->read(plain)) == TlsEngine::Step::done) {
    const auto handler = handler_;
    if (handler) handler->on_data(plain);
  }
  if (closed_ || step != TlsEngine::Step::failed) return;
  if (engine_->ended()) return end();
  flush();  // the alert that says why
  fail("TLS: " + engine_->error());
}

void SocketStream::end() {
  if (ended_) return;
  ended_ = true;
  const auto handler = handler_;
  if (handler && (engine_ == nullptr || secured_) && handler->on_end()) return;
  if (!closed_) fail("closed by the other side");
}

void SocketStream::write(ByteView bytes) {
  if (closed_ || finishing_) return;
  if (out_sent_ > kKeepCapacity && out_sent_ > out_.size() / 2) {
    out_.erase(out_.begin(), out_.begin() + static_cast<std::ptrdiff_t>(out_sent_));
    out_sent_ = 0;
  }
  if (!engine_) {
    out_.insert(out_.end(), bytes.begin(), bytes.end());
  } else if (!secured_ || !engine_->write(bytes)) {
    fail_later("TLS: " + engine_->error());
  }
}

void SocketStream::flush() {
  if (closed_ || writing_) return;
  while (out_sent_ < out_.size()) {
    error_code error;
    const std::size_t sent =
        socket_.write_some(asio::buffer(out_.data() + out_sent_, unsent()), error);
    if (error == asio::error::would_block || error == asio::error::try_again) {
      return wait_writable();
    }
    if (error) return fail_later(error.message());
    out_sent_ += sent;
  }
  all_sent();
}

void SocketStream::all_sent() {
  out_.clear();
  out_sent_ = 0;
  if (out_.capacity() > kKeepCapacity) Bytes().swap(out_);
  if (!finishing_) return;
  error_code ignored;
  socket_.shutdown(Socket::shutdown_send, ignored);
}

void SocketStream::wait_writable() {
  writing_ = true;
  socket_.async_wait(Socket::wait_write, [self = shared_from_this()](error_code error) {
    self->writing_ = false;
    if (self->closed_) return;
    if (error) return self->fail(error.message());
    self->flush();
    const auto handler = self->handler_;
    if (handler && !self->closed_ && self->unsent() == 0) handler->on_drained();
  });
}

void SocketStream::finish() {
  if (closed_ || finishing_) return;
  if (engine_) engine_->shutdown();
  finishing_ = true;
  flush();
}

void SocketStream::close() {
  if (closed_) return;
  closed_ = true;
  if (engine_ && secured_ && !finishing_ && !writing_) {  // a courtesy, if the socket takes it
    engine_->shutdown();
    error_code ignored;
    socket_.write_some(asio::buffer(out_.data() + out_sent_, unsent()), ignored);
  }
  error_code ignored;
  socket_.close(ignored);
  handler_.reset();
}

void SocketStream::fail(std::string reason) {
  if (closed_) return;
  const auto handler = handler_;
  close();
  if (handler) handler->on_closed(reason);
}

void SocketStream::fail_later(std::string reason) {
  asio::post(socket_.get_executor(),
             [self = shared_from_this(), reason = std::move(reason)] { self->fail(reason); });
}

std::string SocketStream::remote() const {
  error_code error;
  const auto endpoint = socket_.remote_endpoint(error);
  if (error) return "gone";
  if (endpoint.protocol().family() == AF_UNIX) return "unix";
  asio::ip::tcp::endpoint ip;
  if (endpoint.size() > ip.capacity()) return "unknown";
  std::copy_n(reinterpret_cast<const char*>(endpoint.data()), endpoint.size(),
              reinterpret_cast<char*>(ip.data()));
  return ip.address().to_string() + ":" + std::to_string(ip.port());
}

}  // namespace

Fd& Fd::operator=(Fd&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

Fd::~Fd() {
  if (fd_ >= 0) ::close(fd_);
}

std::shared_ptr<Stream> make_stream(EventLoop& loop, Fd connected) {
  return std::make_shared<SocketStream>(loop, std::move(connected));
}

}  // namespace dnc
