// Clients that are wrong, broken or hostile: a clear error or a closed link, and the node lives on.
#include "cluster_test.hpp"

namespace dnc::cluster {
namespace {

constexpr Millis kLimit{5'000};

class BadInput : public ClusterTest {
 protected:
  void SetUp() override {
    ClusterTest::SetUp();
    for (const int seat : LocalWorld::seats())
      pids_.push_back(world().node_pid(seat));
    value_ = world().value(1);
    ASSERT_TRUE(value_);
  }
  // Nothing was counted, nobody died, all still serve.
  void TearDown() override {
    for (const int seat : LocalWorld::seats()) {
      EXPECT_EQ(world().node_pid(seat), pids_[static_cast<std::size_t>(seat - 1)]) << "died";
      EXPECT_EQ(world().value(seat), value_);
    }
    EXPECT_TRUE(world().all_ready()) << describe();
    ClusterTest::TearDown();
  }

  static void expect_error(const Answer& answer, int status, const std::string& code) {
    EXPECT_EQ(answer.status, status) << answer.body;
    const Json json = answer.json();
    ASSERT_TRUE(json.is_object() && json.contains("error")) << answer.body;
    if (!code.empty()) {
      EXPECT_EQ(json["error"].value("code", ""), code) << answer.body;
    }
    EXPECT_FALSE(json["error"].value("message", "").empty()) << answer.body;
    EXPECT_FALSE(json["error"].value("hint", "").empty()) << answer.body;
  }

  // Says these bytes; gives what came back before the node closed, or stopped answering.
  static std::string say(const std::string& bytes, bool finish = true,
                         Millis limit = Millis(3'000)) {
    const Moment deadline = Clock::now() + limit;
    Socket socket = Socket::connect(port(), deadline);
    if (!socket.open()) return "cannot connect";
    socket.send(bytes, deadline);
    if (finish) socket.finish_sending();
    return socket.receive_all(deadline).value_or("left open");
  }

  static int port() { return LocalWorld::port(2); }

 private:
  std::vector<pid_t> pids_;
  std::optional<std::uint64_t> value_;
};

TEST_F(BadInput, BodiesThatAreNoIncrement) {
  const std::string deep(100'000, '[');
  const std::vector<std::string> bodies = {"{",
                                           "}",
                                           "[]",
                                           "null",
                                           "5",
                                           "\"by\"",
                                           "not json",
                                           R"({"by":0})",
                                           R"({"by":-1})",
                                           R"({"by":1.5})",
                                           R"({"by":1e400})",
                                           R"({"by":"5"})",
                                           R"({"by":null})",
                                           R"({"by":[1]})",
                                           R"({"by":true})",
                                           R"({"by":9007199254740992})",
                                           R"({"by":18446744073709551616})",
                                           R"({"by":99999999999999999999999999})",
                                           R"({"by":1,"to":2})",
                                           R"({"By":1})",
                                           R"({"by":1)",
                                           "{\"by\":1}{\"by\":1}",
                                           std::string("\0\0\0\0", 4),
                                           "\xff\xfe\xfd",
                                           "{\"\xc3\x28\":1}",
                                           deep};
  for (const auto& body : bodies) {
    SCOPED_TRACE(body.substr(0, 60));
    for (const int seat : LocalWorld::seats())
      expect_error(increment(seat, "", body), 400, "bad_request");
  }
}

TEST_F(BadInput, OversizedBodies) {
  expect_error(increment(2, "", std::string(2u << 20, ' '), kLimit), 413, "");
  // A length that is only claimed.
  const std::string head =
      "POST /increment HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n";
  const auto answer = parse_answer(say(head));
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 413);
}

TEST_F(BadInput, MethodsAndPaths) {
  for (const char* method : {"GET", "PUT", "DELETE", "PATCH", "OPTIONS"}) {
    const Answer answer =
        call(port(), {.method = method, .target = "/increment", .headers = {}, .body = {}});
    expect_error(answer, 405, "method_not_allowed");
    EXPECT_EQ(answer.headers.count("allow"), 1u);
  }
  for (const char* path : {"/nothing", "/increment/", "/../etc/passwd", "/%2e%2e", "/status/1"})
    expect_error(get(port(), path), 404, "not_found");
  expect_error(call(port(), {.method = "POST", .target = "/counter", .headers = {}, .body = {}}),
               405, "method_not_allowed");
}

TEST_F(BadInput, QueriesAndKeys) {
  for (const char* target :
       {"/log?from=0", "/log?from=-1", "/log?from=x", "/log?from=1.5", "/log?limit=0",
        "/log?limit=99999999999999999999", "/log?from=", "/counter?consistency=psychic"}) {
    SCOPED_TRACE(target);
    expect_error(get(port(), target), 400, "bad_request");
  }
  for (const std::string& key : {std::string(65, 'k'), std::string("two words")})
    expect_error(increment(2, key), 400, "bad_request");
  EXPECT_EQ(get(port(), "/log?from=18446744073709551615&limit=1000").status, 200);
}

TEST_F(BadInput, BytesThatAreNoRequest) {
  const std::vector<std::string> garbage = {
      "\n",
      "hello\r\n\r\n",
      "GET\r\n\r\n",
      "GET / HTTP/1.1\r\nbroken header\r\n\r\n",
      "GET / HTTP/1.1\r\nContent-Length: -5\r\n\r\n",
      "GET / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx",
      "POST /increment HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n",
      "POST /increment HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\n{\"by\":1}",
      std::string(1'000, '\0'),
      std::string(100'000, '\xff'),
      std::string(1u << 20, 'A')};
  for (const auto& bytes : garbage) {
    const std::string answer = say(bytes);
    SCOPED_TRACE(bytes.substr(0, 60) + " -> " + answer.substr(0, 60));
    EXPECT_NE(answer, "left open");
    EXPECT_NE(answer, "cannot connect");
    const auto parsed = parse_answer(answer);
    if (parsed) {
      EXPECT_GE(parsed->status, 400);
    }
  }
}

TEST_F(BadInput, HugeHeaders) {
  Request request{.method = "GET", .target = "/status", .headers = {}, .body = {}};
  request.headers["X-Long"] = std::string(64u << 10, 'x');
  EXPECT_EQ(call(port(), request).status, 431);
  EXPECT_EQ(get(port(), "/" + std::string(64u << 10, 'p')).status, 431);
  std::string endless = "GET / HTTP/1.1\r\n";
  for (int i = 0; i < 5'000; ++i)
    endless += "X-" + std::to_string(i) + ": y\r\n";
  const auto answer = parse_answer(say(endless));
  EXPECT_TRUE(!answer || answer->status == 431);
}

TEST_F(BadInput, SlowSendersAreClosedAndKeepNobodyOut) {
  const Moment start = Clock::now();
  std::vector<Socket> slow;
  for (int i = 0; i < 300; ++i) {
    Socket socket = Socket::connect(port(), start + kLimit);
    ASSERT_TRUE(socket.open());
    const char* beginning = i % 3 == 0 ? "P" : i % 3 == 1 ? "GET / HTTP/1.1\r\nX: " : "\x16\x03";
    socket.send(beginning, start + kLimit);
    slow.push_back(std::move(socket));
  }
  EXPECT_TRUE(get(port(), "/status").ok());
  EXPECT_TRUE(get(port(), "/counter").ok());
  for (std::size_t i = 1; i < slow.size(); i += 50)
    slow[i].send("a", start + kLimit);
  for (auto& socket : slow)
    EXPECT_TRUE(socket.receive_all(start + Millis(20'000)).has_value()) << "still open";
  measure("300 slow senders, all closed after", seconds_since(start));
  EXPECT_TRUE(get(port(), "/status").ok());
}

TEST_F(BadInput, ConnectionsBeyondTheLimitDoNotLockTheNode) {
  const Moment deadline = Clock::now() + Millis(20'000);
  std::vector<Socket> many;
  for (int i = 0; i < 1'500; ++i) {
    Socket socket = Socket::connect(port(), deadline);
    if (socket.open()) socket.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n", deadline);
    many.push_back(std::move(socket));
  }
  many.clear();
  EXPECT_TRUE(poll_for(kLimit, [] { return get(port(), "/status").ok(); }));
}

TEST_F(BadInput, MemoryDoesNotGrowWithBadRequests) {
  const std::string large(900'000, 'x');
  const auto batch = [&](int count) {
    for (int i = 0; i < count; ++i) {
      increment(2, "", large);
      say(std::string(20'000, '\xee'));
      say("GET / HTTP/1.1\r\n" + std::string(20'000, 'h'));
      say("\x16\x03\x01\x02" + std::string(2'000, '\x01'));
    }
  };
  batch(50);
  const auto before = world().resident_kib(2);
  batch(200);
  const auto after = world().resident_kib(2);
  ASSERT_GT(before, 0u);
  measure("resident memory before 800 bad requests", static_cast<double>(before) / 1024, "MiB");
  measure("resident memory after them", static_cast<double>(after) / 1024, "MiB");
  EXPECT_LT(after, before + 24 * 1024);
}

}  // namespace
}  // namespace dnc::cluster
