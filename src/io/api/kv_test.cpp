#include "core/consensus/limits.hpp"
#include "io/api/api_test_kit.hpp"

namespace dnc {
namespace {

class KvTest : public ApiTest {
 protected:
  Answer put(const std::string& path, const std::string& value, const std::string& headers = "") {
    return ask("PUT", path, value, headers);
  }
  Answer remove(const std::string& path, const std::string& headers = "") {
    return ask("DELETE", path, "", headers);
  }
};

TEST_F(KvTest, AValueComesBackAsItWasPut) {
  const std::string bytes("\0\xff\r\n{}", 6);
  const Answer stored = put("/kv/users/42", bytes);
  EXPECT_EQ(stored.status, 200);
  EXPECT_EQ(stored.body, Json({{"version", 1}, {"seq", 1}, {"term", 7}}));
  EXPECT_TRUE(stored.has("ETag: \"1\""));
  const Answer found = get("/kv/users/42");
  EXPECT_EQ(found.status, 200);
  EXPECT_EQ(found.text, bytes);
  EXPECT_TRUE(found.has("ETag: \"1\""));
  EXPECT_TRUE(found.has("Content-Type: application/octet-stream"));
  EXPECT_TRUE(found.has("X-Content-Type-Options: nosniff")) << "nobody's page may run it";
  EXPECT_EQ(put("/kv/empty", "").status, 200);
  EXPECT_EQ(get("/kv/empty").text, "");
  const Answer head = ask("HEAD", "/kv/users/42");
  EXPECT_TRUE(head.has("ETag: \"1\""));
  EXPECT_EQ(head.text, "");
}

TEST_F(KvTest, KeysArePercentDecodedBytes) {
  put("/kv/a%20b%2Fc", "1");
  EXPECT_EQ(get("/kv/a%20b/c").text, "1");
  put("/kv/%FF%FE", "2");
  EXPECT_EQ(get("/kv/%ff%fe").text, "2");
  put("/kv//", "3");
  EXPECT_EQ(get("/kv/%2F").text, "3");
  EXPECT_EQ(put("/kv/" + std::string(512, 'k'), "4").status, 200);
  expect_error(put("/kv/" + std::string(513, 'k'), "5"), 400, "bad_request");
  expect_error(put("/kv/", "5"), 400, "bad_request");
  expect_error(get("/kv/"), 400, "bad_request");
  EXPECT_EQ(get("/kv/%00").status, 400);
  EXPECT_EQ(node_.writes.size(), 4u);
}

TEST_F(KvTest, ConditionsCreateReplaceAndRefuse) {
  expect_error(put("/kv/a", "x", "If-Match: *\r\n"), 412, "condition_failed");
  EXPECT_EQ(put("/kv/a", "x", "If-None-Match: *\r\n").status, 200);
  const Answer taken = put("/kv/a", "y", "If-None-Match: *\r\n");
  expect_error(taken, 412, "condition_failed");
  EXPECT_TRUE(taken.has("ETag: \"1\"")) << "what the key is now";
  expect_error(put("/kv/a", "y", "If-Match: \"2\"\r\n"), 412, "condition_failed");
  EXPECT_EQ(put("/kv/a", "y", "If-Match: \"1\"\r\n").body["version"], 2);
  expect_error(remove("/kv/a", "If-Match: \"1\"\r\n"), 412, "condition_failed");
  EXPECT_EQ(get("/kv/a").text, "y");
  const Answer removed = remove("/kv/a", "If-Match: \"2\"\r\n");
  EXPECT_EQ(removed.status, 200);
  EXPECT_FALSE(removed.has("ETag: \"2\"")) << "there is nothing left to hold on to";
  expect_error(remove("/kv/a"), 404, "key_absent");
  expect_error(get("/kv/a"), 404, "key_absent");
}

TEST_F(KvTest, ARefusedConditionChangesNothing) {
  put("/kv/a", "x");
  for (const char* header :
       {"If-Match: 1", "If-Match: \"\"", "If-Match: \"x\"", "If-Match: \"1\", \"2\"",
        "If-Match: W/\"1\"", "If-Match: \"18446744073709551616\"", "If-Match: \"-1\"",
        "If-None-Match: \"1\"", "If-Match: *\r\nIf-None-Match: *"}) {
    expect_error(put("/kv/a", "y", std::string(header) + "\r\n"), 400, "bad_request");
    expect_error(remove("/kv/a", std::string(header) + "\r\n"), 400, "bad_request");
  }
  EXPECT_EQ(node_.writes.size(), 1u);
  expect_error(ask("DELETE", "/kv/a", "body"), 400, "bad_request");
}

TEST_F(KvTest, AReaderWhoHoldsTheVersionGetsNoBody) {
  put("/kv/a", "x");
  const Answer same = get("/kv/a");
  const Answer unchanged = ask("GET", "/kv/a", "", "If-None-Match: \"1\"\r\n");
  EXPECT_EQ(unchanged.status, 304);
  EXPECT_EQ(unchanged.text, "");
  EXPECT_TRUE(unchanged.has("ETag: \"1\""));
  put("/kv/a", "y");
  EXPECT_EQ(ask("GET", "/kv/a", "", "If-None-Match: \"1\"\r\n").text, "y");
  expect_error(ask("GET", "/kv/a", "", "If-None-Match: 1\r\n"), 400, "bad_request");
}

TEST_F(KvTest, AValueHasALimit) {
  const std::string largest(64 * 1024, 'v');
  EXPECT_EQ(put("/kv/" + std::string(512, 'k'), largest, "If-None-Match: *\r\n").status, 200);
  EXPECT_LE(node_.writes.back().command.size(), limits::kCommandBytesMax);
  expect_error(put("/kv/a", largest + "v"), 413, "value_too_large");
  EXPECT_EQ(node_.writes.size(), 1u);
}

TEST_F(KvTest, AnIdempotencyKeyReachesTheNode) {
  put("/kv/a", "x", "Idempotency-Key: once\r\n");
  EXPECT_EQ(as_text(node_.writes.back().key), "once");
  remove("/kv/a", "Idempotency-Key: twice\r\n");
  EXPECT_EQ(as_text(node_.writes.back().key), "twice");
  expect_error(put("/kv/a", "x", "Idempotency-Key: a b\r\n"), 400, "bad_request");
}

TEST_F(KvTest, ARangeComesInPages) {
  for (const char* key : {"a/1", "a/2", "a/3", "b", "a%2B%26"})
    put(std::string("/kv/") + key, key);
  const Answer first = get("/kv?prefix=a/&limit=2");
  EXPECT_EQ(first.body["entries"],
            Json::array({{{"key", "a/1"}, {"value", "a/1"}, {"version", 1}},
                         {{"key", "a/2"}, {"value", "a/2"}, {"version", 2}}}));
  EXPECT_EQ(first.body["seq"], 5);
  const Answer second = get(first.body["next"]);
  EXPECT_EQ(second.body["entries"].size(), 1u);
  EXPECT_EQ(second.body["next"], nullptr);
  EXPECT_EQ(get("/kv").body["entries"].size(), 5u);
  EXPECT_EQ(get("/kv?after=a%2B%26&limit=1").body["entries"][0]["key"], "a/1");
  const Answer escaped = get("/kv?limit=1&consistency=stale");
  EXPECT_EQ(escaped.body["next"], "/kv?prefix=&after=a%2b%26&limit=1&consistency=stale");
  EXPECT_EQ(get("/kv?prefix=nothing").body["entries"], Json::array());
}

TEST_F(KvTest, BytesThatAreNoTextAreShownInHex) {
  put("/kv/%FF", "\xc3\x28");
  const Json entry = get("/kv").body["entries"][0];
  EXPECT_EQ(entry, Json({{"key_hex", "ff"}, {"value_hex", "c328"}, {"version", 1}}));
}

TEST_F(KvTest, ABadRangeIsSaid) {
  for (const std::string query :
       {"limit=0", "limit=x", "limit=-1", "limit=", "consistency=later", "consistency"})
    expect_error(get("/kv?" + query), 400, "bad_request");
  expect_error(get("/kv?prefix=" + std::string(513, 'p')), 400, "bad_request");
  expect_error(get("/kv?after=" + std::string(513, 'p')), 400, "bad_request");
  EXPECT_TRUE(node_.reads.empty());
}

TEST_F(KvTest, ReadsAreLinearizableUnlessAskedOtherwise) {
  put("/kv/a", "x");
  EXPECT_EQ(get("/kv/a").status, 200);
  EXPECT_EQ(get("/kv/a?consistency=stale").status, 200);
  EXPECT_EQ(get("/kv?consistency=stale").status, 200);
  EXPECT_EQ(get("/kv").status, 200);
  EXPECT_EQ(node_.reads, (std::vector<bool>{true, false, false, true}));
  expect_error(get("/kv/a?consistency=later"), 400, "bad_request");
}

TEST_F(KvTest, OtherMethodsAreRefused) {
  for (const char* method : {"POST", "PATCH", "OPTIONS"}) {
    const Answer answer = ask(method, "/kv/a");
    expect_error(answer, 405, "method_not_allowed");
    EXPECT_TRUE(answer.has("Allow: GET, PUT, DELETE"));
  }
  for (const char* method : {"PUT", "DELETE", "POST"}) {
    const Answer answer = ask(method, "/kv");
    expect_error(answer, 405, "method_not_allowed");
    EXPECT_TRUE(answer.has("Allow: GET"));
  }
}

TEST_F(KvTest, ARefusingNodeIsHeard) {
  node_.state.reason = "no leader yet";
  for (const auto& [code, status] : std::map<std::string, int>{
           {"no_leader", 503}, {"not_serving", 503}, {"key_reused", 422}, {"overloaded", 503}}) {
    node_.refusal = code;
    expect_error(get("/kv/a"), status, code);
    expect_error(get("/kv"), status, code);
    expect_error(put("/kv/a", "x"), status, code);
    expect_error(remove("/kv/a"), status, code);
  }
}

}  // namespace
}  // namespace dnc
