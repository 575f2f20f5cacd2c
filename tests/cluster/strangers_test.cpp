// Peers that are none: their links are closed, and the cluster does not notice.
#include <fcntl.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <random>

#include "cluster_test.hpp"
#include "core/base/hex.hpp"
#include "core/consensus/signing.hpp"
#include "core/crypto/secp256k1.hpp"
#include "io/net/frame.hpp"
#include "io/net/tls_identity.hpp"

namespace dnc::cluster {
namespace {

constexpr Millis kClosedWithin{7'000};

PrivateKey random_key() {
  std::random_device random;
  std::array<std::uint8_t, 32> scalar{};
  for (auto& byte : scalar)
    byte = static_cast<std::uint8_t>(random());
  scalar[0] = 1;
  return *PrivateKey::from_bytes(scalar);
}

// A TLS client that speaks the peers' protocol and then whatever a test likes.
class Stranger {
 public:
  explicit Stranger(int port) : tls_(std::move(TlsIdentity::create().value())) {
    socket_ = Socket::connect(port, Clock::now() + Millis(2'000));
    if (!socket_.open()) return;
    // From here on OpenSSL blocks, but not for ever.
    ::fcntl(socket_.fd(), F_SETFL, 0);
    const timeval limit{8, 0};
    ::setsockopt(socket_.fd(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    ssl_ = SSL_new(tls_.client_context());
    SSL_set_fd(ssl_, socket_.fd());
    secured_ = SSL_connect(ssl_) == 1;
  }
  ~Stranger() { SSL_free(ssl_); }
  Stranger(const Stranger&) = delete;
  Stranger& operator=(const Stranger&) = delete;

  bool secured() const { return secured_; }
  const Hash& key_hash() const { return tls_.key_hash(); }
  void send(const Bytes& bytes) { SSL_write(ssl_, bytes.data(), static_cast<int>(bytes.size())); }
  // Bytes that came before the other side closed; nullopt when it did not.
  std::optional<std::size_t> received_until_closed() {
    std::size_t total = 0;
    const Moment deadline = Clock::now() + kClosedWithin;
    char buffer[4096];
    while (Clock::now() < deadline) {
      const int got = SSL_read(ssl_, buffer, sizeof buffer);
      if (got > 0) {
        total += static_cast<std::size_t>(got);
        continue;
      }
      const bool timed_out = SSL_get_error(ssl_, got) == SSL_ERROR_WANT_READ;
      return timed_out ? std::nullopt : std::optional(total);
    }
    return std::nullopt;
  }

 private:
  TlsIdentity tls_;
  Socket socket_;
  SSL* ssl_ = nullptr;
  bool secured_ = false;
};

class Strangers : public ClusterTest {
 protected:
  void SetUp() override {
    ClusterTest::SetUp();
    before_ = world().status(world().leader());
    ASSERT_TRUE(before_);
  }
  void TearDown() override {
    const auto after = world().status(before_->seat);
    ASSERT_TRUE(after);
    EXPECT_EQ(after->role, "leader");
    EXPECT_EQ(after->term, before_->term);
    EXPECT_TRUE(world().all_ready()) << describe();
    ClusterTest::TearDown();
  }

  int port() const { return LocalWorld::port(before_->seat); }

  static Signing signing() {
    return Signing(Eip712Domain{31337, *fixed_from_hex<Address>(world().chain().contract())});
  }

  // The identity under which the contract knows a seat.
  static Identity member(int seat) {
    const auto status = world().status(seat);
    const std::string log = world().log("node-" + std::to_string(seat));
    const auto at = log.rfind("boot_key=");
    Identity identity;
    identity.seat = {static_cast<std::uint64_t>(seat)};
    identity.epoch = {status ? status->json.value("epoch", std::uint64_t{0}) : 0};
    const auto key = fixed_from_hex<Address>(at == std::string::npos ? "" : log.substr(at + 9, 42));
    EXPECT_TRUE(status && key) << "no identity of seat " << seat;
    identity.boot_key = key.value_or(Address{});
    return identity;
  }

  static Bytes framed(const Bytes& payload) {
    Bytes out;
    append_frame(payload, out);
    return out;
  }

  // Says hello as `claimed`, signed by `key`; the link must be closed without a word.
  void refuses(const Identity& claimed, const PrivateKey& key) {
    Stranger stranger(port());
    ASSERT_TRUE(stranger.secured());
    const Signature proof = key.sign(signing().transport_key(stranger.key_hash(), claimed));
    stranger.send(framed(encode(Hello{claimed, proof})));
    const auto got = stranger.received_until_closed();
    ASSERT_TRUE(got) << "the link stays open";
    EXPECT_EQ(*got, 0u) << "it was greeted";
  }

  std::optional<Status> before_;
};

TEST_F(Strangers, AHelloSignedByAForeignKeyIsRefused) {
  const PrivateKey key = random_key();
  for (const std::uint64_t seat : {1u, 2u, 3u, 4u}) {
    refuses({{seat}, {1}, key.address()}, key);
    refuses({{seat}, {1'000}, key.address()}, key);
  }
}

TEST_F(Strangers, AMembersNameWithoutItsKeyIsRefused) {
  const int follower = world().others(before_->seat).front();
  refuses(member(follower), random_key());
}

TEST_F(Strangers, AHelloForAnotherTlsKeyIsRefused) {
  const PrivateKey key = random_key();
  const Identity claimed{{2}, {1}, key.address()};
  Stranger stranger(port());
  ASSERT_TRUE(stranger.secured());
  stranger.send(framed(encode(Hello{claimed, key.sign(signing().transport_key({}, claimed))})));
  EXPECT_EQ(stranger.received_until_closed(), 0u);
}

TEST_F(Strangers, FramesThatAreNoneCloseTheLink) {
  for (const Bytes& bytes :
       {Bytes{0, 0, 0, 0}, Bytes{0xff, 0xff, 0xff, 0xff}, Bytes{0, 0, 0, 5, 1, 2, 3, 4, 5},
        Bytes{0, 0, 0, 200}, framed(Bytes(Hello::kBytes, 0)), framed(Bytes(Hello::kBytes, 1))}) {
    Stranger stranger(port());
    ASSERT_TRUE(stranger.secured());
    stranger.send(bytes);
    EXPECT_TRUE(stranger.received_until_closed()) << "first byte " << int{bytes[0]};
  }
}

TEST_F(Strangers, ATruncatedHelloIsClosedInTime) {
  Stranger stranger(port());
  ASSERT_TRUE(stranger.secured());
  const Moment start = Clock::now();
  stranger.send(Bytes{0, 0});
  EXPECT_TRUE(stranger.received_until_closed()) << "the link stays open";
  measure("half a frame header, link closed after", seconds_since(start));
}

TEST_F(Strangers, BrokenTlsIsClosed) {
  for (const std::string& bytes :
       {std::string("\x16"), std::string("\x16\x03\x01\xff\xff"), "\x16" + std::string(500, 'x'),
        std::string("\x16\x03\x01\x00\x05\x01\x00\x00\x01\x00", 10)}) {
    const Moment deadline = Clock::now() + kClosedWithin;
    Socket socket = Socket::connect(port(), deadline);
    ASSERT_TRUE(socket.open());
    socket.send(bytes, deadline);
    EXPECT_TRUE(socket.receive_all(deadline)) << "left open after " << bytes.size() << " bytes";
  }
}

TEST_F(Strangers, ManyStrangersAtOnceKeepNoMemberOut) {
  std::vector<std::unique_ptr<Stranger>> strangers;
  for (int i = 0; i < 60; ++i)
    strangers.push_back(std::make_unique<Stranger>(port()));
  Load load;
  EXPECT_TRUE(poll_for(Millis(5'000), [&] { return load.acknowledged() > 100; }));
  load.check();
}

}  // namespace
}  // namespace dnc::cluster
