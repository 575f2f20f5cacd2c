#include "io/net/http_server.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <deque>
#include <mutex>

#include "io/net/http_parse.hpp"
#include "io/net/listener.hpp"
#include "io/net/net_test_kit.hpp"

namespace dnc {
namespace {

using test::Client;
using test::LoopThread;

constexpr std::string_view kGet = "GET /echo HTTP/1.1\r\nHost: x\r\n\r\n";

std::string get(const std::string& target) {
  return "GET " + target + " HTTP/1.1\r\nHost: x\r\n\r\n";
}

std::string status_of(const std::string& response) {
  return response.substr(0, 12);
}

std::string body_of(const std::string& response) {
  const std::size_t at = response.find("\r\n\r\n");
  return at == std::string::npos ? "" : response.substr(at + 4);
}

// /echo answers at once with what it was asked; /later keeps the replier; /big answers `n` bytes.
class HttpServerTest : public ::testing::Test {
 protected:
  HttpServerTest() {
    limits_.header_bytes_max = 2048;
    limits_.body_bytes_max = 1000;
    limits_.pipelined_max = 8;
  }

  void start() {
    server_.emplace(
        loop_, [this](HttpRequest request, HttpReplier reply) { handle(request, reply); }, limits_);
    listener_.emplace(loop_, ListenerConfig{.http = &*server_, .limits = listener_limits_});
    port_ = listener_->listen("127.0.0.1", 0).value();
    thread_.emplace(loop_);
  }

  ~HttpServerTest() override { thread_.reset(); }

  void handle(const HttpRequest& request, const HttpReplier& reply) {
    if (request.path == "/later") {
      const std::lock_guard lock(mutex_);
      later_.push_back(reply);
      return;
    }
    HttpResponse response{.content_type = "text/plain"};
    if (request.path == "/big") {
      response.body.assign(std::stoul(std::string(*request.query_value("n"))), 'b');
    } else {
      response.body = request.method + " " + request.path;
      for (const auto& [name, value] : request.query)
        response.body += " " + name + "=" + value;
      response.body += " [" + request.body + "]";
    }
    if (request.path == "/split") response.headers = {{"X-Echo", "a\r\nInjected: yes"}};
    reply(response);
    reply(HttpResponse{.status = 500});  // does nothing
  }

  std::size_t waiting() {
    const std::lock_guard lock(mutex_);
    return later_.size();
  }

  bool wait_for(const std::function<bool()>& done) {
    const Time end = loop_.now() + test::kPatience;
    while (!done()) {
      if (loop_.now() >= end) return false;
      std::this_thread::sleep_for(Duration{1});
    }
    return true;
  }

  // Answers the requests kept, from the last to the first.
  void answer_backwards() {
    loop_.post([this] {
      std::vector<HttpReplier> kept;
      {
        const std::lock_guard lock(mutex_);
        kept.swap(later_);
      }
      for (std::size_t i = kept.size(); i-- > 0;) {  // may lead to further requests
        kept[i](HttpResponse{.body = "late " + std::to_string(i)});
      }
    });
  }

  HttpStats stats() {
    std::optional<HttpStats> result;
    std::mutex mutex;
    loop_.post([&] {
      const std::lock_guard lock(mutex);
      result = server_->stats();
    });
    wait_for([&] {
      const std::lock_guard lock(mutex);
      return result.has_value();
    });
    return *result;
  }

