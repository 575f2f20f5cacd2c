// Against the real node of the local world and the real contract. Skipped where they are missing.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <spawn.h>
#include <sys/wait.h>

#include <csignal>
#include <filesystem>

#include "io/base/file.hpp"
#include "io/chain/chain_client.hpp"
#include "io/chain/fake_chain.hpp"
#include "io/chain/membership_contract.hpp"
#include "io/chain/membership_watcher.hpp"
#include "io/chain/tx_sender.hpp"
#include "io/net/http_client.hpp"

namespace dnc {
namespace {

namespace fs = std::filesystem;

const fs::path kRoot = DNC_SOURCE_DIR;
const fs::path kAnvil = kRoot / "node_modules/@foundry-rs/anvil-linux-amd64/bin/anvil";
const fs::path kArtifact = kRoot / "contracts/out/DstackMembershipNFT.sol/DstackMembershipNFT.json";
// Anvil's first account; everybody knows it.
constexpr const char* kDeployerKey =
    "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";

pid_t spawn(std::vector<std::string> arguments, std::vector<std::string> variables = {}) {
  std::vector<char*> argv;
  for (auto& argument : arguments)
    argv.push_back(argument.data());
  argv.push_back(nullptr);
  for (char** variable = environ; *variable != nullptr; ++variable)
    variables.emplace_back(*variable);
  std::vector<char*> environment;
  for (auto& variable : variables)
    environment.push_back(variable.data());
  environment.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  pid_t child = -1;
  CHECK(::posix_spawnp(&child, argv[0], &actions, nullptr, argv.data(), environment.data()) == 0);
  posix_spawn_file_actions_destroy(&actions);
  return child;
}

class Anvil : public testing::Test {
 protected:
  void SetUp() override {
    if (!fs::exists(kAnvil)) GTEST_SKIP() << "no anvil: npm ci";
    if (!fs::exists(kArtifact)) GTEST_SKIP() << "the contracts are not compiled: forge build";
    {
      const FakeChain free_port;  // found one, and lets it go
      port_ = free_port.port();
    }
    start();
    ASSERT_TRUE(deploy());
  }
  void TearDown() override { stop(); }

  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }

  void start() {
    anvil_ = spawn({kAnvil.string(), "--port", std::to_string(port_), "--silent"});
    ASSERT_TRUE(eventually([&] { return rpc().call("eth_chainId", Json::array()).ok(); }));
  }
  void stop() {
    if (anvil_ <= 0) return;
    ::kill(anvil_, SIGKILL);
    ::waitpid(anvil_, nullptr, 0);
    anvil_ = -1;
  }
  JsonRpc rpc() {
    HttpClientOptions options;
    options.url = url();
    auto http = std::make_shared<HttpClient>(options);
    return JsonRpc([http](const std::string& body) -> Result<std::string> {
      auto reply = http->post("", body);
      if (!reply) return reply.error();
      return reply->body;
    });
  }

  bool deploy() {
    const auto file = fs::temp_directory_path() / ("dnc-deployment-" + std::to_string(port_));
    const pid_t child =
        spawn({"node", (kRoot / "contracts/script/deploy.mjs").string(), "--broadcast"},
              {"RPC_URL=" + url(), std::string("DEPLOYER_KEY=") + kDeployerKey,
               "KMS_ROOT=0x00000000000000000000000000000000000000aa",
               "DEPLOYMENT_FILE=" + file.string()});
    int status = 0;
    ::waitpid(child, &status, 0);
    if (status != 0) return false;
    contract_ = *json_fixed<Address>(*parse_json(*read_file(file, 1u << 16)), "address");
    fs::remove(file);
    return true;
  }

  WatcherConfig watcher_config() const {
    WatcherConfig config;
    config.chain.urls = {url()};
    config.chain.chain_id = 31337;
    config.chain.contract = contract_;
    config.poll_interval = Duration(10);
    config.backoff_max = Duration(100);
    return config;
  }
  TxSenderConfig sender_config() const {
    TxSenderConfig config;
    config.endpoints = {url()};
    config.chain_id = 31337;
    config.contract = contract_;
    config.poll_interval = Duration(10);
    return config;
  }
  static PrivateKey deployer() { return *PrivateKey::from_bytes(*from_hex(kDeployerKey)); }

  // Sends and waits for the verdict.
  Result<TxDone> send(TxSender& sender, Bytes calldata) {
    std::mutex mutex;
    std::optional<Result<TxDone>> verdict;
    sender.post("test", std::move(calldata), [&](const Result<TxDone>& result) {
      const std::lock_guard lock(mutex);
      verdict.emplace(result);
    });
    const bool done = eventually([&] {
      const std::lock_guard lock(mutex);
      return verdict.has_value();
    });
    CHECK(done);
    return *verdict;
  }
  Bytes mint_call() const {
    return AbiEncoder().address(deployer().address()).call("mint(address)");
  }

