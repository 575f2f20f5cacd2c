// The document is held against a live node too: tests/metrics/openapi_test.mjs.
#include "io/api/openapi.hpp"

#include <algorithm>
#include <cctype>
#include <set>

#include "io/api/api_test_kit.hpp"

namespace dnc {
namespace {

class OpenApi : public ApiTest {
 protected:
  static Json document() { return parse_json(openapi_document()).value(); }

  // "GET /status" for every operation of the document.
  static std::set<std::string> described() {
    std::set<std::string> operations;
    const Json paths = document()["paths"];
    for (const auto& [path, item] : paths.items()) {
      for (const auto& [name, value] : item.items()) {
        if (name == "parameters") continue;
        std::string method = name;
        std::ranges::transform(method, method.begin(), [](char c) { return std::toupper(c); });
        operations.insert(method + " " + path);
      }
    }
    return operations;
  }
};

TEST_F(OpenApi, DescribesWhatTheRootListsAndNothingElse) {
  std::set<std::string> listed;
  const Answer root = get("/");
  for (const Json& path : root.body["paths"])
    listed.insert(path.get<std::string>());
  const auto known = described();
  ASSERT_GT(known.size(), 20u);
  for (const auto& operation : listed)
    EXPECT_TRUE(known.contains(operation)) << operation << ": describe it in src/io/api/openapi/";
  for (const auto& operation : known)
    EXPECT_TRUE(listed.contains(operation)) << "the API does not know " << operation;
}

TEST_F(OpenApi, EveryOperationHasANameOfItsOwnAndAnswersForTheServersErrors) {
  std::set<std::string> names;
  const Json paths = document()["paths"];
  for (const auto& [path, item] : paths.items()) {
    for (const auto& [method, operation] : item.items()) {
      if (method == "parameters") continue;
      EXPECT_TRUE(names.insert(operation["operationId"]).second) << path;
      EXPECT_TRUE(operation["responses"].contains("default")) << path;
      EXPECT_FALSE(operation.value("summary", "").empty()) << path;
    }
  }
}

TEST_F(OpenApi, IsServedAndNotSentAgainToWhoHasIt) {
  const Answer whole = get("/openapi.json");
  EXPECT_EQ(whole.status, 200);
  EXPECT_TRUE(whole.has("Content-Type: application/json"));
  EXPECT_TRUE(whole.has("Cache-Control: no-cache"));
  EXPECT_EQ(whole.text, openapi_document());
  EXPECT_EQ(whole.body["openapi"], "3.1.0");
  const std::string tag(openapi_etag());
  EXPECT_TRUE(whole.has("ETag: " + tag)) << whole.head;
  const Answer again = ask("GET", "/openapi.json", "", "If-None-Match: " + tag + "\r\n");
  EXPECT_EQ(again.status, 304);
  EXPECT_TRUE(again.text.empty());
  EXPECT_EQ(ask("GET", "/openapi.json", "", "If-None-Match: \"x\"\r\n").status, 200);
}

}  // namespace
}  // namespace dnc
