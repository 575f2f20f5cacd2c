// A node that was away for so long that nobody has the log it lacks comes back by the state, while
// the others are as busy as before.
#include "cluster_test.hpp"
#include "flood.hpp"

namespace dnc::cluster {
namespace {

constexpr double kBackWithin = 30.0;    // seconds from the start of its process
constexpr double kPauseMore = 3.0;      // without an acknowledgement meanwhile, than before
constexpr std::size_t kCompared = 500;  // increments before it starts, to compare the pauses
constexpr int kBusy = 16;               // values on their way while it comes back
constexpr Millis kPatience{120'000};    // measured, even if too late
constexpr auto kWorkPatience = std::chrono::minutes(30);
constexpr std::uint64_t kKeys = 20'000;
constexpr std::size_t kValueBytes = 200;

class Snapshots : public ClusterTest {
 protected:
  // So often that the log which the node lacks is pruned even after few operations.
  static void SetUpTestSuite() { ::setenv("DNC_CHECKPOINT_BLOCKS", "200", 0); }

  static std::uint64_t operations() {
    return static_cast<std::uint64_t>(count_from("DNC_AWAY_OPERATIONS", 40'000));
  }

  // One increment to three values that are written; only the latter when a Load counts.
  static Request any_write(std::uint64_t number) {
    if (number % 4 == 0) {
      return {.method = "POST", .target = "/increment", .headers = {}, .body = {}};
    }
    return put_in_turn(number, kKeys, kValueBytes);
  }
  static Request value_write(std::uint64_t number) {
    return put_in_turn(number, kKeys, kValueBytes);
  }

  static bool pruned(int seat, std::uint64_t seq) {
    return get(LocalWorld::port(seat), "/log?limit=1&from=" + std::to_string(seq)).error_code() ==
           "pruned";
  }

  // So many operations, and whatever more it takes until the others have pruned what `away` lacks.
  static void work_without(int away, std::uint64_t first_lacked) {
    const std::vector<int> others = LocalWorld::others(away);
    const Moment begin = Clock::now();
    Flood flood({.seats = {world().leader()}}, any_write);
    const bool enough = poll_until(begin + kWorkPatience, [&] {
      return flood.acknowledged() >= operations() && pruned(others.front(), first_lacked) &&
             pruned(others.back(), first_lacked);
    });
    flood.stop();
    const auto done = static_cast<double>(flood.acknowledged());
    measure("operations while it was away", done, "");
    measure("acknowledged for each second", done / seconds_since(begin), "/s");
    ASSERT_TRUE(enough) << describe();
  }

  // Follows, and has all that the leader had committed by then.
  static bool back(int away, int leader) {
    if (!follows(away, leader, kPatience)) return false;
    const auto target = world().status(leader);
    return target && poll_for(kPatience, [&] {
             const auto status = world().status(away);
             return status && status->commit_seq >= target->commit_seq;
           });
  }

  static bool said(int seat, const std::string& event, std::size_t since) {
    return world().log("node-" + std::to_string(seat)).find(event, since) != std::string::npos;
  }
};

TEST_F(Snapshots, ANodeThatWasAwayForLongComesBackByTheStateWhileTheOthersServe) {
  const int leader = world().leader();
  ASSERT_NE(leader, 0) << describe();
  const int away = LocalWorld::others(leader).front();
  const std::uint64_t had = world().status(away)->commit_seq;
  ASSERT_TRUE(world().node("kill", away));
  ASSERT_NO_FATAL_FAILURE(work_without(away, had + 1));

  Load load({.writers = 2, .readers = 1});
  Flood flood({.seats = {leader}, .connections = 1, .pipelined = kBusy}, value_write);
  const Moment alone = Clock::now();
  ASSERT_TRUE(poll_for(kPatience, [&] { return load.acknowledged() >= kCompared; }));
  const std::size_t logged = world().log("node-" + std::to_string(away)).size();
  const std::uint64_t before = flood.acknowledged();
  const Moment start = Clock::now();
  ASSERT_TRUE(world().node("start", away));
  ASSERT_TRUE(back(away, leader)) << describe();
  const Moment end = Clock::now();
  const std::uint64_t meanwhile = flood.acknowledged() - before;
  flood.stop();

  const double took = seconds_between(start, end);
  const double pause_before = load.longest_gap(alone, start);
  const double pause = load.longest_gap(start, end);
  measure("from the start of its process until it follows", took);
  measure("longest pause of the others before", pause_before);
  measure("longest pause of the others meanwhile", pause);
  measure("acknowledged for each second before",
          static_cast<double>(before) / seconds_between(alone, start), "/s");
  measure("acknowledged for each second meanwhile", static_cast<double>(meanwhile) / took, "/s");
  EXPECT_LE(took, kBackWithin);
  EXPECT_LE(pause, pause_before + kPauseMore);
  EXPECT_TRUE(said(away, "snapshot_installed", logged)) << "it came back in another way";
  load.check();
  const auto value = world().value(leader);
  ASSERT_TRUE(value);
  expect_value(*value);
}

}  // namespace
}  // namespace dnc::cluster
