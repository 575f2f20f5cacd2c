#include "node/preflight.hpp"

#include <gtest/gtest.h>

#include "io/chain/chain_client.hpp"
#include "io/chain/endpoints.hpp"
#include "io/chain/fake_chain.hpp"
#include "io/dstack/guest_agent.hpp"

namespace dnc {
namespace {

constexpr std::uint64_t kBase = 8453;

PrivateKey some_key() {
  Bytes scalar(32, 0);
  scalar.back() = 9;
  return *PrivateKey::from_bytes(scalar);
}

class PreflightTest : public testing::Test {
 protected:
  PreflightTest() { on_chain(kBase); }

  void on_chain(std::uint64_t id) {
    chain_.set_chain_id(id);
    config_.chain_id = id;
  }

  template <class Check>
  std::string ask(Check check) {
    Endpoints endpoints({config_.rpc, config_.chain_id, Duration(1'000)});
    const auto client = endpoints.connect();
    const Status status = client ? check(**client) : Status(client.error());
    if (status) return "";
    EXPECT_NE(status.error().message, "");
    EXPECT_NE(status.error().hint, "") << status.error().message;
    said_ = status.error().message + " " + status.error().hint;
    EXPECT_EQ(is_refusal(status.error()), status.error().code != "chain_unreachable");
    return status.error().code;
  }
  std::string contract() {
    return ask([this](ChainClient& client) { return check_contract(client, config_); });
  }
  std::string enclave() {
    return ask([this](ChainClient& client) { return check_enclave(client, config_, info_); });
  }

  static Address address(std::uint8_t fill) {
    Address address;
    address.bytes.fill(fill);
    return address;
  }

  FakeChain chain_;
  NodeConfig config_{.seat = {3},
                     .listen_host = {},
                     .endpoint = {},
                     .data = {},
                     .contract = chain_.contract(),
                     .rpc = {chain_.url()},
                     .operator_key = some_key(),
                     .gas_key = {},
                     .relays = {},
                     .guest_agent = {}};
  GuestInfo info_{.app_id = chain_.contract(),
                  .instance_id = address(0x11),
                  .compose_hash = {},
                  .app_name = {},
                  .os_image_hash = {},
                  .mr_aggregated = {}};
  std::string said_;
};

TEST_F(PreflightTest, TakesAWorldThatFits) {
  EXPECT_EQ(contract(), "");
  EXPECT_EQ(enclave(), "") << "a free seat";
  chain_.set_instance(info_.instance_id);
  EXPECT_EQ(enclave(), "");
}

TEST_F(PreflightTest, RefusesAnotherChain) {
  chain_.set_chain_id(1);
  EXPECT_EQ(contract(), "wrong_chain");
}

TEST_F(PreflightTest, RefusesAnAddressWithoutOurContract) {
  config_.contract = address(0x22);
  EXPECT_EQ(contract(), "no_contract");
  config_.contract = chain_.contract();
  chain_.set_supports_interfaces(false);
  EXPECT_EQ(contract(), "wrong_contract");
  chain_.set_revert("0x");
  EXPECT_EQ(contract(), "wrong_contract") << "no such function";
}

TEST_F(PreflightTest, RefusesAPublishedKmsRootOffTheDevelopmentChain) {
  for (const char* root :
       {"0xa7f6043c29f9cc1d9d6acf554c53e0c6792aaeaf", "0xa7211306406a9ab5c226cd9fdffcf555449778f2",
        "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266"}) {
    chain_.set_kms_root(*fixed_from_hex<Address>(root));
    on_chain(kBase);
    EXPECT_EQ(contract(), "published_kms_root");
    EXPECT_NE(said_.find("setKmsRoot"), std::string::npos) << said_;
    on_chain(kDevelopmentChain);
    EXPECT_EQ(contract(), "");
  }
}

TEST_F(PreflightTest, RefusesAForeignEnclave) {
  info_.app_id = address(0x33);
  EXPECT_EQ(enclave(), "wrong_app");
}

TEST_F(PreflightTest, RefusesASimulatorOffTheDevelopmentChain) {
  info_.simulated = true;
  EXPECT_EQ(enclave(), "simulated_enclave");
  on_chain(kDevelopmentChain);
  EXPECT_EQ(enclave(), "");
}

TEST_F(PreflightTest, ASeatBoundToAnotherInstanceNeedsReplace) {
  chain_.set_instance(address(0x44));
  EXPECT_EQ(enclave(), "wrong_instance");
  EXPECT_NE(said_.find("replace(uint64)' 3"), std::string::npos) << said_;
}

TEST_F(PreflightTest, WaitsForAChainThatIsDown) {
  chain_.set_mood(FakeChain::Mood::error_500);
  EXPECT_EQ(contract(), "chain_unreachable");
}

}  // namespace
}  // namespace dnc
