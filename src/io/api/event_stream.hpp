// GET /events: what a node is and what happens to it, as server-sent events (docs/dashboard.md).
#pragma once

#include <deque>
#include <string>

#include "core/consensus/effects.hpp"
#include "io/api/listeners.hpp"
#include "io/api/load.hpp"
#include "io/api/node_view.hpp"
#include "io/net/event_loop.hpp"
#include "io/net/http_server.hpp"

namespace dnc {

struct EventStreamLimits {
  std::size_t listeners_max = 32;
  std::size_t remembered_max = 100;           // events
  std::size_t unsent_bytes_max = 128u << 10;  // who is so far behind is dropped
  Duration look_every{50};                    // did anything change?
  Duration snapshot_every{1'000};             // even if nothing did
};

// On the loop thread. Costs next to nothing while nobody listens.
class EventStream {
 public:
  // Requires: all three outlive it.
  EventStream(EventLoop& loop, const NodeView& node, Load& load, EventStreamLimits limits = {});

  // Answers with a stream, or with 503 when too many have one. A Last-Event-ID that is remembered
  // spares the listener what it has.
  void listen(const HttpRequest& request, const HttpReplier& reply);
  void happened(const Event& event);

 private:
  struct Remembered {
    std::string id;
    std::string message;
  };

  std::string remembered_after(std::string_view id) const;
  std::string snapshot();  // as a message; what it leaves for the next comparison is told_
  void look();
  void look_in(Duration delay);
  void tell_snapshot(const std::string& message);

  EventLoop& loop_;
  const NodeView& node_;
  Load& load_;
  const EventStreamLimits limits_;
  const std::uint64_t since_;
  std::uint64_t next_id_ = 0;
  std::deque<Remembered> remembered_;
  Listeners listeners_;
  std::string told_;  // the last snapshot, without what always changes
  Time told_at_{};
  Timer timer_;
};

}  // namespace dnc
