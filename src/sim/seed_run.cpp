#include "sim/seed_run.hpp"

#include <algorithm>
#include <ctime>
#include <fstream>

#include "sim/stranded.hpp"

namespace dnc {
namespace {

// A cold start after the last fault: looking for live members, consent, a transaction that may have
// to be posted again, three blocks, and the doubled patience of candidates.
constexpr Duration kSettleBound{60'000};
constexpr Duration kBusyCalm{3000};  // clients go on so long after the last fault
constexpr std::uint64_t kCurveEvery = 50;
constexpr std::uint64_t kSingleStepsEvery = 7;  // each input a step of its own
constexpr std::uint64_t kPartsEvery = 3;
constexpr std::size_t kPartBytes = 512;  // of a state that is taken in parts
// In these worlds seats come and go; each takes a few blocks of the chain to come to rest.
constexpr std::uint64_t kSeatsChangeEvery = 5;
constexpr std::uint64_t kSeatsChangeAt = 3;
constexpr Duration kSeatsSettleBound{120'000};

bool changes_seats(const SeedOptions& options) {
  return options.seed % kSeatsChangeEvery == kSeatsChangeAt;
}

bool takes_curve(const SeedOptions& options) {
  return options.curve || options.seed % kCurveEvery == 0;
}

SimulationOptions draw_world(const SeedOptions& options, Prng& prng) {
  SimulationOptions world;
  world.seed = options.seed;
  world.nodes = options.nodes != 0 ? options.nodes : kWorldSizes[options.seed % kWorldSizes.size()];
  world.auto_consent = prng.chance(750);
  world.curve = takes_curve(options);
  world.gather = options.seed % kSingleStepsEvery != 0;
  world.checkpoints.blocks = 5 + prng.below(95);  // so often that nearly every seed prunes
  if (options.seed % kPartsEvery == 1) world.checkpoints.part_bytes = kPartBytes;
  world.workload.clients = 2 + prng.below(3);
  world.workload.storm_per_mille = prng.chance(200) ? 400 : 30;
  world.kv.clients = options.seed % 4;
  return world;
}

// Faults, then calm; false when a checker objected or the calm did not settle everything.
bool live_through(Simulation& simulation, Faults& faults, const SeedOptions& options,
                  SeedNumbers& numbers) {
  if (!simulation.run_for(std::chrono::minutes(options.minutes))) return false;
  faults.stop();
  simulation.heal();
  faults.restore_operators();
  const Time healed = simulation.now();
  if (!simulation.run_for(kBusyCalm)) return false;
  simulation.workload().finish();
  simulation.kv_workload().finish();
  const Duration bound = changes_seats(options) ? kSeatsSettleBound : kSettleBound;
  const auto settles = [&] {
    return simulation.run_until([&] { return simulation.settled(); }, bound);
  };
  bool good = settles();
  if (!good && stranded(simulation)) {
    numbers.stranded = true;
    restart_all(simulation);
    good = settles();
  }
  numbers.settled_after = simulation.now() - healed;
  if (!good) {
    simulation.auditor().violate("not settled after the calm: " + simulation.unsettled_reason());
  }
  return good;
}

// Clients never pause for long: a gap between acknowledged writes is a time without service.
Duration longest_gap(const History& history, Time end) {
  std::vector<Time> acknowledged{Time(0), end};
  for (const WriteRecord& write : history.writes) {
    if (write.acknowledged) acknowledged.push_back(*write.acknowledged);
  }
  std::sort(acknowledged.begin(), acknowledged.end());
  Duration longest{0};
  for (std::size_t at = 1; at < acknowledged.size(); ++at)
    longest = std::max(longest, acknowledged[at] - acknowledged[at - 1]);
  return longest;
}

void count(Simulation& simulation, const Faults& faults, SeedNumbers& numbers) {
  const CommittedLog& log = simulation.auditor().log();
  numbers.simulated = simulation.now();
  numbers.trace_hash = simulation.trace().hash();
  numbers.commits = log.entries().size();
  numbers.writes = log.executions().size();
  numbers.reads = simulation.workload().history().reads.size();
  numbers.term_changes = log.count(BlockKind::kTermStart);
  numbers.warm_restarts = log.count(BlockKind::kRejoin);
  const std::uint64_t generations = log.count(BlockKind::kRestart);
  numbers.cold_restarts = generations > 0 ? generations - 1 : 0;
  for (const LogEntry& entry : log.entries()) {
    const auto& change = entry.block.body.change;
    if (change) ++(change->admits ? numbers.admissions : numbers.removals);
    numbers.most_counted = std::max(numbers.most_counted, entry.counted.size());
  }
  numbers.shrunk = numbers.most_counted > log.counted().size();
  numbers.nodes = simulation.founders();
  numbers.unserved = longest_gap(simulation.workload().history(), simulation.now());
  numbers.faults = faults.counts();
  numbers.events = simulation.auditor().events();
}

// What a seed decides before its world begins.
struct Draw {
  SimulationOptions world;
  Schedule schedule;
  std::vector<Duration> starts;  // of the machines
};

// One seed for everything; the constant keeps this stream apart from the world's own.
Draw draw(const SeedOptions& options) {
  Prng prng(options.seed ^ 0x5eed'0fa0'0175);
  Draw drawn{draw_world(options, prng), {}, {}};
  drawn.schedule =
      draw_schedule(prng, std::chrono::minutes(options.minutes), !drawn.world.auto_consent);
  if (changes_seats(options)) {  // drawn apart, so that all else stays as it would be without
    Prng apart(options.seed ^ 0x5ea7'0000'0000);
    add_seat_changes(drawn.schedule, apart, std::chrono::minutes(options.minutes));
  }
  for (std::size_t at = 0; at < drawn.world.nodes; ++at)
    drawn.starts.push_back(Duration(prng.below(3000)));
  return drawn;
}

}  // namespace

Schedule schedule_of(const SeedOptions& options) {
  return draw(options).schedule;
}

SeedResult run_seed(const SeedOptions& options, Trace::Sink sink) {
  const std::clock_t began = std::clock();
  const Draw drawn = draw(options);
  std::ofstream file;
  if (!options.trace_to.empty()) {
    file.open(options.trace_to);
    sink = [&file](const std::string& line) { file << line << std::endl; };
  }
  Simulation simulation(drawn.world, std::move(sink));
  Faults faults(simulation, options.schedule.value_or(drawn.schedule));
  for (const Seat seat : simulation.seats())
    simulation.power_on_after(seat, drawn.starts[seat.value - 1]);
  simulation.workload().start();
  simulation.kv_workload().start();
  faults.start();

  SeedResult result;
  const bool good = live_through(simulation, faults, options, result.numbers);
  Auditor& auditor = simulation.auditor();
  if (good) {
    if (const auto error = check_history(simulation.workload().history(), auditor.log())) {
      auditor.violate(*error);
    } else if (const auto kv_error = check_kv_history(simulation.kv_workload().history())) {
      auditor.violate(*kv_error);
    }
  }
  if (auditor.violation()) {
    result.what = auditor.violation()->what;
    simulation.trace_standings();
    result.numbers.failed_at = auditor.violation()->time;
  }
  result.numbers.passed = !auditor.violation();
  count(simulation, faults, result.numbers);
  const auto used = static_cast<std::uint64_t>(std::clock() - began);
  result.numbers.curve = takes_curve(options);
  result.numbers.cpu_ms = used * 1000 / CLOCKS_PER_SEC;
  return result;
}

}  // namespace dnc
