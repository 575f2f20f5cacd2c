// One boot of a seat: a fresh key, its notary, its replica and its links. Exists from the first
// view of the chain on, because the epoch depends on it.
#pragma once

#include <memory>
#include <optional>

#include "core/consensus/pump.hpp"
#include "core/notary/boot_notary.hpp"
#include "core/notary/curve_signer.hpp"
#include "core/services/services.hpp"
#include "io/net/peer_network.hpp"
#include "io/net/tls_identity.hpp"
#include "node/config.hpp"

namespace dnc {

class EventLoop;

class Boot {
 public:
  // `services` are the application's. Requires: `world` and `loop` outlive the boot. Errors: of
  // TLS.
  static Result<std::unique_ptr<Boot>> create(EventLoop& loop, const NodeConfig& config,
                                              const std::vector<ServiceKind>& services,
                                              Recovered recovered, const ChainView& view,
                                              World& world);

  const Identity& identity() const { return notary_->identity(); }
  Replica& replica() { return *replica_; }
  const Replica& replica() const { return *replica_; }
  PeerNetwork& peers() { return *peers_; }
  std::shared_ptr<const TlsIdentity> tls() const { return tls_; }
  Signature attestation(const Hash& nonce) { return notary_->attestation(nonce); }

  // Gives the replica an input, with the time and all that comes in the same turn of the loop: many
  // requests that arrive together make one block.
  void deliver(Input input);
  void tick();
  void on_synced(std::uint64_t batch);
  void on_view(const ChainView& view);

 private:
  Boot(EventLoop& loop, const NodeConfig& config, const std::vector<ServiceKind>& services,
       const Identity& identity, const PrivateKey& key, TlsIdentity tls, Recovered recovered,
       World& world);
  void connect();
  void drain();
  void on_frame(const Identity& from, const Bytes& frame);

  EventLoop& loop_;
  CurveVerifier verifier_;
  Services services_;
  std::shared_ptr<const TlsIdentity> tls_;
  std::unique_ptr<BootNotary> notary_;
  std::unique_ptr<Replica> replica_;
  std::unique_ptr<Pump> pump_;
  std::unique_ptr<PeerNetwork> peers_;
  Signing signing_;
  bool told_ = false;  // the time, in this turn of the loop
};

// The epoch of the next boot: above all that the chain and the log on disk know of this seat.
Epoch next_epoch(Seat seat, const Recovered& recovered, const ChainView& view);

}  // namespace dnc
