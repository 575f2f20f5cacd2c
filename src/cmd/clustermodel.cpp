// Explores the abstract protocol: the healthy rules must hold, every broken rule must show.
#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>

#include "model/cases.hpp"

namespace {

using dnc::model::Case;
using dnc::model::Outcome;

struct Options {
  bool long_run = false;
  bool healthy_only = false;
  bool mutants_only = false;
  std::string one;
  bool steps = false;
};

void print_steps(const Outcome& outcome) {
  int number = 0;
  for (const auto& step : outcome.steps)
    std::printf("  %3d. %s\n", ++number, step.c_str());
}

bool run_case(const Case& test, bool healthy, bool steps) {
  const auto start = std::chrono::steady_clock::now();
  const Outcome outcome = dnc::model::run(test);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  const bool good = dnc::model::as_it_must(test, outcome);
  const char* found = !outcome.violation.empty() ? outcome.violation.c_str()
                      : test.walks > 0           ? "holds (walks)"
                      : outcome.exhausted        ? "holds (all states)"
                                                 : "holds (first states)";
  std::printf("%-6s %-36s %9llu %5llu %7.1f s  %s\n", good ? "ok" : "FAILED", test.name.c_str(),
              static_cast<unsigned long long>(outcome.states),
              static_cast<unsigned long long>(outcome.depth), took.count(), found);
  if (steps || (healthy && !good)) print_steps(outcome);
  std::fflush(stdout);
  return good;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app{"Explores the abstract protocol of docs/model.md."};
  app.add_flag("--long", options.long_run, "20 times the states and walks; needs 5 GB of memory");
  app.add_flag("--healthy", options.healthy_only, "only the rules as they are");
  app.add_flag("--mutants", options.mutants_only, "only the broken rules");
  app.add_option("--case", options.one, "only the case of this name");
  app.add_flag("--steps", options.steps, "print the way to each violation");
  CLI11_PARSE(app, argc, argv);

  int passed = 0;
  int failed = 0;
  std::printf("%-6s %-36s %9s %5s %9s  %s\n", "", "case", "states", "depth", "time", "finds");
  const auto run_all = [&](const std::vector<Case>& cases, bool healthy) {
    for (const Case& test : cases) {
      if (!options.one.empty() && options.one != test.name) continue;
      ++(run_case(test, healthy, options.steps) ? passed : failed);
    }
  };
  if (!options.mutants_only) run_all(dnc::model::healthy_cases(options.long_run ? 20 : 1), true);
  if (!options.healthy_only) run_all(dnc::model::mutant_cases(), false);
  std::printf("%d passed, %d failed\n", passed, failed);
  return failed == 0 && passed > 0 ? 0 : 1;
}
