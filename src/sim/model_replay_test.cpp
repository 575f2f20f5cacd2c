// Runs of the simulator, replayed against the model; and the same runs with one lie in them, which
// the model must refuse.
#include "sim/model_replay.hpp"

#include <gtest/gtest.h>

#include "core/base/prng.hpp"
#include "core/consensus/codec.hpp"
#include "sim/simulation.hpp"

namespace dnc {
namespace {

constexpr std::uint64_t kSeeds = 50;

// A short life of three or four seats: writes, and leaders that die, freeze or are cut off.
std::vector<TraceEvent> run(std::uint64_t seed) {
  TraceRecorder recorder;
  SimulationOptions options;
  options.seed = seed;
  options.nodes = 3 + seed % 2;
  Simulation simulation(options);
  simulation.auditor().set_witness(&recorder);
  simulation.power_on_all();
  Prng prng(seed);
  simulation.run_until([&] { return simulation.leader().has_value(); }, Duration(30'000));
  for (std::uint64_t round = 0; round < 3; ++round) {
    const Seat victim = simulation.leader().value_or(Seat{1});
    simulation.workload().write(1 + round, {1 + prng.below(options.nodes)});
    simulation.run_for(Duration(static_cast<std::int64_t>(prng.below(40))));
    switch (prng.below(3)) {
      case 0:
        simulation.crash(victim);
        simulation.power_on_after(victim, Duration(500));
        break;
      case 1:
        if (simulation.node(victim).running())
          simulation.node(victim).pause(Duration(2'000), prng.below(2) == 0);
        break;
      default:
        simulation.network().isolate(victim);
    }
    simulation.run_for(Duration(2'500));
    simulation.heal();
  }
  EXPECT_FALSE(simulation.auditor().violation()) << "seed " << seed;
  return recorder.events();
}

// What the model says to a changed trace of four runs, where the change finds its place.
template <class Change>
void expect_refused(const std::string& what, const Change& change) {
  std::size_t refused = 0;
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    std::vector<TraceEvent> events = run(seed);
    change(events);
    ModelReplay replay(3 + seed % 2);
    for (const TraceEvent& event : events)
      replay.take(event);
    refused += replay.refusal().empty() ? 0 : 1;
  }
  EXPECT_EQ(refused, 4U) << what;
}

template <class T>
const T* message(const TraceEvent& event) {
  const auto* sent = std::get_if<SendSeen>(&event);
  return sent ? std::get_if<T>(&sent->message) : nullptr;
}

template <class T>
void drop_all(std::vector<TraceEvent>& events) {
  std::erase_if(events, [](const TraceEvent& event) { return message<T>(event) != nullptr; });
}

TEST(ModelReplayTest, TheModelAllowsWhatTheSimulatorDoes) {
  std::array<std::size_t, 16> steps{};
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    ModelReplay replay(3 + seed % 2);
    for (const TraceEvent& event : run(seed))
      replay.take(event);
    EXPECT_EQ(replay.refusal(), "") << "seed " << seed;
    for (std::size_t act = 0; act < steps.size(); ++act)
      steps[act] += replay.steps(static_cast<model::Act>(act));
  }
  for (const auto act :
       {model::Act::kVote, model::Act::kGrant, model::Act::kNewTerm, model::Act::kPropose,
        model::Act::kProposeRejoin, model::Act::kAccept, model::Act::kBoot, model::Act::kAdmit}) {
    const std::size_t count = steps[static_cast<std::size_t>(act)];
    EXPECT_GT(count, 20U) << to_string(model::Step{.act = act});
    RecordProperty("act_" + std::to_string(static_cast<int>(act)), static_cast<int>(count));
  }
}

TEST(ModelReplayTest, TermsWithoutGrantsAreRefused) {
  expect_refused("grants", drop_all<GrantMessage>);
}

TEST(ModelReplayTest, GrantsWithoutVotesAreRefused) {
  expect_refused("votes", drop_all<Votes>);
}

TEST(ModelReplayTest, CommitsWithoutAcceptsAreRefused) {
  expect_refused("ACCEPTs", drop_all<Accept>);
}

TEST(ModelReplayTest, TwoBlocksForOnePlaceAreRefused) {
  expect_refused("a second block", [](std::vector<TraceEvent>& events) {
    const auto normal = std::find_if(events.begin(), events.end(), [](const TraceEvent& event) {
      const auto* proposal = message<Propose>(event);
      return proposal && proposal->block.header.kind == BlockKind::kNormal;
    });
    ASSERT_NE(normal, events.end());
    SendSeen second = std::get<SendSeen>(*normal);
    ++std::get<Propose>(second.message).block.header.leader_time_ms;
    events.insert(normal + 1, second);
  });
}

// The same ACCEPT of seat 3, before and after it granted the next term.
TEST(ModelReplayTest, AnAcceptAfterAGrantIsRefused) {
  const auto identity = [](std::uint64_t seat) { return Identity{{seat}, {1}, {}}; };
  Block first;
  first.header.generation = {1};
  first.header.term = {1};
  first.header.seq = {1};
  first.header.leader = {1};
  first.header.kind = BlockKind::kRestart;
  first.body.founders = {identity(1), identity(2), identity(3)};
  Block second = first;
  second.header.seq = {2};
  second.header.kind = BlockKind::kNormal;
  second.header.prev_hash = block_hash(first.header);
  second.body = {};
  const LogHead last{{1}, {1}, block_hash(first.header)};
  const Accept accept{{}, {1}, {2}, block_hash(second.header), {3}, {1}, {}};
  for (const bool too_late : {false, true}) {
    ModelReplay replay(3);
    const auto say = [&](std::uint64_t seat, const Message& message) {
      replay.take(SendSeen{identity(seat), message});
    };
    say(1, Propose{first, {}});
    say(1, Propose{second, {}});
    if (!too_late) say(3, accept);
    for (std::uint64_t seat : {1, 2})
      say(seat, Votes{{{{}, {2}, {}, {seat}, {1}, {}}}});
    const LogHead stated = too_late ? last : LogHead{{1}, {2}, accept.block_hash};
    say(3, GrantMessage{{{}, {2}, {2}, {}, stated, {3}, {1}, {}}, {}});
    EXPECT_EQ(replay.refusal(), "");
    if (too_late) say(3, accept);
    EXPECT_EQ(replay.refusal().empty(), !too_late) << replay.refusal();
  }
}

}  // namespace
}  // namespace dnc
