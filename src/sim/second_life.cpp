#include "sim/second_life.hpp"

#include "core/consensus/codec.hpp"
#include "sim/node.hpp"

namespace dnc {

SecondLife::SecondLife(const Identity& identity, std::unique_ptr<Signer> signer,
                       NodeEnvironment& environment, Recovered recovered, Prng prng)
    : identity_(identity),
      environment_(environment),
      notary_(identity, std::move(signer), environment.keys.verifier(), environment.signing),
      services_(environment.services),
      replica_(environment.replica, std::move(recovered), notary_, environment.keys.verifier(),
               services_, prng),
      pump_(replica_, *this) {}

bool SecondLife::live(const Input& input) {
  const bool of_client =
      std::holds_alternative<ClientWrite>(input) || std::holds_alternative<ClientRead>(input);
  const auto* message = std::get_if<PeerMessage>(&input);
  const bool for_me = message != nullptr && speaks_to(message->from.seat);
  const bool for_first = !for_me;
  const bool for_both = !has_parted() || (message == nullptr && !of_client);
  if (!stopped_ && (for_both || for_me)) pump_.deliver(input);
  return for_first || for_both;
}

void SecondLife::on_synced(std::uint64_t batch) {
  if (stopped_ || batch <= synced_) return;
  synced_ = batch;
  pump_.on_synced(batch);
}

void SecondLife::part(std::set<Seat> audience) {
  audience_ = std::move(audience);
  if (written_ > synced_) sync_soon();
}

void SecondLife::persist(const DiskBatch& batch) {
  written_ = batch.id;
  if (has_parted()) sync_soon();
}

void SecondLife::sync_soon() {
  environment_.queue.after(Duration(1), [alive = weak_from_this(), batch = written_] {
    if (const auto self = alive.lock()) self->on_synced(batch);
  });
}

void SecondLife::send(const Outgoing& outgoing) {
  if (!speaks_to(outgoing.to)) return;
  environment_.network.send(identity_, outgoing.to, encode(outgoing.envelope));
}

}  // namespace dnc
