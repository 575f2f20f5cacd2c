#include <set>

#include "io/api/api_test_kit.hpp"

namespace dnc {
namespace {

struct Route {
  const char* method;
  const char* path;
};
constexpr Route kRoutes[] = {
    {"POST", "/increment"},  {"GET", "/counter"},      {"GET", "/status"},
    {"POST", "/relay"},      {"GET", "/members"},      {"GET", "/log"},
    {"POST", "/recover"},    {"GET", "/metrics"},      {"GET", "/health"},
    {"GET", "/leader"},      {"GET", "/replica"},      {"GET", "/liveness"},
    {"GET", "/readiness"},   {"GET", "/readyz"},       {"GET", "/contradictions"},
    {"GET", "/events"},      {"GET", "/openapi.json"}, {"GET", "/peers"},
    {"POST", "/switchover"}, {"GET", "/attestation"},  {"GET", "/"}};

TEST_F(ApiTest, TheRootListsEveryPath) {
  const Answer answer = get("/");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body["name"], "dstack-nft-cluster");
  std::set<std::string> expected = {"GET /kv",
                                    "GET /kv/{key}",
                                    "PUT /kv/{key}",
                                    "DELETE /kv/{key}",
                                    "GET /receipt/{seq}/{operation}",
                                    "GET /snapshot",
                                    "GET /snapshot/pieces/{seq}/{index}",
                                    "GET /snapshot/blocks/{from}",
                                    "GET /dashboard/{file}"};
  for (const auto& route : kRoutes)
    expected.insert(std::string(route.method) + " " + route.path);
  const std::vector<std::string> listed = answer.body["paths"];
  EXPECT_EQ(std::set<std::string>(listed.begin(), listed.end()), expected);
  EXPECT_EQ(listed.size(), expected.size()) << "one is listed twice";
}

TEST_F(ApiTest, OtherPathsAreNotFound) {
  for (const char* path : {"/nothing", "/counter/", "/Counter", "//counter", "/counter/x", "/%00x",
                           "/increment%20", "/../counter"}) {
    const Answer answer = get(path);
    if (answer.status == 400) continue;  // not even a request
    expect_error(answer, 404, "not_found");
  }
  EXPECT_EQ(get("/co%75nter?x=1").status, 200);  // the same path, written otherwise
}

TEST_F(ApiTest, EveryPathTakesItsOwnMethodOnly) {
  for (const auto& route : kRoutes) {
    for (const std::string method : {"GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"}) {
      if (method == route.method) continue;
      const Answer answer = ask(method, route.path);
      expect_error(answer, 405, "method_not_allowed");
      EXPECT_TRUE(answer.has(std::string("Allow: ") + route.method)) << route.path;
    }
  }
  EXPECT_TRUE(node_.writes.empty());
}

TEST_F(ApiTest, HeadIsGetWithoutABody) {
  node_.state.role = "leader";
  node_.state.leader = SeatView{};
  for (const auto& route : kRoutes) {
    if (std::string(route.path) == "/replica") continue;      // which it is not
    if (std::string(route.path) == "/attestation") continue;  // which takes a nonce
    const Answer answer = ask("HEAD", route.path);
    EXPECT_EQ(answer.status, std::string(route.method) == "GET" ? 200 : 405) << route.path;
    EXPECT_EQ(answer.text, "");
  }
}

TEST_F(ApiTest, AnIncrementSaysWhereItHappened) {
  const Answer first = increment("");
  EXPECT_EQ(first.status, 200);
  EXPECT_EQ(first.body, Json({{"value", 1}, {"seq", 1}, {"term", 7}}));
  EXPECT_TRUE(first.has("Content-Type: application/json"));
  EXPECT_EQ(increment("{}").body["value"], 2);
  EXPECT_EQ(increment(R"({"by":5})").body["value"], 7);
  EXPECT_EQ(increment(" { \"by\" : 2 }\n").body["value"], 9);
  EXPECT_EQ(increment(R"({"by":9007199254740991})").body["value"], 9007199254741000);
  EXPECT_EQ(node_.writes.size(), 5u);
}

TEST_F(ApiTest, ABadBodyChangesNothing) {
  const std::string nested = std::string(10'000, '[') + std::string(10'000, ']');
  for (const std::string& body : std::vector<std::string>{R"({"by":0})",
                                                          R"({"by":-1})",
                                                          R"({"by":1.5})",
                                                          R"({"by":1.0})",
                                                          R"({"by":1e3})",
                                                          R"({"by":"x"})",
                                                          R"({"by":"1"})",
                                                          R"({"by":[]})",
                                                          R"({"by":{}})",
                                                          R"({"by":true})",
                                                          R"({"by":null})",
                                                          R"({"by":9007199254740992})",
                                                          R"({"by":18446744073709551615})",
                                                          R"({"by":18446744073709551616})",
                                                          R"({"by":1e400})",
                                                          R"({"by":1,"to":2})",
                                                          R"({"By":1})",
                                                          R"({"by":)",
                                                          R"({"by":1}x)",
                                                          "{'by':1}",
                                                          "[]",
                                                          "[1]",
                                                          "5",
                                                          "\"by\"",
                                                          "null",
                                                          "by=1",
                                                          " ",
                                                          "\xff\xfe",
                                                          "{\"\xff\":1}",
                                                          std::string("\0", 1),
                                                          nested,
                                                          R"({"by":)" + nested + "}"}) {
    expect_error(increment(body), 400, "bad_request");
  }
  EXPECT_TRUE(node_.writes.empty());
}

TEST_F(ApiTest, AHugeBodyIsNotRead) {
  const Answer answer = increment(std::string((1u << 20) + 1, ' '));
  EXPECT_EQ(answer.status, 413);
  EXPECT_EQ(answer.code(), "body_too_large");
  expect_error(increment(std::string(1u << 20, ' ')), 400, "bad_request");  // fits, and is no JSON
  EXPECT_TRUE(node_.writes.empty());
}

TEST_F(ApiTest, AnOverflowIsSaid) {
  node_.seq = {1};
  node_.services.apply({1}, Counter::increment(UINT64_MAX));
  node_.services.commit({1});
  expect_error(increment(""), 409, "counter_overflow");
  EXPECT_EQ(get("/counter").body["value"], UINT64_MAX);
}

TEST_F(ApiTest, AnIdempotencyKeyReachesTheNode) {
  increment("");
  EXPECT_TRUE(node_.writes.back().key.empty());
  for (const std::string& key :
       {std::string("k"), std::string("7f3c-11ee/+=~!\"{}"), std::string(64, 'k')}) {
    EXPECT_EQ(increment("", "Idempotency-Key: " + key + "\r\n").status, 200) << key;
    EXPECT_EQ(as_text(node_.writes.back().key), key);
  }
  increment("", "idempotency-KEY: \t padded \r\n");
  EXPECT_EQ(as_text(node_.writes.back().key), "padded");
  increment("", "Idempotency-Key: one\r\nIdempotency-Key: two\r\n");
  EXPECT_EQ(as_text(node_.writes.back().key), "one");
}

TEST_F(ApiTest, ABadIdempotencyKeyChangesNothing) {
  for (const std::string& key : {std::string(), std::string("  "), std::string("a b"),
                                 std::string("a\tb"), std::string(65, 'k'), std::string(4096, 'k'),
                                 std::string("k\xc3\xa9y"), std::string("\xff")}) {
    expect_error(increment("", "Idempotency-Key: " + key + "\r\n"), 400, "bad_request");
  }
  EXPECT_TRUE(node_.writes.empty());
}

TEST_F(ApiTest, ReadsAreLinearizableUnlessAskedOtherwise) {
  increment(R"({"by":5})");
  const Json expected = {{"value", 5}, {"seq", 1}};
  EXPECT_EQ(get("/counter").body, expected);
  EXPECT_EQ(get("/counter?consistency=linearizable").body, expected);
  EXPECT_EQ(get("/counter?consistency=stale").body, expected);
  EXPECT_EQ(get("/counter?other=1").body, expected);
  EXPECT_EQ(node_.reads, (std::vector<bool>{true, true, false, true}));
  for (const char* wrong : {"", "Stale", "eventual", "stale%20", "%ff"})
    expect_error(get(std::string("/counter?consistency=") + wrong), 400, "bad_request");
  expect_error(get("/counter?consistency"), 400, "bad_request");
  EXPECT_EQ(node_.reads.size(), 4u);
}

TEST_F(ApiTest, EveryRefusalHasItsStatus) {
  const std::map<std::string, int> statuses = {
      {"no_leader", 503}, {"timeout", 503},    {"overloaded", 503},    {"not_serving", 503},
      {"too_large", 413}, {"key_reused", 422}, {"something_else", 500}};
  for (const auto& [code, status] : statuses) {
    node_.refusal = code;
    expect_error(increment(""), status, code);
    expect_error(get("/counter"), status, code);
    expect_error(get("/counter?consistency=stale"), status, code);
  }
}

NodeStatus a_status() {
  const auto operator_2 = filled<0x22, Address>();
  NodeStatus status;
  status.seat = {1};
  status.operator_ = filled<0x11, Address>();
  status.epoch = {17};
  status.role = "follower";
  status.reason = "nothing\xff";
  status.leader = SeatView{{2}, operator_2, "127.0.0.1:8082", "leader"};
  status.generation = {3};
  status.term = {41};
  status.commit_seq = {UINT64_MAX};
  status.quorum = 2;
  status.config_nonce = {7};
  status.counted = {{1}, {2}};
  status.members = {{{1}, status.operator_, "127.0.0.1:8081", "follower"},
                    {{2}, operator_2, "127.0.0.1:8082", "leader"},
                    {{3}, {}, "", "vacant"}};
  status.chain = {31337, filled<0x33, Address>(), {99}, true, {}, "own", {40}, {3}};
  return status;
}

TEST_F(ApiTest, StatusTellsEverything) {
  const std::string one(40, '1');
  const std::string two(40, '2');
  const std::string three(40, '3');
  node_.state = a_status();
  const Json members = Json::parse(R"([{"seat":1,"operator":"0x)" + one +
                                   R"(","endpoint":"127.0.0.1:8081","state":"follower"},
          {"seat":2,"operator":"0x)" +
                                   two + R"(","endpoint":"127.0.0.1:8082","state":"leader"},
          {"seat":3,"operator":"0x)" +
                                   std::string(40, '0') + R"(","endpoint":"","state":"vacant"}])");
  const Json expected = Json::parse(
      R"({"seat":1,"operator":"0x)" + one + R"(","epoch":17,"role":"follower",
          "reason":"nothing\ufffd","code":null,"next_step":null,
          "leader":{"seat":2,"operator":"0x)" +
      two +
      R"(","endpoint":"127.0.0.1:8082"},"generation":3,"term":41,
          "commit_seq":18446744073709551615,"quorum":2,
          "config_nonce":7,"counted":[1,2],"members":)" +
      members.dump() + R"(,"cold_start":null,"chain":{"id":31337,"contract":"0x)" + three +
      R"(","head":99,"reachable":true,"error":null,"gas":"own",
          "leader_term":40,"leader_seat":3}})");
  const Answer answer = get("/status");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, expected) << answer.text;
  EXPECT_EQ(get("/members").body, Json({{"members", members}}));
}

