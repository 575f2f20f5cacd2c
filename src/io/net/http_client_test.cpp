#include "io/net/http_client.hpp"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <thread>
#include <vector>

namespace dnc {
namespace {

// A server that does what the test says: it reads one request after the other and hands each to the
// script, which writes what it likes and returns whether to go on.
class ScriptedServer {
 public:
  using Script = std::function<bool(int fd, const std::string& request)>;

  explicit ScriptedServer(Script script, const std::string& unix_path = {})
      : script_(std::move(script)), unix_(!unix_path.empty()) {
    listener_ = ::socket(unix_ ? AF_UNIX : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (unix_) {
      sockaddr_un address{};
      address.sun_family = AF_UNIX;
      unix_path.copy(address.sun_path, sizeof address.sun_path - 1);
      bind_to(reinterpret_cast<sockaddr*>(&address), sizeof address);
    } else {
      sockaddr_in address{};
      address.sin_family = AF_INET;
      address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
      bind_to(reinterpret_cast<sockaddr*>(&address), sizeof address);
      socklen_t size = sizeof address;
      ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
      port_ = ntohs(address.sin_port);
    }
    acceptor_ = std::thread([this] { accept_all(); });
  }

  ~ScriptedServer() {
    stopping_ = true;
    ::shutdown(listener_, SHUT_RDWR);
    acceptor_.join();
    for (const int fd : connections_)
      ::shutdown(fd, SHUT_RDWR);
    for (auto& thread : threads_)
      thread.join();
    for (const int fd : connections_)
      ::close(fd);
    ::close(listener_);
  }

  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  int connections() const { return accepted_; }

 private:
  void bind_to(const sockaddr* address, socklen_t size) {
    EXPECT_EQ(::bind(listener_, address, size), 0);
    EXPECT_EQ(::listen(listener_, 16), 0);
  }

  void accept_all() {
    while (!stopping_) {
      const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (fd < 0) continue;
      ++accepted_;
      connections_.push_back(fd);
      threads_.emplace_back([this, fd] { serve(fd); });
    }
  }

  void serve(int fd) {
    std::string input;
    char buffer[4096];
    for (;;) {
      const std::size_t head = input.find("\r\n\r\n");
      if (head != std::string::npos && input.size() >= head + 4 + body_size(input)) {
        if (!script_(fd, input)) break;
        input.clear();
        continue;
      }
      const ssize_t size = ::recv(fd, buffer, sizeof buffer, 0);
      if (size <= 0) break;
      input.append(buffer, static_cast<std::size_t>(size));
    }
    ::shutdown(fd, SHUT_RDWR);
  }

  static std::size_t body_size(const std::string& input) {
    const std::size_t at = input.find("Content-Length: ");
    return at == std::string::npos ? 0 : std::stoul(input.substr(at + 16));
  }

  Script script_;
  bool unix_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<bool> stopping_{false};
  std::atomic<int> accepted_{0};
  std::thread acceptor_;
  std::vector<int> connections_;  // the acceptor's, until it is joined
  std::vector<std::thread> threads_;
};

bool send_text(int fd, const std::string& text) {
  return ::send(fd, text.data(), text.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(text.size());
}

std::string reply(int status, const std::string& body) {
  return "HTTP/1.1 " + std::to_string(status) +
         " X\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

HttpClientOptions options_for(const std::string& url) {
  HttpClientOptions options;
  options.url = url;
  options.total_timeout = Duration{5'000};
  return options;
}

TEST(HttpClient, PostsAndGets) {
  std::string seen;
  ScriptedServer server([&](int fd, const std::string& request) {
    seen = request;
    return send_text(fd, reply(200, "hello"));
  });
  HttpClient client(options_for(server.url() + "/rpc"));
  auto answer = client.post("/x", "{\"a\":1}");
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->body, "hello");
  EXPECT_TRUE(seen.starts_with("POST /rpc/x HTTP/1.1\r\n")) << seen;
  EXPECT_NE(seen.find("Content-Type: application/json\r\n"), std::string::npos);
  EXPECT_TRUE(seen.ends_with("\r\n\r\n{\"a\":1}"));

  answer = client.get();
  ASSERT_TRUE(answer);
  EXPECT_TRUE(seen.starts_with("GET /rpc HTTP/1.1\r\n")) << seen;
  EXPECT_EQ(seen.find("Content-Type"), std::string::npos);
}

TEST(HttpClient, PutsAndRemoves) {
  std::string seen;
  ScriptedServer server([&](int fd, const std::string& request) {
    seen = request;
    return send_text(fd, reply(200, "{}"));
  });
  HttpClient client(options_for(server.url()));
  ASSERT_TRUE(client.put("/kv/a", std::string("\0b", 2)));
  EXPECT_TRUE(seen.starts_with("PUT /kv/a HTTP/1.1\r\n")) << seen;
  EXPECT_NE(seen.find("Content-Type: application/octet-stream\r\n"), std::string::npos);
  EXPECT_TRUE(seen.ends_with(std::string("\r\n\r\n\0b", 6)));
  ASSERT_TRUE(client.remove("/kv/a"));
  EXPECT_TRUE(seen.starts_with("DELETE /kv/a HTTP/1.1\r\n")) << seen;
  EXPECT_TRUE(seen.ends_with("\r\n\r\n"));
  ASSERT_TRUE(client.get("/kv/a"));
  EXPECT_TRUE(seen.starts_with("GET /kv/a HTTP/1.1\r\n")) << "the method is not kept";
  EXPECT_EQ(server.connections(), 1);
}

TEST(HttpClient, KeepsItsConnection) {
  ScriptedServer server([](int fd, const std::string&) { return send_text(fd, reply(200, "x")); });
  HttpClient client(options_for(server.url()));
  for (int i = 0; i < 10; ++i)
    ASSERT_TRUE(client.post("", ""));
  EXPECT_EQ(server.connections(), 1);
}

TEST(HttpClient, ReconnectsAfterTheServerClosed) {
  ScriptedServer server([](int fd, const std::string&) {
    send_text(fd, reply(200, "x"));
    return false;
  });
  HttpClient client(options_for(server.url()));
  for (int i = 0; i < 3; ++i)
    ASSERT_TRUE(client.post("", "body"));
  EXPECT_EQ(server.connections(), 3);
}

TEST(HttpClient, AnErrorStatusIsAReply) {
  ScriptedServer server(
      [](int fd, const std::string&) { return send_text(fd, reply(503, "later")); });
  HttpClient client(options_for(server.url()));
  const auto answer = client.get();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 503);
  EXPECT_EQ(answer->body, "later");
}

constexpr const char* kStreamHead = "HTTP/1.1 200 X\r\nContent-Type: text/event-stream\r\n\r\n";

TEST(HttpClient, HandsAStreamOnAsItComesUntilItIsEnough) {
  std::string seen;
  ScriptedServer server([&](int fd, const std::string& request) {
    seen = request;
    return send_text(fd, std::string(kStreamHead) + "data: 1\n\n");
  });
  HttpClient client(options_for(server.url()));
  std::string got;
  const auto answer = client.listen("/peers", [&](std::string_view bytes) {
    got += bytes;
    return got.find("\n\n") == std::string::npos;
  });
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(got, "data: 1\n\n");
  EXPECT_NE(seen.find("Accept: text/event-stream\r\n"), std::string::npos) << seen;
}

TEST(HttpClient, AStreamThatFallsSilentIsLost) {
  ScriptedServer server([&](int fd, const std::string&) { return send_text(fd, kStreamHead); });
  auto options = options_for(server.url());
  options.total_timeout = Duration{100};
  HttpClient client(options);
  const auto answer = client.listen("/peers", [](std::string_view) { return true; });
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, "http_timeout");
}

TEST(HttpClient, WhoHasNoStreamGivesAnOrdinaryReply) {
  ScriptedServer server(
      [](int fd, const std::string&) { return send_text(fd, reply(404, "nothing")); });
  HttpClient client(options_for(server.url()));
  const auto answer = client.listen("/peers", [](std::string_view) { return true; });
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 404);
  EXPECT_EQ(answer->body, "nothing");
}

TEST(HttpClient, FollowsNoRedirect) {
  ScriptedServer server([](int fd, const std::string&) {
    return send_text(fd,
                     "HTTP/1.1 302 X\r\nLocation: http://127.0.0.1:1/\r\n"
                     "Content-Length: 0\r\n\r\n");
  });
  HttpClient client(options_for(server.url()));
  EXPECT_EQ(client.get()->status, 302);
}

TEST(HttpClient, SpeaksOverAUnixSocket) {
  std::string name = testing::TempDir() + "http.XXXXXX";
  ASSERT_NE(::mkdtemp(name.data()), nullptr);
  const std::string path = name + "/sock";
  {
    ScriptedServer server(
        [](int fd, const std::string&) { return send_text(fd, reply(200, "local")); }, path);
    auto options = options_for("http://localhost");
    options.unix_socket = path;
    HttpClient client(options);
    const auto answer = client.post("/Info", "{}");
    ASSERT_TRUE(answer) << answer.error().message;
    EXPECT_EQ(answer->body, "local");
  }
  ::unlink(path.c_str());
  ::rmdir(name.c_str());
}

TEST(HttpClient, GivesUpOnAServerThatHangs) {
  ScriptedServer silent([](int, const std::string&) { return true; });
  auto options = options_for(silent.url());
  options.total_timeout = Duration{100};
  HttpClient client(options);
  EXPECT_EQ(client.get().error().code, "http_timeout");

  // A server that drips is no better: the limit is for the whole call.
  ScriptedServer dripping([](int fd, const std::string&) {
    send_text(fd, "HTTP/1.1 200 X\r\nContent-Length: 100\r\n\r\n");
    for (int i = 0; i < 50; ++i) {
      if (!send_text(fd, "x")) return false;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return false;
  });
  options.url = dripping.url();
  HttpClient other(options);
  EXPECT_EQ(other.get().error().code, "http_timeout");
}

TEST(HttpClient, TellsAnUnreachableServer) {
  std::string url;
  {
    ScriptedServer server([](int, const std::string&) { return false; });
    url = server.url();
  }
  HttpClient client(options_for(url));
  EXPECT_EQ(client.get().error().code, "http_unreachable");

  auto options = options_for("http://localhost");
  options.unix_socket = "/nonexistent/socket";
  HttpClient local(options);
  EXPECT_EQ(local.get().error().code, "http_unreachable");
}

TEST(HttpClient, TellsABrokenConnection) {
  for (const char* text :
       {"", "HTTP/1.1 200 X\r\nContent-Length: 100\r\n\r\nshort", "SSH-2.0-x\r\n"}) {
    ScriptedServer server([text](int fd, const std::string&) {
      send_text(fd, text);
      return false;
    });
    HttpClient client(options_for(server.url()));
    const auto answer = client.post("", "{}");
    ASSERT_FALSE(answer) << text;
    EXPECT_EQ(answer.error().code, "http_interrupted") << text;
  }
}

TEST(HttpClient, RefusesOversizedReplies) {
  ScriptedServer server(
      [](int fd, const std::string&) { return send_text(fd, reply(200, std::string(1001, 'x'))); });
  auto options = options_for(server.url());
  options.reply_size_max = 1000;
  HttpClient client(options);
  EXPECT_EQ(client.get().error().code, "http_too_large");
  // Without a declared length the limit holds as well.
  ScriptedServer endless([](int fd, const std::string&) {
    send_text(fd, "HTTP/1.1 200 X\r\nConnection: close\r\n\r\n");
    while (send_text(fd, std::string(1000, 'x')))
      continue;
    return false;
  });
  options.url = endless.url();
  HttpClient other(options);
  EXPECT_EQ(other.get().error().code, "http_too_large");
}

TEST(HttpClient, AbortEndsACallAndAllLaterOnes) {
  std::atomic<bool> asked{false};
  ScriptedServer server([&](int, const std::string&) {
    asked = true;
    return true;
  });
  auto options = options_for(server.url());
  options.total_timeout = Duration{60'000};
  HttpClient client(options);
  const auto start = std::chrono::steady_clock::now();
  std::thread stopper([&] {
    while (!asked)
      std::this_thread::yield();
    client.abort();
  });
  EXPECT_EQ(client.get().error().code, "http_aborted");
  stopper.join();
  EXPECT_EQ(client.get().error().code, "http_aborted");
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(5));
}

TEST(HttpClient, ShowsNoSecretsOfTheUrl) {
  HttpClient client(options_for("http://user:password@127.0.0.1:1/v2/apikey?token=secret"));
  const auto answer = client.get();
  ASSERT_FALSE(answer);
  EXPECT_TRUE(answer.error().message.starts_with("http://127.0.0.1:1: ")) << answer.error().message;
  for (const char* secret : {"user", "password", "apikey", "secret"}) {
    EXPECT_EQ(answer.error().message.find(secret), std::string::npos) << answer.error().message;
  }
}

TEST(HttpClient, RefusesOtherProtocols) {
  for (const char* url : {"file:///etc/passwd", "ftp://127.0.0.1/", "http://", "::"}) {
    HttpClient client(options_for(url));
    EXPECT_EQ(client.get().error().code, "http_bad_url") << url;
  }
}

}  // namespace
}  // namespace dnc
