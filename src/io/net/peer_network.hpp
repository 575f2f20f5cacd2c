// The mesh of nodes (docs/protocol.md, "Links"). A sends to B only over a connection that A dialled
// to B's published endpoint; a connection that was accepted only receives. So a node whose port is
// blocked is really cut off, whatever it dialled itself.
//
// Delivery: in order and at most once per connection. What is queued when a link breaks is lost.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/bytes.hpp"
#include "core/base/identity.hpp"
#include "core/base/prng.hpp"
#include "io/net/event_loop.hpp"
#include "io/net/limits.hpp"
#include "io/net/net_log.hpp"
#include "io/net/tls_identity.hpp"

namespace dnc {

class InboundLink;
class OutboundLink;
class Stream;

struct PeerEndpoint {
  Seat seat;
  std::string endpoint;  // "host:port", "[::1]:7000"

  auto operator<=>(const PeerEndpoint&) const = default;
};

struct PeerConfig {
  Identity self;
  std::shared_ptr<const TlsIdentity> tls;
  Signature hello;  // by self.boot_key over digest_of(tls->key_hash(), self)

  // The digest that ties a TLS key to a boot, and the address that signed it.
  std::function<Hash(const Hash& key_hash, const Identity&)> digest_of;
  std::function<std::optional<Address>(const Hash& digest, const Signature&)> recover_signer;

  // May this identity talk to us? Cheap: asked at the hello, for every frame, and on recheck().
  std::function<bool(const Identity&)> admit;
  std::function<void(const Identity& from, Bytes frame)> on_frame;
  std::function<void(Seat, bool connected)> on_link;  // may be empty
  // A link that stood broke, and the endpoint refuses another. May be empty; may come repeatedly.
  std::function<void(const Identity&)> on_gone;

  std::uint64_t jitter_seed = 1;
  PeerLimits limits;
  NetLog log;
};

struct PeerStatus {
  Seat seat;
  std::string endpoint;
  bool connected = false;
  std::optional<Identity> identity;  // proven by the link that stands
  std::size_t queued_bytes = 0;
  std::uint64_t sent_frames = 0;
  std::uint64_t dropped_frames = 0;  // link down or queue full
  std::uint64_t dials = 0;
};

// All methods on the loop thread; callbacks come from the loop, never from inside a method's call.
class PeerNetwork {
 public:
  // Requires: the loop outlives the network.
  PeerNetwork(EventLoop& loop, PeerConfig config);
  ~PeerNetwork();  // closes every link
  PeerNetwork(const PeerNetwork&) = delete;
  PeerNetwork& operator=(const PeerNetwork&) = delete;

  // Whom to dial, forever; replaces the list of before. The own seat is ignored.
  void set_peers(const std::vector<PeerEndpoint>& peers);

  // False: not queued, because the link is down or its queue is full.
  // Requires: 0 < frame.size() <= kFrameBytesMax.
  bool send(Seat to, const Bytes& frame);

  bool connected(Seat seat) const;  // we may send, and the other side has admitted us
  void recheck();  // admission may have changed: closes who is no longer admitted, redials refused
  std::vector<PeerStatus> status() const;
  std::size_t inbound_links() const { return inbound_.size(); }

  // Takes a stream that has finished a TLS handshake as server with kPeerProtocol.
  void adopt(std::shared_ptr<Stream> stream);

 private:
  friend class InboundLink;
  friend class OutboundLink;

  void forget(const InboundLink* link);
  // An identity has at most one inbound link, the newest. False: there are too many of others.
  bool make_room(const Identity& identity);

  EventLoop& loop_;
  PeerConfig config_;
  LimitedLog log_;
  Prng jitter_;
  std::map<Seat, std::shared_ptr<OutboundLink>> outbound_;
  std::vector<std::shared_ptr<InboundLink>> inbound_;  // oldest first
};

}  // namespace dnc
