// A proposal's way to a peer: framed, encrypted, sent, received, decrypted, cut out again.
#include <cstdlib>

#include "bench/guard/meter.hpp"
#include "bench/micro/blocks.hpp"
#include "core/consensus/signing.hpp"
#include "core/crypto/secp256k1.hpp"
#include "io/net/event_loop.hpp"
#include "io/net/listener.hpp"
#include "io/net/peer_network.hpp"
#include "io/net/tls_identity.hpp"

namespace dnc::guard {
namespace {

constexpr std::size_t kFrames = 100;
constexpr std::size_t kOperations = 64;

class Peer {
 public:
  Peer(EventLoop& loop, std::uint8_t seat)
      : key_(*PrivateKey::from_bytes(Bytes(32, seat))),
        tls_(std::make_shared<const TlsIdentity>(std::move(*TlsIdentity::create()))) {
    PeerConfig config;
    config.self = {{seat}, {1}, key_.address()};
    config.tls = tls_;
    config.hello = key_.sign(signing_.transport_key(tls_->key_hash(), config.self));
    config.digest_of = [this](const Hash& key_hash, const Identity& identity) {
      return signing_.transport_key(key_hash, identity);
    };
    config.recover_signer = [](const Hash& digest, const Signature& signature) {
      return std::optional(address_of(*recover(digest, signature)));
    };
    config.admit = [](const Identity&) { return true; };
    config.on_frame = [this, &loop](const Identity&, const Bytes&) {
      ++received;
      loop.stop();
    };
    config.on_link = [&loop](Seat, bool) { loop.stop(); };
    network.emplace(loop, std::move(config));
    listener_.emplace(loop, ListenerConfig{.peers = &*network, .tls = tls_});
    endpoint = {{seat}, "127.0.0.1:" + std::to_string(*listener_->listen("127.0.0.1", 0))};
  }

  std::optional<PeerNetwork> network;
  PeerEndpoint endpoint;
  std::size_t received = 0;

 private:
  const Signing signing_{Eip712Domain{31337, {}}};
  const PrivateKey key_;
  const std::shared_ptr<const TlsIdentity> tls_;
  std::optional<Listener> listener_;
};

}  // namespace

void link(Meter& meter) {
  EventLoop loop;
  Peer sender(loop, 1);
  Peer receiver(loop, 2);
  sender.network->set_peers({receiver.endpoint});
  while (!sender.network->connected({2}))
    loop.run();
  const Block block = bench::block_of(1, kOperations);
  const Bytes frame = encode(Envelope{{{1}, {1}}, {1}, {1}, Propose{block, {}}});
  const auto send = [&](std::size_t until) {
    if (!sender.network->send({2}, frame)) std::abort();
    while (receiver.received < until)
      loop.run();
  };
  send(1);
  meter.start();
  for (std::size_t i = 0; i < kFrames; ++i)
    send(i + 2);
  meter.stop(kFrames);
}

}  // namespace dnc::guard
