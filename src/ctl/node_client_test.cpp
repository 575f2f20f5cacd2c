#include "ctl/node_client.hpp"

#include <gtest/gtest.h>

namespace dnc::ctl {
namespace {

TEST(NodeClient, TheErrorOfAnAnswerIsTheNodesOwn) {
  const Error named = error_in(
      "http://a", {410, R"({"error":{"code":"receipt_gone","message":"late","hint":"earlier"}})"});
  EXPECT_EQ(named.code, "receipt_gone");
  EXPECT_EQ(named.message, "late");
  EXPECT_EQ(named.hint, "earlier");
  const Error no_hint = error_in("http://a", {500, R"({"error":{"code":"c","message":"m"}})"});
  EXPECT_EQ(no_hint.code, "c");
  EXPECT_EQ(no_hint.hint, "");
}

TEST(NodeClient, WhatNoNodeSaysIsABadAnswer) {
  for (const char* body : {"", "not found", "[]", "7", R"({"error":7})", R"({"error":{"code":7}})",
                           R"({"error":{"code":"c"}})"}) {
    const Error error = error_in("http://a", {404, body});
    EXPECT_EQ(error.code, "bad_answer") << body;
    EXPECT_NE(error.message.find("http://a answered 404"), std::string::npos) << error.message;
  }
}

TEST(NodeClient, TheFirstAnswerCountsAndElseTheLastError) {
  std::size_t asked = 0;
  const NodeOptions three{.urls = {"http://127.0.0.1:1", "http://127.0.0.1:2", "http://[bad"},
                          .timeout_ms = 100};
  const auto second = first_answer(three, [&](NodeClient&) -> Result<std::string> {
    if (++asked == 2) return std::string("second");
    return Error{"no", "not me", ""};
  });
  EXPECT_EQ(*second, "second");
  EXPECT_EQ(asked, 2u);
  const auto nobody = first_answer(three, [&](NodeClient& node) { return node.get("/status"); });
  EXPECT_FALSE(nobody);
  EXPECT_EQ(first_answer({.urls = {}}, [](NodeClient& node) { return node.get("/"); }).error().code,
            "no_node");
}

}  // namespace
}  // namespace dnc::ctl
