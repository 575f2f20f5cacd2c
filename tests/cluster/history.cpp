#include "history.hpp"

#include <algorithm>
#include <set>

namespace dnc::cluster {
namespace {

// Twice the place in the order, so that a read fits between two increments.
std::uint64_t rank(const Seen& seen) {
  return seen.value * 2 + (seen.write ? 0 : 1);
}

std::optional<std::string> check_values(const std::vector<Seen>& history, std::uint64_t before,
                                        std::uint64_t after) {
  std::set<std::uint64_t> given;
  for (const auto& seen : history) {
    if (seen.value < before || seen.value > after) {
      return "the value " + std::to_string(seen.value) + " is not between " +
             std::to_string(before) + " and " + std::to_string(after);
    }
    if (seen.write && !given.insert(seen.value).second) {
      return "two increments were answered with " + std::to_string(seen.value);
    }
  }
  if (given.size() != after - before) {
    return std::to_string(given.size()) + " increments were acknowledged, the counter grew by " +
           std::to_string(after - before);
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> contradiction(std::vector<Seen> history, std::uint64_t before,
                                         std::uint64_t after) {
  if (auto wrong = check_values(history, before, after)) return wrong;
  std::vector<Seen> by_end = history;
  std::sort(history.begin(), history.end(),
            [](const Seen& a, const Seen& b) { return a.start < b.start; });
  std::sort(by_end.begin(), by_end.end(),
            [](const Seen& a, const Seen& b) { return a.end < b.end; });
  std::size_t ended = 0;
  std::uint64_t highest = 0;  // of all that had ended when this one started
  for (const auto& seen : history) {
    for (; ended < by_end.size() && by_end[ended].end < seen.start; ++ended)
      highest = std::max(highest, rank(by_end[ended]));
    if (rank(seen) < highest) {
      return std::string(seen.write ? "an increment gave " : "a read gave ") +
             std::to_string(seen.value) + " after an answer of " + std::to_string(highest / 2) +
             " had been given";
    }
  }
  return std::nullopt;
}

}  // namespace dnc::cluster
