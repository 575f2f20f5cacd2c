#include "io/net/peer_network.hpp"

#include <netinet/tcp.h>

#include "io/net/peer_test_kit.hpp"

namespace dnc {
namespace {

using namespace test;

class PeerNetworkTest : public PeerTest {};

TEST_F(PeerNetworkTest, ThreeNodesExchangeFrames) {
  std::vector<std::unique_ptr<Node>> nodes;
  std::vector<PeerEndpoint> endpoints;
  for (std::uint64_t seat = 1; seat <= 3; ++seat) {
    nodes.push_back(node(seat));
    endpoints.push_back(nodes.back()->endpoint());
  }
  for (const auto& each : nodes)
    each->peers->set_peers(endpoints);
  const auto all_connected = [&] {
    return std::all_of(nodes.begin(), nodes.end(), [](const auto& each) {
      const auto status = each->peers->status();
      return status.size() == 2 && status[0].connected && status[1].connected;
    });
  };
  ASSERT_TRUE(wait(all_connected));
  for (const auto& from : nodes) {
    for (const auto& to : nodes) {
      const bool sent = from->peers->send(to->self.seat, bytes_of("hello"));
      EXPECT_EQ(sent, from != to);
    }
  }
  EXPECT_TRUE(wait([&] {
    return std::all_of(nodes.begin(), nodes.end(),
                       [](const auto& each) { return each->frames.size() == 2; });
  }));
  EXPECT_EQ(nodes[0]->frames[0].second, "hello");
  EXPECT_EQ(nodes[0]->links.size(), 2u);
  EXPECT_EQ(nodes[0]->peers->inbound_links(), 2u);
  EXPECT_EQ(nodes[0]->peers->status()[0].identity, identity_of(2));
}

TEST_F(PeerNetworkTest, FramesOfAllSizesArriveInOrder) {
  const auto a = node(1);
  const auto b = node(2);
  a->peers->set_peers({b->endpoint()});
  ASSERT_TRUE(wait([&] { return a->peers->connected(Seat{2}); }));
  const std::vector<std::size_t> sizes{1, 2, 16'380, 16'384, 70'000, 1, kFrameBytesMax, 5};
  for (const std::size_t size : sizes) {
    EXPECT_TRUE(a->peers->send(Seat{2}, Bytes(size, static_cast<std::uint8_t>(size % 251))));
  }
  ASSERT_TRUE(wait([&] { return b->frames.size() == sizes.size(); }));
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    EXPECT_EQ(b->frames[i].second, std::string(sizes[i], static_cast<char>(sizes[i] % 251)));
  }
  EXPECT_TRUE(wait([&] { return a->peers->status()[0].sent_frames == sizes.size(); }));
  EXPECT_EQ(a->peers->status()[0].queued_bytes, 0u);
}

TEST_F(PeerNetworkTest, ALinkCarriesOneDirectionOnly) {
  const auto a = node(1);
  const auto b = node(2);
  a->peers->set_peers({b->endpoint()});
  ASSERT_TRUE(wait([&] { return a->peers->connected(Seat{2}); }));
  EXPECT_EQ(b->peers->inbound_links(), 1u);
  EXPECT_FALSE(b->peers->connected(Seat{1}));  // although a TCP connection to it stands
  EXPECT_FALSE(b->peers->send(Seat{1}, bytes_of("no")));
  // With A's port closed, B cannot talk to A on the connection that A has dialled.
  a->listener.reset();
  b->peers->set_peers({a->endpoint()});
  ASSERT_TRUE(wait([&] { return b->peers->status()[0].dials > 3; }));
  EXPECT_FALSE(b->peers->connected(Seat{1}));
  EXPECT_TRUE(a->peers->send(Seat{2}, bytes_of("still")));
  EXPECT_TRUE(wait([&] { return b->frames.size() == 1; }));
  EXPECT_EQ(b->peers->status()[0].dropped_frames, 0u);
}

TEST_F(PeerNetworkTest, ARestartedPeerIsDialledAgain) {
  const auto a = node(1);
  auto b = node(2, 1);
  const std::uint16_t port = b->port;
  a->peers->set_peers({b->endpoint()});
  ASSERT_TRUE(wait([&] { return a->peers->connected(Seat{2}); }));
  b.reset();
  ASSERT_TRUE(wait([&] { return !a->peers->connected(Seat{2}); }));
  EXPECT_FALSE(a->peers->send(Seat{2}, bytes_of("lost")));
  EXPECT_EQ(a->peers->status()[0].dropped_frames, 1u);
  b = std::make_unique<Node>(loop_, config_of(identity_of(2, 2)), port);
  ASSERT_TRUE(wait([&] { return a->peers->connected(Seat{2}); }));
  EXPECT_EQ(a->peers->status()[0].identity, identity_of(2, 2));
  EXPECT_TRUE(a->peers->send(Seat{2}, bytes_of("again")));
  EXPECT_TRUE(wait([&] { return b->frames.size() == 1; }));
  const std::vector<std::pair<std::uint64_t, bool>> story{{2, true}, {2, false}, {2, true}};
  EXPECT_EQ(a->links, story);
}

TEST_F(PeerNetworkTest, AnEndedProcessIsToldFromABrokenLink) {
  const auto a = node(1);
  auto b = node(2, 1);
  a->peers->set_peers({b->endpoint()});
  ASSERT_TRUE(wait([&] { return a->peers->connected(Seat{2}); }));
  a->fenced = {identity_of(2, 1)};
  a->peers->recheck();  // breaks the link; the endpoint still listens
  ASSERT_TRUE(wait([&] { return a->peers->status()[0].dials >= 2; }));
  EXPECT_TRUE(a->gone.empty());
  b.reset();
  EXPECT_TRUE(wait([&] { return !a->gone.empty(); }));
  EXPECT_EQ(a->gone.front(), identity_of(2, 1));
}

TEST_F(PeerNetworkTest, AnEndpointThatNeverAnsweredIsNotMissed) {
  const auto a = node(1);
  auto b = node(2, 1);
  const PeerEndpoint endpoint = b->endpoint();
  b.reset();
  a->peers->set_peers({endpoint});
  ASSERT_TRUE(wait([&] { return a->peers->status()[0].dials >= 3; }));
  EXPECT_TRUE(a->gone.empty());
}

TEST_F(PeerNetworkTest, ARestartedDiallerReplacesItsOldLink) {
  const auto b = node(2);
  const auto config = config_of(identity_of(1));
  const auto first = stranger(*b, config, hello_frame(config));
  ASSERT_TRUE(wait([&] { return !first->got.empty(); }));
  const auto second = stranger(*b, config, hello_frame(config));
  EXPECT_TRUE(wait([&] { return first->closed && !second->got.empty(); }));
  EXPECT_FALSE(second->closed);
  EXPECT_EQ(b->peers->inbound_links(), 1u);
}

TEST_F(PeerNetworkTest, AnotherEndpointIsDialledInstead) {
  const auto a = node(1);
  const auto old_home = node(2, 1);
  const auto new_home = node(2, 2);
  a->peers->set_peers({old_home->endpoint()});
  ASSERT_TRUE(wait([&] { return a->peers->connected(Seat{2}); }));
  a->peers->set_peers({old_home->endpoint(), a->endpoint()});  // no change, and oneself
  EXPECT_TRUE(a->peers->connected(Seat{2}));
  EXPECT_EQ(a->peers->status().size(), 1u);
  a->peers->set_peers({new_home->endpoint()});
  EXPECT_FALSE(a->peers->connected(Seat{2}));
  ASSERT_TRUE(wait([&] { return a->peers->connected(Seat{2}); }));
  EXPECT_EQ(a->peers->status()[0].identity, identity_of(2, 2));
  EXPECT_TRUE(wait([&] { return old_home->peers->inbound_links() == 0; }));
  a->peers->set_peers({});
  EXPECT_TRUE(wait([&] { return new_home->peers->inbound_links() == 0; }));
}

TEST_F(PeerNetworkTest, EndpointsThatLeadNowhereAreRetried) {
  const auto a = node(1);
  a->peers->set_peers({{Seat{2}, "127.0.0.1:1"},
                       {Seat{3}, "no port"},
                       {Seat{4}, "localhost:99999"},
                       {Seat{5}, "[::1]:1"},
                       {Seat{6}, ":1"}});
  EXPECT_TRUE(wait([&] {
    const auto all = a->peers->status();
    return std::all_of(all.begin(), all.end(), [](const auto& s) { return s.dials >= 3; });
  }));
}

TEST_F(PeerNetworkTest, TheQueueOfALinkIsBounded) {
  auto config = config_of(identity_of(1));
  config.limits.queue_frames_max = 10;
  const auto a = std::make_unique<Node>(loop_, config);
  const auto b = node(2);
  a->peers->set_peers({b->endpoint()});
  ASSERT_TRUE(wait([&] { return a->peers->connected(Seat{2}); }));
  int taken = 0;
  for (int i = 0; i < 50; ++i)
    taken += a->peers->send(Seat{2}, bytes_of("x")) ? 1 : 0;
  EXPECT_EQ(taken, 10);  // the loop has not run: nothing has left the queue
  EXPECT_EQ(a->peers->status()[0].dropped_frames, 40u);
  EXPECT_TRUE(wait([&] { return b->frames.size() == 10; }));
  EXPECT_TRUE(a->peers->send(Seat{2}, bytes_of("room again")));
}

TEST_F(PeerNetworkTest, AStalledPeerFillsTheQueueToItsLimitAndNoFurther) {
  auto config = config_of(identity_of(1));
  config.limits.queue_bytes_max = kFrameBytesMax + 4;
  config.limits.dead_after = Duration{60'000};
  // B's side accepts and greets, but never reads again.
  const auto b_config = config_of(identity_of(2));
  struct Server : StreamHandler {
    void on_secured() override { stream->write(hello), stream->flush(), stream->pause(true); }
    void on_data(ByteView) override {}
    void on_closed(const std::string&) override {}
    std::shared_ptr<Stream> stream;
    Bytes hello;
  };
  const auto server = std::make_shared<Server>();
  server->hello = hello_frame(b_config);
  const auto acceptor = accept_with(loop_, "127.0.0.1", server, b_config.tls);
  const auto a = std::make_unique<Node>(loop_, config);
  a->peers->set_peers({{Seat{2}, "127.0.0.1:" + std::to_string(acceptor.port())}});
  ASSERT_TRUE(wait([&] { return a->peers->connected(Seat{2}); }));
  const Bytes frame(1u << 20, 7);
  std::uint64_t refused = 0;
  EXPECT_TRUE(wait([&] {
    for (int i = 0; i < 4; ++i)
      refused += a->peers->send(Seat{2}, frame) ? 0 : 1;
    const auto status = a->peers->status()[0];
    EXPECT_LE(status.queued_bytes, kFrameBytesMax + 4);
    return refused > 20;
  }));
  EXPECT_EQ(a->peers->status()[0].dropped_frames, refused);
  a->peers->set_peers({});
  server->stream->close();
}

// A gateway in front of a machine sees no more than that, and passes the connection on by it.
TEST_F(PeerNetworkTest, APeerIsCalledByTheNameOfItsHost) {
  EXPECT_EQ(host_name_of("node-1.example:443"), "node-1.example");
  EXPECT_EQ(host_name_of("127.0.0.1:443"), "");
  EXPECT_EQ(host_name_of("[::1]:443"), "");
  EXPECT_EQ(host_name_of(std::string(300, 'a') + ":443"), "");
  struct Gateway : StreamHandler {
    void on_data(ByteView bytes) override { seen.append(bytes.begin(), bytes.end()); }
    void on_closed(const std::string&) override {}
    std::shared_ptr<Stream> stream;
    std::string seen;
  };
  const auto gateway = std::make_shared<Gateway>();
  const auto acceptor = accept_with(loop_, "localhost", gateway);
  const auto a = node(1);
  a->peers->set_peers({{Seat{2}, "localhost:" + std::to_string(acceptor.port())}});
  EXPECT_TRUE(wait([&] { return gateway->seen.find("localhost") != std::string::npos; }));
  a->peers->set_peers({});
  gateway->stream->close();
}

TEST_F(PeerNetworkTest, OnePortServesHttpToo) {
  const auto b = node(2);
  test::Client plain(b->port);
  plain.send("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  EXPECT_TRUE(wait([&] { return b->http->stats().requests == 1; }));
  EXPECT_NE(plain.response().find("200 OK"), std::string::npos);
}

TEST_F(PeerNetworkTest, ThePeerSocketGivesUpWithinSeconds) {
  const auto b = node(2);
  const auto one = stranger(*b, config_of(identity_of(1)), {});
  set_dead_after(one->stream->fd(), Duration{2'000});
  unsigned int value = 0;
  socklen_t size = sizeof value;
  ASSERT_EQ(::getsockopt(one->stream->fd(), IPPROTO_TCP, TCP_USER_TIMEOUT, &value, &size), 0);
  EXPECT_EQ(value, 2'000u);
}

TEST_F(PeerNetworkTest, ShutsDownWithEverythingOpen) {
  auto a = node(1);
  auto b = node(2);
  a->peers->set_peers({b->endpoint(), {Seat{3}, "127.0.0.1:1"}});
  b->peers->set_peers({a->endpoint()});
  ASSERT_TRUE(wait([&] { return a->peers->connected(Seat{2}) && b->peers->connected(Seat{1}); }));
  const auto silent = stranger(*b, config_of(identity_of(4)), {});
  test::Client client(b->port);
  for (int i = 0; i < 100; ++i)
    a->peers->send(Seat{2}, Bytes(10'000, 1));
  b.reset();
  a.reset();
  EXPECT_TRUE(wait([&] { return silent->closed; }));
}

}  // namespace
}  // namespace dnc
