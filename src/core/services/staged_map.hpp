// Entries by key whose newest changes may still be undone: what a service that keeps a map needs to
// execute ahead of the commit. Values move; nothing is copied as long as no query asks below the
// newest change.
#pragma once

#include <algorithm>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "core/base/check.hpp"
#include "core/base/ids.hpp"

namespace dnc {

template <class Value>
class StagedMap {
 public:
  using Entries = std::map<std::string, Value, std::less<>>;
  // By key: what the entries that are changed ahead of the commit were at the commit.
  using Overlay = std::map<std::string, const std::optional<Value>*, std::less<>>;

  // The entry becomes `after`; nothing: it is removed. Requires: `seq` is above the last commit and
  // not below the last change.
  void set(SeqNo seq, std::string key, std::optional<Value> after) {
    CHECK(seq > committed_seq_ && (ahead_.empty() || seq >= ahead_.back().seq));
    const auto found = entries_.find(key);
    Change change{seq, key, std::nullopt};
    if (found != entries_.end()) change.before = std::move(found->second);
    if (after) {
      entries_.insert_or_assign(std::move(key), std::move(*after));
    } else if (found != entries_.end()) {
      entries_.erase(found);
    }
    ahead_.push_back(std::move(change));
  }

  void commit(SeqNo seq) {
    CHECK(seq >= committed_seq_);
    while (!ahead_.empty() && ahead_.front().seq <= seq)
      ahead_.pop_front();
    committed_seq_ = seq;
  }

  // Undoes all changes above `seq`. Returns how many.
  std::size_t rollback(SeqNo seq) {
    CHECK(seq >= committed_seq_);
    std::size_t undone = 0;
    for (; !ahead_.empty() && ahead_.back().seq > seq; ++undone) {
      Change& last = ahead_.back();
      if (last.before) {
        entries_.insert_or_assign(std::move(last.key), std::move(*last.before));
      } else {
        entries_.erase(last.key);
      }
      ahead_.pop_back();
    }
    return undone;
  }

  // The entry after all changes, or as it was at the commit; null: there is none.
  const Value* newest(const std::string& key) const {
    const auto found = entries_.find(key);
    return found == entries_.end() ? nullptr : &found->second;
  }
  const Value* committed(const std::string& key) const {
    const auto change = std::find_if(ahead_.begin(), ahead_.end(),
                                     [&](const Change& each) { return each.key == key; });
    if (change == ahead_.end()) return newest(key);
    return change->before ? &*change->before : nullptr;
  }

  const Entries& entries() const { return entries_; }  // after all changes
  Overlay overlay() const {
    Overlay overlay;
    for (const Change& change : ahead_)
      overlay.try_emplace(change.key, &change.before);  // the first change knows the commit
    return overlay;
  }

  // Becomes these entries, all of them committed at `seq`.
  void restore(SeqNo seq, Entries entries) {
    ahead_.clear();
    entries_ = std::move(entries);
    committed_seq_ = seq;
  }

 private:
  struct Change {
    SeqNo seq;
    std::string key;
    std::optional<Value> before;
  };

  SeqNo committed_seq_;
  Entries entries_;
  // Invariant: seqs never fall and lie above committed_seq_. As long as the blocks in flight.
  std::deque<Change> ahead_;
};

}  // namespace dnc
