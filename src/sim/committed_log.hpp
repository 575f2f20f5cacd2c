// The log that everybody must agree on, as first seen anywhere, and the auditor's own replay of it.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/consensus/messages.hpp"
#include "sim/history.hpp"

namespace dnc {

// One committed block and what the counter is after it.
struct LogEntry {
  Block block;
  Hash hash;
  Bytes encoded;
  std::uint64_t value = 0;
  std::set<Seat> counted;  // by whom this block is counted
};

// Where an idempotency key was executed, by the auditor's own replay.
struct Execution {
  SeqNo seq;
  std::uint64_t value;
  std::size_t order;  // among all executed operations
};

class CommittedLog {
 public:
  // Operations that no client in `history` asked for are objected to. Null: all are accepted.
  void set_history(const History* history) { history_ = history; }
  // Clients beside those of the history, by their idempotency keys.
  using AskedFor = std::function<bool(const Bytes& key)>;
  void set_others(AskedFor others) { others_ = std::move(others); }

  // Takes in a block that some node calls committed; says what is wrong with that, if anything.
  std::optional<std::string> take(const Block& block);

  const std::vector<LogEntry>& entries() const { return entries_; }
  const std::map<Bytes, Execution>& executions() const { return executions_; }
  std::uint64_t count(BlockKind kind) const;
  // Who counts after the newest block; empty before the first.
  const std::set<Seat>& counted() const { return counted_; }
  std::uint64_t value() const { return entries_.empty() ? 0 : entries_.back().value; }

 private:
  std::optional<std::string> check_next(const Block& block);
  bool replay(LogEntry& entry);
  std::optional<std::string> count_seats(const Block& block);

  bool is_asked_for(const Bytes& key) const;

  const History* history_ = nullptr;
  AskedFor others_;
  std::vector<LogEntry> entries_;
  std::map<Bytes, Execution> executions_;
  std::map<Term, Seat> leaders_;
  std::set<Seat> counted_;
  ConfigNonce nonce_;
  std::optional<SeatChange> pending_;
};

// Checks the clients' history against the committed log: acknowledged writes are there with the
// value they were told, and everything fits one order that respects real time.
std::optional<std::string> check_history(const History& history, const CommittedLog& log);

}  // namespace dnc
