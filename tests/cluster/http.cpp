#include "http.hpp"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>

namespace dnc::cluster {
namespace {

int millis_until(Moment deadline) {
  const auto left = std::chrono::duration_cast<Millis>(deadline - Clock::now()).count();
  return static_cast<int>(std::clamp<std::int64_t>(left, 0, 600'000));
}

}  // namespace

// --- Socket -------------------------------------------------------------------------------------

bool Socket::wait(short events, Moment deadline) const {
  pollfd entry{fd_, events, 0};
  return ::poll(&entry, 1, millis_until(deadline)) > 0;
}

Socket Socket::connect(int port, Moment deadline) {
  Socket made(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int one = 1;
  ::setsockopt(made.fd_, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  if (::connect(made.fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
    return made;
  }
  if (errno != EINPROGRESS || !made.wait(POLLOUT, deadline)) return {};
  int error = 0;
  socklen_t size = sizeof error;
  ::getsockopt(made.fd_, SOL_SOCKET, SO_ERROR, &error, &size);
  if (error != 0) return {};
  return made;
}

bool Socket::send(std::string_view bytes, Moment deadline) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent > 0) {
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    } else if (errno != EAGAIN || !wait(POLLOUT, deadline)) {
      return false;
    }
  }
  return true;
}

std::string Socket::receive(Moment deadline) {
  char buffer[16'384];
  while (wait(POLLIN, deadline)) {
    const ssize_t got = ::recv(fd_, buffer, sizeof buffer, 0);
    if (got > 0) return {buffer, static_cast<std::size_t>(got)};
    if (got < 0 && errno == EAGAIN) continue;
    ended_ = true;  // in order, or by a reset
    break;
  }
  return {};
}

std::optional<std::string> Socket::receive_all(Moment deadline) {
  std::string all;
  while (!ended_) {
    const std::string part = receive(deadline);
    if (part.empty() && !ended_) return std::nullopt;
    all += part;
  }
  return all;
}

void Socket::finish_sending() {
  ::shutdown(fd_, SHUT_WR);
}

void Socket::close() {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

// --- HTTP ---------------------------------------------------------------------------------------

std::string wire_form(const Request& request, int port) {
  std::string out = request.method + " " + request.target +
                    " HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(port) + "\r\n";
  for (const auto& [name, value] : request.headers)
    out += name + ": " + value + "\r\n";
  if (!request.body.empty()) {
    out += "Content-Type: application/json\r\n";
    out += "Content-Length: " + std::to_string(request.body.size()) + "\r\n";
  } else if (request.method == "POST") {
    out += "Content-Length: 0\r\n";
  }
  return out + "\r\n" + request.body;
}

std::string Answer::error_code() const {
  const Json parsed = json();
  if (!parsed.is_object() || !parsed.contains("error")) return {};
  return parsed["error"].value("code", "");
}

std::optional<Answer> parse_answer(const std::string& bytes, std::size_t* length) {
  const auto head_end = bytes.find("\r\n\r\n");
  if (head_end == std::string::npos || bytes.compare(0, 7, "HTTP/1.") != 0) return std::nullopt;
  Answer answer;
  answer.status = std::atoi(bytes.c_str() + 9);
  for (std::size_t line = bytes.find("\r\n") + 2; line < head_end + 2;) {
    const auto end = bytes.find("\r\n", line);
    const auto colon = bytes.find(':', line);
    if (colon < end) {
      std::string name = bytes.substr(line, colon - line);
      std::transform(name.begin(), name.end(), name.begin(),
                     [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
      const auto value = bytes.find_first_not_of(' ', colon + 1);
      answer.headers[name] = bytes.substr(value, end - value);
    }
    line = end + 2;
  }
  const auto size = answer.headers.find("content-length");
  const std::size_t body_size = size == answer.headers.end() ? 0 : std::stoul(size->second);
  if (bytes.size() < head_end + 4 + body_size) return std::nullopt;
  answer.body = bytes.substr(head_end + 4, body_size);
  if (length != nullptr) *length = head_end + 4 + body_size;
  return answer;
}

Answer HttpConnection::call(const Request& request, Millis limit) {
  const Moment deadline = Clock::now() + limit;
  if (!socket_.open()) socket_ = Socket::connect(port_, deadline);
  std::string got;
  if (socket_.open() && socket_.send(wire_form(request, port_), deadline)) {
    for (;;) {
      const std::string part = socket_.receive(deadline);
      if (part.empty()) break;
      got += part;
      if (auto answer = parse_answer(got)) {
        const auto connection = answer->headers.find("connection");
        if (connection != answer->headers.end() && connection->second == "close") socket_.close();
        return *answer;
      }
    }
  }
  socket_.close();
  return {};
}

Answer call(int port, const Request& request, Millis limit) {
  return HttpConnection(port).call(request, limit);
}

Answer get(int port, const std::string& target, Millis limit) {
  return call(port, {.method = "GET", .target = target, .headers = {}, .body = {}}, limit);
}

}  // namespace dnc::cluster
