// For tests: where a service manager would hear what a process tells it.
#pragma once

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstring>
#include <string>

namespace dnc::test {

class NotifySocket {
 public:
  // Requires: `path` is short enough for a socket, and in a folder that exists.
  explicit NotifySocket(std::string path) : path_(std::move(path)) {
    fd_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path_.data(), path_.size());
    bound_ = ::bind(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  }
  ~NotifySocket() {
    ::close(fd_);
    ::unlink(path_.c_str());
  }
  NotifySocket(const NotifySocket&) = delete;
  NotifySocket& operator=(const NotifySocket&) = delete;

  bool bound() const { return bound_; }
  const std::string& path() const { return path_; }
  // What comes next, a datagram with a newline behind it; empty when nothing came in time.
  std::string next(std::chrono::milliseconds limit = std::chrono::milliseconds(0)) {
    pollfd waiting{fd_, POLLIN, 0};
    if (::poll(&waiting, 1, static_cast<int>(limit.count())) != 1) return {};
    std::array<char, 4096> buffer;
    const auto size = ::recv(fd_, buffer.data(), buffer.size(), 0);
    return size < 0 ? std::string{}
                    : std::string(buffer.data(), static_cast<std::size_t>(size)) + "\n";
  }
  // All that came until a datagram holds `line`, which is then the last; empty: it never came.
  std::string until(const std::string& line, std::chrono::milliseconds limit) {
    const auto deadline = std::chrono::steady_clock::now() + limit;
    std::string all;
    for (;;) {
      const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
          deadline - std::chrono::steady_clock::now());
      if (left.count() < 0) return {};
      const std::string came = next(left);
      all += came;
      if (came.find(line + "\n") != std::string::npos) return all;
    }
  }

 private:
  std::string path_;
  int fd_ = -1;
  bool bound_ = false;
};

}  // namespace dnc::test
