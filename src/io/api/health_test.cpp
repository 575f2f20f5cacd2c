#include "io/api/health.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "io/base/json.hpp"

namespace dnc {
namespace {

NodeStatus node(const std::string& role, bool leader_known = true) {
  NodeStatus status;
  status.role = role;
  if (leader_known) status.leader = SeatView{};
  status.commit_seq = {100};
  status.progress = {{{1}, {100}}, {{2}, {107}}};
  status.chain.reachable = true;
  return status;
}

HttpResponse ask(const NodeStatus& status, const std::string& path, NameValues query = {}) {
  HttpRequest request;
  request.method = "GET";
  request.path = path;
  request.query = std::move(query);
  return health_answer(status, request);
}

TEST(Health, EachPathHasPatronisCodes) {
  const struct {
    const char* role;
    bool leader_known;
    int health, ready, leader, replica;
  } cases[] = {
      {"leader", true, 200, 200, 200, 503},     {"leader", false, 200, 503, 503, 503},
      {"follower", true, 200, 200, 503, 200},   {"follower", false, 200, 503, 503, 503},
      {"recovering", true, 200, 503, 503, 503}, {"recovering", false, 200, 503, 503, 503},
      {"observer", true, 200, 503, 503, 503},   {"observer", false, 200, 503, 503, 503},
      {"halted", true, 503, 503, 503, 503},     {"halted", false, 503, 503, 503, 503},
  };
  for (const auto& expected : cases) {
    const NodeStatus status = node(expected.role, expected.leader_known);
    EXPECT_EQ(ask(status, "/health").status, expected.health) << expected.role;
    EXPECT_EQ(ask(status, "/liveness").status, 200) << expected.role;
    EXPECT_EQ(ask(status, "/readiness").status, expected.ready) << expected.role;
    EXPECT_EQ(ask(status, "/readyz").status, expected.ready) << expected.role;
    EXPECT_EQ(ask(status, "/leader").status, expected.leader) << expected.role;
    EXPECT_EQ(ask(status, "/replica").status, expected.replica) << expected.role;
  }
}

TEST(Health, TheAnswerSaysWhyAndWhenToComeBack) {
  NodeStatus status = node("recovering");
  status.reason = "because";
  status.term = {4};
  const HttpResponse answer = ask(status, "/readiness");
  const Json body = parse_json(answer.body).value();
  EXPECT_EQ(body, Json({{"role", "recovering"},
                        {"reason", "because"},
                        {"term", 4},
                        {"commit_seq", 100},
                        {"lag", 7}}));
  EXPECT_EQ(answer.headers, (NameValues{{"Retry-After", "1"}}));
  EXPECT_TRUE(ask(node("leader"), "/readiness").headers.empty());
}

TEST(Health, AReplicaThatIsTooFarBehindIsNone) {
  EXPECT_EQ(ask(node("follower"), "/replica", {{"lag", "7"}}).status, 200);
  EXPECT_EQ(ask(node("follower"), "/replica", {{"lag", "6"}}).status, 503);
  EXPECT_EQ(ask(node("follower"), "/replica", {{"lag", "16MB"}}).status, 400);
  EXPECT_EQ(ask(node("leader"), "/replica", {{"lag", "100"}}).status, 503);
}

TEST(Health, ReadyzListsEachCheck) {
  NodeStatus status = node("follower");
  EXPECT_EQ(ask(status, "/readyz").body, "ok\n");
  status.chain.reachable = false;
  status.chain.error = "nobody answers";
  EXPECT_EQ(ask(status, "/readyz", {{"verbose", ""}}).body,
            "[+]admitted ok\n[+]leader ok\n[+]writes ok\n"
            "[-]chain failed: nobody answers (not required)\nreadyz check passed\n");
  status.leader.reset();
  status.role = "recovering";
  status.reason = "waiting for the log";
  const HttpResponse answer = ask(status, "/readyz", {{"verbose", ""}});
  EXPECT_EQ(answer.status, 503);
  EXPECT_TRUE(
      answer.body.starts_with("[-]admitted failed: waiting for the log\n"
                              "[-]leader failed: no leader is known\n"))
      << answer.body;
  EXPECT_TRUE(answer.body.ends_with("readyz check failed\n")) << answer.body;
}

}  // namespace
}  // namespace dnc