  EventLoop loop_;
  HttpLimits limits_;
  ListenerLimits listener_limits_;
  std::mutex mutex_;
  std::vector<HttpReplier> later_;
  std::optional<HttpServer> server_;
  std::optional<Listener> listener_;
  std::uint16_t port_ = 0;
  std::optional<LoopThread> thread_;
};

TEST_F(HttpServerTest, AnswersAndKeepsTheConnection) {
  start();
  Client client(port_);
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(client.send(get("/echo/a%20b?x=1&y=%41+b&flag")));
    const std::string response = client.response();
    EXPECT_EQ(status_of(response), "HTTP/1.1 200");
    EXPECT_NE(response.find("Content-Type: text/plain\r\n"), std::string::npos);
    EXPECT_NE(response.find("Connection: keep-alive\r\n"), std::string::npos);
    EXPECT_EQ(body_of(response), "GET /echo/a b x=1 y=A b flag= []");
  }
  EXPECT_EQ(stats().requests, 3u);
  EXPECT_EQ(stats().connections, 1u);
}

TEST_F(HttpServerTest, TakesARequestByteByByte) {
  start();
  Client client(port_);
  const std::string request =
      "POST http://host/echo?q HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello";
  for (const char byte : request)
    ASSERT_TRUE(client.send({&byte, 1}));
  EXPECT_EQ(body_of(client.response()), "POST /echo q= [hello]");
}

TEST_F(HttpServerTest, TakesChunkedBodies) {
  start();
  Client client(port_);
  client.send(
      "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
      "5\r\nhello\r\n6;ext=1\r\n world\r\n0\r\nTrailer: ignored\r\n\r\n");
  client.send(kGet);
  EXPECT_EQ(body_of(client.response()), "POST /echo [hello world]");
  EXPECT_EQ(body_of(client.response()), "GET /echo []");
}

TEST_F(HttpServerTest, AnswersPipelinedRequestsInTheirOrder) {
  start();
  Client client(port_);
  client.send(get("/later") + get("/echo") + get("/later") + get("/echo/2"));
  ASSERT_TRUE(wait_for([&] { return waiting() == 2; }));
  answer_backwards();
  EXPECT_EQ(body_of(client.response()), "late 0");
  EXPECT_EQ(body_of(client.response()), "GET /echo []");
  EXPECT_EQ(body_of(client.response()), "late 1");
  EXPECT_EQ(body_of(client.response()), "GET /echo/2 []");
}

TEST_F(HttpServerTest, StopsReadingWhenTooManyArePipelined) {
  start();
  Client client(port_);
  std::string many;
  for (int i = 0; i < 20; ++i)
    many += get("/later");
  client.send(many + get("/echo"));
  for (int answered = 0; answered < 20;) {
    const int expected = std::min(8, 20 - answered);
    ASSERT_TRUE(wait_for([&] { return waiting() == static_cast<std::size_t>(expected); }));
    answer_backwards();
    for (int i = 0; i < expected; ++i, ++answered) {
      ASSERT_EQ(body_of(client.response()), "late " + std::to_string(i));
    }
  }
  EXPECT_EQ(body_of(client.response()), "GET /echo []");
}

TEST_F(HttpServerTest, ManySmallRequestsInOneWrite) {
  start();
  Client client(port_);
  std::string many;
  for (int i = 0; i < 2000; ++i)
    many += get("/echo/" + std::to_string(i));
  std::thread sender([&] { client.send(many); });
  for (int i = 0; i < 2000; ++i) {
    ASSERT_EQ(body_of(client.response()), "GET /echo/" + std::to_string(i) + " []");
  }
  sender.join();
}

TEST_F(HttpServerTest, HeadHasTheLengthButNoBody) {
  start();
  Client client(port_);
  client.send("HEAD /echo HTTP/1.1\r\nHost: x\r\n\r\n");
  const std::string response = client.response(true);
  EXPECT_NE(response.find("Content-Length: 13\r\n"), std::string::npos);
  client.send(kGet);
  EXPECT_EQ(body_of(client.response()), "GET /echo []");
}

TEST_F(HttpServerTest, ClosesWhenAsked) {
  start();
  for (const std::string request : {"GET /echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
                                    "GET /echo HTTP/1.0\r\n\r\n"}) {
    Client client(port_);
    client.send(request);
    const std::string all = client.rest();
    EXPECT_EQ(body_of(all), "GET /echo []");
    EXPECT_NE(all.find("Connection: close\r\n"), std::string::npos);
  }
}

TEST_F(HttpServerTest, AnswersAClientThatHasClosedItsHalf) {
  start();
  Client client(port_);
  client.send(get("/later") + get("/echo"));
  client.end();
  ASSERT_TRUE(wait_for([&] { return waiting() == 1; }));
  answer_backwards();
  EXPECT_EQ(body_of(client.response()), "late 0");
  EXPECT_EQ(body_of(client.response()), "GET /echo []");
  EXPECT_EQ(client.rest(), "");
  EXPECT_TRUE(wait_for([&] { return stats().connections == 0; }));
}

TEST_F(HttpServerTest, InvitesABodyThatIsExpectedToFit) {
  start();
  Client client(port_);
  const std::string head = "POST /echo HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n";
  client.send(head + "Content-Length: 2\r\n\r\n");
  EXPECT_EQ(client.response(), "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("ok");
  EXPECT_EQ(body_of(client.response()), "POST /echo [ok]");
  client.send(head + "Content-Length: 1001\r\n\r\n");
  EXPECT_EQ(status_of(client.response()), "HTTP/1.1 413");
}

TEST_F(HttpServerTest, RefusesWhatIsTooBig) {
  start();
  const std::string post = "POST /echo HTTP/1.1\r\nHost: x\r\n";
  const struct {
    std::string request;
    std::string status;
  } cases[] = {
      {post + "Content-Length: 1001\r\n\r\n" + std::string(1001, 'x'), "HTTP/1.1 413"},
      {post + "Content-Length: 99999999999999999999999\r\n\r\n", "HTTP/1.1 400"},
      {post + "Transfer-Encoding: chunked\r\n\r\n3e9\r\n" + std::string(1001, 'x'), "HTTP/1.1 413"},
      {post + "X: " + std::string(3000, 'x') + "\r\n\r\n", "HTTP/1.1 431"},
      {"GET /" + std::string(3000, 'x') + " HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 431"},
      {post + "X:" + std::string(200'000, ' ') + "\r\n\r\n", "HTTP/1.1 431"},
  };
  for (const auto& [request, status] : cases) {
    Client client(port_);
    client.send(request);
    const std::string all = client.rest();
    EXPECT_EQ(status_of(all), status) << request.substr(0, 80);
    EXPECT_NE(all.find("Connection: close\r\n"), std::string::npos);
  }
  EXPECT_EQ(stats().requests, 0u);
}

TEST_F(HttpServerTest, TakesABodyOfExactlyTheLimit) {
  start();
  Client client(port_);
  const std::string body(1000, 'x');
  client.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n" + body);
  EXPECT_EQ(body_of(client.response()), "POST /echo [" + body + "]");
}

TEST_F(HttpServerTest, RefusesWhatIsMalformed) {
  start();
  for (const std::string request : {
           "garbage\r\n\r\n",
           "GET / HTTP/1.1\r\n\r\n",  // no Host
           "GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n",
           "GET /%00 HTTP/1.1\r\nHost: x\r\n\r\n",
           "GET /?a=%4 HTTP/1.1\r\nHost: x\r\n\r\n",
           "GET / HTTP/9.x\r\nHost: x\r\n\r\n",
           "GET / HTTP/1.1\r\nHost x\r\n\r\n",
           "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n",
           "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\n",
           "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
           "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
           "\x01\x02\x03\x04\x05\x06\x07",
       }) {
    Client client(port_);
    client.send(request);
    EXPECT_EQ(status_of(client.rest()), "HTTP/1.1 400") << request;
  }
  EXPECT_EQ(stats().requests, 0u);
  Client proxy(port_);
  proxy.send("CONNECT host:80 HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(status_of(proxy.rest()), "HTTP/1.1 405");
}

TEST_F(HttpServerTest, DeclinesToUpgrade) {
  start();
  Client client(port_);
  client.send("GET /echo HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n" +
              std::string(kGet));
  EXPECT_EQ(body_of(client.response()), "GET /echo []");
  EXPECT_EQ(body_of(client.response()), "GET /echo []");
}

TEST_F(HttpServerTest, AHeaderCannotSmuggleAnother) {
  start();
  Client client(port_);
  client.send(get("/split"));
  const std::string response = client.response();
  EXPECT_NE(response.find("X-Echo: a  Injected: yes\r\n"), std::string::npos) << response;
}

TEST_F(HttpServerTest, SurvivesRandomBytes) {
  start();
  std::uint64_t state = 42;
  for (int round = 0; round < 200; ++round) {
    Client client(port_);
    std::string bytes = round % 2 == 0 ? "" : "GET /";
    for (int i = 0; i < 300; ++i) {
      state = state * 6364136223846793005u + 1442695040888963407u;
      bytes.push_back(static_cast<char>(state >> 33));
    }
    client.send(bytes);
    if (round % 3 == 0) client.disconnect();
  }
  Client client(port_);
  client.send(kGet);
  EXPECT_EQ(body_of(client.response()), "GET /echo []");
}

TEST_F(HttpServerTest, ASlowSenderIsCutOff) {
  limits_.request_max = Duration{150};
  start();
  Client client(port_);
  client.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n");
  EXPECT_EQ(status_of(client.rest()), "HTTP/1.1 408");
}

TEST_F(HttpServerTest, ASilentClientIsCutOff) {
  listener_limits_.handshake_max = Duration{50};
  start();
  Client client(port_);
  EXPECT_EQ(client.rest(), "");
}

TEST_F(HttpServerTest, AnIdleConnectionIsClosed) {
  limits_.idle_max = Duration{100};
  start();
  Client client(port_);
  client.send(kGet);
  EXPECT_EQ(body_of(client.response()), "GET /echo []");
  EXPECT_EQ(client.rest(), "");
  EXPECT_EQ(stats().connections, 0u);
}

TEST_F(HttpServerTest, AnAnswerThatNeverComesIsATimeout) {
  limits_.answer_max = Duration{100};
  start();
  Client client(port_);
  client.send(get("/later") + get("/echo"));
  EXPECT_EQ(status_of(client.response()), "HTTP/1.1 504");
  EXPECT_EQ(body_of(client.response()), "GET /echo []");
  answer_backwards();  // too late: no effect
  client.send(get("/echo/2"));
  EXPECT_EQ(body_of(client.response()), "GET /echo/2 []");
}

TEST_F(HttpServerTest, AClientThatDoesNotReadIsHeldBackThenServed) {
  limits_.unsent_bytes_max = 10'000;
  start();
  Client client(port_);
  constexpr int kCount = 64;
  std::string many;
  for (int i = 0; i < kCount; ++i)
    many += get("/big?n=1000000");
  client.send(many);
  ASSERT_TRUE(wait_for([&] { return stats().requests > 0; }));
  EXPECT_LT(stats().requests, static_cast<std::uint64_t>(kCount));  // 64 MB fit no socket buffer
  for (int i = 0; i < kCount; ++i)
    ASSERT_EQ(body_of(client.response()).size(), 1'000'000u);
}

TEST_F(HttpServerTest, AReplyAfterTheClientHasGoneIsHarmless) {
  start();
  for (int i = 0; i < 3; ++i) {
    Client client(port_);
    client.send(get("/later"));
    ASSERT_TRUE(wait_for([&] { return waiting() == static_cast<std::size_t>(i + 1); }));
    client.send("POST /echo HTTP/1.1\r\nContent-Length: 10\r\n\r\nhal");
    client.disconnect();
  }
  answer_backwards();
  EXPECT_TRUE(wait_for([&] { return stats().connections == 0; }));
}

TEST_F(HttpServerTest, AReplyAfterTheServerHasGoneIsHarmless) {
  start();
  Client client(port_);
  client.send(get("/later"));
  ASSERT_TRUE(wait_for([&] { return waiting() == 1; }));
  thread_.reset();
  server_.reset();
  later_.front()(HttpResponse{});
  EXPECT_EQ(client.rest(), "");
}

TEST_F(HttpServerTest, RefusesConnectionsAboveTheLimit) {
  limits_.connections_max = 2;
  start();
  Client first(port_);
  Client second(port_);
  Client third(port_);
  for (Client* client : {&first, &second}) {
    client->send(kGet);
    EXPECT_EQ(status_of(client->response()), "HTTP/1.1 200");
  }
  third.send(kGet);
  EXPECT_EQ(status_of(third.rest()), "HTTP/1.1 503");
  first.disconnect();
  ASSERT_TRUE(wait_for([&] { return stats().connections == 1; }));
  Client fourth(port_);
  fourth.send(kGet);
  EXPECT_EQ(status_of(fourth.response()), "HTTP/1.1 200");
}

TEST_F(HttpServerTest, AFloodOfSilentSocketsDoesNotLockOutOthers) {
  listener_limits_.undecided_max = 4;
  start();
  std::deque<Client> silent;
  for (int i = 0; i < 20; ++i)
    silent.emplace_back(port_);
  Client client(port_);
  client.send(kGet);
  EXPECT_EQ(status_of(client.response()), "HTTP/1.1 200");
}

TEST_F(HttpServerTest, ListensOnAUnixSocket) {
  start();
  const std::string path = "/tmp/dnc-http-test-" + std::to_string(::getpid()) + ".sock";
  {
    const Fd stale(::socket(AF_UNIX, SOCK_STREAM, 0));  // as a process leaves it that was killed
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::copy(path.begin(), path.end(), address.sun_path);
    ASSERT_EQ(::bind(stale.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  }
  std::optional<bool> listening;
  std::mutex mutex;
  loop_.post([&] {
    const std::lock_guard lock(mutex);
    listening = listener_->listen_unix(path).ok();
  });
  ASSERT_TRUE(wait_for([&] {
    const std::lock_guard lock(mutex);
    return listening.has_value();
  }));
  EXPECT_TRUE(*listening);
  Client client(path);
  ASSERT_TRUE(client.connected());
  client.send(kGet);
  EXPECT_EQ(body_of(client.response()), "GET /echo []");
  thread_.reset();
  listener_.reset();
  EXPECT_NE(::access(path.c_str(), F_OK), 0);
}

TEST(Listener, ReportsAPortThatIsTaken) {
  EventLoop loop;
  Listener first(loop, {});
  const std::uint16_t port = first.listen("127.0.0.1", 0).value();
  Listener second(loop, {});
  const auto refused = second.listen("127.0.0.1", port);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "listen_failed");
  EXPECT_FALSE(second.listen("256.1.1.1.1", 0));
  EXPECT_FALSE(second.listen_unix(std::string(200, 'x')).ok());
}

}  // namespace
}  // namespace dnc
