#include "sim/seed_run.hpp"

namespace dnc {
namespace {

// A cold start after the last fault: looking for live members, consent, a transaction that may have
// to be posted again, three blocks, and the doubled patience of candidates.
constexpr Duration kSettleBound{60'000};
constexpr Duration kBusyCalm{3000};  // clients go on so long after the last fault
constexpr std::uint64_t kCurveEvery = 50;

SimulationOptions draw_world(const SeedOptions& options, Prng& prng) {
  SimulationOptions world;
  world.seed = options.seed;
  world.nodes = options.nodes != 0 ? options.nodes : 3 + options.seed % 3;
  world.auto_consent = prng.chance(750);
  world.curve = options.curve || options.seed % kCurveEvery == 0;
  world.workload.clients = 2 + prng.below(3);
  world.workload.storm_per_mille = prng.chance(200) ? 400 : 30;
  return world;
}

// Faults, then calm; false when a checker objected or the calm did not settle everything.
bool live_through(Simulation& simulation, Faults& faults, const SeedOptions& options,
                  SeedNumbers& numbers) {
  if (!simulation.run_for(std::chrono::minutes(options.minutes))) return false;
  faults.stop();
  simulation.heal();
  const Time healed = simulation.now();
  if (!simulation.run_for(kBusyCalm)) return false;
  simulation.workload().finish();
  const bool good = simulation.run_until([&] { return simulation.settled(); }, kSettleBound);
  numbers.settled_after = simulation.now() - healed;
  if (!good) {
    simulation.auditor().violate("not settled after the calm: " + simulation.unsettled_reason());
  }
  return good;
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
  numbers.faults = faults.counts();
}

}  // namespace

SeedResult run_seed(const SeedOptions& options, Trace::Sink sink) {
  // One seed for everything; the constant keeps this stream apart from the world's own.
  Prng prng(options.seed ^ 0x5eed'0fa0'0175);
  const SimulationOptions world = draw_world(options, prng);
  Simulation simulation(world, std::move(sink));
  Faults faults(simulation, prng.fork(), !world.auto_consent);
  for (const Seat seat : simulation.seats())
    simulation.power_on_after(seat, Duration(prng.below(3000)));
  simulation.workload().start();
  faults.start();

  SeedResult result;
  const bool good = live_through(simulation, faults, options, result.numbers);
  Auditor& auditor = simulation.auditor();
  if (good) {
    if (const auto error = check_history(simulation.workload().history(), auditor.log())) {
      auditor.violate(*error);
    }
  }
  if (auditor.violation()) {
    result.what = auditor.violation()->what;
    simulation.trace_standings();
    result.numbers.failed_at = auditor.violation()->time;
  }
  result.numbers.passed = !auditor.violation();
  count(simulation, faults, result.numbers);
  return result;
}

}  // namespace dnc
