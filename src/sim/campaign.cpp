#include "sim/campaign.hpp"

namespace dnc {
namespace {

constexpr std::uint64_t kSeedsThatMustSeeAll = 200;
constexpr double kHour = 3'600'000;

using Counts = std::map<std::string, std::uint64_t>;

void print_counts(std::FILE* out, const char* title, const Counts& counts) {
  std::fprintf(out, "%s:\n", title);
  for (const auto& [name, count] : counts)
    std::fprintf(out, "  %-26s %llu\n", name.c_str(), static_cast<unsigned long long>(count));
}

}  // namespace

void Campaign::add(std::uint64_t seed, const SeedResult& result) {
  const SeedNumbers& numbers = result.numbers;
  ++seeds_;
  Spent& spent = numbers.curve ? signed_ : hashed_;
  spent.simulated += numbers.simulated;
  spent.cpu_ms += numbers.cpu_ms;
  stranded_ += numbers.stranded ? 1 : 0;
  settled_after_max_ = std::max(settled_after_max_, numbers.settled_after);
  if (numbers.unserved > unserved_max_) {
    unserved_max_ = numbers.unserved;
    unserved_seed_ = seed;
  }
  outcomes_["commits"] += numbers.commits;
  outcomes_["writes"] += numbers.writes;
  outcomes_["reads"] += numbers.reads;
  outcomes_["term changes"] += numbers.term_changes;
  outcomes_["rejoins"] += numbers.warm_restarts;
  outcomes_["cold starts"] += numbers.cold_restarts;
  outcomes_["seats admitted"] += numbers.admissions;
  outcomes_["seats removed"] += numbers.removals;
  outcomes_["worlds that grew to 7"] += numbers.nodes < 7 && numbers.most_counted == 7 ? 1 : 0;
  outcomes_["worlds that shrank"] += numbers.shrunk ? 1 : 0;
  for (const std::size_t nodes : kWorldSizes)
    outcomes_["worlds of " + std::to_string(nodes) + " seats"] += numbers.nodes == nodes ? 1 : 0;
  for (std::size_t kind = 0; kind < kFaultKinds; ++kind)
    faults_[name_of(static_cast<FaultKind>(kind))] += numbers.faults[kind];
  for (std::size_t kind = 0; kind < kEventKinds.size(); ++kind)
    events_[kEventKinds[kind]] += numbers.events[kind];
  if (numbers.passed) return;
  failures_.push_back("seed " + std::to_string(seed) + ": " + result.what + " at " +
                      std::to_string(numbers.failed_at.count()) + " ms");
  std::puts(failures_.back().c_str());
  std::fflush(stdout);
}

std::vector<std::string> Campaign::never_seen() const {
  std::vector<std::string> missing;
  if (seeds_ < kSeedsThatMustSeeAll) return missing;
  for (const Counts* counts : {&outcomes_, &faults_, &events_}) {
    for (const auto& [name, count] : *counts) {
      if (count == 0) missing.push_back(name);
    }
  }
  return missing;
}

double Campaign::Spent::speed() const {
  if (cpu_ms == 0) return 0;
  return static_cast<double>(simulated.count()) / static_cast<double>(cpu_ms);
}

void Campaign::print(std::FILE* out) const {
  std::fprintf(out, "seeds: %llu\n", static_cast<unsigned long long>(seeds_));
  const Duration simulated = hashed_.simulated + signed_.simulated;
  std::fprintf(out, "simulated time: %.1f h\n", static_cast<double>(simulated.count()) / kHour);
  std::fprintf(out, "simulated time per CPU time: %.0f : 1", hashed_.speed());
  if (signed_.cpu_ms > 0) std::fprintf(out, " (%.0f : 1 with real signatures)", signed_.speed());
  std::fputc('\n', out);
  std::fprintf(out, "longest calm until settled: %lld ms\n",
               static_cast<long long>(settled_after_max_.count()));
  std::fprintf(out, "longest time without an acknowledged write: %lld ms (seed %llu)\n",
               static_cast<long long>(unserved_max_.count()),
               static_cast<unsigned long long>(unserved_seed_));
  std::fprintf(out, "worlds that stood still until all machines were restarted: %llu\n",
               static_cast<unsigned long long>(stranded_));
  print_counts(out, "outcomes", outcomes_);
  print_counts(out, "faults", faults_);
  print_counts(out, "events", events_);
  for (const std::string& name : never_seen())
    std::fprintf(out, "never seen: %s\n", name.c_str());
  for (const std::string& failure : failures_)  // again, where the end of a long log shows them
    std::fprintf(out, "%s\n", failure.c_str());
  const auto failed = static_cast<unsigned long long>(failures_.size());
  std::fprintf(out, "%llu passed, %llu failed\n", static_cast<unsigned long long>(seeds_) - failed,
               failed);
}

}  // namespace dnc
