// Watches the contract: one ChainView per new head of the chain, from a thread of its own. The
// node posts it to its strand. A chain that hangs, dies or lies about its format costs views, never
// the process.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/base/result.hpp"
#include "core/base/time.hpp"
#include "core/consensus/input.hpp"
#include "io/chain/agreement.hpp"

namespace dnc {

struct WatcherConfig {
  Agreement::Config chain;
  Duration poll_interval{250};
  Duration backoff_min{250};  // after a failure, doubling up to the cap
  Duration backoff_max{2'000};
};

struct WatcherStatus {
  bool reachable = false;  // the last poll brought an answer that made sense
  std::string endpoint;    // those that agreed last, or were asked
  BlockNumber head;        // of the last view
  Hash head_hash;
  std::uint64_t views = 0;   // handed over
  std::uint64_t reorgs = 0;  // seen
  Duration since_seen{0};    // since the last good poll; since the start if there was none
  Error error;               // why it is not reachable; empty code when it is
};

class MembershipWatcher {
 public:
  using OnView = std::function<void(const ChainView&)>;

  // `on_view` is called on the watcher's thread: for every change of the head, the newest state if
  // several blocks came at once, and after a re-org even at a lower height. It must not call
  // stop().
  MembershipWatcher(WatcherConfig config, OnView on_view);
  ~MembershipWatcher();  // stop()
  MembershipWatcher(const MembershipWatcher&) = delete;
  MembershipWatcher& operator=(const MembershipWatcher&) = delete;

  void start();
  void stop();       // within a second, also when an endpoint hangs; no view comes after it
  void poll_soon();  // any thread: something was sent, look without waiting for the interval
  WatcherStatus status() const;  // any thread

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace dnc
