#include "io/api/page.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "io/api/page_files.hpp"

namespace dnc {
namespace {

std::string header(const HttpResponse& response, const std::string& name) {
  for (const auto& [key, value] : response.headers)
    if (key == name) return value;
  return {};
}

HttpRequest get(const std::string& path, const std::string& accept = "*/*") {
  HttpRequest request;
  request.method = "GET";
  request.path = path;
  request.headers = {{"Accept", accept}};
  return request;
}

TEST(Page, TheRootIsAPageForBrowsersOnly) {
  EXPECT_TRUE(is_page_request(get("/", "text/html,application/xhtml+xml,*/*;q=0.8")));
  EXPECT_FALSE(is_page_request(get("/")));
  HttpRequest post = get("/", "text/html");
  post.method = "POST";
  EXPECT_FALSE(is_page_request(post));
}

TEST(Page, FilesAreFoundByTheirExactPath) {
  EXPECT_TRUE(is_page_request(get("/dashboard/main.mjs")));
  EXPECT_TRUE(is_page_request(get("/dashboard/view/ring.mjs")));
  EXPECT_FALSE(is_page_request(get("/dashboard/")));
  EXPECT_FALSE(is_page_request(get("/dashboard/nothing.mjs")));
  EXPECT_FALSE(is_page_request(get("/dashboard/../status")));
}

TEST(Page, IsCompressedAndAllowsNothingForeign) {
  const auto answer = page_answer(get("/", "text/html"));
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.content_type, "text/html; charset=utf-8");
  EXPECT_EQ(header(answer, "Content-Encoding"), "gzip");
  EXPECT_EQ(answer.body.substr(0, 2), "\x1f\x8b");
  const std::string policy = header(answer, "Content-Security-Policy");
  EXPECT_TRUE(policy.starts_with("default-src 'none'; script-src 'self';")) << policy;
  EXPECT_EQ(policy.find("unsafe"), std::string::npos);
}

TEST(Page, WhatTheBrowserHasIsNotSentAgain) {
  HttpRequest again = get("/dashboard/main.mjs");
  const std::string etag = header(page_answer(again), "ETag");
  ASSERT_GT(etag.size(), 2u);
  again.headers.emplace_back("If-None-Match", etag);
  const auto answer = page_answer(again);
  EXPECT_EQ(answer.status, 304);
  EXPECT_TRUE(answer.body.empty());
  again.headers.back().second = "\"another\"";
  EXPECT_EQ(page_answer(again).status, 200);
}

TEST(Page, EveryFileHasAPathAndAnEtagOfItsOwn) {
  const auto files = page_files();
  ASSERT_GT(files.size(), 10u);
  for (const auto& file : files) {
    const auto same = [&](const PageFile& other) {
      return other.path == file.path || other.etag == file.etag;
    };
    EXPECT_EQ(std::count_if(files.begin(), files.end(), same), 1) << file.path;
  }
}

}  // namespace
}  // namespace dnc
