// Runs simulated clusters, one world per seed, and says which seeds broke a promise.
#include <sys/wait.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <map>
#include <stdexcept>
#include <string>
#include <type_traits>

#include "sim/seed_run.hpp"

namespace {

using dnc::SeedNumbers;
using dnc::SeedOptions;
using dnc::SeedResult;

struct Options {
  SeedOptions first;
  std::uint64_t seeds = 1;
  std::uint64_t jobs = 1;
  bool trace = false;
};

// A run of so many seeds must have seen each of these, or it proved little.
constexpr std::uint64_t kSeedsThatMustSeeAll = 50;
constexpr const char* kMustSee[] = {"commits",       "term changes",  "crashes",
                                    "warm restarts", "cold restarts", "partitions",
                                    "chain outages"};

class Summary {
 public:
  void add(const SeedResult& result, std::uint64_t seed) {
    const SeedNumbers& numbers = result.numbers;
    ++(numbers.passed ? passed_ : failed_);
    simulated_ += numbers.simulated;
    settled_after_max_ = std::max(settled_after_max_, numbers.settled_after);
    add_counts(numbers);
    if (numbers.passed) return;
    std::printf("seed %llu: %s at %lld ms\n", static_cast<unsigned long long>(seed),
                result.what.c_str(), static_cast<long long>(numbers.failed_at.count()));
    std::fflush(stdout);
  }

  // True when nothing failed and enough was seen.
  bool print(std::uint64_t seeds) const {
    std::printf("seeds: %llu\n", static_cast<unsigned long long>(seeds));
    std::printf("simulated time: %.1f h\n", static_cast<double>(simulated_.count()) / 3'600'000);
    std::printf("longest calm until settled: %lld ms\n",
                static_cast<long long>(settled_after_max_.count()));
    for (const auto& [name, count] : counts_)
      std::printf("%s: %llu\n", name.c_str(), static_cast<unsigned long long>(count));
    bool complete = true;
    for (const char* name : kMustSee) {
      if (seeds < kSeedsThatMustSeeAll || counts_.at(name) > 0) continue;
      std::printf("never seen: %s\n", name);
      complete = false;
    }
    std::printf("%llu passed, %llu failed\n", static_cast<unsigned long long>(passed_),
                static_cast<unsigned long long>(failed_));
    return complete && failed_ == 0;
  }

 private:
  void add_counts(const SeedNumbers& numbers) {
    const dnc::FaultCounts& faults = numbers.faults;
    const std::pair<const char*, std::uint64_t> seen[] = {
        {"commits", numbers.commits},
        {"writes", numbers.writes},
        {"reads", numbers.reads},
        {"term changes", numbers.term_changes},
        {"warm restarts", numbers.warm_restarts},
        {"cold restarts", numbers.cold_restarts},
        {"crashes", faults.crashes},
        {"disk losses", faults.disk_losses},
        {"partitions", faults.partitions},
        {"inbound blocks", faults.inbound_blocks},
        {"loss bursts", faults.loss_bursts},
        {"pauses", faults.pauses},
        {"slow disks", faults.slow_disks},
        {"chain outages", faults.chain_outages},
        {"re-orgs", faults.reorgs},
        {"challenges", faults.challenges},
    };
    for (const auto& [name, count] : seen)
      counts_[name] += count;
  }

  std::uint64_t passed_ = 0;
  std::uint64_t failed_ = 0;
  dnc::Duration simulated_{0};
  dnc::Duration settled_after_max_{0};
  std::map<std::string, std::uint64_t> counts_;
};

// A process for every seed: worlds share nothing, and a failed assertion costs one seed only.
class Workers {
 public:
  void start(const SeedOptions& options) {
    int ends[2];
    if (pipe(ends) != 0) throw std::runtime_error("cannot open a pipe");
    std::fflush(stdout);
    const pid_t child = fork();
    if (child < 0) throw std::runtime_error("cannot start a process");
    if (child == 0) {
      tell(ends[1], dnc::run_seed(options));
      _exit(0);
    }
    close(ends[1]);
    running_[child] = {options.seed, ends[0]};
  }

  std::size_t running() const { return running_.size(); }

  void collect_one(Summary& summary) {
    const auto found = running_.find(waitpid(-1, nullptr, 0));
    if (found == running_.end()) return;
    const Running worker = found->second;
    running_.erase(found);
    summary.add(listen(worker.pipe_end), worker.seed);
  }

 private:
  struct Running {
    std::uint64_t seed;
    int pipe_end;
  };
  static_assert(std::is_trivially_copyable_v<SeedNumbers>);

  // One write, far below what a pipe holds: it never blocks and never comes in parts.
  static void tell(int pipe_end, const SeedResult& result) {
    std::string told(reinterpret_cast<const char*>(&result.numbers), sizeof result.numbers);
    told += result.what.substr(0, 1000);
    if (write(pipe_end, told.data(), told.size()) < 0) _exit(1);
  }

  static SeedResult listen(int pipe_end) {
    char told[4096];
    const ssize_t got = read(pipe_end, told, sizeof told);
    close(pipe_end);
    SeedResult result;
    if (got < static_cast<ssize_t>(sizeof result.numbers)) {
      result.what = "the process died: an assertion, or worse";
      return result;
    }
    std::copy_n(told, sizeof result.numbers, reinterpret_cast<char*>(&result.numbers));
    result.what.assign(told + sizeof result.numbers, told + got);
    return result;
  }

  std::map<pid_t, Running> running_;
};

void run_seeds(const Options& options, Summary& summary) {
  Workers workers;
  for (std::uint64_t done = 0; done < options.seeds; ++done) {
    SeedOptions seed = options.first;
    seed.seed += done;
    if (workers.running() >= options.jobs) workers.collect_one(summary);
    workers.start(seed);
  }
  while (workers.running() > 0)
    workers.collect_one(summary);
}

// One seed in this process, under a debugger if need be.
void run_one(const Options& options, Summary& summary) {
  dnc::Trace::Sink sink;
  if (options.trace) sink = [](const std::string& line) { std::printf("%s\n", line.c_str()); };
  const SeedResult result = dnc::run_seed(options.first, sink);
  std::printf("trace hash: %016llx\n", static_cast<unsigned long long>(result.numbers.trace_hash));
  summary.add(result, options.first.seed);
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app{"Simulated clusters under faults: one world per seed, the same every time."};
  app.add_option("--seed", options.first.seed, "first seed")->capture_default_str();
  app.add_option("--seeds", options.seeds, "how many, counting up")->check(CLI::PositiveNumber);
  app.add_option("--minutes", options.first.minutes, "virtual minutes of faults for each seed")
      ->capture_default_str();
  app.add_option("--nodes", options.first.nodes, "seats; without it 3, 4 or 5 by seed")
      ->check(CLI::Range(1, 15));
  app.add_option("--jobs", options.jobs, "processes at a time")->check(CLI::PositiveNumber);
  app.add_flag("--trace", options.trace, "print what happens; one seed only");
  app.add_flag("--curve", options.first.curve, "real signatures in every seed");
  CLI11_PARSE(app, argc, argv);

  Summary summary;
  if (options.seeds == 1) {
    run_one(options, summary);
  } else {
    run_seeds(options, summary);
  }
  return summary.print(options.seeds) ? 0 : 1;
}
