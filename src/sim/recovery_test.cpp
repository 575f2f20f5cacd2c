// Cold starts with fewer than all seats: they wait for all, or for the consent of q operators.
#include "sim/scenario.hpp"

namespace dnc {
namespace {

constexpr Duration kColdStart{90'000};

// Seats that wait for others with all the log's writes, and one that stays off.
class Recovery : public testing::TestWithParam<std::uint64_t> {
 protected:
  Recovery() : world_(options()) {
    const Seat leader = world_.start();
    missing_ = world_.other_than(leader);
    for (int write = 0; write < 20; ++write)
      world_.add(1, leader);
    world_->run_for(Duration(1000));
    for (const Seat seat : world_->seats())
      world_->crash(seat);
    for (const Seat seat : world_->seats()) {
      if (seat != missing_) present_.push_back(seat);
    }
    for (const Seat seat : present_)
      world_->power_on(seat);
    world_.within(kColdStart, "they report",
                  [this] { return status() && status()->reports.size() == present_.size(); });
  }

  static SimulationOptions options() {
    SimulationOptions options;
    options.seed = GetParam();
    options.auto_consent = false;
    return options;
  }

  std::optional<ColdStartStatus> status() {
    const SimNode& node = world_->node(present_.front());
    return node.running() ? node.replica().status().cold_start : std::nullopt;
  }
  // What an operator would sign after a look at /status.
  RecoveryConsent proposal() {
    const ColdStartStatus now = *status();
    RecoveryConsent consent;
    consent.generation = now.generation;
    consent.seats = now.current;
    for (const auto& report : now.reports) {
      if (std::pair(report.last.term, report.last.seq) >
          std::pair(consent.last_term, consent.last_seq)) {
        consent.last_term = report.last.term;
        consent.last_seq = report.last.seq;
      }
    }
    return consent;
  }
  void hand_in(Seat seat, const RecoveryConsent& consent) {
    world_->node(present_.front()).hand_in(world_->consent_of(seat, consent));
  }
  void expect_no_start() {
    world_.always(Duration(30'000), "nobody serves", [this] { return world_.leader() == Seat{}; });
  }
  void expect_start() {
    world_.within(kColdStart, "the cluster starts cold", [this] {
      return world_->serves(present_.front()) && world_->serves(present_.back()) &&
             world_.value_at(present_.front()) == 20;
    });
  }

  Scenario world_;
  Seat missing_;
  std::vector<Seat> present_;
};

TEST_P(Recovery, StartsWithTheConsentOfAQuorumOfOperators) {
  EXPECT_EQ(status()->needed, 2u);
  EXPECT_EQ(status()->current, present_);
  expect_no_start();
  hand_in(present_.front(), proposal());
  expect_no_start();              // one is no quorum
  hand_in(missing_, proposal());  // the operator counts, whether its node is there or not
  expect_start();
  world_->power_on(missing_);
  world_.settle();
  EXPECT_EQ(world_.value_at(missing_), 20u);
}

TEST_P(Recovery, CountsAnOperatorOnce) {
  for (int times = 0; times < 3; ++times) {
    hand_in(present_.front(), proposal());
    world_->run_for(Duration(100));
  }
  expect_no_start();
  EXPECT_EQ(status()->consents, std::vector{present_.front()});
}

TEST_P(Recovery, RefusesWhatNoOperatorOfThatSeatSigned) {
  const RecoveryConsent good = world_->consent_of(present_.front(), proposal());
  const Replica& replica = world_->node(present_.front()).replica();
  ASSERT_TRUE(replica.judge(good));
  RecoveryConsent other = good;
  other.seat = missing_;
  EXPECT_EQ(replica.judge(other).error().code, "bad_consent");
  other = good;
  other.last_seq = {good.last_seq.value - 1};
  EXPECT_EQ(replica.judge(other).error().code, "bad_consent");
  other = good;
  other.seat = {99};
  EXPECT_EQ(replica.judge(other).error().code, "bad_consent");
  other = good;
  other.generation = good.generation.next();
  EXPECT_EQ(replica.judge(other).error().code, "stale_consent");
  world_->node(present_.front()).hand_in(other);
  EXPECT_TRUE(status()->consents.empty());
}

// They consented to the disks that they saw. One that is set back afterwards is another matter.
TEST_P(Recovery, GivesUpNoMoreThanWasSigned) {
  RecoveryConsent consent = proposal();
  consent.last_seq = consent.last_seq.next();  // seen on a disk that is not there any more
  hand_in(present_.front(), consent);
  hand_in(present_.back(), consent);
  expect_no_start();
  EXPECT_EQ(status()->consents.size(), 2u);
  hand_in(present_.front(), proposal());  // a later consent replaces an earlier one
  hand_in(present_.back(), proposal());
  expect_start();
}

TEST_P(Recovery, WaitsForTheSeatsThatWereNamed) {
  RecoveryConsent consent = proposal();
  consent.seats = {{1}, {2}, {3}};
  hand_in(present_.front(), consent);
  hand_in(present_.back(), consent);
  expect_no_start();
  world_->power_on(missing_);
  expect_start();
}

TEST_P(Recovery, IsNothingForANodeThatServes) {
  const RecoveryConsent consent = world_->consent_of(present_.front(), proposal());
  world_->power_on(missing_);
  expect_start();
  const Replica& replica = world_->node(present_.front()).replica();
  EXPECT_EQ(replica.judge(consent).error().code, "no_cold_start");
  world_->node(present_.front()).hand_in(consent);
  EXPECT_FALSE(replica.status().cold_start);
}

INSTANTIATE_TEST_SUITE_P(Seeds, Recovery, testing::Range<std::uint64_t>(1, 4));

// Three of four went on without the fourth, then the contract takes one of them: two are left, q by
// the chain and too few by their log. The fourth has no log, so it hears "enough" members that can
// never admit it; with its report they start cold.
TEST(Recovery, WhoHasNoLogReportsWhereMembersAreTooFewToAdmitIt) {
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    SimulationOptions options;
    options.nodes = 4;
    options.seed = seed;
    Scenario world(options);
    world.start();
    world.add(3, {1});
    for (const Seat seat : world->seats())
      world->crash(seat);
    for (const Seat seat : {Seat{1}, Seat{2}, Seat{3}})
      world->power_on(seat);
    world.within(Duration(60'000), "three start cold", [&] { return world.leader().value != 0; });
    world.add(4, world.leader(), Duration(30'000));
    world->chain().submit({1}, SeatCall{{1}, SeatAct::kRevoke});
    world.within(Duration(10'000), "it is silenced",
                 [&] { return world.ouster_of({1}) == Ouster::kRevoked; });
    world->lose_disk({4});
    world->power_on({4});
    world.settle(Duration(120'000));
    EXPECT_EQ(world.value_at({2}), 7u);
    EXPECT_EQ(world->counted(), (std::set<Seat>{{2}, {3}, {4}}));
  }
}

}  // namespace
}  // namespace dnc
