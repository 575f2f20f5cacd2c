// Whom a node does not listen to, and what it does about it.
#include "io/net/peer_test_kit.hpp"

namespace dnc {
namespace {

using namespace test;

class PeerRefusalTest : public PeerTest {};

TEST_F(PeerRefusalTest, WhoeverAnswersOnAConnectionThatItAcceptedIsCutOff) {
  const auto a = node(1);
  const auto b_config = config_of(identity_of(2));
  // A server that greets properly and then sends frames of its own.
  struct Server : StreamHandler {
    void on_secured() override { stream->write(hello), stream->write(extra), stream->flush(); }
    void on_data(ByteView) override {}
    void on_closed(const std::string&) override { closed = true; }
    std::shared_ptr<Stream> stream;
    Bytes hello, extra;
    bool closed = false;
  };
  const auto server = std::make_shared<Server>();
  server->hello = hello_frame(b_config);
  append_frame(bytes_of("backwards"), server->extra);
  const auto acceptor = accept_with(loop_, "127.0.0.1", server, b_config.tls);
  a->peers->set_peers({{Seat{2}, "127.0.0.1:" + std::to_string(acceptor.port())}});
  EXPECT_TRUE(wait([&] { return a->logged("sends on a connection that it accepted"); }));
  EXPECT_TRUE(a->frames.empty());
  a->peers->set_peers({});
  server->stream->close();
}

TEST_F(PeerRefusalTest, AHelloSignedByAnotherKeyIsRefused) {
  const auto b = node(2);
  auto config = config_of(identity_of(1));
  config.hello = sign(identity_of(9).boot_key, digest_of(config.tls->key_hash(), config.self));
  const auto a = std::make_unique<Node>(loop_, config);
  a->peers->set_peers({b->endpoint()});
  EXPECT_TRUE(wait([&] { return b->logged("not signed by the boot key of seat 1"); }));
  EXPECT_FALSE(a->peers->connected(Seat{2}));
  EXPECT_EQ(b->peers->inbound_links(), 0u);
}

TEST_F(PeerRefusalTest, AHelloOfAnotherTlsKeyIsRefused) {
  const auto b = node(2);
  auto stolen = config_of(identity_of(1));
  stolen.tls = make_tls();  // has the hello of seat 1, but not its TLS key
  const auto thief = stranger(*b, stolen, hello_frame(stolen));
  EXPECT_TRUE(wait([&] { return thief->closed; }));
  EXPECT_TRUE(b->logged("peer_refused"));
}

TEST_F(PeerRefusalTest, ADialledNodeMustProveItself) {
  auto config = config_of(identity_of(2));
  config.hello = {};
  const auto b = std::make_unique<Node>(loop_, config);
  const auto a = node(1);
  a->peers->set_peers({b->endpoint()});
  EXPECT_TRUE(wait([&] { return a->logged("not signed by the boot key of seat 2"); }));
  EXPECT_FALSE(a->peers->connected(Seat{2}));
}

TEST_F(PeerRefusalTest, ADialledNodeMustBeTheRightSeat) {
  const auto a = node(1);
  const auto b = node(2);
  a->peers->set_peers({{Seat{3}, b->endpoint().endpoint}});
  EXPECT_TRUE(wait([&] { return a->logged("answers as seat 2"); }));
  EXPECT_FALSE(a->peers->connected(Seat{3}));
  EXPECT_TRUE(wait([&] { return a->peers->status()[0].dials >= 2; }));  // tried again
}

TEST_F(PeerRefusalTest, AStaleEpochIsRefused) {
  const auto b = node(2);
  b->fenced.insert(identity_of(1, 1));
  const auto stale = node(1, 1);
  const auto fresh = node(1, 2);
  stale->peers->set_peers({b->endpoint()});
  fresh->peers->set_peers({b->endpoint()});
  EXPECT_TRUE(wait([&] { return fresh->peers->connected(Seat{2}); }));
  EXPECT_TRUE(wait([&] { return b->logged("not admitted: seat 1 epoch 1"); }));
  EXPECT_FALSE(stale->peers->connected(Seat{2}));
}

TEST_F(PeerRefusalTest, AdmissionIsAskedAgainForEveryFrame) {
  const auto a = node(1);
  const auto b = node(2);
  a->peers->set_peers({b->endpoint()});
  ASSERT_TRUE(wait([&] { return a->peers->connected(Seat{2}); }));
  b->fenced.insert(a->self);
  a->peers->send(Seat{2}, bytes_of("late"));
  EXPECT_TRUE(wait([&] { return !a->peers->connected(Seat{2}); }));
  EXPECT_TRUE(b->frames.empty());
}

TEST_F(PeerRefusalTest, RecheckClosesTheFencedAndRedialsTheAdmitted) {
  const auto a = node(1);
  const auto b = node(2);
  a->peers->set_peers({b->endpoint()});
  b->peers->set_peers({a->endpoint()});
  const auto both = [&] { return a->peers->connected(Seat{2}) && b->peers->connected(Seat{1}); };
  ASSERT_TRUE(wait(both));
  b->fenced.insert(a->self);
  b->peers->recheck();
  EXPECT_FALSE(b->peers->connected(Seat{1}));
  EXPECT_EQ(b->peers->inbound_links(), 0u);
  EXPECT_TRUE(wait([&] { return !a->peers->connected(Seat{2}); }));
  b->fenced.clear();
  b->peers->recheck();
  EXPECT_TRUE(wait(both));
}

TEST_F(PeerRefusalTest, BadFramesEndALink) {
  const auto b = node(2);
  const auto config = config_of(identity_of(1));
  const Bytes hello = hello_frame(config);
  Bytes oversize = hello;
  for (const int byte : {0x00, 0x40, 0x00, 0x01}) {
    oversize.push_back(static_cast<std::uint8_t>(byte));
  }
  Bytes empty = hello;
  empty.insert(empty.end(), 4, 0);
  Bytes long_hello;
  append_frame(Bytes(Hello::kBytes + 1, 1), long_hello);
  Bytes other_version = hello;
  other_version[4] = 2;
  Bytes short_hello;
  append_frame(bytes_of("?"), short_hello);
  for (const Bytes& bytes :
       {oversize, empty, long_hello, other_version, short_hello, bytes_of("GET / HTTP/1.1\r\n")}) {
    const auto bad = stranger(*b, config, bytes);
    EXPECT_TRUE(wait([&] { return bad->closed; }));
  }
  EXPECT_EQ(b->peers->inbound_links(), 0u);
  EXPECT_TRUE(b->frames.empty());
}

TEST_F(PeerRefusalTest, ATruncatedFrameIsNeverDelivered) {
  const auto b = node(2);
  const auto config = config_of(identity_of(1));
  Bytes bytes = hello_frame(config);
  append_frame(bytes_of("whole"), bytes);
  append_frame(bytes_of("half"), bytes);
  bytes.pop_back();
  {
    const auto cut = stranger(*b, config, bytes);
    ASSERT_TRUE(wait([&] { return b->frames.size() == 1; }));
    EXPECT_EQ(b->peers->inbound_links(), 1u);
    cut->stream->close();
  }
  EXPECT_TRUE(wait([&] { return b->peers->inbound_links() == 0; }));
  EXPECT_EQ(b->frames.size(), 1u);
}

TEST_F(PeerRefusalTest, AStrangerThatSaysNothingIsCutOff) {
  auto config = config_of(identity_of(2));
  config.limits.hello_max = Duration{50};
  const auto b = std::make_unique<Node>(loop_, config);
  const auto silent = stranger(*b, config_of(identity_of(1)), {});
  EXPECT_TRUE(wait([&] { return silent->closed; }));
  EXPECT_TRUE(b->logged("no hello in time"));
}

TEST_F(PeerRefusalTest, StrangersCannotLockOutAPeer) {
  auto config = config_of(identity_of(2));
  config.limits.unproven_max = 3;
  const auto b = std::make_unique<Node>(loop_, config);
  const auto tls = config_of(identity_of(9));
  for (int i = 0; i < 6; ++i)
    stranger(*b, tls, {});
  const auto a = node(1);
  a->peers->set_peers({b->endpoint()});
  EXPECT_TRUE(wait([&] { return a->peers->connected(Seat{2}); }));
  EXPECT_LE(b->peers->inbound_links(), 4u);
}

}  // namespace
}  // namespace dnc
