// The checker of kv_history.hpp.
#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "sim/kv_history.hpp"

namespace dnc {
namespace {

using Kind = KvOperation::Kind;
using kv::Condition;
using kv::Outcome;

// What one key is. The version of a put that nobody was told is unknown until somebody sees it; it
// is above `floor`, the last one known.
struct KeyState {
  bool present = false;
  std::string value;
  std::uint64_t version = 0;  // 0: unknown
  std::uint64_t floor = 0;

  auto operator<=>(const KeyState&) const = default;
};

// Takes the version as that of the present entry; false if it cannot be.
bool settle_version(KeyState& state, std::uint64_t version) {
  if (!state.present) return false;
  if (state.version != 0) return state.version == version;
  if (version <= state.floor) return false;
  state.version = state.floor = version;
  return true;
}

void store(KeyState& state, const std::string& value, std::uint64_t version) {
  state.present = true;
  state.value = value;
  state.version = version;
  state.floor = std::max(state.floor, version);
}

bool may_hold(const Condition& condition, const KeyState& state) {
  switch (condition.kind) {
    case Condition::Kind::kNone:
      return true;
    case Condition::Kind::kPresent:
      return state.present;
    case Condition::Kind::kAbsent:
      return !state.present;
    case Condition::Kind::kVersion:
      return state.present && (state.version == 0 ? condition.version > state.floor
                                                  : state.version == condition.version);
  }
  return false;
}

// For certain, unlike may_hold().
bool must_hold(const Condition& condition, const KeyState& state) {
  return may_hold(condition, state) &&
         (condition.kind != Condition::Kind::kVersion || state.version != 0);
}

void change(const KvOperation& operation, KeyState& state) {
  if (operation.condition.kind == Condition::Kind::kVersion) {
    state.floor = std::max(state.floor, operation.condition.version);
  }
  if (operation.kind == Kind::kPut) return store(state, operation.value, operation.version);
  state.present = false;
  state.value.clear();
  state.version = 0;
}

std::vector<KeyState> after_get(const KvOperation& get, KeyState state) {
  if (get.outcome == Outcome::kAbsent) {
    return state.present ? std::vector<KeyState>{} : std::vector{state};
  }
  const bool fits = state.present && state.value == get.value && settle_version(state, get.version);
  return fits ? std::vector{state} : std::vector<KeyState>{};
}

// The states after `operation` that agree with its answer; none: it cannot come next.
std::vector<KeyState> after(const KvOperation& operation, KeyState state) {
  if (operation.kind == Kind::kGet) return after_get(operation, std::move(state));
  if (!operation.returned) {
    std::vector<KeyState> states;
    if (!must_hold(operation.condition, state)) states.push_back(state);
    if (may_hold(operation.condition, state)) {
      change(operation, state);
      states.push_back(std::move(state));
    }
    return states;
  }
  switch (operation.outcome) {
    case Outcome::kOk: {
      if (!may_hold(operation.condition, state)) return {};
      if (operation.kind == Kind::kRemove && !settle_version(state, operation.version)) return {};
      if (operation.kind == Kind::kPut && operation.version <= state.floor) return {};
      change(operation, state);
      return {state};
    }
    case Outcome::kConflict: {
      if (must_hold(operation.condition, state)) return {};
      if (operation.version == 0)
        return state.present ? std::vector<KeyState>{} : std::vector{state};
      const bool fits =
          settle_version(state, operation.version) && !may_hold(operation.condition, state);
      return fits ? std::vector{state} : std::vector<KeyState>{};
    }
    case Outcome::kAbsent: {
      const bool fits = operation.kind == Kind::kRemove && !state.present;
      return fits ? std::vector{state} : std::vector<KeyState>{};
    }
    case Outcome::kMalformed:
      return {};
  }
  return {};
}

// Searches an order of one key's operations.
class KeySearch {
 public:
  explicit KeySearch(std::vector<const KvOperation*> operations)
      : operations_(std::move(operations)), done_(operations_.size(), false) {
    std::ranges::stable_sort(operations_, {}, &KvOperation::invoked);
    left_ = static_cast<std::size_t>(std::ranges::count_if(
        operations_, [](const KvOperation* each) { return each->returned.has_value(); }));
  }

  bool explains() {
    std::vector<Step> path;
    Step step = choices({});
    for (;;) {
      if (left_ == 0) return true;
      if (step.next == step.choices.size()) {
        if (path.empty()) return false;
        step = std::move(path.back());
        path.pop_back();
        put_back(step.choices[step.next - 1].first);
        continue;
      }
      const auto& [at, state] = step.choices[step.next++];
      take(at);
      const bool is_new = tried_.insert({done_, state}).second;
      if (!is_new) {
        put_back(at);
        continue;
      }
      Step deeper = choices(state);
      path.push_back(std::move(step));
      step = std::move(deeper);
    }
  }

 private:
  struct Step {
    std::vector<std::pair<std::size_t, KeyState>> choices;
    std::size_t next = 0;
  };

  void take(std::size_t at) {
    done_[at] = true;
    if (operations_[at]->returned) --left_;
    while (first_ < done_.size() && done_[first_])
      ++first_;
  }
  void put_back(std::size_t at) {
    done_[at] = false;
    if (operations_[at]->returned) ++left_;
    first_ = std::min(first_, at);
  }

