// GET /peers: where applications send their requests, once or as server-sent events
// (docs/api.md).
#pragma once

#include <string>

#include "io/api/listeners.hpp"
#include "io/api/node_view.hpp"
#include "io/net/event_loop.hpp"

namespace dnc {

// The members that serve, as this node sees them, the leader first.
Json peers_json(const NodeStatus& status);

struct PeerListLimits {
  std::size_t listeners_max = 256;
  std::size_t unsent_bytes_max = 64u << 10;  // who is so far behind is dropped
  Duration look_every{50};                   // did anything change?
  Duration beat_every{5'000};                // a comment, though nothing changed
};

// On the loop thread. Costs nothing while nobody listens.
class PeerList {
 public:
  // Requires: both outlive it.
  PeerList(EventLoop& loop, const NodeView& node, PeerListLimits limits = {});

  // A stream for who accepts text/event-stream: the list, and a new one with each change.
  void answer(const HttpRequest& request, const HttpReplier& reply);

 private:
  void look();
  void tell(const std::string& message);

  EventLoop& loop_;
  const NodeView& node_;
  const PeerListLimits limits_;
  Listeners listeners_;
  std::string told_;  // the last list
  Time told_at_{};
  Timer timer_;
};

}  // namespace dnc
