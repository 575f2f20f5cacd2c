// As many writes as a cluster takes: pipelined over a few connections, for logs and states of some
// size. Whether clients are told the truth is what Load looks at.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <thread>
#include <vector>

#include "http.hpp"

namespace dnc::cluster {

struct FloodOptions {
  std::vector<int> seats;  // the connections are spread over their nodes
  int connections = 4;
  int pipelined = 50;  // requests on their way at a time, on each connection
};

// Runs from its making until stop().
class Flood {
 public:
  using Make = std::function<Request(std::uint64_t number)>;  // called by several threads

  Flood(FloodOptions options, Make make);
  ~Flood() { stop(); }
  Flood(const Flood&) = delete;
  Flood& operator=(const Flood&) = delete;

  void stop();
  std::uint64_t acknowledged() const { return acknowledged_; }

 private:
  void send_to(int port);

  const FloodOptions options_;
  const Make make_;
  std::atomic<bool> stopping_{false};
  std::atomic<std::uint64_t> made_{0};
  std::atomic<std::uint64_t> acknowledged_{0};
  std::vector<std::thread> senders_;
};

// A write to one of `keys` keys, in turn.
Request put_in_turn(std::uint64_t number, std::uint64_t keys, std::size_t value_bytes);

}  // namespace dnc::cluster
