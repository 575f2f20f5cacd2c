// HTTP over a plain socket, so that a test can also say what no library would.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "poll.hpp"

namespace dnc::cluster {

using Json = nlohmann::json;

// A TCP connection to a port of this machine.
class Socket {
 public:
  Socket() = default;
  ~Socket() { close(); }
  Socket(Socket&& other) noexcept : fd_(other.fd_) { other.fd_ = -1; }
  Socket& operator=(Socket&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }

  static Socket connect(int port, Moment deadline);  // closed when it failed
  bool open() const { return fd_ >= 0; }
  int fd() const { return fd_; }
  bool send(std::string_view bytes, Moment deadline);
  // What came; empty at the end of the stream or of the time.
  std::string receive(Moment deadline);
  // Everything until the other side closes; nullopt when it did not in time.
  std::optional<std::string> receive_all(Moment deadline);
  void finish_sending();
  void close();

 private:
  explicit Socket(int fd) : fd_(fd) {}
  bool wait(short events, Moment deadline) const;
  bool ended_ = false;
  int fd_ = -1;
};

struct Answer {
  int status = 0;                              // 0: none came
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;

  bool ok() const { return status == 200; }
  Json json() const { return Json::parse(body, nullptr, false); }
  std::string error_code() const;
};

struct Request {
  std::string method = "GET";
  std::string target = "/";
  std::map<std::string, std::string> headers;
  std::string body;
};

// As it goes over the wire.
std::string wire_form(const Request& request, int port);

// Keeps its connection open between calls.
class HttpConnection {
 public:
  explicit HttpConnection(int port) : port_(port) {}
  Answer call(const Request& request, Millis limit = Millis(10'000));

 private:
  int port_;
  Socket socket_;
};

Answer call(int port, const Request& request, Millis limit = Millis(10'000));
Answer get(int port, const std::string& target, Millis limit = Millis(2'000));

// The first answer in these bytes; nullopt while it is not complete.
std::optional<Answer> parse_answer(const std::string& bytes, std::size_t* length = nullptr);

}  // namespace dnc::cluster
