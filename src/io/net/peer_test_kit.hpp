// What the tests of the mesh share: a node as it will be, and a stranger that misbehaves.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "core/crypto/keccak256.hpp"
#include "io/net/frame.hpp"
#include "io/net/http_server.hpp"
#include "io/net/listener.hpp"
#include "io/net/net_test_kit.hpp"
#include "io/net/peer_network.hpp"
#include "io/net/sockets.hpp"

namespace dnc::test {

inline Bytes bytes_of(std::string_view text) {
  return Bytes(text.begin(), text.end());
}

inline Hash digest_of(const Hash& key_hash, const Identity& identity) {
  Bytes all(key_hash.bytes.begin(), key_hash.bytes.end());
  const Bytes hello = encode(Hello{identity, {}});
  all.insert(all.end(), hello.begin(), hello.end());
  return keccak256(all);
}

// Stands in for ECDSA: the signature names its signer, and is void for any other digest.
inline Signature sign(const Address& key, const Hash& digest) {
  Signature signature;
  std::copy(digest.bytes.begin(), digest.bytes.end(), signature.bytes.begin());
  std::copy(key.bytes.begin(), key.bytes.end(), signature.bytes.begin() + 32);
  return signature;
}

inline std::optional<Address> recover(const Hash& digest, const Signature& signature) {
  if (!std::equal(digest.bytes.begin(), digest.bytes.end(), signature.bytes.begin())) return {};
  return Address::from(ByteView(signature.bytes).subspan(32, Address::kSize));
}

inline Identity identity_of(std::uint64_t seat, std::uint64_t epoch = 1) {
  Address key;
  key.bytes[0] = static_cast<std::uint8_t>(seat);
  key.bytes[1] = static_cast<std::uint8_t>(epoch);
  return {Seat{seat}, Epoch{epoch}, key};
}

inline std::shared_ptr<const TlsIdentity> make_tls() {
  return std::make_shared<const TlsIdentity>(std::move(TlsIdentity::create().value()));
}

inline PeerConfig config_of(const Identity& self) {
  PeerConfig config;
  config.self = self;
  config.tls = make_tls();
  config.hello = sign(self.boot_key, digest_of(config.tls->key_hash(), self));
  config.digest_of = digest_of;
  config.recover_signer = recover;
  config.admit = [](const Identity&) { return true; };
  config.on_frame = [](const Identity&, const Bytes&) {};
  config.limits.redial_max = Duration{50};
  config.limits.redial_min = Duration{5};
  config.limits.refused_retry = Duration{30};
  return config;
}

// A node as it will be: one port, HTTP and peers behind it.
struct Node {
  Node(EventLoop& event_loop, PeerConfig settings, std::uint16_t fixed_port = 0)
      : loop(event_loop), self(settings.self) {
    settings.on_frame = [this](const Identity& from, const Bytes& frame) {
      frames.emplace_back(from, as_text(frame));
    };
    settings.admit = [this](const Identity& identity) { return fenced.count(identity) == 0; };
    settings.log = [this](const NetEvent& event) {
      log.push_back(std::string(event.code) + ": " + std::string(event.detail));
    };
    settings.on_link = [this](Seat seat, bool up) { links.emplace_back(seat.value, up); };
    settings.on_gone = [this](const Identity& peer) { gone.push_back(peer); };
    const auto tls = settings.tls;
    const auto log_sink = settings.log;
    peers = std::make_unique<PeerNetwork>(loop, std::move(settings));
    http = std::make_unique<HttpServer>(loop, [](const HttpRequest&, const HttpReplier& reply) {
      reply(HttpResponse{.body = "hi"});
    });
    ListenerConfig config{.http = http.get(), .peers = peers.get(), .tls = tls};
    config.log = log_sink;
    config.limits.handshake_max = Duration{2'000};
    listener = std::make_unique<Listener>(loop, std::move(config));
    port = listener->listen("127.0.0.1", fixed_port).value();
  }
  ~Node() { listener.reset(); }

  PeerEndpoint endpoint() const { return {self.seat, "localhost:" + std::to_string(port)}; }
  bool logged(const std::string& part) const {
    return std::any_of(log.begin(), log.end(), [&](const std::string& line) {
      return line.find(part) != std::string::npos;
    });
  }

  EventLoop& loop;
  Identity self;
  std::set<Identity> fenced;
  std::vector<std::pair<Identity, std::string>> frames;
  std::vector<std::string> log;
  std::vector<std::pair<std::uint64_t, bool>> links;
  std::vector<Identity> gone;
  std::unique_ptr<PeerNetwork> peers;
  std::unique_ptr<HttpServer> http;
  std::unique_ptr<Listener> listener;
  std::uint16_t port = 0;
};

// A stranger that speaks TLS to a node and then whatever the test likes.
struct Stranger : StreamHandler {
  static std::shared_ptr<Stranger> connect(EventLoop& loop, std::uint16_t port,
                                           std::shared_ptr<const TlsIdentity> tls) {
    auto stranger = std::make_shared<Stranger>();
    stranger->tls = std::move(tls);
    stranger->dial = Dial(loop, "127.0.0.1:" + std::to_string(port), Duration{1'000},
                          [&loop, stranger = stranger.get()](Result<Fd> fd) {
                            stranger->stream = make_stream(loop, std::move(fd.value()));
                            stranger->stream->set_handler(stranger->self.lock());
                            stranger->stream->secure_client(stranger->tls->client_context(), "");
                            stranger->stream->start();
                          });
    stranger->self = stranger;
    return stranger;
  }
  void leave() {
    dial = Dial();
    if (stream) stream->close();  // a stream shares its handler until it is closed
  }

  void send(const Bytes& bytes) {
    stream->write(bytes);
    stream->flush();
  }
  void on_secured() override { secured = true; }
  void on_data(ByteView bytes) override { got.insert(got.end(), bytes.begin(), bytes.end()); }
  void on_closed(const std::string&) override { closed = true; }

  std::shared_ptr<const TlsIdentity> tls;
  std::weak_ptr<Stranger> self;
  Dial dial;
  std::shared_ptr<Stream> stream;
  Bytes got;
  bool secured = false;
  bool closed = false;
};

inline Bytes hello_frame(const PeerConfig& config) {
  Bytes out;
  append_frame(encode(Hello{config.self, config.hello}), out);
  return out;
}

// Hands what connects to `server`, which is a StreamHandler with a `stream`; over TLS with `tls`.
template <class Server>
Acceptor accept_with(EventLoop& loop, const std::string& host,
                     const std::shared_ptr<Server>& server,
                     std::shared_ptr<const TlsIdentity> tls = nullptr) {
  Acceptor acceptor = std::move(Acceptor::tcp(loop, host, 0).value());
  acceptor.start(
      Duration{1},
      [&loop, server, tls](Fd fd) {
        server->stream = make_stream(loop, std::move(fd));
        server->stream->set_handler(server);
        if (tls) server->stream->secure_server(tls->server_context(), {});
        server->stream->start();
      },
      [](const std::string&) {});
  return acceptor;
}

class PeerTest : public ::testing::Test {
 protected:
  ~PeerTest() override {
    for (const auto& each : strangers_)
      each->leave();
  }

  std::unique_ptr<Node> node(std::uint64_t seat, std::uint64_t epoch = 1) {
    return std::make_unique<Node>(loop_, config_of(identity_of(seat, epoch)));
  }

  // A stranger that has said `first` to the node after its handshake.
  std::shared_ptr<Stranger> stranger(const Node& to, const PeerConfig& as, const Bytes& first) {
    auto made = Stranger::connect(loop_, to.port, as.tls);
    strangers_.push_back(made);
    EXPECT_TRUE(run_until(loop_, [&] { return made->secured; }));
    made->send(first);
    return made;
  }

  bool wait(const std::function<bool()>& done) { return run_until(loop_, done); }

  EventLoop loop_;
  std::vector<std::shared_ptr<Stranger>> strangers_;
};

}  // namespace dnc::test
