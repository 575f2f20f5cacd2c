#include "io/chain/tx_sender.hpp"

#include <gtest/gtest.h>

#include "io/chain/fake_chain.hpp"

namespace dnc {
namespace {

PrivateKey gas_key() {
  Bytes scalar(32, 0);
  scalar.back() = 7;
  return *PrivateKey::from_bytes(scalar);
}

TxSenderConfig config_for(const FakeChain& chain) {
  TxSenderConfig config;
  config.endpoints = {chain.url()};
  config.chain_id = 31337;
  config.contract = chain.contract();
  config.rpc_timeout = Duration(300);
  config.poll_interval = Duration(5);
  config.replace_after = Duration(40);
  config.give_up_after = Duration(60'000);
  config.backoff_max = Duration(20);
  return config;
}

// The verdicts on what was posted, in order.
class Verdicts {
 public:
  OnTxDone take() {
    return [this](const Result<TxDone>& result) {
      const std::lock_guard lock(mutex_);
      results_.push_back(result);
    };
  }
  std::size_t count() {
    const std::lock_guard lock(mutex_);
    return results_.size();
  }
  Result<TxDone> wait_for(std::size_t index) {
    if (!eventually([&] { return count() > index; })) return Error{"test_timeout", "", ""};
    const std::lock_guard lock(mutex_);
    return results_[index];
  }

 private:
  std::mutex mutex_;
  std::vector<Result<TxDone>> results_;
};

std::string code_of(const Result<TxDone>& result) {
  return result ? "ok" : result.error().code;
}

TEST(TxSender, SendsAndReportsTheBlock) {
  FakeChain chain;
  Verdicts verdicts;
  TxSender sender(config_for(chain), gas_key());
  EXPECT_EQ(sender.address(), gas_key().address());
  for (std::uint8_t i = 0; i < 3; ++i)
    sender.post("call", {1, 2, 3, i}, verdicts.take());
  for (std::size_t i = 0; i < 3; ++i) {
    const auto result = verdicts.wait_for(i);
    ASSERT_TRUE(result.ok());
    EXPECT_EQ(result->block, BlockNumber{i + 1});
    EXPECT_EQ(result->hash, keccak256(chain.sent()[i]));
  }
  EXPECT_EQ(sender.status().done, 3u);
  EXPECT_EQ(sender.status().sent, 3u);
}

TEST(TxSender, RefusesWhatWouldRevert) {
  FakeChain chain;
  Verdicts verdicts;
  TxSender sender(config_for(chain), gas_key());
  AbiEncoder reason;
  reason.number(2).number(5);
  chain.set_revert(to_hex0x(reason.call("BadGeneration(uint64,uint64)")));
  sender.post("call", {1}, verdicts.take());
  const auto refused = verdicts.wait_for(0);
  EXPECT_EQ(code_of(refused), "refused");
  EXPECT_NE(refused.error().message.find("BadGeneration(2, 5)"), std::string::npos);
  chain.set_revert(to_hex0x(reason.call("StaleReport(uint64,uint64)")));
  sender.post("call", {1}, verdicts.take());
  const auto stale = verdicts.wait_for(1);
  ASSERT_TRUE(stale.ok());
  EXPECT_TRUE(stale->already_done);
  EXPECT_TRUE(chain.sent().empty());
}

TEST(TxSender, ReplacesWhatIsNotMined) {
  FakeChain chain;
  chain.set_auto_mine(false);
  Verdicts verdicts;
  TxSender sender(config_for(chain), gas_key());
  sender.post("call", {1}, verdicts.take());
  ASSERT_TRUE(eventually([&] { return chain.sent().size() >= 3; }));
  EXPECT_NE(chain.sent()[0], chain.sent()[1]);
  chain.mine_transaction(1);
  const auto result = verdicts.wait_for(0);
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->hash, keccak256(chain.sent()[1]));
}

TEST(TxSender, ReplacementsAreBounded) {
  FakeChain chain;
  chain.set_auto_mine(false);
  Verdicts verdicts;
  auto config = config_for(chain);
  config.replace_after = Duration(1);
  config.replacements_max = 2;
  config.give_up_after = Duration(500);
  TxSender sender(config, gas_key());
  sender.post("call", {1}, verdicts.take());
  EXPECT_EQ(code_of(verdicts.wait_for(0)), "not_mined");
  EXPECT_LE(chain.sent().size(), 3u);
}

TEST(TxSender, TakesANewNonceWhenItsOwnIsUsed) {
  FakeChain chain;
  chain.set_send_errors({"nonce too low", "nonce too low", ""});
  Verdicts verdicts;
  TxSender sender(config_for(chain), gas_key());
  sender.post("call", {1}, verdicts.take());
  EXPECT_TRUE(verdicts.wait_for(0).ok());
  EXPECT_EQ(chain.sent().size(), 1u);
}

TEST(TxSender, PricesAnewWhatIsRefusedForItsFee) {
  FakeChain chain;
  chain.set_send_errors({"max fee per gas less than block base fee", ""});
  Verdicts verdicts;
  TxSender sender(config_for(chain), gas_key());
  sender.post("call", {1}, verdicts.take());
  EXPECT_TRUE(verdicts.wait_for(0).ok());
}

TEST(TxSender, LosesNoTransactionWhoseAnswerIsLost) {
  FakeChain chain;
  chain.swallow_next_send();
  Verdicts verdicts;
  TxSender sender(config_for(chain), gas_key());
  sender.post("call", {1}, verdicts.take());
  EXPECT_TRUE(verdicts.wait_for(0).ok());
  EXPECT_EQ(chain.sent().size(), 1u);
}

TEST(TxSender, OutlivesAChainThatHangs) {
  FakeChain chain;
  chain.set_mood(FakeChain::Mood::hang);
  Verdicts verdicts;
  TxSender sender(config_for(chain), gas_key());
  sender.post("call", {1}, verdicts.take());
  ASSERT_TRUE(eventually([&] { return chain.requests() > 2; }));
  EXPECT_EQ(verdicts.count(), 0u);
  chain.set_mood(FakeChain::Mood::honest);
  EXPECT_TRUE(verdicts.wait_for(0).ok());
}

TEST(TxSender, SaysWhyAMinedTransactionFailed) {
  FakeChain chain;
  chain.set_status("0x0");
  Verdicts verdicts;
  TxSender sender(config_for(chain), gas_key());
  sender.post("call", {1}, verdicts.take());
  EXPECT_EQ(code_of(verdicts.wait_for(0)), "reverted");
}

TEST(TxSender, SaysThatTheGasKeyIsPoor) {
  FakeChain chain;
  chain.set_send_errors({"insufficient funds for gas * price + value"});
  Verdicts verdicts;
  TxSender sender(config_for(chain), gas_key());
  sender.post("call", {1}, verdicts.take());
  EXPECT_EQ(code_of(verdicts.wait_for(0)), "no_gas_money");
}

TEST(TxSender, GivesUpOnADeadChain) {
  std::optional<FakeChain> chain(std::in_place);
  auto config = config_for(*chain);
  config.give_up_after = Duration(200);
  chain.reset();
  Verdicts verdicts;
  TxSender sender(config, gas_key());
  sender.post("call", {1}, verdicts.take());
  EXPECT_EQ(code_of(verdicts.wait_for(0)), "chain_unreachable");
}

TEST(TxSender, RefusesWhatDoesNotFitAndStopsAtOnce) {
  FakeChain chain;
  chain.set_mood(FakeChain::Mood::hang);
  Verdicts verdicts;
  auto config = config_for(chain);
  config.rpc_timeout = Duration(30'000);
  config.queue_max = 2;
  TxSender sender(config, gas_key());
  sender.post("call", {1}, verdicts.take());
  ASSERT_TRUE(eventually([&] { return chain.requests() > 0; }));  // the first is on its way
  sender.post("call", {2}, verdicts.take());
  sender.post("call", {3}, verdicts.take());
  EXPECT_EQ(verdicts.count(), 0u);
  sender.post("call", {4}, verdicts.take());
  EXPECT_EQ(code_of(verdicts.wait_for(0)), "queue_full");
  const auto before = std::chrono::steady_clock::now();
  sender.stop();
  EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::seconds(1));
  for (std::size_t i = 1; i < 4; ++i)
    EXPECT_EQ(code_of(verdicts.wait_for(i)), "stopped");
  sender.post("call", {5}, verdicts.take());
  EXPECT_EQ(code_of(verdicts.wait_for(4)), "stopped");
}

}  // namespace
}  // namespace dnc
