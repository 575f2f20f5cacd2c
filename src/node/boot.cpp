#include "node/boot.hpp"

#include <algorithm>
#include <utility>

#include "core/consensus/codec.hpp"
#include "io/base/log.hpp"
#include "io/base/random.hpp"
#include "io/base/utc.hpp"
#include "io/net/event_loop.hpp"
#include "node/status.hpp"

namespace dnc {
namespace {

std::uint64_t random_seed() {
  std::uint64_t seed = 0;
  for (const std::uint8_t byte : random_bytes<8>())
    seed = seed << 8 | byte;
  return seed;
}

PrivateKey fresh_key() {
  for (;;) {
    // All but one in 2^128 draws are a scalar of the curve.
    if (auto key = PrivateKey::from_bytes(random_bytes<32>())) return *key;
  }
}

}  // namespace

Epoch next_epoch(Seat seat, const Recovered& recovered, const ChainView& view) {
  Epoch highest = newest_epoch(recovered, seat);
  if (const ChainSeat* shown = view.find(seat)) highest = std::max(highest, shown->identity.epoch);
  return highest.next();
}

Result<std::unique_ptr<Boot>> Boot::create(EventLoop& loop, const NodeConfig& config,
                                           const std::vector<ServiceKind>& services,
                                           Recovered recovered, const ChainView& view,
                                           World& world) {
  auto tls = TlsIdentity::create();
  if (!tls) return tls.error();
  const PrivateKey key = fresh_key();
  const Identity identity{config.seat, next_epoch(config.seat, recovered, view), key.address()};
  std::unique_ptr<Boot> boot(new Boot(loop, config, services, identity, key, std::move(*tls),
                                      std::move(recovered), world));
  boot->connect();
  return boot;
}

Boot::Boot(EventLoop& loop, const NodeConfig& config, const std::vector<ServiceKind>& services,
           const Identity& identity, const PrivateKey& key, TlsIdentity tls, Recovered recovered,
           World& world)
    : loop_(loop),
      services_(services),
      tls_(std::make_shared<TlsIdentity>(std::move(tls))),
      signing_(Eip712Domain{config.chain_id, config.contract}) {
  notary_ = std::make_unique<BootNotary>(identity, std::make_unique<CurveSigner>(key), verifier_,
                                         signing_);
  ReplicaConfig replica;
  replica.domain = {config.chain_id, config.contract};
  replica.auto_consent = config.auto_consent;
  replica.checkpoints.blocks = config.checkpoint_blocks;
  replica_ = std::make_unique<Replica>(replica, std::move(recovered), *notary_, verifier_,
                                       services_, Prng(random_seed()));
  pump_ = std::make_unique<Pump>(*replica_, world);
}

void Boot::connect() {
  PeerConfig peers;
  peers.self = notary_->identity();
  peers.tls = tls_;
  peers.hello = notary_->transport_key(tls_->key_hash());
  peers.digest_of = [this](const Hash& key_hash, const Identity& identity) {
    return signing_.transport_key(key_hash, identity);
  };
  peers.recover_signer = [](const Hash& digest,
                            const Signature& signature) -> std::optional<Address> {
    const auto key = recover(digest, signature);
    return key ? std::optional(address_of(*key)) : std::nullopt;
  };
  peers.admit = [this](const Identity& identity) { return replica_->admits(identity); };
  peers.on_frame = [this](const Identity& from, Bytes frame) { on_frame(from, frame); };
  peers.on_gone = [this](const Identity& peer) { deliver(PeerGone{peer}); };
  peers.jitter_seed = random_seed();
  peers.log = net_log();
  peers_ = std::make_unique<PeerNetwork>(loop_, std::move(peers));
}

void Boot::on_frame(const Identity& from, const Bytes& frame) {
  auto envelope = decode_envelope(frame);
  if (!envelope) {
    log_warn("malformed_message", {{"seat", from.seat}, {"bytes", frame.size()}});
    return;
  }
  deliver(PeerMessage{from, std::move(*envelope)});
}

// Once in a turn of the loop: what a tick makes, a part of a checkpoint too, can leave before more
// is read.
void Boot::tick() {
  if (std::exchange(told_, true)) return;
  loop_.post([this] { told_ = false; });
  pump_->deliver(Tick{loop_.now(), utc_ms()});
}

void Boot::deliver(Input input) {
  if (pump_->enqueue(std::move(input))) loop_.post([this] { drain(); });
}

void Boot::drain() {
  tick();
  pump_->drain();
}

void Boot::on_synced(std::uint64_t batch) {
  tick();
  pump_->on_synced(batch);
}

void Boot::on_view(const ChainView& view) {
  deliver(view);
  drain();  // the links go by what the replica makes of it
  std::vector<PeerEndpoint> endpoints;
  for (const auto& seat : view.seats) {
    if (seat.active && !seat.endpoint.empty() && replica_->admits(seat.identity)) {
      endpoints.push_back({seat.identity.seat, seat.endpoint});
    }
  }
  peers_->set_peers(endpoints);
  peers_->recheck();
}

}  // namespace dnc
