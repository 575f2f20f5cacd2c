#include "node/config.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "core/base/hex.hpp"
#include "io/base/file.hpp"
#include "node/published_keys.hpp"

namespace dnc {
namespace {

constexpr const char* kOwnKey =
    "0x1111111111111111111111111111111111111111111111111111111111111111";
// Accounts 0 and 63 of the published mnemonic.
constexpr const char* kFirstPublished =
    "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";
constexpr const char* kLastPublished =
    "0x365820b3376c77dab008476d49f7cd7af87fc7bbd57dc490378106c3353b2b33";
constexpr const char* kContract = "0x7e57c1057e4000000000000000000000000000c5";

class ConfigTest : public ::testing::Test {
 protected:
  ConfigTest() {
    std::string name = ::testing::TempDir() + "config.XXXXXX";
    directory_ = ::mkdtemp(name.data());
    options_.seat = 3;
    options_.listen = "127.0.0.1:8083";
    options_.data = file("data");
    options_.deployment = deployment(1);
    options_.rpc = {"http://127.0.0.1:8545", "http://127.0.0.1:8546"};
    options_.operator_key = secret("operator.key", kOwnKey);
    options_.guest_agent = "/run/agent.sock";
  }
  ~ConfigTest() override { std::filesystem::remove_all(directory_); }

  std::string file(const char* name) const { return (directory_ / name).string(); }
  std::string write(const char* name, const std::string& text, mode_t mode) const {
    EXPECT_TRUE(write_file(file(name), text, mode));
    return file(name);
  }
  std::string secret(const char* name, const std::string& text) const {
    return write(name, text, kSecretMode);
  }
  std::string deployment(std::uint64_t chain_id) const {
    return write("deployment.json",
                 "{\"chainId\":" + std::to_string(chain_id) + ",\"address\":\"" + kContract +
                     "\",\"composeHash\":\"0x00\"}",
                 0644);
  }

  void expect_refused(const std::string& code, const std::string& part) const {
    const auto config = check_options(options_);
    ASSERT_FALSE(config) << part;
    EXPECT_EQ(config.error().code, code) << config.error().message;
    EXPECT_NE(config.error().message.find(part), std::string::npos) << config.error().message;
    if (code == "bad_config") {
      EXPECT_NE(config.error().hint, "");
    }
  }

  std::filesystem::path directory_;
  NodeOptions options_;
};

TEST_F(ConfigTest, TakesWhatCanWork) {
  const auto config = check_options(options_);
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->seat, Seat{3});
  EXPECT_EQ(config->listen_host, "127.0.0.1");
  EXPECT_EQ(config->listen_port, 8083);
  EXPECT_EQ(config->endpoint, "127.0.0.1:8083");
  EXPECT_EQ(config->data, options_.data);
  EXPECT_EQ(config->chain_id, 1u);
  EXPECT_EQ(to_hex0x(config->contract), kContract);
  EXPECT_EQ(config->rpc, options_.rpc);
  EXPECT_EQ(config->guest_agent, "/run/agent.sock");
  EXPECT_FALSE(config->auto_consent);
  EXPECT_FALSE(config->gas_key) << "peers relay";
}

TEST_F(ConfigTest, EndpointAndGasKeyMayDiffer) {
  options_.endpoint = "node3.example:443";
  options_.gas_key = secret("gas.key", std::string(64, '2') + " \n");
  const auto config = check_options(options_);
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->endpoint, "node3.example:443");
  ASSERT_TRUE(config->gas_key);
  EXPECT_NE(config->gas_key->address(), config->operator_key.address());
}

TEST_F(ConfigTest, ARelayIsAUrl) {
  options_.relay = {"http://10.0.0.5:8081", "https://node.example"};
  const auto config = check_options(options_);
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->relays, options_.relay);
  options_.relay.push_back("10.0.0.6:8081");
  expect_refused("bad_config", "--relay 10.0.0.6:8081");
}

TEST_F(ConfigTest, SaysWhatIsMissing) {
  const NodeOptions whole = options_;
  options_.seat = 0;
  expect_refused("bad_config", "--seat");
  options_ = whole;
  options_.data.clear();
  expect_refused("bad_config", "--data");
  options_ = whole;
  options_.rpc.clear();
  expect_refused("bad_config", "--rpc");
}

TEST_F(ConfigTest, RefusesAKeyThatOthersCanRead) {
  for (const mode_t mode : {0640, 0604, 0620, 0601, 0666}) {
    options_.operator_key = write("open.key", kOwnKey, mode);
    expect_refused("bad_config", "the operator's key " + options_.operator_key + " can be read");
  }
  options_.operator_key = secret("operator.key", kOwnKey);
  options_.gas_key = write("open.key", kOwnKey, 0644);
  expect_refused("bad_config", "the gas key " + options_.gas_key + " can be read");
}

