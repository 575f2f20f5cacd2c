// Checkpoints, pruning and state transfer as a cluster lives them (docs/protocol.md section 12b).
#include <gtest/gtest.h>

#include "sim/scenario.hpp"

namespace dnc {
namespace {

constexpr std::uint64_t kEvery = 20;  // blocks

SimulationOptions often(std::uint64_t seed, std::size_t nodes = 3) {
  SimulationOptions options;
  options.nodes = nodes;
  options.seed = seed;
  options.checkpoints.blocks = kEvery;
  return options;
}

class Pruned : public Scenario {
 public:
  explicit Pruned(std::uint64_t seed, std::size_t nodes = 3) : Scenario(often(seed, nodes)) {
    (*this)->auditor().set_listener([this](const Event& event) { ++told_[event.name]; });
  }

  // How often a node has said this so far.
  std::size_t count(const std::string& event) { return told_[event]; }

  SeqNo base(Seat seat) { return (*this)->node(seat).replica().pruned_upto().seq; }
  // Blocks are made until this node has pruned so much more.
  void prune_on(Seat seat, std::uint64_t blocks) {
    const std::uint64_t wanted = base(seat).value + blocks;
    for (int i = 0; i < 1000 && base(seat).value < wanted; ++i)
      add(1, leader());
    ASSERT_GE(base(seat).value, wanted);
  }
  // Away until all its peers have pruned what it would need; then back.
  Seat leave_behind() {
    const Seat away = follower();
    (*this)->crash(away);
    within(Duration(20'000), "the others serve", [this] { return leader().value != 0; });
    prune_on(leader(), 4 * kEvery);
    return away;
  }

 private:
  std::map<std::string, std::size_t> told_;
};

TEST(Snapshots, TheLogInMemoryAndOnDiskStaysShort) {
  Pruned cluster(61);
  cluster.start();
  for (int i = 0; i < 400; ++i)
    cluster.add(1, cluster.leader());
  for (const Seat seat : cluster->seats()) {
    const ReplicaStatus status = cluster->node(seat).replica().status();
    EXPECT_GT(cluster.base(seat).value, 300U);
    EXPECT_LT(status.head_seq.value - cluster.base(seat).value, 4 * kEvery);
    EXPECT_EQ(cluster->node(seat).disk().checkpoints().size(), 2U);
    EXPECT_LT(cluster->node(seat).disk().blocks(), 4 * kEvery);
  }
  cluster.settle();
}

// The state is taken in many parts, while clients write and nodes stand still or die.
TEST(Snapshots, AStateThatTakesLongToCaptureCostsNoLeader) {
  SimulationOptions options = often(62);
  options.checkpoints.part_bytes = 256;
  Scenario cluster(options);
  const Seat leader = cluster.start();
  const Term term = cluster.term_of(leader);
  for (int i = 0; i < 300; ++i)
    cluster.add(1, i % 2 == 0 ? leader : cluster.follower());
  EXPECT_EQ(cluster.term_of(leader), term);
  for (const Seat seat : cluster->seats())
    EXPECT_GT(cluster->node(seat).replica().pruned_upto().seq.value, 200U);
  cluster->crash(leader);
  for (int i = 0; i < 100; ++i)
    cluster.add(1, cluster.other_than(leader));
  cluster->power_on(leader);
  cluster.settle();
}

TEST(Snapshots, ALaggardTakesTheStateWhileTheOthersServe) {
  for (std::uint64_t seed = 100; seed < 105; ++seed) {
    Pruned cluster(seed);
    cluster.start();
    const Seat away = cluster.leave_behind();
    cluster->power_on(away);
    cluster.add(1, cluster.leader());  // they do serve
    cluster.within(Duration(20'000), "it is back", [&] { return cluster->serves(away); });
    EXPECT_GT(cluster.base(away).value, 0U);
    EXPECT_EQ(cluster.count("snapshot_installed"), 1U);
    cluster.settle();
    EXPECT_EQ(cluster.value_at(away), cluster.value_at(cluster.leader()));
  }
}

TEST(Snapshots, ALostDiskIsFilledFromASnapshot) {
  Pruned cluster(8);
  cluster.start();
  const Seat away = cluster.leave_behind();
  cluster->lose_disk(away);
  cluster->power_on(away);
  cluster.within(Duration(20'000), "it is back", [&] { return cluster->serves(away); });
  cluster.settle();
}

TEST(Snapshots, AMemberThatWasCutOffComesBackAsNew) {
  Pruned cluster(9);
  cluster.start();
  const Seat away = cluster.follower();
  for (const Seat seat : cluster->seats()) {
    cluster->network().block(away, seat);
    cluster->network().block(seat, away);
  }
  cluster.within(Duration(20'000), "the others serve",
                 [&] { return cluster.leader().value != 0 && cluster.leader() != away; });
  cluster.prune_on(cluster.leader(), 4 * kEvery);
  cluster->network().heal();
  cluster.within(Duration(30'000), "it is back",
                 [&] { return cluster->serves(away) && cluster.base(away).value > 0; });
  cluster.settle();
}

TEST(Snapshots, ACorruptSnapshotFallsBackToTheOlderOne) {
  Pruned cluster(10);
  cluster.start();
  cluster.prune_on(cluster.leader(), 2 * kEvery);
  const Seat hurt = cluster.follower();
  cluster->crash(hurt);
  ASSERT_EQ(cluster->node(hurt).disk().checkpoints().size(), 2U);
  const SeqNo older = cluster->node(hurt).disk().checkpoints().front();
  cluster->node(hurt).disk().damage_checkpoint();
  const Recovered found = cluster->node(hurt).disk().recover();
  ASSERT_TRUE(found.snapshot);
  EXPECT_EQ(found.snapshot->seq(), older);
  EXPECT_FALSE(found.damaged) << "the blocks after the older one are all there";
  cluster->power_on(hurt);
  cluster.within(Duration(20'000), "it is back", [&] { return cluster->serves(hurt); });
  EXPECT_EQ(cluster.count("snapshot_installed"), 0U);
  cluster.settle();
}

TEST(Snapshots, AColdStartBeginsFromSnapshots) {
  for (std::uint64_t seed = 20; seed < 24; ++seed) {
    Pruned cluster(seed);
    cluster.start();
    cluster.prune_on(cluster.leader(), 3 * kEvery);
    const std::uint64_t value = cluster.value_at(cluster.leader());
    for (const Seat seat : cluster->seats())
      cluster->crash(seat);
    if (seed % 2 == 0) cluster->lose_disk({1});  // a founder whose disk is blank
    cluster->power_on_all();
    cluster.within(Duration(60'000), "it starts cold", [&] { return cluster.all_serve(); });
    cluster.settle();
    EXPECT_EQ(cluster.value_at({1}), value);
    cluster.prune_on(cluster.leader(), 2 * kEvery);
  }
}

// Whatever is written of an installation when the power fails, the next boot makes sense of it.
TEST(Snapshots, ACrashDuringTheInstallationIsSurvived) {
  for (std::uint64_t seed = 200; seed < 210; ++seed) {
    Pruned cluster(seed);
    cluster.start();
    const Seat away = cluster.leave_behind();
    cluster->node(away).disk().set_slow(true);
    cluster->power_on(away);
    cluster.within(Duration(20'000), "it installs",
                   [&] { return cluster.count("snapshot_installed") == 1; });
    cluster->crash(away);
    cluster->node(away).disk().set_slow(false);
    cluster->power_on(away);
    cluster.within(Duration(20'000), "it is back", [&] { return cluster->serves(away); });
    cluster.settle();
  }
}

TEST(Snapshots, AFullDiskDuringTheInstallationIsWaitedOut) {
  for (std::uint64_t seed = 300; seed < 305; ++seed) {
    Pruned cluster(seed);
    cluster.start();
    const Seat away = cluster.leave_behind();
    SimNode& node = cluster->node(away);
    const auto before = node.disk().checkpoints();
    node.disk().set_slow(true);  // so that it is full before the state is on it
    cluster->power_on(away);
    cluster.within(Duration(20'000), "it installs",
                   [&] { return cluster.count("snapshot_installed") == 1; });
    node.disk().set_full(true);
    cluster.within(Duration(20'000), "it stops", [&] { return !node.running(); });
    EXPECT_EQ(node.disk().checkpoints(), before) << "half a state is none";
    cluster.add(1, cluster.leader());  // the others go on
    node.disk().set_slow(false);
    node.disk().set_full(false);
    cluster.within(Duration(30'000), "it resumes", [&] { return cluster->serves(away); });
    EXPECT_GE(cluster.count("snapshot_installed"), 2U);
    cluster.settle();
    EXPECT_EQ(cluster.value_at(away), cluster.value_at(cluster.leader()));
  }
}

TEST(Snapshots, ASourceThatDiesCostsNothingButTime) {
  Pruned cluster(31, 5);
  cluster.start();
  const Seat away = cluster.leave_behind();
  cluster->power_on(away);
  cluster.within(Duration(20'000), "it wants a snapshot",
                 [&] { return cluster.count("snapshot_wanted") > 0; });
  const Seat source = cluster.leader();
  cluster->crash(source);
  cluster.within(Duration(30'000), "it is back", [&] { return cluster->serves(away); });
  cluster.settle();
}

// Scenario 42, snapshot-poison: a lie costs the liar its part, and nobody else anything.
TEST(Snapshots, APoisonedPieceIsRefusedAndTakenFromAnother) {
  std::size_t lies = 0;
  for (std::uint64_t seed = 50; seed < 54; ++seed) {
    Pruned cluster(seed);
    cluster.start();
    const Seat away = cluster.leave_behind();
    const Seat liar = cluster.leader();
    cluster->set_tamper([liar](Seat from, Message& message) {
      auto* piece = std::get_if<SnapshotPiece>(&message);
      if (from == liar && piece && !piece->bytes.empty()) piece->bytes.back() ^= 1;
    });
    cluster->power_on(away);
    cluster.within(Duration(30'000), "it is back", [&] { return cluster->serves(away); });
    cluster.settle();
    EXPECT_EQ(cluster.value_at(away), cluster.value_at(cluster.leader()));
    lies += cluster.count("snapshot_poisoned");
  }
  EXPECT_GT(lies, 0U);
}

TEST(Snapshots, AnInventedCheckpointIsNotBelieved) {
  Pruned cluster(58);
  cluster.start();
  const Seat away = cluster.leave_behind();
  cluster->set_tamper([](Seat, Message& message) {
    auto* chunk = std::get_if<Chunk>(&message);
    if (chunk && chunk->checkpoint) chunk->checkpoint->state_root.bytes[0] ^= 1;
  });
  cluster->power_on(away);
  cluster.always(Duration(10'000), "nothing is installed",
                 [&] { return cluster.count("snapshot_wanted") == 0; });
  cluster->set_tamper({});
  cluster.within(Duration(30'000), "it is back", [&] { return cluster->serves(away); });
  cluster.settle();
}

}  // namespace
}  // namespace dnc
