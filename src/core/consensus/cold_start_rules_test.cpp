// What the disks must say before a generation begins, and what a founder signs (docs/protocol.md
// section 11).
#include "core/consensus/replica_test.hpp"
#include "core/crypto/keccak256.hpp"

namespace dnc {
namespace {

// Second boots of three seats after all went down; this is seat 2.
class ColdStartRules : public HandTest {
 protected:
  void wake(Recovered disk) {
    view_ = founded();
    for (std::uint64_t number = 1; number <= 3; ++number)
      view_.seats[number - 1].identity = seat(number, 2);
    boot(view_, std::move(disk), seat(2, 2));
    pass(Duration(1'600));
    sync();
    pass(Duration(60));
    ASSERT_FALSE(sent<RestartReportMessage>().empty());
    mine_ = sent<RestartReportMessage>().front().report;
  }
  static Recovered intact() {
    Recovered disk;
    disk.generation = {1};
    return disk;
  }
  static RestartReport report_of(std::uint64_t number, const LogHead& last = {}) {
    return {kScope, {1}, last, false, {number}, {2}, {}};
  }
  // What follows from reports that are all empty.
  static StartGeneration sound() {
    return {{2}, {2}, {1}, {1}, {0}, {}, {{{1}, {2}}, {{2}, {2}}, {{3}, {2}}}};
  }
  // The coordinator asks until it is answered.
  std::size_t consents(const StartGeneration& start, const std::vector<RestartReport>& reports) {
    sent_.clear();
    for (int i = 0; i < 3; ++i) {
      hear(seat(1, 2), GenerationProposal{start, reports}, {});
      sync();
    }
    return sent<GenerationConsent>().size();
  }

  ChainView view_;
  RestartReport mine_;
};

TEST_F(ColdStartRules, AnIntactDiskIsEvidence) {
  wake(intact());
  EXPECT_FALSE(mine_.blank);
}

TEST_F(ColdStartRules, ABlankDiskIsNoEvidence) {
  wake({});
  EXPECT_TRUE(mine_.blank);
}

TEST_F(ColdStartRules, ADamagedDiskIsNoEvidence) {
  Recovered disk = intact();
  disk.damaged = true;
  wake(std::move(disk));
  EXPECT_TRUE(mine_.blank);
}

TEST_F(ColdStartRules, AFounderSignsWhatFollowsFromTheReports) {
  wake(intact());
  const std::vector<RestartReport> reports{report_of(1), mine_, report_of(3)};
  EXPECT_GT(consents(sound(), reports), 0U);
}

TEST_F(ColdStartRules, AFounderSignsNothingElse) {
  wake(intact());
  const std::vector<RestartReport> reports{report_of(1), mine_, report_of(3)};
  const auto expect_refused = [&](const char* what, auto change) {
    StartGeneration start = sound();
    change(start);
    EXPECT_EQ(consents(start, reports), 0U) << what;
  };
  expect_refused("generation", [](StartGeneration& start) { start.generation = {3}; });
  expect_refused("term", [](StartGeneration& start) { start.term = {1}; });
  expect_refused("leader", [](StartGeneration& start) { start.leader_seat = {3}; });
  expect_refused("founders", [](StartGeneration& start) { start.founders.pop_back(); });
  expect_refused("nonce", [](StartGeneration& start) { start.config_nonce = {0}; });
}

TEST_F(ColdStartRules, TheTermIsAboveEveryPromise) {
  wake(intact());
  std::vector<RestartReport> reports{report_of(1), mine_, report_of(3)};
  reports[2].promised_term = {5};
  StartGeneration start = sound();
  start.term = {5};
  EXPECT_EQ(consents(start, reports), 0U);
  start.term = {6};
  EXPECT_GT(consents(start, reports), 0U);
}

TEST_F(ColdStartRules, ReportsAreShownOnceEachAndMineAmongThem) {
  wake(intact());
  StartGeneration two_seats = sound();
  two_seats.founders = {{{1}, {2}}, {{1}, {2}}, {{2}, {2}}};
  EXPECT_EQ(consents(two_seats, {report_of(1), report_of(1), mine_}), 0U);
  RestartReport other = mine_;
  other.promised_term = {9};
  StartGeneration start = sound();
  start.term = {10};
  EXPECT_EQ(consents(start, {report_of(1), other, report_of(3)}), 0U);
}

TEST_F(ColdStartRules, ReportsOfForgersAndOldBootsAreVoid) {
  wake(intact());
  RestartReport forged = report_of(3);
  forged.signature = bad_signature();
  EXPECT_EQ(consents(sound(), {report_of(1), mine_, forged}), 0U);
  RestartReport old = report_of(3);
  old.epoch = {1};
  StartGeneration start = sound();
  start.founders[2].epoch = {1};
  EXPECT_EQ(consents(start, {report_of(1), mine_, old}), 0U);
}

TEST_F(ColdStartRules, AllSeatsMustReport) {
  wake(intact());
  StartGeneration start = sound();
  start.founders.pop_back();
  EXPECT_EQ(consents(start, {report_of(1), mine_}), 0U);
}

TEST_F(ColdStartRules, AMajorityOfTheDisksMustBeEvidence) {
  wake(intact());
  RestartReport blank = report_of(3);
  blank.blank = true;
  RestartReport other = report_of(1);
  EXPECT_GT(consents(sound(), {other, mine_, blank}), 0U);
  other.blank = true;
  EXPECT_EQ(consents(sound(), {other, mine_, blank}), 0U);
}

TEST_F(ColdStartRules, TheLongestLogOfTheHighestTermIsAskedFor) {
  wake(intact());
  const LogHead longer{{1}, {3}, keccak256(Bytes{1})};
  const LogHead shorter{{1}, {2}, keccak256(Bytes{2})};
  const std::vector<RestartReport> reports{report_of(1, longer), mine_, report_of(3, shorter)};
  StartGeneration start = sound();
  start.seq = shorter.seq;
  start.head = shorter.hash;
  EXPECT_EQ(consents(start, reports), 0U);
  EXPECT_TRUE(sent<Fetch>().empty());
  start.seq = longer.seq;
  start.head = longer.hash;
  EXPECT_EQ(consents(start, reports), 0U) << "I lack that log";
  EXPECT_FALSE(sent<Fetch>().empty());
}

TEST_F(ColdStartRules, WhoReportedSpeaksNoMore) {
  wake(intact());
  EXPECT_EQ(replica_->status().standing, Standing::kRecovering);
  sent_.clear();
  hear(seat(1, 2), Propose{opening(), {}});
  sync();
  EXPECT_TRUE(sent<Accept>().empty());
}

}  // namespace
}  // namespace dnc
