// What the tests of this room share: a loop on a thread, a blocking client, polling with a
// deadline.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <thread>

#include "io/net/event_loop.hpp"
#include "io/net/stream.hpp"

namespace dnc::test {

inline constexpr Duration kPatience{10'000};  // a test that waits longer has failed

// Runs the loop on this thread until `done`; false if the patience ended first.
inline bool run_until(EventLoop& loop, const std::function<bool()>& done,
                      Duration patience = kPatience) {
  const Time end = loop.now() + patience;
  bool reached = done();
  Timer timer;
  std::function<void()> check = [&] {
    reached = done();
    if (reached || loop.now() >= end) return loop.stop();
    timer = loop.after(Duration{2}, check);
  };
  if (!reached) {
    timer = loop.after(Duration{1}, check);
    loop.run();
  }
  return reached;
}

class LoopThread {
 public:
  explicit LoopThread(EventLoop& loop) : loop_(loop), thread_([&loop] { loop.run(); }) {}
  ~LoopThread() {
    loop_.stop();
    thread_.join();
  }

 private:
  EventLoop& loop_;
  std::thread thread_;
};

// A blocking client that gives up after the patience.
class Client {
 public:
  explicit Client(std::uint16_t port) : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connect(reinterpret_cast<const sockaddr*>(&address), sizeof address);
  }
  explicit Client(const std::string& path) : fd_(::socket(AF_UNIX, SOCK_STREAM, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::copy(path.begin(), path.end(), address.sun_path);
    connect(reinterpret_cast<const sockaddr*>(&address), sizeof address);
  }

  bool connected() const { return connected_; }
  int fd() const { return fd_.get(); }

  bool send(std::string_view text) {
    while (!text.empty()) {
      const auto sent = ::send(fd_.get(), text.data(), text.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      text.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

  void end() { ::shutdown(fd_.get(), SHUT_WR); }
  void disconnect() { fd_ = Fd(); }

  // One response with its body; empty at the end of the stream.
  std::string response(bool head = false) {
    std::size_t header_end = std::string::npos;
    while ((header_end = buffer_.find("\r\n\r\n")) == std::string::npos) {
      if (!receive()) return {};
    }
    std::size_t size = header_end + 4;
    const std::string name = "Content-Length: ";
    const std::size_t at = buffer_.find(name);
    if (!head && at < header_end) size += std::stoul(buffer_.substr(at + name.size()));
    while (buffer_.size() < size) {
      if (!receive()) return {};
    }
    std::string one = buffer_.substr(0, size);
    buffer_.erase(0, size);
    return one;
  }

  std::string rest() {
    while (receive()) {
    }
    return std::exchange(buffer_, {});
  }

 private:
  void connect(const sockaddr* address, socklen_t size) {
    timeval patience{kPatience.count() / 1000, 0};
    ::setsockopt(fd_.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    connected_ = ::connect(fd_.get(), address, size) == 0;
  }

  bool receive() {
    char chunk[4096];
    const auto got = ::recv(fd_.get(), chunk, sizeof chunk, 0);
    if (got > 0) buffer_.append(chunk, static_cast<std::size_t>(got));
    return got > 0;
  }

  Fd fd_;
  bool connected_ = false;
  std::string buffer_;
};

}  // namespace dnc::test
