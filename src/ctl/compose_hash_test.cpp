#include "ctl/compose_hash.hpp"

#include <gtest/gtest.h>

#include "core/base/hex.hpp"

namespace dnc::ctl {
namespace {

constexpr std::string_view kCompose =
    R"({"allowed_envs":["B","A"],"docker_compose_file":"services:\n  node:\n    image: )"
    R"(x@sha256:00\n","gateway_enabled":true,"kms_enabled":true,"manifest_version":2,)"
    R"("name":"nft-node","no_instance_id":false,"public_logs":false,"public_sysinfo":false,)"
    R"("public_tcbinfo":true,"runner":"docker-compose","secure_time":true})";

std::string only_warning(const std::string& file) {
  const auto warnings = compose_hash_warnings(file);
  EXPECT_EQ(warnings.size(), 1u);
  return warnings.empty() ? "" : warnings[0];
}

bool has(const std::string& text, const char* words) {
  return text.find(words) != std::string::npos;
}

TEST(ComposeHash, IsWhatDstackMeasures) {
  EXPECT_EQ(to_hex(compose_hash(kCompose).view()),
            "f61d7fa570046edda49b212aaad6d4ef5df7768430dc92814902de2b6bbe8794");
  EXPECT_TRUE(compose_hash_warnings(kCompose).empty());
}

TEST(ComposeHash, TakesEveryByteAsItIs) {
  const std::string compose(kCompose);
  EXPECT_NE(compose_hash(compose + "\n"), compose_hash(compose));
  EXPECT_NE(compose_hash(" " + compose), compose_hash(compose));
}

TEST(ComposeHash, WarnsOfWhatBites) {
  const std::string compose(kCompose);
  EXPECT_TRUE(has(only_warning(compose + "\n"), "ends with a newline"));
  EXPECT_TRUE(has(only_warning("{\"manifest_version\":2,\r\n\"a\":1}"), "CRLF"));
  EXPECT_TRUE(has(compose_hash_warnings("\xef\xbb\xbf" + compose)[0], "byte order mark"));
  EXPECT_TRUE(has(only_warning("services: {}"), "no JSON"));
  EXPECT_TRUE(has(only_warning("[1]"), "no app-compose"));
  EXPECT_TRUE(has(only_warning(""), "empty"));
}

}  // namespace
}  // namespace dnc::ctl
