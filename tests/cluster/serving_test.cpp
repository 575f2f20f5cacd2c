// What a newcomer sees: three nodes that agree, and pages that say what the documentation says.
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <sstream>

#include "cluster_test.hpp"
#include "io/net/service_manager_test_kit.hpp"

namespace dnc::cluster {
namespace {

class Serving : public ClusterTest {};

TEST_F(Serving, OneCommandEndsWithThreeReadyNodesInFifteenSeconds) {
  measure("./deploy_local.sh on built programs", world().deploy_seconds());
  EXPECT_LE(world().deploy_seconds(), 15.0);
  EXPECT_TRUE(world().all_ready());
  EXPECT_NE(world().leader(), 0);
  const auto before = world().value(1);
  ASSERT_TRUE(before);
  expect_value(*before);
}

TEST_F(Serving, AHundredIncrementsRoundRobinAddExactlyAHundred) {
  const auto before = world().value(1);
  ASSERT_TRUE(before);
  const Moment start = Clock::now();
  for (int i = 0; i < 100; ++i) {
    const Answer answer = increment(1 + i % LocalWorld::kNodes);
    ASSERT_EQ(answer.status, 200) << answer.body;
    EXPECT_EQ(answer.json()["value"], *before + static_cast<std::uint64_t>(i) + 1);
  }
  measure("100 increments one after the other", seconds_since(start));
  expect_value(*before + 100);
}

TEST_F(Serving, IncrementTakesAnAmountAndAnswersValueSeqAndTerm) {
  const auto before = world().value(2);
  const Answer answer = increment(2, fresh_key(), R"({"by":5})");
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(answer.json()["value"], *before + 5);
  EXPECT_GT(answer.json()["seq"], 0);
  EXPECT_GT(answer.json()["term"], 0);
  const Answer read = get(LocalWorld::port(3), "/counter");
  EXPECT_EQ(read.json()["value"], *before + 5);
  EXPECT_GE(read.json()["seq"], answer.json()["seq"]);
  EXPECT_TRUE(poll_for(Millis(2'000), [&] { return world().value(1, true) == *before + 5; }));
}

TEST_F(Serving, StatusNamesSeatsLeaderQuorumAndChain) {
  int leaders = 0;
  for (const int seat : LocalWorld::seats()) {
    const auto status = world().status(seat);
    ASSERT_TRUE(status);
    leaders += status->role == "leader" ? 1 : 0;
    EXPECT_TRUE(status->role == "leader" || status->role == "follower") << status->role;
    EXPECT_EQ(status->seat, seat);
    EXPECT_EQ(status->quorum, 2);
    EXPECT_EQ(status->leader, world().leader());
    EXPECT_EQ(status->operator_,
              lower(world().chain().ask("operatorOf(uint256)(address)", std::to_string(seat))));
    const Json& json = status->json;
    ASSERT_EQ(json["members"].size(), 3u);
    EXPECT_EQ(json["leader"]["endpoint"],
              "127.0.0.1:" + std::to_string(LocalWorld::port(status->leader)));
    for (const Json& member : json["members"]) {
      EXPECT_EQ(member["state"], member["seat"] == status->leader ? "leader" : "follower");
    }
    EXPECT_EQ(json["chain"]["id"], 31337);
    EXPECT_EQ(json["chain"]["contract"], lower(world().chain().contract()));
    EXPECT_GT(json["chain"]["head"], 0);
    EXPECT_EQ(get(LocalWorld::port(seat), "/members").json()["members"], json["members"]);
  }
  EXPECT_EQ(leaders, 1);
}

TEST_F(Serving, EveryNodeShowsTheSameLog) {
  const std::uint64_t upto = world().status(1)->commit_seq;
  ASSERT_GT(upto, 0u);
  std::vector<Json> logs;
  for (const int seat : LocalWorld::seats()) {
    Json blocks = Json::array();
    EXPECT_TRUE(poll_for(Millis(3'000), [&] { return world().status(seat)->commit_seq >= upto; }));
    for (std::uint64_t from = 1; blocks.size() < upto;) {
      const Json page =
          get(LocalWorld::port(seat), "/log?limit=500&from=" + std::to_string(from), Millis(10'000))
              .json();
      ASSERT_FALSE(page["blocks"].empty());
      for (const Json& block : page["blocks"]) {
        if (blocks.size() < upto) blocks.push_back(block);
      }
      from = blocks.size() + 1;
    }
    logs.push_back(std::move(blocks));
  }
  EXPECT_EQ(logs[0], logs[1]);
  EXPECT_EQ(logs[0], logs[2]);
  for (std::size_t i = 1; i < logs[0].size(); ++i)
    EXPECT_EQ(logs[0][i]["prev_hash"], logs[0][i - 1]["hash"]);
}

TEST_F(Serving, HealthPagesAnswerOnAllNodes) {
  for (const int seat : LocalWorld::seats()) {
    for (const char* path : {"/health", "/liveness", "/readiness"})
      EXPECT_EQ(get(LocalWorld::port(seat), path).status, 200) << path;
  }
}

TEST_F(Serving, DeployingAgainChangesNothing) {
  std::vector<pid_t> before;
  for (const int seat : LocalWorld::seats())
    before.push_back(world().node_pid(seat));
  const auto term = world().status(1)->term;
  const ShellResult again = shell("./deploy_local.sh");
  EXPECT_TRUE(again.ok()) << again.output;
  for (const int seat : LocalWorld::seats())
    EXPECT_EQ(world().node_pid(seat), before[static_cast<std::size_t>(seat - 1)]);
  EXPECT_EQ(world().status(1)->term, term);
}

// The command line of a node, run as a child of the test: then its exit code can be seen.
std::vector<std::string> command_of(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/cmdline");
  std::vector<std::string> words;
  for (std::string word; std::getline(file, word, '\0');)
    words.push_back(word);
  return words;
}

// As systemd starts it, with a watchdog of two seconds.
pid_t start_service(const std::string& directory, std::vector<std::string> words,
                    const std::string& notify_socket) {
  const pid_t child = ::fork();
  if (child != 0) return child;
  ::setenv("NOTIFY_SOCKET", notify_socket.c_str(), 1);
  ::setenv("WATCHDOG_USEC", "2000000", 1);
  std::vector<char*> arguments;
  for (auto& word : words)
    arguments.push_back(word.data());
  arguments.push_back(nullptr);
  if (::chdir(directory.c_str()) == 0) ::execv(arguments[0], arguments.data());
  ::_exit(127);
}

TEST_F(Serving, SigtermEndsANodeCleanlyAndNothingIsLost) {
  const int seat = world().others(world().leader()).front();
  const auto words = command_of(world().node_pid(seat));
  ASSERT_FALSE(words.empty());
  const Answer written = increment(seat, fresh_key());
  ASSERT_TRUE(written.ok());
  ASSERT_TRUE(world().node("stop", seat));
  test::NotifySocket manager(world().home() + "/notify");
  ASSERT_TRUE(manager.bound());
  const pid_t child = start_service(world().home(), words, manager.path());
  ASSERT_GT(child, 0);
  EXPECT_NE(manager.until("READY=1", Millis(10'000)), "");
  EXPECT_TRUE(world().wait_ready(seat, Millis(30'000))) << describe();
  const std::string follows = "STATUS=seat " + std::to_string(seat) + " follows seat " +
                              std::to_string(world().leader()) + " in term " +
                              std::to_string(world().status(seat)->term);
  EXPECT_NE(manager.until(follows, Millis(10'000)), "") << follows;
  EXPECT_NE(manager.until("WATCHDOG=1", Millis(2'000)), "") << "systemd would have killed it";
  const Moment start = Clock::now();
  ASSERT_EQ(::kill(child, SIGTERM), 0);
  int status = -1;
  const bool ended =
      poll_for(Millis(10'000), [&] { return ::waitpid(child, &status, WNOHANG) == child; });
  measure("SIGTERM until the node has ended", seconds_since(start));
  EXPECT_NE(manager.until("STOPPING=1", Millis(1'000)), "");
  if (!ended) ::kill(child, SIGKILL);
  ASSERT_TRUE(ended);
  EXPECT_LE(seconds_since(start), 3.0);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << "wait status " << status;
  ASSERT_TRUE(world().make_whole());
  expect_value(written.json()["value"]);
}

}  // namespace
}  // namespace dnc::cluster