TEST_F(ApiTest, StatusOfANodeThatKnowsNobody) {
  const Answer answer = get("/status");
  EXPECT_EQ(answer.status, 200);
  EXPECT_TRUE(answer.body["leader"].is_null());
  EXPECT_EQ(answer.body["members"], Json::array());
  EXPECT_EQ(get("/members").text, "{\"members\":[]}\n");
}

TEST_F(ApiTest, TheLogIsRead100BlocksAtATime) {
  fill_log(250);
  std::vector<std::size_t> pages;
  std::string target = "/log";
  for (std::uint64_t expected = 1;;) {
    const Answer answer = get(target);
    ASSERT_EQ(answer.status, 200);
    pages.push_back(answer.body["blocks"].size());
    for (const auto& block : answer.body["blocks"])
      EXPECT_EQ(block["seq"], expected++);
    if (answer.body["next"].is_null()) break;
    EXPECT_EQ(answer.body["next"], expected);
    target = "/log?from=" + std::to_string(expected);
  }
  EXPECT_EQ(pages, (std::vector<std::size_t>{100, 100, 50}));
}

TEST_F(ApiTest, TheLogPagesWhereItIsAsked) {
  fill_log(1500);
  const struct {
    const char* query;
    std::size_t size;
    Json next;
  } cases[] = {
      {"?from=1&limit=1", 1, 2},
      {"?from=1500&limit=1", 1, nullptr},
      {"?from=1499&limit=1", 1, 1500},
      {"?from=1501", 0, nullptr},
      {"?from=18446744073709551615", 0, nullptr},
      {"?limit=1000", 1000, 1001},
      {"?limit=1001", 1000, 1001},
      {"?limit=18446744073709551615", 1000, 1001},
      {"?from=1401&limit=100", 100, nullptr},
      {"?from=0001", 100, 101},
  };
  for (const auto& [query, size, next] : cases) {
    const Answer answer = get(std::string("/log") + query);
    EXPECT_EQ(answer.status, 200) << query;
    EXPECT_EQ(answer.body["blocks"].size(), size) << query;
    EXPECT_EQ(answer.body["next"], next) << query;
  }
}

