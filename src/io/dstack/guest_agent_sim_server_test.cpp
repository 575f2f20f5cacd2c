#include "io/dstack/guest_agent_sim_server.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <nlohmann/json.hpp>
#include <set>
#include <thread>

#include "core/base/hex.hpp"
#include "io/base/file.hpp"
#include "io/base/json.hpp"
#include "io/dstack/kms_sim.hpp"

namespace dnc {
namespace {

GuestAgentSimConfig config() {
  GuestAgentSimConfig config;
  config.app_compose = "{}";
  config.boot.app_id = *Address::from(Bytes(20, 0x22));
  config.boot.instance_id = *Address::from(Bytes(20, 0x33));
  return config;
}

HttpResponse answer(const HttpRequest& request) {
  const PrivateKey root = *PrivateKey::from_bytes(Bytes(32, 5));
  return answer_guest_request(config(), *issue_app_keys(root, config().boot.app_id), request);
}

HttpResponse post(const std::string& path, const std::string& body) {
  HttpRequest request;
  request.method = "POST";
  request.path = path;
  request.body = body;
  return answer(request);
}

TEST(GuestAgentSim, AnswersPostAndGetAlike) {
  HttpRequest get;
  get.method = "GET";
  get.path = "/GetKey";
  get.query = {{"path", "node"}, {"purpose", "signing"}};
  const HttpResponse got = answer(get);
  EXPECT_EQ(got.status, 200);
  EXPECT_EQ(got.body, post("/GetKey", R"({"path":"node","purpose":"signing"})").body);
}

TEST(GuestAgentSim, NeedsNoFields) {
  EXPECT_EQ(post("/Info", "").status, 200);
  EXPECT_EQ(post("/Version", "{}").status, 200);
  const auto key = parse_json(post("/GetKey", "{}").body);
  EXPECT_EQ(json_hex(*key, "key")->size(), 32u);
}

TEST(GuestAgentSim, RefusesAsTheAgentDoes) {
  const std::string too_long = R"({"report_data":")" + std::string(130, '0') + "\"}";
  const std::pair<const char*, std::string> cases[] = {
      {"/Nothing", "{}"},           {"/GetKey", "{"},
      {"/GetKey", R"({"path":1})"}, {"/GetKey", R"({"algorithm":"rsa"})"},
      {"/GetQuote", "{}"},          {"/GetQuote", R"({"report_data":"xx"})"},
      {"/GetQuote", too_long},
  };
  for (const auto& [path, body] : cases) {
    const HttpResponse got = post(path, body);
    EXPECT_EQ(got.status, 400) << path << body;
    EXPECT_TRUE(json_text(*parse_json(got.body), "error")) << got.body;
  }
  HttpRequest put;
  put.method = "PUT";
  put.path = "/Info";
  EXPECT_EQ(answer(put).status, 400);
}

TEST(GuestAgentSim, NamesInstancesAsDstackDoes) {
  EXPECT_EQ(to_hex0x(instance_id_of(Bytes(20, 0x11), *Address::from(Bytes(20, 0x22)))),
            "0x560a7517314907699bf671b50a7066504fe3f04a");
}

class SimSecrets : public testing::Test {
 protected:
  SimSecrets() {
    std::string name = testing::TempDir() + "sim.XXXXXX";
    directory_ = ::mkdtemp(name.data());
  }
  ~SimSecrets() override { std::filesystem::remove_all(directory_); }
  std::filesystem::path directory_;
};

TEST_F(SimSecrets, AreMadeOnceAndKept) {
  const auto path = directory_ / "root";
  const auto first = load_or_create_kms_root(path);
  ASSERT_TRUE(first) << first.error().message;
  EXPECT_EQ(load_or_create_kms_root(path)->address(), first->address());
  struct stat info {};
  ASSERT_EQ(::stat(path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
  EXPECT_EQ(load_or_create_instance_seed(directory_ / "seed")->size(), 20u);
}

TEST_F(SimSecrets, AreTheSameForAllWhoStartAtOnce) {
  const auto path = directory_ / "root";
  std::vector<Address> roots(8);
  std::vector<std::thread> threads;
  for (Address& root : roots) {
    threads.emplace_back([&] { root = load_or_create_kms_root(path)->address(); });
  }
  for (auto& thread : threads)
    thread.join();
  EXPECT_EQ(std::set<Address>(roots.begin(), roots.end()).size(), 1u);
}

TEST_F(SimSecrets, RefuseAFileThatIsNone) {
  const auto path = directory_ / "root";
  for (const char* content : {"", "0x", "zz", "0x1234"}) {
    ASSERT_TRUE(write_file(path, content));
    EXPECT_EQ(load_or_create_kms_root(path).error().code, "secret_malformed") << content;
  }
  ASSERT_TRUE(write_file(path, std::string(64, '0')));
  EXPECT_EQ(load_or_create_kms_root(path).error().code, "secret_malformed");
  ASSERT_TRUE(write_file(path, "0x" + std::string(64, '1')));
  EXPECT_TRUE(load_or_create_kms_root(path));
}

}  // namespace
}  // namespace dnc
