// Linearizability of the counter. The committed log gives one total order of all increments;
// amounts are positive, so a value names a position in it. What is left to check is that positions
// respect real time.
#include <algorithm>

#include "sim/committed_log.hpp"

namespace dnc {
namespace {

// Something observed at a moment: from then on nobody may see less.
struct Floor {
  Time since;
  std::uint64_t value;
};

class RealTimeOrder {
 public:
  RealTimeOrder(const History& history, const CommittedLog& log) : log_(log) {
    values_.push_back(0);
    values_.resize(log.executions().size() + 1);
    std::vector<Time> invoked(values_.size());
    for (const auto& [key, execution] : log.executions()) {
      values_[execution.order + 1] = execution.value;
      const auto record = history.by_key.find(key);
      if (record == history.by_key.end()) continue;
      invoked[execution.order + 1] = history.writes[record->second].invoked;
    }
    // The earliest moment at which position p can be seen: when all up to it have been asked for.
    visible_from_.resize(values_.size());
    for (std::size_t at = 1; at < values_.size(); ++at)
      visible_from_[at] = std::max(visible_from_[at - 1], invoked[at]);
    collect_floors(history);
  }

  std::optional<std::string> check(const WriteRecord& write) const {
    const auto executed = log_.executions().find(write.key);
    if (executed == log_.executions().end()) return "an acknowledged write is not in the log";
    if (executed->second.value != write.value || executed->second.seq != write.seq) {
      return "an acknowledged write was told another value than the log gives it";
    }
    if (write.value <= floor_at(write.invoked)) return "a write precedes one that ended before it";
    return std::nullopt;
  }

  std::optional<std::string> check(const ReadRecord& read) const {
    const auto position = std::ranges::lower_bound(values_, read.value);
    if (position == values_.end() || *position != read.value) {
      return "a read of " + std::to_string(read.value) + ", which the counter never was";
    }
    const auto at = static_cast<std::size_t>(position - values_.begin());
    if (visible_from_[at] > read.returned) return "a read sees a write from its future";
    if (read.seq.value > log_.entries().size()) return "a read at a position not committed";
    const std::uint64_t there = read.seq.value == 0 ? 0 : log_.entries()[read.seq.value - 1].value;
    if (there != read.value) return "a read does not match the position that it names";
    if (read.linearizable && read.value < floor_at(read.invoked)) {
      return "a stale read: " + std::to_string(read.value) + " after " +
             std::to_string(floor_at(read.invoked));
    }
    return std::nullopt;
  }

 private:
  void collect_floors(const History& history) {
    for (const WriteRecord& write : history.writes) {
      if (write.acknowledged) floors_.push_back({*write.acknowledged, write.value});
    }
    for (const ReadRecord& read : history.reads) {
      if (read.linearizable) floors_.push_back({read.returned, read.value});
    }
    std::ranges::sort(floors_, {}, &Floor::since);
    std::uint64_t highest = 0;
    for (Floor& floor : floors_)
      floor.value = highest = std::max(highest, floor.value);
  }

  // The highest value that somebody knew strictly before `time`.
  std::uint64_t floor_at(Time time) const {
    const auto after = std::ranges::lower_bound(floors_, time, {}, &Floor::since);
    return after == floors_.begin() ? 0 : std::prev(after)->value;
  }

  const CommittedLog& log_;
  std::vector<std::uint64_t> values_;  // by position
  std::vector<Time> visible_from_;     // by position
  std::vector<Floor> floors_;
};

}  // namespace

std::optional<std::string> check_history(const History& history, const CommittedLog& log) {
  const RealTimeOrder order(history, log);
  for (const WriteRecord& write : history.writes) {
    if (!write.acknowledged) continue;
    if (auto error = order.check(write)) {
      return *error + " (invoked " + std::to_string(write.invoked.count()) + " ms, seq " +
             std::to_string(write.seq.value) + ")";
    }
  }
  for (const ReadRecord& read : history.reads) {
    if (auto error = order.check(read)) {
      return *error + " (invoked " + std::to_string(read.invoked.count()) + " ms, returned " +
             std::to_string(read.returned.count()) + " ms)";
    }
  }
  return std::nullopt;
}

}  // namespace dnc