  // What may come next: whatever was invoked before all that is left had returned.
  Step choices(const KeyState& state) const {
    Step step;
    Time first_return = Time::max();
    for (std::size_t at = first_; at < operations_.size(); ++at) {
      const KvOperation& operation = *operations_[at];
      if (operation.invoked > first_return) break;
      if (done_[at]) continue;
      if (operation.returned) first_return = std::min(first_return, *operation.returned);
      for (KeyState& next : after(operation, state))
        step.choices.emplace_back(at, std::move(next));
    }
    std::erase_if(step.choices, [&](const auto& choice) {
      return operations_[choice.first]->invoked > first_return;
    });
    return step;
  }

  std::vector<const KvOperation*> operations_;
  std::vector<bool> done_;
  std::size_t first_ = 0;  // all before it are done
  std::size_t left_ = 0;   // answered operations not done yet
  std::set<std::pair<std::vector<bool>, KeyState>> tried_;
};

bool is_told_put(const KvOperation& operation) {
  return operation.kind == Kind::kPut && operation.returned && operation.outcome == Outcome::kOk;
}

// Of puts on any keys: who began after another had ended has a higher version.
std::optional<std::string> check_versions(const KvHistory& history) {
  std::vector<const KvOperation*> by_version;
  for (const KvOperation& operation : history.operations) {
    if (is_told_put(operation)) by_version.push_back(&operation);
  }
  std::ranges::sort(by_version, {}, &KvOperation::version);
  Time latest_invoked{0};
  std::uint64_t last = 0;
  for (const KvOperation* put : by_version) {
    if (put->version == last) return "two changes have version " + std::to_string(last);
    last = put->version;
    if (*put->returned < latest_invoked) {
      return "the put with version " + std::to_string(put->version) +
             " ended before one with a lower version began";
    }
    latest_invoked = std::max(latest_invoked, put->invoked);
  }
  return std::nullopt;
}

bool covers(const KvRange& range, const std::string& key) {
  if (!key.starts_with(range.prefix) || (!range.after.empty() && key <= range.after)) return false;
  return !range.more || (!range.entries.empty() && key <= range.entries.back().key);
}

const kv::Entry* entry_of(const KvRange& range, const std::string& key) {
  const auto found = std::ranges::find(range.entries, key, &kv::Entry::key);
  return found == range.entries.end() ? nullptr : &*found;
}

std::optional<std::string> check_page(const KvHistory& history, const KvRange& range) {
  std::uint64_t newest = 0;
  for (std::size_t at = 0; at < range.entries.size(); ++at) {
    const kv::Entry& entry = range.entries[at];
    newest = std::max(newest, entry.version);
    if (!covers(range, entry.key)) return "a page holds a key that was not asked for: " + entry.key;
    if (at > 0 && range.entries[at - 1].key >= entry.key) return "a page is out of order";
  }
  for (const KvOperation& operation : history.operations) {
    const kv::Entry* shown = entry_of(range, operation.key);
    if (!is_told_put(operation) || shown == nullptr) continue;
    if (operation.version > shown->version && operation.version <= newest) {
      return "a page mixes moments: it shows version " + std::to_string(newest) + " but " +
             operation.key + " before its version " + std::to_string(operation.version);
    }
  }
  return std::nullopt;
}

// A page as reads of single keys.
void add_reads(const KvRange& range, const std::set<std::string>& keys,
               std::vector<KvOperation>& reads) {
  for (const std::string& key : keys) {
    if (!covers(range, key)) continue;
    KvOperation read;
    read.key = key;
    read.invoked = range.invoked;
    read.returned = range.returned;
    read.outcome = Outcome::kAbsent;
    if (const kv::Entry* entry = entry_of(range, key)) {
      read.outcome = Outcome::kOk;
      read.value = as_text(entry->value);
      read.version = entry->version;
    }
    reads.push_back(std::move(read));
  }
}

}  // namespace

std::optional<std::string> check_kv_history(const KvHistory& history) {
  if (auto error = check_versions(history)) return error;
  std::set<std::string> keys;
  for (const KvOperation& operation : history.operations)
    keys.insert(operation.key);
  std::vector<KvOperation> reads;
  for (const KvRange& range : history.ranges) {
    if (auto error = check_page(history, range)) return error;
    for (const kv::Entry& entry : range.entries)
      keys.insert(entry.key);
  }
  for (const KvRange& range : history.ranges)
    add_reads(range, keys, reads);
  std::map<std::string, std::vector<const KvOperation*>> by_key;
  const std::vector<KvOperation>& asked = history.operations;
  for (const auto* source : {&asked, &std::as_const(reads)}) {
    for (const KvOperation& operation : *source) {
      if (operation.kind != Kind::kGet || operation.returned)
        by_key[operation.key].push_back(&operation);
    }
  }
  for (auto& [key, operations] : by_key) {
    if (!KeySearch(std::move(operations)).explains()) {
      return "no order explains what clients were told of the key \"" + key + "\"";
    }
  }
  return std::nullopt;
}

}  // namespace dnc
