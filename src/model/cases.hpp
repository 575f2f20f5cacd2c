// What is explored: the healthy rules, which must hold, and the mutants, which must not.
#pragma once

#include <string>
#include <vector>

#include "model/explorer.hpp"

namespace dnc::model {

struct Case {
  std::string name;
  Rules rules;
  std::uint64_t states = 0;  // search at most so many, or
  std::uint64_t walks = 0;   // take so many random walks
  bool all = false;          // the search must exhaust its bounds
};

// `scale` multiplies the budgets of the healthy cases: 1 in CI.
std::vector<Case> healthy_cases(std::uint64_t scale);
std::vector<Case> mutant_cases();

Outcome run(const Case& test);

// Did it end as it must? A healthy case finds nothing, a mutant breaks an invariant.
bool as_it_must(const Case& test, const Outcome& outcome);

}  // namespace dnc::model
