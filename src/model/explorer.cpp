#include "model/explorer.hpp"

#include <algorithm>
#include <deque>

namespace dnc::model {
namespace {

// Fingerprints of the states seen, each with the state it was reached from. 64 bits stand for a
// state: two states with one fingerprint would hide one of them (docs/model.md, "How sure").
class Seen {
 public:
  // False if it was there.
  bool add(std::uint64_t print, std::uint32_t parent) {
    if ((prints_.size() + 1) * 2 > slots_.size()) grow();
    std::size_t at = print & (slots_.size() - 1);
    for (; slots_[at] != 0; at = (at + 1) & (slots_.size() - 1)) {
      if (prints_[slots_[at] - 1] == print) return false;
    }
    prints_.push_back(print);
    parents_.push_back(parent);
    slots_[at] = static_cast<std::uint32_t>(prints_.size());
    return true;
  }
  std::size_t size() const { return prints_.size(); }
  // The fingerprints from the first state to `index`.
  std::vector<std::uint64_t> path_to(std::uint32_t index) const {
    std::vector<std::uint64_t> path;
    for (; index != 0; index = parents_[index])
      path.push_back(prints_[index]);
    std::reverse(path.begin(), path.end());
    return path;
  }

 private:
  void grow() {
    slots_.assign(std::max<std::size_t>(1 << 12, slots_.size() * 2), 0);
    for (std::size_t i = 0; i < prints_.size(); ++i) {
      std::size_t at = prints_[i] & (slots_.size() - 1);
      while (slots_[at] != 0)
        at = (at + 1) & (slots_.size() - 1);
      slots_[at] = static_cast<std::uint32_t>(i + 1);
    }
  }

  std::vector<std::uint64_t> prints_;
  std::vector<std::uint32_t> parents_;
  std::vector<std::uint32_t> slots_;
};

struct Waiting {
  std::uint32_t index;
  std::uint32_t depth;
  std::vector<std::uint8_t> bytes;
};

class Search {
 public:
  Search(const Rules& rules, std::uint64_t budget) : rules_(rules), budget_(budget) {}

  Outcome run() {
    meet(initial_state(rules_), 0, 0);
    while (!waiting_.empty() && outcome_.violation.empty() && seen_.size() < budget_) {
      const Waiting from = std::move(waiting_.front());
      waiting_.pop_front();
      expand(from);
    }
    outcome_.states = seen_.size();
    outcome_.exhausted = waiting_.empty() && outcome_.violation.empty();
    return std::move(outcome_);
  }

 private:
  std::uint64_t print_of(State state) {
    sort_seats(state);
    pack(state, rules_.bounds.boots, bytes_);
    return fingerprint(bytes_);
  }

  void expand(const Waiting& from) {
    const State state = unpack(from.bytes.data(), rules_.bounds.boots);
    each_step(rules_, state, [&](const Step& step, const State& next) {
      if (!outcome_.violation.empty()) return;
      auto broken = violation(step, state, next);
      if (!broken) broken = violation(rules_, next);
      if (broken) return tell(from, *broken, next);
      meet(next, from.index, from.depth + 1);
    });
  }

  void meet(const State& state, std::uint32_t parent, std::uint32_t depth) {
    if (!seen_.add(print_of(state), parent)) return;
    outcome_.depth = std::max<std::uint64_t>(outcome_.depth, depth);
    waiting_.push_back({static_cast<std::uint32_t>(seen_.size() - 1), depth, bytes_});
  }

  // Takes the way again from the start, with seats that keep their names.
  void tell(const Waiting& from, const std::string& what, const State& last) {
    outcome_.violation = what;
    outcome_.depth = from.depth + 1;
    std::vector<std::uint64_t> path = seen_.path_to(from.index);
    path.push_back(print_of(last));
    State state = initial_state(rules_);
    for (const std::uint64_t print : path) {
      std::optional<State> found;
      each_step(rules_, state, [&](const Step& step, const State& next) {
        if (found || print_of(next) != print) return;
        found = next;
        outcome_.steps.push_back(to_string(step));
      });
      if (!found) break;
      state = *found;
    }
  }

  const Rules& rules_;
  const std::uint64_t budget_;
  Seen seen_;
  std::deque<Waiting> waiting_;
  std::vector<std::uint8_t> bytes_;
  Outcome outcome_;
};

// splitmix64
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_(seed) {}
  std::uint64_t below(std::uint64_t bound) {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return (z ^ (z >> 31)) % bound;
  }

 private:
  std::uint64_t state_;
};

// Steps of one kind share the chance of that kind: else the many ways to grant or to vote would
// leave no room for the few that commit something.
const std::pair<Step, State>& pick(const std::vector<std::pair<Step, State>>& next, Dice& dice) {
  std::vector<std::size_t> firsts;
  for (std::size_t i = 0; i < next.size(); ++i) {
    if (i == 0 || next[i].first.act != next[i - 1].first.act) firsts.push_back(i);
  }
  const std::size_t kind = dice.below(firsts.size());
  const std::size_t end = kind + 1 < firsts.size() ? firsts[kind + 1] : next.size();
  return next[firsts[kind] + dice.below(end - firsts[kind])];
}

}  // namespace

Outcome explore(const Rules& rules, std::uint64_t budget) {
  return Search(rules, budget).run();
}

Outcome walk(const Rules& rules, std::uint64_t walks, std::uint64_t length, std::uint64_t seed) {
  Outcome outcome;
  Dice dice(seed);
  for (std::uint64_t w = 0; w < walks; ++w) {
    State state = initial_state(rules);
    std::vector<Step> taken;
    std::vector<std::pair<Step, State>> next;
    while (taken.size() < length) {
      next.clear();
      each_step(rules, state,
                [&](const Step& step, const State& after) { next.emplace_back(step, after); });
      if (next.empty()) break;
      const auto& [step, after] = pick(next, dice);
      auto broken = violation(step, state, after);
      if (!broken) broken = violation(rules, after);
      taken.push_back(step);
      ++outcome.states;
      outcome.depth = std::max<std::uint64_t>(outcome.depth, taken.size());
      state = after;
      if (!broken) continue;
      outcome.violation = *broken;
      outcome.depth = taken.size();
      for (const Step& each : taken)
        outcome.steps.push_back(to_string(each));
      return outcome;
    }
  }
  return outcome;
}

}  // namespace dnc::model
