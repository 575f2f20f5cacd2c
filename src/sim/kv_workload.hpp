// Clients of the key-value service in a simulated cluster: puts, conditional puts, removals, reads
// and pages over a few keys that all of them fight for. A client whose write fails asks again;
// a few give up, and the checker has to reckon with their writes for ever.
#pragma once

#include <functional>
#include <set>

#include "core/base/prng.hpp"
#include "core/consensus/effects.hpp"
#include "sim/event_queue.hpp"
#include "sim/kv_history.hpp"

namespace dnc {

class SimNode;

struct KvWorkloadOptions {
  std::size_t clients = 0;
  std::size_t keys = 4;
  Duration think_min{20};
  Duration think_max{400};
};

class KvWorkload {
 public:
  KvWorkload(EventQueue& queue, Prng prng, const KvWorkloadOptions& options,
             std::function<SimNode&(Seat)> node, std::size_t seats);

  void start();
  void ask_also(Seat newest) { seats_ = newest.value; }
  void finish() { finishing_ = true; }
  const KvHistory& history() const { return history_; }
  // Did one of these clients ask for this operation?
  bool asked_for(const Bytes& idempotency_key) const { return asked_.contains(idempotency_key); }

 private:
  void think();
  void next();
  void write();
  void read();
  void list();
  void send_write(std::size_t index, const Operation& operation);
  void on_written(std::size_t index, const Operation& operation, const WriteReply* reply);
  void ask(Bytes query, std::function<void(const ReadReply&)> answered);
  kv::Condition any_condition(const std::string& key);
  std::string any_key() { return "k" + std::to_string(prng_.below(options_.keys)); }
  Seat any_seat() { return {1 + prng_.below(seats_)}; }
  Duration hop() { return Duration(1 + prng_.below(3)); }

  EventQueue& queue_;
  Prng prng_;
  KvWorkloadOptions options_;
  std::function<SimNode&(Seat)> node_;
  std::size_t seats_;
  KvHistory history_;
  std::set<Bytes> asked_;
  std::map<std::string, std::uint64_t> seen_;  // the last version that some client saw of a key
  std::size_t abandoned_ = 0;                  // writes whose outcome nobody asks for any more
  bool finishing_ = false;
};

}  // namespace dnc
