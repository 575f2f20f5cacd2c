#include "sim/failure_report.hpp"

#include <fstream>

#include "sim/diagram.hpp"
#include "sim/shrink.hpp"
#include "sim/workers.hpp"

namespace dnc {
namespace {

constexpr std::size_t kShrinkRunsMax = 200;
constexpr std::size_t kDiagramLines = 120;

// The first words say what kind of violation it is; numbers and seats may differ.
std::string kind_of(const std::string& what) {
  return what.substr(0, what.find_first_of(":0123456789"));
}

}  // namespace

std::string write_failure_report(const SeedOptions& options, const SeedResult& failure,
                                 const std::filesystem::path& folder) {
  const Schedule drawn = schedule_of(options);
  SeedOptions again = options;
  const auto fails = [&](const Schedule& schedule) {
    again.schedule = schedule;
    const SeedResult result = run_apart(again);
    return !result.numbers.passed && kind_of(result.what) == kind_of(failure.what);
  };
  again.schedule = shrink(drawn, fails, kShrinkRunsMax);

  std::filesystem::create_directories(folder);
  const std::string stem = (folder / ("seed-" + std::to_string(options.seed))).string();
  std::ofstream schedule(stem + ".schedule.txt");
  for (const Fault& fault : *again.schedule)
    schedule << describe(fault) << '\n';

  // Line by line onto the disk: a run that dies of an assertion leaves its trace as well.
  const std::string trace_path = stem + ".trace.txt";
  SeedOptions traced = again;
  traced.trace_to = trace_path;
  const std::size_t nodes = run_apart(traced).numbers.nodes;
  std::ifstream trace(trace_path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(trace, line);) {
    lines.push_back(line);
    if (line.find("VIOLATION") != std::string::npos) break;
  }
  if (lines.size() > kDiagramLines) {
    lines.erase(lines.begin(), lines.end() - static_cast<std::ptrdiff_t>(kDiagramLines));
  }
  std::ofstream(stem + ".diagram.txt") << sequence_diagram(lines, nodes == 0 ? 7 : nodes);
  return "seed " + std::to_string(options.seed) + ": " + std::to_string(drawn.size()) +
         " faults, " + std::to_string(again.schedule->size()) + " of them suffice; see " + stem +
         ".{schedule,trace,diagram}.txt";
}

}  // namespace dnc