  pid_t anvil_ = -1;
  std::uint16_t port_ = 0;
  Address contract_;
};

class Views {
 public:
  MembershipWatcher::OnView take() {
    return [this](const ChainView& view) {
      const std::lock_guard lock(mutex_);
      latest_ = view;
    };
  }
  bool show(const std::function<bool(const ChainView&)>& wanted) {
    return eventually([&] {
      const std::lock_guard lock(mutex_);
      return latest_ && wanted(*latest_);
    });
  }

 private:
  std::mutex mutex_;
  std::optional<ChainView> latest_;
};

TEST_F(Anvil, ShowsWhatTheContractHolds) {
  Views views;
  MembershipWatcher watcher(watcher_config(), views.take());
  watcher.start();
  ASSERT_TRUE(views.show([](const ChainView& view) {
    return view.founding_seats == 3 && view.seats.empty() && view.leader_seat == Seat{0} &&
           view.generation.start.generation == Generation{0} && !view.generation_final;
  }));
  TxSender sender(sender_config(), deployer());
  const auto minted = send(sender, mint_call());
  ASSERT_TRUE(minted.ok()) << minted.error().message;
  EXPECT_TRUE(views.show([&](const ChainView& view) {
    return view.height >= minted->block && view.seats.size() == 1 &&
           view.seats[0].identity.seat == Seat{1} && view.seats[0].owner == deployer().address() &&
           !view.seats[0].active;
  }));
}

TEST_F(Anvil, FollowsAReorgThatUndoesATransaction) {
  Views views;
  MembershipWatcher watcher(watcher_config(), views.take());
  watcher.start();
  TxSender sender(sender_config(), deployer());
  ASSERT_TRUE(send(sender, mint_call()).ok());
  ASSERT_TRUE(views.show([](const ChainView& view) { return view.seats.size() == 1; }));
  ASSERT_TRUE(rpc().call("anvil_rollback", Json::array({1})).ok());
  EXPECT_TRUE(views.show([](const ChainView& view) { return view.seats.empty(); }));
  ASSERT_TRUE(send(sender, mint_call()).ok());
  ASSERT_TRUE(views.show([](const ChainView& view) { return view.seats.size() == 1; }));
  ASSERT_TRUE(rpc().call("anvil_reorg", Json::array({1, Json::array()})).ok());
  EXPECT_TRUE(views.show([](const ChainView& view) { return view.seats.empty(); }));
  EXPECT_GE(watcher.status().reorgs, 2u);
}

TEST_F(Anvil, DecodesWhyTheContractRefuses) {
  TxSender sender(sender_config(), deployer());
  const auto elected = send(sender, encode_elect_leader());
  ASSERT_FALSE(elected.ok());
  EXPECT_EQ(elected.error().code, "refused");
  EXPECT_NE(elected.error().message.find("NothingToElect()"), std::string::npos)
      << elected.error().message;
  // The arguments reach the contract as it reads them: it complains of what is in them.
  StartGeneration start{{1}, {1}, {1}, {1}, {0}, {}, {{{1}, {1}}}};
  const auto started = send(sender, encode_start_generation(start, {Signature{}}));
  ASSERT_FALSE(started.ok());
  EXPECT_NE(started.error().message.find("TooFew(1, 3)"), std::string::npos)
      << started.error().message;
  const auto reported = send(sender, encode_report({{1}, {1}, {1}, {1}, {{1}}}, {{1}}, {{}}));
  ASSERT_FALSE(reported.ok());
  EXPECT_EQ(reported.error().code, "refused");
  EXPECT_EQ(reported.error().message.find("unknown"), std::string::npos)
      << reported.error().message;
  const JoinRequest request{{1}, {1}, deployer().address(), deployer().address(), {}, 1};
  const auto joined = send(sender, encode_join(request, "127.0.0.1:1", {}, {}));
  ASSERT_FALSE(joined.ok());
  EXPECT_EQ(joined.error().code, "refused");
  EXPECT_EQ(joined.error().message.find("unknown"), std::string::npos) << joined.error().message;
}

TEST_F(Anvil, OutlivesItsDeath) {
  Views views;
  MembershipWatcher watcher(watcher_config(), views.take());
  watcher.start();
  ASSERT_TRUE(views.show([](const ChainView& view) { return view.founding_seats == 3; }));
  stop();
  EXPECT_TRUE(eventually([&] { return watcher.status().error.code == "chain_unreachable"; }));
  start();
  EXPECT_TRUE(eventually([&] { return watcher.status().error.code == "no_contract"; }));
}

}  // namespace
}  // namespace dnc
