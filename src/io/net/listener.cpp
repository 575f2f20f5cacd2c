#include "io/net/listener.hpp"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <deque>

#include "io/net/http_server.hpp"
#include "io/net/peer_network.hpp"
#include "io/net/sockets.hpp"
#include "io/net/stream.hpp"
#include "io/net/tls_identity.hpp"

namespace dnc {

namespace {

constexpr std::uint8_t kTlsHandshakeByte = 0x16;  // content type of a ClientHello's record

// A socket file that nobody answers on is left over from a process that was killed.
void remove_stale_socket(const std::string& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0 || !S_ISSOCK(status.st_mode)) return;
  sockaddr_un address{};
  if (path.size() >= sizeof address.sun_path) return;
  address.sun_family = AF_UNIX;
  std::copy(path.begin(), path.end(), address.sun_path);
  const Fd probe(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const auto* generic = reinterpret_cast<const sockaddr*>(&address);
  if (::connect(probe.get(), generic, sizeof address) != 0) ::unlink(path.c_str());
}

}  // namespace

struct Listener::Impl : std::enable_shared_from_this<Impl> {
  // A connection that has not yet shown what it speaks.
  struct Undecided final : StreamHandler, std::enable_shared_from_this<Undecided> {
    Undecided(Impl& listener, std::shared_ptr<Stream> socket)
        : owner(listener), stream(std::move(socket)) {}

    void on_data(ByteView bytes) override { owner.decide(*this, bytes); }
    void on_secured() override { owner.decide_secured(*this); }
    void on_closed(const std::string& reason) override {
      if (secured) owner.tell("tls_failed", stream->remote() + ": " + reason);
      owner.forget(this);
    }

    Impl& owner;
    std::shared_ptr<Stream> stream;
    Timer deadline;
    bool secured = false;  // TLS has begun
  };

  Impl(EventLoop& event_loop, ListenerConfig settings)
      : loop(event_loop), config(std::move(settings)), log(config.log) {}

  void tell(std::string_view code, const std::string& detail) {
    log.tell(loop.now(), code, detail);
  }

  void start(Acceptor& acceptor) {
    acceptor.start(
        config.limits.accept_retry, [this](Fd fd) { accepted(std::move(fd)); },
        [this](const std::string& error) { tell("accept_failed", error); });
  }

  void accepted(Fd fd) {
    if (undecided.size() >= config.limits.undecided_max) {
      tell("listener_full", "closed the oldest connection that had not begun to speak");
      refuse(*undecided.front());
    }
    const auto entry = std::make_shared<Undecided>(*this, make_stream(loop, std::move(fd)));
    undecided.push_back(entry);
    entry->deadline =
        loop.after(config.limits.handshake_max, [this, entry = entry.get()] { refuse(*entry); });
    entry->stream->set_handler(entry);
    entry->stream->start();
  }

  void refuse(Undecided& entry) {
    entry.stream->close();
    forget(&entry);
  }

  void forget(const Undecided* entry) {
    const auto found = std::find_if(undecided.begin(), undecided.end(),
                                    [&](const auto& each) { return each.get() == entry; });
    if (found == undecided.end()) return;
    const auto keep = *found;
    keep->deadline.cancel();
    undecided.erase(found);
  }

  void decide(Undecided& entry, ByteView bytes) {
    const auto stream = entry.stream;
    if (bytes.front() == kTlsHandshakeByte) {
      if (!config.tls) return refuse(entry);
      entry.secured = true;
      return stream->secure_server(config.tls->server_context(), bytes);
    }
    if (config.http == nullptr) return refuse(entry);
    forget(&entry);
    const char* text = reinterpret_cast<const char*>(bytes.data());
    config.http->adopt(stream, {text, bytes.size()});
  }

  void decide_secured(Undecided& entry) {
    const auto stream = entry.stream;
    const bool peer = stream->alpn() == kPeerProtocol;
    if (peer ? config.peers == nullptr : config.http == nullptr) return refuse(entry);
    forget(&entry);
    if (peer) return config.peers->adopt(stream);
    config.http->adopt(stream);
  }

  EventLoop& loop;
  ListenerConfig config;
  LimitedLog log;
  std::vector<Acceptor> acceptors;
  std::vector<std::string> unix_paths;
  std::deque<std::shared_ptr<Undecided>> undecided;  // oldest first
};

Listener::Listener(EventLoop& loop, ListenerConfig config)
    : impl_(std::make_shared<Impl>(loop, std::move(config))) {}

Listener::~Listener() {
  close();
}

Result<std::uint16_t> Listener::listen(const std::string& host, std::uint16_t port) {
  auto acceptor = Acceptor::tcp(impl_->loop, host, port);
  if (!acceptor) return acceptor.error();
  const std::uint16_t chosen = acceptor->port();
  impl_->start(*acceptor);
  impl_->acceptors.push_back(std::move(*acceptor));
  return chosen;
}

Status Listener::listen_unix(const std::string& path) {
  remove_stale_socket(path);
  auto acceptor = Acceptor::local(impl_->loop, path);
  if (!acceptor) return acceptor.error();
  impl_->start(*acceptor);
  impl_->acceptors.push_back(std::move(*acceptor));
  impl_->unix_paths.push_back(path);
  return ok_status();
}

void Listener::close() {
  impl_->acceptors.clear();
  for (const std::string& path : impl_->unix_paths)
    ::unlink(path.c_str());
  impl_->unix_paths.clear();
  for (const auto& entry : impl_->undecided) {
    entry->deadline.cancel();
    entry->stream->close();
  }
  impl_->undecided.clear();
}

}  // namespace dnc
