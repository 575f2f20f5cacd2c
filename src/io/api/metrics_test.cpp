#include "io/api/metrics.hpp"

#include <fstream>
#include <regex>
#include <set>
#include <sstream>

#include "io/api/api_test_kit.hpp"

namespace dnc {
namespace {

using std::chrono::microseconds;

class MetricsTest : public ::testing::Test {
 protected:
  std::string text() { return metrics_answer(node_.state, load_).body; }
  bool has(const std::string& line) {
    return ("\n" + text()).find("\n" + line + "\n") != std::string::npos;
  }

  EventLoop loop_;
  FakeNode node_;
  Load load_{loop_, node_};
};

TEST_F(MetricsTest, SaysWhatTheStatusSays) {
  node_.state.seat = {2};
  node_.state.role = "follower";
  node_.state.term = {4};
  node_.state.commit_seq = {90};
  node_.state.head_seq = {95};
  node_.state.quorum = 2;
  node_.state.counted = {{1}, {2}, {3}};
  node_.state.members = {
      {{1}, {}, "", "leader"}, {{2}, {}, "", "follower"}, {{3}, {}, "", "halted"}};
  node_.state.leader = node_.state.members[0];
  node_.state.progress = {{{1}, {97}}, {{2}, {90}}};
  node_.state.votes = {{{3}, {5}}};
  for (const char* line :
       {"dnc_role{role=\"follower\"} 1", "dnc_role{role=\"leader\"} 0", "dnc_ready 1", "dnc_term 4",
        "dnc_commit_seq 90", "dnc_head_seq 95", "dnc_lag_blocks 7", "dnc_quorum_seats 2",
        "dnc_counted_seats 3", "dnc_serving_seats 2", "dnc_leader_seat 1", "dnc_votes 1",
        "dnc_member_state{seat=\"3\",state=\"halted\"} 1", "dnc_member_commit_seq{seat=\"1\"} 97",
        "dnc_chain_reachable 0"}) {
    EXPECT_TRUE(has(line)) << line << "\n" << text();
  }
}

TEST_F(MetricsTest, CountsWritesRefusalsAndEvents) {
  load_.answered(microseconds(900));
  load_.answered(microseconds(2'500));
  load_.answered(std::chrono::seconds(60));
  load_.refused("no_leader");
  load_.happened("voted");
  load_.happened("voted");
  for (const char* line :
       {"dnc_write_duration_seconds_bucket{le=\"0.001\"} 1",
        "dnc_write_duration_seconds_bucket{le=\"0.0025\"} 2",
        "dnc_write_duration_seconds_bucket{le=\"10.0\"} 2",
        "dnc_write_duration_seconds_bucket{le=\"+Inf\"} 3", "dnc_write_duration_seconds_count 3",
        "dnc_writes_refused_total{code=\"no_leader\"} 1", "dnc_events_total{event=\"voted\"} 2"}) {
    EXPECT_TRUE(has(line)) << line << "\n" << text();
  }
}

TEST_F(MetricsTest, KeepsPrometheusRules) {
  load_.refused("bad\"\\\ncode");
  node_.state.members = {{{1}, {}, "", "leader"}};
  const std::regex sample(
      R"((dnc_[a-z_]+)(\{[a-z_]+="[^"\\]*"(,[a-z_]+="[^"\\]*")*\})? [0-9.e+-]+)");
  const std::regex type(R"(# TYPE (dnc_[a-z_]+) (gauge|counter|histogram))");
  std::set<std::string> families;
  std::string family;
  std::istringstream lines(text());
  for (std::string line; std::getline(lines, line);) {
    std::smatch match;
    if (line.starts_with("# HELP dnc_")) {
      EXPECT_TRUE(line.ends_with(".")) << line;
    } else if (std::regex_match(line, match, type)) {
      family = match[1];
      EXPECT_TRUE(families.insert(family).second) << family << " comes twice";
      EXPECT_EQ(family.ends_with("_total"), match[2] == "counter") << line;
    } else {
      ASSERT_TRUE(std::regex_match(line, match, sample)) << line;
      EXPECT_TRUE(match[1].str().starts_with(family)) << line;
    }
  }
  EXPECT_GT(families.size(), 20u);
}

// The table of docs/operations.md: the names in the first column, without "dnc_".
TEST_F(MetricsTest, AreThoseOfTheDocumentation) {
  std::ifstream file(DNC_SOURCE_DIR "/docs/operations.md");
  std::string line;
  while (std::getline(file, line) && line != "## Metrics") {
  }
  const std::regex name("`([a-z_]+)`");
  std::set<std::string> documented;
  while (std::getline(file, line) && !line.starts_with("## ")) {
    if (!line.starts_with("| `")) continue;
    const std::string cell = line.substr(0, line.find(" | "));
    for (std::sregex_iterator at(cell.begin(), cell.end(), name), end; at != end; ++at)
      documented.insert((*at)[1]);
  }
  std::set<std::string> told;
  const std::string all = text();
  const std::regex family("# TYPE dnc_([a-z_]+) ");
  for (std::sregex_iterator at(all.begin(), all.end(), family), end; at != end; ++at)
    told.insert((*at)[1]);
  EXPECT_EQ(told, documented);
}

}  // namespace
}  // namespace dnc