TEST_F(ConfigTest, RefusesWhatIsNoKey) {
  const std::string order = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141";
  for (const std::string& text :
       {std::string(), std::string("\n"), std::string("0x"), std::string("hello"),
        std::string(62, '1'), std::string(63, '1'), std::string(66, '1'), std::string(64, '0'),
        std::string(64, 'g'), order, std::string("\n") + kOwnKey}) {
    options_.operator_key = secret("bad.key", text);
    expect_refused("bad_config", "holds no private key");
    EXPECT_EQ(check_options(options_).error().message.find(order), std::string::npos);
  }
  options_.operator_key = secret("bad.key", std::string(1 << 20, '1'));
  expect_refused("file_too_large", "bad.key");
  options_.operator_key = file("no.key");
  expect_refused("file_not_found", "no.key");
}

TEST_F(ConfigTest, RefusesPublishedKeysOffTheDevelopmentChain) {
  for (const char* key : {kFirstPublished, kLastPublished}) {
    options_.operator_key = secret("published.key", key);
    options_.gas_key = secret("own.key", kOwnKey);
    expect_refused("bad_config", "the operator 0x");
    std::swap(options_.operator_key, options_.gas_key);
    expect_refused("bad_config", "the gas key 0x");
  }
  options_.deployment = deployment(kDevelopmentChain);
  EXPECT_TRUE(check_options(options_));
}

TEST(PublishedKeys, AreThoseOfTheMnemonicOnly) {
  const auto account = [](const char* hex) { return *fixed_from_hex<Address>(hex); };
  EXPECT_TRUE(is_published(account("0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266")));
  EXPECT_TRUE(is_published(account("0x924ba5ce9f91dded37b4ebf8c0dc82a40202fc0a")));
  EXPECT_FALSE(is_published(account("0xf39fd6e51aad88f6f4ce6ab8827279cfffb92267")));
  EXPECT_FALSE(is_published(Address{}));
}

TEST_F(ConfigTest, ConsentsByItselfOnTheDevelopmentChainOnly) {
  options_.auto_consent = true;
  expect_refused("bad_config", "--auto-consent");
  options_.deployment = deployment(kDevelopmentChain);
  const auto config = check_options(options_);
  ASSERT_TRUE(config);
  EXPECT_TRUE(config->auto_consent);
}

TEST_F(ConfigTest, TwoHostsShowTheChainOffTheDevelopmentChain) {
  EXPECT_TRUE(check_options(options_));
  options_.rpc = {"https://one.example/key-1", "https://user@one.example/key-2"};
  expect_refused("bad_config", "--rpc names one host");
  options_.deployment = deployment(kDevelopmentChain);
  EXPECT_TRUE(check_options(options_));
}

TEST_F(ConfigTest, FinalityFitsTheChain) {
  EXPECT_EQ(check_options(options_)->finality, Finality::safe);
  options_.finality = "finalized";
  EXPECT_EQ(check_options(options_)->finality, Finality::finalized);
  options_.finality = "depth";
  expect_refused("bad_config", "--finality depth is for the development chain only");
  options_.finality = "soon";
  expect_refused("bad_config", "--finality soon is none");
  options_.deployment = deployment(kDevelopmentChain);
  options_.finality.clear();
  EXPECT_EQ(check_options(options_)->finality, Finality::depth);
}

TEST_F(ConfigTest, ListensAtAHostAndAPort) {
  for (const char* listen :
       {"", ":", "8081", "127.0.0.1", "127.0.0.1:", ":8081", "127.0.0.1:0", "127.0.0.1:65536",
        "127.0.0.1:-1", "127.0.0.1:80x", "127.0.0.1: 80", "127.0.0.1:http"}) {
    options_.listen = listen;
    expect_refused("bad_config", "--listen " + std::string(listen) + " is not HOST:PORT");
  }
  options_.listen = "0.0.0.0:65535";
  const auto config = check_options(options_);
  ASSERT_TRUE(config);
  EXPECT_EQ(config->listen_host, "0.0.0.0");
  EXPECT_EQ(config->listen_port, 65535);
}

TEST_F(ConfigTest, NeedsADeployment) {
  options_.deployment = file("none.json");
  expect_refused("file_not_found", "none.json");
  const std::pair<const char*, const char*> cases[] = {
      {"", "json_malformed"},
      {"{", "json_malformed"},
      {"[]", "json_field"},
      {"{}", "json_field"},
      {R"({"chainId":1})", "json_field"},
      {R"({"chainId":"1","address":"0x7e57c1057e4000000000000000000000000000c5"})", "json_field"},
      {R"({"chainId":-1,"address":"0x7e57c1057e4000000000000000000000000000c5"})", "json_field"},
      {R"({"chainId":1,"address":"0x7e57"})", "json_field"},
      {R"({"chainId":1,"address":5})", "json_field"},
  };
  for (const auto& [text, code] : cases) {
    options_.deployment = write("bad.json", text, 0644);
    const auto config = check_options(options_);
    ASSERT_FALSE(config) << text;
    EXPECT_EQ(config.error().code, code) << text;
  }
}

TEST_F(ConfigTest, LooksForTheGuestAgent) {
  options_.guest_agent.clear();
  if (std::filesystem::exists("/var/run/dstack.sock")) GTEST_SKIP() << "there is one here";
  const auto config = check_options(options_);
  if (!config) {
    EXPECT_EQ(config.error().code, "guest_agent_not_found");
  }
}

}  // namespace
}  // namespace dnc
