#include "ctl/compose_gates.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "core/base/hex.hpp"
#include "io/base/json.hpp"

namespace dnc::ctl {
namespace {

const std::string kContract = "2f83172A49584C017F2B256F0FB2Dca14126Ba9C";
const World kWorld{*fixed_from_hex<Address>(kContract), 8453};

Json good_compose() {
  return {{"manifest_version", 2},
          {"name", "node"},
          {"runner", "docker-compose"},
          {"kms_enabled", true},
          {"docker_compose_file",
           "services:\n  node:\n    image: repo/node@sha256:00ff\n    environment:\n"
           "      CONTRACT: 0x" +
               kContract + "\n      CHAIN: \"8453\"\n"},
          {"allowed_envs", {"OPERATOR_KEY"}}};
}

Finding gate(const Json& compose, const std::string& name) {
  for (const auto& finding : local_gates(dump_json(compose), kWorld))
    if (finding.gate == name && finding.verdict != Verdict::ok) return finding;
  return passed(name, "");
}
Verdict verdict(const Json& compose, const std::string& name) {
  return gate(compose, name).verdict;
}

TEST(ComposeGates, AGoodComposePassesThemAll) {
  for (const auto& finding : local_gates(dump_json(good_compose()), kWorld))
    EXPECT_EQ(finding.verdict, Verdict::ok) << finding.gate << ": " << finding.cause;
}

TEST(ComposeGates, RefuseWhatGetsNoKeys) {
  Json compose = good_compose();
  compose["no_instance_id"] = true;
  EXPECT_EQ(verdict(compose, "instance-id"), Verdict::refused);
  compose = good_compose();
  compose["kms_enabled"] = false;
  EXPECT_EQ(verdict(compose, "key-provider"), Verdict::refused);
  compose["kms_enabled"] = true;
  for (const char* provider : {"none", "local", "tpm", "another"}) {
    compose["key_provider"] = provider;  // wins over the flag
    EXPECT_EQ(verdict(compose, "key-provider"), Verdict::refused) << provider;
  }
  compose["key_provider"] = "kms";
  EXPECT_EQ(verdict(compose, "key-provider"), Verdict::ok);
}

TEST(ComposeGates, RefuseWhatDstackCannotRun) {
  Json compose = good_compose();
  compose["runner"] = "podman";
  EXPECT_EQ(verdict(compose, "runner"), Verdict::refused);
  compose["runner"] = "bash";
  EXPECT_NE(gate(compose, "runner").cause.find("bash_script is empty"), std::string::npos);
  compose = good_compose();
  compose.erase("docker_compose_file");
  EXPECT_EQ(verdict(compose, "runner"), Verdict::refused);
  compose = good_compose();
  compose.erase("manifest_version");
  EXPECT_EQ(verdict(compose, "format"), Verdict::refused);
  compose = good_compose();
  compose["kms_enabled"] = "yes";
  EXPECT_NE(gate(compose, "format").cause.find("kms_enabled"), std::string::npos);
  EXPECT_EQ(local_gates("services: {}", kWorld).back().verdict, Verdict::refused);
}

TEST(ComposeGates, WarnWhenTheWorldIsNotMeasured) {
  Json compose = good_compose();
  compose["docker_compose_file"] = "services:\n  node:\n    image: a@sha256:00\n    x: 18453\n";
  const Finding finding = gate(compose, "measured");
  EXPECT_EQ(finding.verdict, Verdict::warn);
  EXPECT_NE(finding.cause.find("the contract 0x2f83"), std::string::npos);
  EXPECT_NE(finding.cause.find("the chain id 8453"), std::string::npos);  // 18453 is another number
}

TEST(ComposeGates, WarnOfWhatTheOperatorMayChoose) {
  Json compose = good_compose();
  compose["allowed_envs"] = {"OPERATOR_KEY", "DNC_RPC", "Contract_Address"};
  EXPECT_NE(gate(compose, "environment").cause.find("DNC_RPC, Contract_Address"),
            std::string::npos);
  compose = good_compose();
  compose["secure_time"] = false;
  EXPECT_EQ(verdict(compose, "clock"), Verdict::warn);
  compose["public_logs"] = true;
  EXPECT_EQ(verdict(compose, "logs"), Verdict::warn);
}

TEST(ComposeGates, WarnOfImagesThatTheHashDoesNotHold) {
  Json compose = good_compose();
  compose["docker_compose_file"] =
      "services:\n  a:\n    image: 'repo/a:latest' # no digest\n"
      "  b: {image: repo/b@sha256:00, x: 1}\n"
      "  c:\n    image: repo/c@${DIGEST:-sha256:11}\n  # image: old\n  d:\n    build: .\n";
  const Images images = images_of(compose["docker_compose_file"].get<std::string>());
  EXPECT_EQ(images.names, (std::vector<std::string>{"repo/a:latest", "repo/b@sha256:00",
                                                    "repo/c@${DIGEST:-sha256:11}"}));
  EXPECT_TRUE(images.builds);
  EXPECT_NE(gate(compose, "images").cause.find("repo/a:latest, repo/c@"), std::string::npos);
}

}  // namespace
}  // namespace dnc::ctl
