// Clients: a few, each doing one thing at a time, at any node. A write is tried with the same key
// until it succeeds; sometimes at several nodes at once, as impatient clients do.
#pragma once

#include <functional>
#include <vector>

#include "core/base/prng.hpp"
#include "core/consensus/effects.hpp"
#include "sim/event_queue.hpp"
#include "sim/history.hpp"

namespace dnc {

class SimNode;

struct WorkloadOptions {
  std::size_t clients = 3;
  Duration think_min{20};
  Duration think_max{400};
  std::uint32_t write_per_mille = 600;
  std::uint32_t linearizable_per_mille = 700;  // of the reads
  std::uint32_t storm_per_mille = 50;          // of the attempts: at several nodes at once
};

class Workload {
 public:
  // `on_acknowledged` hears every success, also the second one of a write tried twice.
  using Acknowledged = std::function<void(const WriteRecord&, const WriteReply&)>;

  Workload(EventQueue& queue, Prng prng, const WorkloadOptions& options,
           std::function<SimNode&(Seat)> node, std::size_t seats, Acknowledged on_acknowledged);

  void start();
  // This seat is asked as well from now on.
  void ask_also(Seat newest) { seats_ = newest.value; }
  // Nothing new is asked; what is pending is tried until it succeeds.
  void finish() { finishing_ = true; }
  // Writes not acknowledged yet.
  std::size_t pending() const { return pending_; }
  const History& history() const { return history_; }
  // One write by hand, for scenarios; tried at `first`, then anywhere. Returns its index.
  std::size_t write(std::uint64_t by, Seat first);
  // The same write once more, whatever became of it.
  void repeat(std::size_t index, Seat at) { send_write(index, at, attempts_[index]); }

 private:
  void think();
  void next();
  void attempt_write(std::size_t index, std::optional<Seat> at);
  void send_write(std::size_t index, Seat to, std::uint64_t attempt);
  void retry(std::size_t index, std::uint64_t attempt);
  void on_write_reply(std::size_t index, std::uint64_t attempt, const WriteReply& reply);
  void attempt_read(bool linearizable);
  Seat any_seat() { return {1 + prng_.below(seats_)}; }
  Duration hop() { return Duration(1 + prng_.below(3)); }
  std::size_t new_write(std::uint64_t by);

  EventQueue& queue_;
  Prng prng_;
  WorkloadOptions options_;
  std::function<SimNode&(Seat)> node_;
  std::size_t seats_;
  Acknowledged on_acknowledged_;
  History history_;
  std::vector<std::uint64_t> attempts_;  // per write: the newest attempt
  std::vector<bool> by_client_;          // per write: a client waits for it to go on
  std::size_t pending_ = 0;
  bool finishing_ = false;
};

}  // namespace dnc
