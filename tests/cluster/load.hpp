// Clients that keep a cluster busy through faults: increments with Idempotency-Keys, repeated until
// their outcome is certain, and reads.
#pragma once

#include <atomic>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "history.hpp"
#include "local_world.hpp"

namespace dnc::cluster {

struct LoadOptions {
  int writers = 3;
  int readers = 0;
  Millis pause{10};               // of each client between its calls
  Millis certain_within{60'000};  // after stop(), to repeat what is uncertain
};

class Load {
 public:
  explicit Load(const LoadOptions& options = {});
  ~Load() { stop(); }

  // An operation of somebody else.
  void include(const Seen& seen);
  // No new operations; waits until all that were begun are certain.
  void stop();

  std::size_t acknowledged() const { return acknowledged_; }
  std::size_t repeated() const { return repeated_; }
  // When each increment was acknowledged, in order.
  std::vector<Moment> acknowledgements() const;
  // Longest time without any acknowledgement between two moments.
  double longest_gap(Moment from, Moment to) const;

  // After stop(): the counter shows every increment exactly once, and real time agrees.
  void check();

 private:
  class Nodes;
  bool write_once(Nodes& nodes);
  void write_on(int client);
  void read_on(int client);
  std::uint64_t settled_value();

  const LoadOptions options_;
  std::uint64_t before_ = 0;
  std::atomic<bool> stopping_{false};
  std::atomic<std::size_t> acknowledged_{0};
  std::atomic<std::size_t> repeated_{0};
  std::atomic<std::size_t> uncertain_{0};
  mutable std::mutex mutex_;
  std::vector<Seen> history_;
  std::vector<std::string> unexpected_;
  std::vector<std::thread> clients_;
};

// POST /increment at a seat.
Answer increment(int seat, const std::string& key = "", const std::string& body = "",
                 Millis limit = Millis(6'000));
// A key that nobody used before.
std::string fresh_key();

}  // namespace dnc::cluster
