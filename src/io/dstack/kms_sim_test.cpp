#include "io/dstack/kms_sim.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "io/dstack/served_test_kit.hpp"
#include "io/dstack/signature_chain.hpp"
#include "io/dstack/simulated_boot.hpp"

namespace dnc {
namespace {

using test::post_request;
using test::Served;

BootInfo boot_info() {
  BootInfo info;
  info.app_id = *Address::from(Bytes(20, 0x22));
  info.instance_id = *Address::from(Bytes(20, 0x33));
  info.tcb_status = "UpToDate";
  return info;
}

HttpResponse decision(bool allowed, const std::string& reason) {
  HttpResponse response;
  response.body = dump_json({{"isAllowed", allowed}, {"reason", reason}, {"gatewayAppId", "any"}});
  return response;
}

// A KMS and the webhook that it asks, both over HTTP.
class KmsSimTest : public testing::Test {
 protected:
  void webhook_says(HttpResponse response) {
    const std::lock_guard lock(mutex_);
    response_ = std::move(response);
  }
  HttpResponse webhook(const HttpRequest& request) {
    const std::lock_guard lock(mutex_);
    asked_.push_back(request);
    return response_;
  }
  std::string refusal() {
    const auto keys = client_.app_keys(boot_info());
    return keys ? "" : keys.error().message;
  }

  PrivateKey root_ = *PrivateKey::from_bytes(Bytes(32, 9));
  std::mutex mutex_;
  HttpResponse response_ = decision(true, "");
  std::vector<HttpRequest> asked_;
  Served webhook_{[this](const HttpRequest& request) { return webhook(request); }};
  KmsSim kms_{root_, webhook_.url()};
  Served served_{[this](const HttpRequest& request) { return kms_.answer(request); }};
  KmsClient client_{served_.url()};
};

TEST_F(KmsSimTest, GivesKeysThatItsRootVouchesFor) {
  const auto keys = client_.app_keys(boot_info());
  ASSERT_TRUE(keys) << keys.error().message;
  const auto expected = derive_app_key(root_, boot_info().app_id);
  EXPECT_EQ(keys->app_key.address(), expected->address());
  const Hash issued = issued_digest(boot_info().app_id, keys->app_key.public_key());
  EXPECT_EQ(recover(issued, keys->kms_signature), root_.public_key());
}

TEST_F(KmsSimTest, AsksTheWebhookEachTimeWithWhatItWasTold) {
  ASSERT_TRUE(client_.app_keys(boot_info()));
  ASSERT_TRUE(client_.app_keys(boot_info()));
  ASSERT_EQ(asked_.size(), 2u);
  EXPECT_EQ(asked_[1].path, "/bootAuth/app");
  EXPECT_EQ(*parse_boot_info(*parse_json(asked_[1].body)), boot_info());
}

TEST_F(KmsSimTest, PassesARefusalOn) {
  webhook_says(decision(false, "No free seat: every NFT already runs a node"));
  const auto keys = client_.app_keys(boot_info());
  ASSERT_FALSE(keys);
  EXPECT_EQ(keys.error().code, "kms_refused");
  EXPECT_EQ(keys.error().message, "Boot denied: No free seat: every NFT already runs a node");
}

TEST_F(KmsSimTest, WhateverIsNoPlainYesIsANo) {
  HttpResponse bad;
  for (const char* body : {"", "[]", "{}", R"({"isAllowed":"true","reason":""})",
                           R"({"isAllowed":1,"reason":""})", R"({"isAllowed":true})"}) {
    bad.body = body;
    webhook_says(bad);
    EXPECT_NE(refusal().find("Boot denied"), std::string::npos) << body;
  }
  bad = decision(true, "");
  bad.status = 500;
  webhook_says(bad);
  EXPECT_NE(refusal(), "");
  webhook_says(decision(true, ""));
  EXPECT_EQ(refusal(), "");
}

TEST_F(KmsSimTest, WithoutAWebhookThereAreNoKeys) {
  auto webhook = std::make_unique<Served>([](const HttpRequest&) { return decision(true, ""); });
  KmsSim kms(root_, webhook->url());
  webhook.reset();
  const std::string body = dump_json(boot_info_json(boot_info()));
  EXPECT_EQ(kms.answer(post_request("/prpc/KMS.GetAppKey", body)).status, 400);
}

TEST_F(KmsSimTest, RefusesWhatIsNoRequest) {
  EXPECT_EQ(kms_.answer(post_request("/prpc/KMS.Nothing", "{}")).status, 400);
  EXPECT_EQ(kms_.answer(post_request("/prpc/KMS.GetAppKey", "{")).status, 400);
  EXPECT_EQ(kms_.answer(post_request("/prpc/KMS.GetAppKey", "{}")).status, 400);
  EXPECT_TRUE(asked_.empty());
}

TEST_F(KmsSimTest, AMachineAsksUntilItIsAllowed) {
  webhook_says(decision(false, "Compose hash not allowed"));
  EventLoop loop;
  SimulatedBoot boot(loop, served_.url(), boot_info(), Duration{5});
  std::string refusal;
  EXPECT_TRUE(test::run_until(loop, [&] {
    if (boot.keys()) return true;
    refusal = boot.keys().error().message;
    if (refusal.find("Boot denied") == 0) webhook_says(decision(true, ""));
    return false;
  }));
  EXPECT_EQ(refusal, "Boot denied: Compose hash not allowed");
}

TEST_F(KmsSimTest, AMachineWithoutAKmsSaysSo) {
  auto gone = std::make_unique<Served>([](const HttpRequest&) { return HttpResponse{}; });
  const std::string url = gone->url();
  gone.reset();
  EventLoop loop;
  SimulatedBoot boot(loop, url, boot_info(), Duration{5});
  EXPECT_TRUE(test::run_until(
      loop, [&boot] { return !boot.keys() && boot.keys().error().code == "kms_unreachable"; }));
}

}  // namespace
}  // namespace dnc
