#include "io/api/peers.hpp"

#include "io/api/stream_test_kit.hpp"

namespace dnc {
namespace {

using test::Client;

SeatView member(std::uint64_t seat, const std::string& state) {
  return {{seat}, filled<7, Address>(), "host-" + std::to_string(seat) + ":80", state};
}

class PeersTest : public StreamTest {
 protected:
  void start(PeerListLimits limits = {}) {
    node_.state.members = {member(1, "follower"), member(2, "unreachable"), member(3, "leader"),
                           member(4, "vacant"), member(5, "follower")};
    node_.state.leader = member(3, "leader");
    peers_.emplace(loop_, node_, limits);
    serve([this](const HttpRequest& request, const HttpReplier& reply) {
      peers_->answer(request, reply);
    });
  }
  void lose_leader() {
    node_.state.leader.reset();
    node_.state.members[2].state = "unreachable";
  }
  static std::vector<std::uint64_t> seats(const Json& list) {
    std::vector<std::uint64_t> found;
    for (const Json& peer : list["peers"])
      found.push_back(peer["seat"]);
    return found;
  }

  std::optional<PeerList> peers_;
};

using Seats = std::vector<std::uint64_t>;
constexpr const char* kStream = "Accept: text/event-stream\r\n";

TEST_F(PeersTest, ListsThoseThatServeTheLeaderFirst) {
  start();
  const Json list = peers_json(node_.state);
  EXPECT_EQ(seats(list), (Seats{3, 1, 5}));
  EXPECT_EQ(list["peers"][0], (Json{{"url", "http://host-3:80"},
                                    {"leads", true},
                                    {"seat", 3},
                                    {"operator", to_hex0x(filled<7, Address>())}}));
  EXPECT_EQ(list["peers"][1]["leads"], false);
  lose_leader();
  EXPECT_EQ(seats(peers_json(node_.state)), (Seats{1, 5}));
}

TEST_F(PeersTest, AnswersOnceUnlessAStreamIsAskedFor) {
  start();
  Client client(port_);
  listen(client, "Accept: application/json\r\n");
  const std::string text = client.response();
  EXPECT_NE(text.find("\r\nContent-Type: application/json\r\n"), std::string::npos) << text;
  EXPECT_NE(text.find("http://host-3:80"), std::string::npos);
}

TEST_F(PeersTest, TellsTheListAndEachChangeToAllListeners) {
  start({.look_every = Duration{1}});
  Client first(port_);
  Client second(port_);
  listen(first, kStream);
  listen(second, kStream);
  run(Duration{20});
  lose_leader();
  run(Duration{20});
  const std::string text = text_of(first);
  EXPECT_NE(text.find("\r\nContent-Type: text/event-stream\r\n"), std::string::npos) << text;
  for (const auto& got : {messages(text, "peers"), messages(second.rest(), "peers")}) {
    ASSERT_EQ(got.size(), 2u);
    EXPECT_EQ(seats(got[0]), (Seats{3, 1, 5}));
    EXPECT_EQ(seats(got[1]), (Seats{1, 5}));
  }
}

TEST_F(PeersTest, WhoComesWithAChangeTakesItFromNobody) {
  start({.look_every = Duration{20}});
  Client first(port_);
  listen(first, kStream);
  lose_leader();
  Client second(port_);
  listen(second, kStream);
  run(Duration{100});
  const auto got = messages(text_of(first), "peers");
  ASSERT_EQ(got.size(), 2u);
  EXPECT_EQ(seats(got[1]), (Seats{1, 5}));
}

TEST_F(PeersTest, BeatsThoughNothingChanges) {
  start({.look_every = Duration{1}, .beat_every = Duration{10}});
  Client client(port_);
  listen(client, kStream);
  run(Duration{100});
  const std::string text = text_of(client);
  EXPECT_NE(text.find("\n: nothing changed\n\n"), std::string::npos) << text;
  EXPECT_EQ(messages(text, "peers").size(), 1u);
}

TEST_F(PeersTest, RefusesOneTooManyAndTakesAnotherWhenOneHasGone) {
  start({.listeners_max = 1, .look_every = Duration{1}});
  Client first(port_);
  listen(first, kStream);
  Client second(port_);
  listen(second, kStream);
  const std::string refused = second.response();
  EXPECT_EQ(refused.substr(9, 3), "503");
  EXPECT_NE(refused.find("too_many_listeners"), std::string::npos);
  first.disconnect();
  run(Duration{50});
  Client third(port_);
  listen(third, kStream);
  EXPECT_EQ(messages(text_of(third), "peers").size(), 1u);
}

}  // namespace
}  // namespace dnc
