// Schedules: the same seed draws the same one, and a failing one shrinks to what is needed.
#include "sim/schedule.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "sim/diagram.hpp"
#include "sim/shrink.hpp"

namespace dnc {
namespace {

Schedule drawn(std::uint64_t seed, bool set_back) {
  Prng prng(seed);
  return draw_schedule(prng, std::chrono::minutes(5), set_back);
}

TEST(Schedule, ASeedDrawsTheSameFaultsInOrder) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const Schedule schedule = drawn(seed, true);
    EXPECT_EQ(schedule, drawn(seed, true));
    ASSERT_FALSE(schedule.empty());
    for (std::size_t at = 1; at < schedule.size(); ++at)
      EXPECT_GT(schedule[at].at, schedule[at - 1].at);
  }
}

TEST(Schedule, AllKindsAreDrawnAndDisksAreSetBackOnlyOnRequest) {
  std::set<FaultKind> kinds;
  std::set<std::string> names;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    for (const Fault& fault : drawn(seed, true)) {
      kinds.insert(fault.kind);
      names.insert(name_of(fault.kind));
    }
    for (const Fault& fault : drawn(seed, false)) {
      EXPECT_NE(fault.kind, FaultKind::kSetBackDisk);
      EXPECT_NE(fault.kind, FaultKind::kLostWrite);
      EXPECT_NE(fault.kind, FaultKind::kStaleWrites);
      EXPECT_NE(fault.kind, FaultKind::kClone);
    }
  }
  EXPECT_EQ(kinds.size(), kMixedKinds);
  EXPECT_EQ(names.size(), kMixedKinds);
}

TEST(Schedule, SeatChangesComeOnTopAndLeaveTheRestAsItWas) {
  std::set<FaultKind> kinds;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const Schedule without = drawn(seed, true);
    Schedule with = without;
    Prng prng(seed);
    add_seat_changes(with, prng, std::chrono::minutes(5));
    EXPECT_TRUE(std::ranges::is_sorted(with, {}, &Fault::at));
    for (const Fault& fault : with)
      kinds.insert(fault.kind);
    std::erase_if(with, [](const Fault& fault) { return fault.kind >= FaultKind::kMint; });
    EXPECT_EQ(with, without);
  }
  EXPECT_EQ(kinds.size(), kFaultKinds);
}

TEST(Shrink, OnlyWhatIsNeededStays) {
  const Schedule schedule = drawn(7, true);
  ASSERT_GT(schedule.size(), 20u);
  const Fault first = schedule[3];
  const Fault second = schedule[schedule.size() - 2];
  const auto fails = [&](const Schedule& tried) {
    return std::find(tried.begin(), tried.end(), first) != tried.end() &&
           std::find(tried.begin(), tried.end(), second) != tried.end();
  };
  EXPECT_EQ(shrink(schedule, fails, 1000), (Schedule{first, second}));
  EXPECT_TRUE(shrink(
                  schedule, [](const Schedule&) { return true; }, 1000)
                  .empty());
  EXPECT_EQ(shrink(
                schedule, [](const Schedule&) { return false; }, 1000),
            schedule);
}

TEST(Shrink, GivesUpInTime) {
  std::size_t runs = 0;
  const auto fails = [&](const Schedule&) {
    ++runs;
    return false;
  };
  shrink(drawn(7, true), fails, 5);
  EXPECT_EQ(runs, 5u);
}

TEST(Diagram, ShowsArrivalsEventsAndTheWorld) {
  const std::string picture =
      sequence_diagram({"      12 ms  seat 1  <- propose from 3/1 term=2 seq=9",
                        "      13 ms  seat 2  voted term=4", "      14 ms  world  a partition"},
                       3);
  EXPECT_NE(picture.find("seat 3"), std::string::npos);
  EXPECT_NE(picture.find("<-----------------------+"), std::string::npos) << picture;
  EXPECT_NE(picture.find("propose term=2 seq=9"), std::string::npos);
  EXPECT_NE(picture.find("2: voted term=4"), std::string::npos);
  EXPECT_NE(picture.find("== a partition"), std::string::npos);
}

}  // namespace
}  // namespace dnc
