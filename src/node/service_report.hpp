// What systemd hears of a node (Type=notify): that it listens, one sentence of how it is, that its
// loop still turns, and how it ends.
#pragma once

#include <string>

#include "io/api/node_view.hpp"
#include "io/net/event_loop.hpp"
#include "io/net/service_manager.hpp"
#include "node/node.hpp"

namespace dnc {

// "seat 2 follows seat 1 in term 4".
std::string sentence_of(const NodeStatus& status);

// On the loop thread: a loop that is stuck says nothing, and the watchdog ends the process.
class ServiceReport {
 public:
  // Requires: all three outlive it.
  ServiceReport(EventLoop& loop, const NodeView& node, const ServiceManager& manager)
      : loop_(loop), node_(node), manager_(manager) {}

  void alive();  // before something that may take long, while the loop does not run
  void ready();  // it listens; from here on by itself
  // The loop is over. A new boot is the same service, with the same pid.
  void ended(Exit exit);

 private:
  void look();

  EventLoop& loop_;
  const NodeView& node_;
  const ServiceManager& manager_;
  std::string told_;
  Time alive_at_{};
  Timer timer_;
};

}  // namespace dnc
