// Backups fetched from nodes that fail, lie or have moved on.
#include "ctl/backup_download.hpp"

#include <gtest/gtest.h>

#include <charconv>
#include <functional>
#include <mutex>

#include "core/base/hex.hpp"
#include "core/base/wire.hpp"
#include "core/consensus/backup_test.hpp"
#include "ctl/backup_judge.hpp"
#include "io/net/http_server.hpp"
#include "io/net/listener.hpp"
#include "io/net/net_test_kit.hpp"

namespace dnc::ctl {
namespace {

HttpResponse refused(int status, const std::string& code) {
  return {status, "application/json",
          R"({"error":{"code":")" + code + R"(","message":"no","hint":"wait"}})"};
}

// Gives a backup in parts, unless `instead` answers.
class FakeNode {
 public:
  using Instead = std::function<std::optional<HttpResponse>(const std::string& path)>;

  explicit FakeNode(Backup backup, Instead instead = {})
      : backup_(std::move(backup)), instead_(std::move(instead)) {
    listener_.emplace(loop_, ListenerConfig{.http = &server_});
    port_ = listener_->listen("127.0.0.1", 0).value();
    thread_.emplace(loop_);
  }
  ~FakeNode() { thread_.reset(); }

  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  std::vector<std::string> asked() {
    const std::lock_guard lock(mutex_);
    return asked_;
  }

 private:
  HttpResponse answer(const std::string& path) {
    {
      const std::lock_guard lock(mutex_);
      asked_.push_back(path);
    }
    if (instead_) {
      if (auto response = instead_(path)) return *response;
    }
    if (path == "/snapshot")
      return {200, "", R"({"head":")" + to_hex0x(encode(backup_.head)) + "\"}"};
    const std::size_t last = path.rfind('/') + 1;
    std::uint64_t number = 0;
    std::from_chars(path.data() + last, path.data() + path.size(), number);
    if (path.starts_with("/snapshot/pieces/")) {
      return {200, "", std::string(as_text(backup_.snapshot->pieces.at(number)))};
    }
    Writer out;  // one at a time
    out.blob(encode(backup_.blocks.at(number - backup_.head.first().value)));
    return {200, "", std::string(as_text(out.bytes()))};
  }

  Backup backup_;
  Instead instead_;
  std::mutex mutex_;
  std::vector<std::string> asked_;
  EventLoop loop_;
  HttpServer server_{loop_, [this](const HttpRequest& request, const HttpReplier& reply) {
                       reply(answer(request.path));
                     }};
  std::optional<Listener> listener_;
  std::uint16_t port_ = 0;
  std::optional<test::LoopThread> thread_;
};

class BackupDownloadTest : public ::testing::Test {
 protected:
  static NodeOptions of(const std::vector<const FakeNode*>& nodes) {
    NodeOptions options{.urls = {}, .timeout_ms = 10'000, .quiet = true};
    for (const FakeNode* node : nodes)
      options.urls.push_back(node->url());
    return options;
  }
  static std::optional<HttpResponse> broken_at(const std::string& path, const std::string& where) {
    return path == where ? std::optional(refused(500, "not_serving")) : std::nullopt;
  }
  void expect_whole(const Result<Backup>& got) const {
    ASSERT_TRUE(got) << got.error().message;
    EXPECT_EQ(got->blocks, made_.backup.blocks);
    EXPECT_TRUE(verify_backup(*got, made_.history));
  }

  const TestBackup made_{true};
};

TEST_F(BackupDownloadTest, OneNodeGivesAllOfIt) {
  FakeNode node(made_.backup);
  expect_whole(download_backup(of({&node})));
  const TestBackup without(false);
  FakeNode other(without.backup);
  const auto got = download_backup(of({&other}));
  ASSERT_TRUE(got) << got.error().message;
  EXPECT_EQ(got->snapshot, nullptr);
  EXPECT_EQ(got->blocks, without.backup.blocks);
}

TEST_F(BackupDownloadTest, TheNextNodeGoesOnWhereOneFails) {
  FakeNode first(made_.backup,
                 [](const auto& path) { return broken_at(path, "/snapshot/pieces/1/1"); });
  FakeNode second(made_.backup,
                  [](const auto& path) { return broken_at(path, "/snapshot/blocks/4"); });
  FakeNode third(made_.backup);
  expect_whole(download_backup(of({&first, &second, &third})));
  EXPECT_EQ(second.asked(),
            (std::vector<std::string>{"/snapshot", "/snapshot/pieces/1/1", "/snapshot/blocks/2",
                                      "/snapshot/blocks/3", "/snapshot/blocks/4"}));
  EXPECT_EQ(third.asked(), (std::vector<std::string>{"/snapshot", "/snapshot/blocks/4"}));
}

TEST_F(BackupDownloadTest, WhereNothingComesItEndsWithTheLastReason) {
  FakeNode node(made_.backup, [](const auto&) { return refused(503, "no_proof"); });
  EXPECT_EQ(download_backup(of({&node})).error().code, "no_proof");
  EXPECT_EQ(node.asked().size(), 1u);
  FakeNode stuck(made_.backup,
                 [](const auto& path) { return broken_at(path, "/snapshot/blocks/4"); });
  EXPECT_EQ(download_backup(of({&stuck})).error().code, "not_serving");
  EXPECT_LE(stuck.asked().size(), 16u) << "it gives up";
}

TEST_F(BackupDownloadTest, WhatIsNoPartIsRefused) {
  FakeNode flipped(made_.backup, [this](const auto& path) -> std::optional<HttpResponse> {
    if (path != "/snapshot/pieces/1/0") return std::nullopt;
    Bytes piece = made_.backup.snapshot->pieces[0];
    piece.back() ^= 1;
    return HttpResponse{200, "", std::string(as_text(piece))};
  });
  EXPECT_EQ(download_backup(of({&flipped})).error().code, "backup_damaged");
  for (const char* path : {"/snapshot", "/snapshot/pieces/1/0", "/snapshot/blocks/2"}) {
    FakeNode empty(made_.backup, [path](const auto& asked) -> std::optional<HttpResponse> {
      if (asked != path) return std::nullopt;
      return HttpResponse{200, "", ""};
    });
    EXPECT_EQ(download_backup(of({&empty})).error().code, "bad_answer") << path;
  }
}

TEST_F(BackupDownloadTest, AVerdictNamesTheCluster) {
  KeyHistoryFile keys{made_.backup.head.domain, made_.history};
  keys.domain.chain_id = 1;
  const BackupVerdict elsewhere = judge_backup(made_.backup, keys);
  EXPECT_EQ(elsewhere.report.front().gate, "domain");
  EXPECT_FALSE(elsewhere.facts);
  keys.domain = made_.backup.head.domain;
  keys.history.configs.clear();
  const BackupVerdict unreported = judge_backup(made_.backup, keys);
  EXPECT_EQ(verdict_of(unreported.report), Verdict::unknown);
  EXPECT_EQ(unreported.report.front().gate, "unknown_config");
}

}  // namespace
}  // namespace dnc::ctl
