// Runs simulated clusters, one world per seed, and says which seeds broke a promise.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <map>
#include <string>

#include "sim/campaign.hpp"
#include "sim/failure_report.hpp"
#include "sim/workers.hpp"

namespace {

constexpr std::size_t kReportsMax = 3;  // shrinking takes many runs
constexpr std::uint64_t kLongSeeds = 5000;
constexpr double kBar = 500;  // simulated time per CPU time

struct Options {
  dnc::SeedOptions first;
  std::uint64_t seeds = 1;
  std::uint64_t jobs = 1;
  bool trace = false;
  bool long_run = false;
  std::string reports = "build/sim-failures";
};

dnc::SeedOptions seed_options(const Options& options, std::uint64_t seed) {
  dnc::SeedOptions one = options.first;
  one.seed = seed;
  return one;
}

void run_seeds(const Options& options, dnc::Campaign& campaign,
               std::map<std::uint64_t, dnc::SeedResult>& failures) {
  dnc::Workers workers(options.jobs, [&](std::uint64_t seed, const dnc::SeedResult& result) {
    campaign.add(seed, result);
    if (!result.numbers.passed) failures[seed] = result;
  });
  for (std::uint64_t done = 0; done < options.seeds; ++done)
    workers.run(seed_options(options, options.first.seed + done));
  workers.finish();
}

// One seed in this process, under a debugger if need be.
void run_one(const Options& options, dnc::Campaign& campaign,
             std::map<std::uint64_t, dnc::SeedResult>& failures) {
  dnc::Trace::Sink sink;
  if (options.trace) sink = [](const std::string& line) { std::printf("%s\n", line.c_str()); };
  const dnc::SeedResult result = dnc::run_seed(options.first, sink);
  std::printf("trace hash: %016llx\n", static_cast<unsigned long long>(result.numbers.trace_hash));
  campaign.add(options.first.seed, result);
  if (!result.numbers.passed) failures[options.first.seed] = result;
}

void report(const Options& options, const std::map<std::uint64_t, dnc::SeedResult>& failures) {
  std::size_t written = 0;
  for (const auto& [seed, failure] : failures) {
    if (options.reports.empty() || ++written > kReportsMax) return;
    const auto line =
        dnc::write_failure_report(seed_options(options, seed), failure, options.reports);
    std::printf("%s\n", line.c_str());
    std::fflush(stdout);
  }
}

void add_options(CLI::App& app, Options& options) {
  app.add_option("--seed", options.first.seed, "first seed")->capture_default_str();
  app.add_option("--seeds", options.seeds, "how many, counting up")->check(CLI::PositiveNumber);
  app.add_option("--minutes", options.first.minutes, "virtual minutes of faults for each seed")
      ->capture_default_str();
  app.add_option("--nodes", options.first.nodes, "seats; without it 3, 4, 5 or 7 by seed")
      ->check(CLI::Range(1, 15));
  app.add_option("--jobs", options.jobs, "processes at a time")->check(CLI::PositiveNumber);
  app.add_flag("--trace", options.trace, "print what happens; one seed only");
  app.add_flag("--curve", options.first.curve, "real signatures in every seed");
  app.add_flag("--long", options.long_run,
               "5000 seeds unless --seeds says otherwise; fails below 500 : 1 of simulated time "
               "per CPU time");
  app.add_option("--reports", options.reports,
                 "folder for the shortened schedule, the trace and the diagram of the first failed "
                 "seeds; '' for none")
      ->capture_default_str();
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app{"Simulated clusters under faults: one world per seed, the same every time."};
  add_options(app, options);
  CLI11_PARSE(app, argc, argv);
  if (options.long_run && options.seeds == 1) options.seeds = kLongSeeds;

  dnc::Campaign campaign;
  std::map<std::uint64_t, dnc::SeedResult> failures;
  if (options.seeds == 1) {
    run_one(options, campaign, failures);
  } else {
    run_seeds(options, campaign, failures);
  }
  report(options, failures);
  campaign.print(stdout);
  const bool fast = !options.long_run || campaign.speed() >= kBar;
  if (!fast) std::printf("too slow: below %.0f : 1\n", kBar);
  return campaign.passed() && fast ? 0 : 1;
}