TEST_F(ApiTest, AnEmptyLogIsAnEmptyPage) {
  EXPECT_EQ(get("/log").text, "{\"blocks\":[],\"next\":null}\n");
}

TEST_F(ApiTest, TheLogRefusesOtherNumbers) {
  fill_log(3);
  for (const char* name : {"from", "limit"}) {
    for (const char* value :
         {"", "0", "-1", "1.5", "x", "1x", "0x1", "+1", "%201", "18446744073709551616", "1e3"}) {
      expect_error(get(std::string("/log?") + name + "=" + value), 400, "bad_request");
    }
  }
}

TEST_F(ApiTest, ABlockShowsItsHeader) {
  Block block;
  block.header = {.generation = {2},
                  .config_nonce = {5},
                  .term = {4},
                  .seq = {1},
                  .leader = {3},
                  .kind = BlockKind::kRejoin,
                  .leader_time_ms = 1234,
                  .prev_hash = filled<0x44, Hash>(),
                  .ops_root = {},
                  .result_root = {},
                  .state_root = {}};
  block.body.rejoin = Rejoin{{{2}, {9}, filled<0x55, Address>()}, {}, {}};
  node_.blocks[{1}] = block;
  const Json expected = {
      {"seq", 1},
      {"term", 4},
      {"generation", 2},
      {"kind", "rejoin"},
      {"leader", 3},
      {"time_ms", 1234},
      {"hash", to_hex0x(block_hash(block.header))},
      {"prev_hash", "0x" + std::string(64, '4')},
      {"operations", 0},
      {"rejoin", {{"seat", 2}, {"epoch", 9}, {"boot_key", "0x" + std::string(40, '5')}}}};
  EXPECT_EQ(get("/log").body["blocks"], Json::array({expected}));
}

TEST_F(ApiTest, ABlockShowsItsKindAndHowManyOperationsItHas) {
  const std::pair<BlockKind, const char*> kinds[] = {{BlockKind::kNormal, "normal"},
                                                     {BlockKind::kTermStart, "term_start"},
                                                     {BlockKind::kCheckpoint, "checkpoint"},
                                                     {BlockKind::kRestart, "restart"}};
  for (const auto& [kind, name] : kinds) {
    Block block;
    block.header.kind = kind;
    block.body.operations.resize(2);
    node_.blocks[{1}] = block;
    const Json shown = get("/log").body["blocks"][0];
    EXPECT_EQ(shown["kind"], name);
    EXPECT_EQ(shown["operations"], 2);
    EXPECT_FALSE(shown.contains("rejoin"));
  }
}

TEST_F(ApiTest, TheLogBeginsWhereItIsPrunedUpTo) {
  fill_log(9);
  node_.pruned = {4};
  const Answer answer = get("/log");
  ASSERT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body["blocks"].front()["seq"], 5);
  expect_error(get("/log?from=4"), 410, "pruned");
  EXPECT_NE(get("/log?from=4").text.find("from=5"), std::string::npos);
}

}  // namespace
}  // namespace dnc
