#include "io/net/peer_network.hpp"

#include <algorithm>

#include "core/base/check.hpp"
#include "io/net/peer_link.hpp"

namespace dnc {

PeerNetwork::PeerNetwork(EventLoop& loop, PeerConfig config)
    : loop_(loop), config_(std::move(config)), log_(config_.log), jitter_(config_.jitter_seed) {
  CHECK(config_.tls && config_.digest_of && config_.recover_signer);
  CHECK(config_.admit && config_.on_frame);
}

PeerNetwork::~PeerNetwork() {
  for (const auto& [seat, link] : outbound_)
    link->abandon();
  for (const auto& link : inbound_)
    link->abandon();
}

void PeerNetwork::set_peers(const std::vector<PeerEndpoint>& peers) {
  std::map<Seat, std::string> wanted;
  for (const PeerEndpoint& peer : peers) {
    if (peer.seat != config_.self.seat) wanted[peer.seat] = peer.endpoint;
  }
  std::erase_if(outbound_, [&](const auto& entry) {
    const auto found = wanted.find(entry.first);
    const bool stays = found != wanted.end() && found->second == entry.second->endpoint();
    if (!stays) entry.second->abandon();
    return !stays;
  });
  for (const auto& [seat, endpoint] : wanted) {
    auto& link = outbound_[seat];
    if (link) continue;
    link = std::make_shared<OutboundLink>(*this, PeerEndpoint{seat, endpoint});
    link->dial();
  }
}

bool PeerNetwork::send(Seat to, const Bytes& frame) {
  CHECK(!frame.empty() && frame.size() <= kFrameBytesMax);
  const auto found = outbound_.find(to);
  return found != outbound_.end() && found->second->send(frame);
}

bool PeerNetwork::connected(Seat seat) const {
  const auto found = outbound_.find(seat);
  return found != outbound_.end() && found->second->connected();
}

void PeerNetwork::recheck() {
  for (const auto& [seat, link] : outbound_)
    link->recheck();
  const auto inbound = inbound_;  // closing forgets
  for (const auto& link : inbound) {
    if (link->identity() && !config_.admit(*link->identity())) link->close("no longer admitted");
  }
}

std::vector<PeerStatus> PeerNetwork::status() const {
  std::vector<PeerStatus> all;
  all.reserve(outbound_.size());
  for (const auto& [seat, link] : outbound_)
    all.push_back(link->status());
  return all;
}

void PeerNetwork::adopt(std::shared_ptr<Stream> stream) {
  const auto unproven = [](const auto& link) { return !link->identity(); };
  const auto count = std::count_if(inbound_.begin(), inbound_.end(), unproven);
  if (static_cast<std::size_t>(count) >= config_.limits.unproven_max) {
    const auto oldest = *std::find_if(inbound_.begin(), inbound_.end(), unproven);
    oldest->close("made room for a newer connection");
  }
  const auto link = std::make_shared<InboundLink>(*this, std::move(stream));
  inbound_.push_back(link);
  link->begin();
}

void PeerNetwork::forget(const InboundLink* link) {
  std::erase_if(inbound_, [&](const auto& each) { return each.get() == link; });
}

bool PeerNetwork::make_room(const Identity& identity) {
  const auto links = inbound_;  // closing forgets
  std::size_t proven = 0;
  for (const auto& link : links) {
    if (!link->identity()) continue;
    if (*link->identity() == identity) {
      link->close("replaced by a newer connection");
    } else {
      ++proven;
    }
  }
  return proven < config_.limits.links_max;
}

}  // namespace dnc
