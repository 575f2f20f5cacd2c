// A story about a cluster, told step by step by a test: what happens, and what must follow from it
// within some virtual time.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "sim/simulation.hpp"

namespace dnc {

class Scenario {
 public:
  explicit Scenario(std::size_t nodes = 3, std::uint64_t seed = 1)
      : simulation_(options(nodes, seed)) {}
  explicit Scenario(const SimulationOptions& options) : simulation_(options) {}

  ~Scenario() {
    if (simulation_.auditor().violation()) {
      ADD_FAILURE() << simulation_.auditor().violation()->what << " at "
                    << simulation_.auditor().violation()->time.count() << " ms";
    }
    if (simulation_.auditor().forked()) return;  // there is no one log to hold it against
    const auto error = check_history(simulation_.workload().history(), simulation_.auditor().log());
    EXPECT_FALSE(error) << *error;
  }

  Simulation& operator*() { return simulation_; }
  Simulation* operator->() { return &simulation_; }

  // All nodes on, and a founded cluster that serves. Returns the leader.
  Seat start() {
    simulation_.power_on_all();
    within(Duration(30'000), "the cluster founds itself", [this] { return all_serve(); });
    return leader();
  }

  void within(Duration time, const std::string& what, const std::function<bool()>& goal) {
    EXPECT_TRUE(simulation_.run_until(goal, time))
        << what << ": not within " << time.count() << " ms; " << simulation_.unsettled_reason();
  }

  // For this long nothing of what must not happen happens.
  void always(Duration time, const std::string& what, const std::function<bool()>& holds) {
    EXPECT_FALSE(simulation_.run_until([&] { return !holds(); }, time)) << "no longer: " << what;
  }

  // Seat 0 when there is none.
  Seat leader() { return simulation_.leader().value_or(Seat{}); }
  Seat await_leader() {
    within(Duration(10'000), "somebody leads", [this] { return simulation_.leader().has_value(); });
    return leader();
  }
  Seat follower() { return other_than(leader()); }
  Seat other_than(Seat seat) const { return {seat.value % simulation_.founders() + 1}; }

  bool all_serve() {
    for (const Seat seat : simulation_.seats()) {
      if (!simulation_.serves(seat)) return false;
    }
    return simulation_.leader().has_value();
  }

  Term term_of(Seat seat) { return simulation_.node(seat).replica().status().term; }
  Standing standing_of(Seat seat) {
    return simulation_.node(seat).running() ? simulation_.node(seat).replica().status().standing
                                            : Standing::kRecovering;
  }
  Ouster ouster_of(Seat seat) { return simulation_.node(seat).ouster(); }
  std::uint64_t value_at(Seat seat) {
    const Bytes answer = simulation_.node(seat).services().query(Counter::read());
    return Counter::decode_value(answer).value_or(0);
  }

  // Adds to the counter and waits until a client has it confirmed.
  std::size_t add(std::uint64_t by, Seat at, Duration time = Duration(10'000)) {
    const std::size_t index = simulation_.workload().write(by, at);
    within(time, "a write is acknowledged", [this, index] {
      return simulation_.workload().history().writes[index].acknowledged.has_value();
    });
    return index;
  }

  // Everything heals, and everything agrees in the end.
  void settle(Duration time = Duration(60'000)) {
    simulation_.heal();
    within(time, "everything settles", [this] { return simulation_.settled(); });
  }

 private:
  static SimulationOptions options(std::size_t nodes, std::uint64_t seed) {
    SimulationOptions options;
    options.nodes = nodes;
    options.seed = seed;
    return options;
  }

  Simulation simulation_;
};

}  // namespace dnc
