// Searches the states of the model: all of them, nearest first, or random walks.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/rules.hpp"

namespace dnc::model {

struct Outcome {
  std::uint64_t states = 0;        // different ones; in walks: steps taken
  std::uint64_t depth = 0;         // steps from the start to the deepest state, or to the violation
  bool exhausted = false;          // there are no more states within the bounds
  std::string violation;           // empty: none
  std::vector<std::string> steps;  // from the start to the violation
};

// Breadth first, so that a violation comes with a shortest list of steps. Stops at `budget` states.
Outcome explore(const Rules& rules, std::uint64_t budget);

// `walks` random walks of at most `length` steps; the seed decides all.
Outcome walk(const Rules& rules, std::uint64_t walks, std::uint64_t length, std::uint64_t seed);

}  // namespace dnc::model
