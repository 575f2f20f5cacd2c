#include "io/chain/relay_desk.hpp"

#include <gtest/gtest.h>

#include <mutex>

#include "io/chain/fake_chain.hpp"
#include "io/chain/relayed_call.hpp"

namespace dnc {
namespace {

using State = RelayVerdict::State;

PrivateKey key_of(std::uint8_t number) {
  Bytes scalar(32, 0);
  scalar.back() = number;
  return *PrivateKey::from_bytes(scalar);
}

// Pays for everything, or fails with `failure`; `hold` keeps the verdicts back.
class FakePoster : public ChainPoster {
 public:
  void post(std::string, Bytes calldata, OnTxDone on_done) override {
    const std::lock_guard lock(mutex_);
    posted_.push_back(std::move(calldata));
    if (held_) {
      waiting_.push_back(std::move(on_done));
    } else if (failure_.code.empty()) {
      on_done(TxDone{{}, {7}, false});
    } else {
      on_done(failure_);
    }
  }
  void stop() override {}

  std::size_t posted() {
    const std::lock_guard lock(mutex_);
    return posted_.size();
  }
  void hold() { held_ = true; }
  void fail(Error error) { failure_ = std::move(error); }
  void release() {
    const std::lock_guard lock(mutex_);
    for (const auto& done : waiting_)
      done(TxDone{{}, {7}, false});
    waiting_.clear();
  }

 private:
  std::mutex mutex_;
  std::vector<Bytes> posted_;
  std::vector<OnTxDone> waiting_;
  bool held_ = false;
  Error failure_;
};

class RelayDeskTest : public testing::Test {
 protected:
  RelayDeskTest() { make({}); }

  void make(const RelayLimits& limits) {
    desk_.reset();
    RelayDeskConfig config;
    config.endpoints = {chain_.url()};
    config.domain = {31337, chain_.contract()};
    config.rpc_timeout = Duration(300);
    config.limits = limits;
    desk_ = std::make_unique<RelayDesk>(config, poster_, [this] { return Time(now_.load()); });
    desk_->on_view(view());
  }

  ChainView view() const {
    ChainView view;
    view.height = {1};
    ChainSeat seat;
    seat.identity.seat = {3};
    seat.operator_ = operator_.address();
    view.seats = {seat};
    return view;
  }

  Bytes join(std::uint64_t epoch, const PrivateKey& signer, std::uint64_t deadline = 9) const {
    JoinRequest request;
    request.seat = {3};
    request.epoch = {epoch};
    request.boot_key.bytes.fill(static_cast<std::uint8_t>(epoch));
    request.deadline = deadline;
    const Hash digest = join_digest({31337, chain_.contract()}, request);
    JoinProof proof;
    return encode_join(request, "127.0.0.1:8083", signer.sign(digest), proof);
  }

  static Bytes report(std::uint64_t term) {
    return encode_report({{1}, {term}, {1}, {1}, {{1}}}, {{1}}, {Signature{}});
  }

  // Asks again until there is a verdict.
  RelayVerdict verdict_on(const Bytes& call) {
    RelayVerdict verdict;
    EXPECT_TRUE(eventually([&] {
      verdict = desk_->ask(call);
      return verdict.state != State::kAccepted;
    }));
    return verdict;
  }

  const PrivateKey operator_ = key_of(5);
  std::atomic<std::int64_t> now_{1'000'000};
  FakeChain chain_;
  FakePoster poster_;
  std::unique_ptr<RelayDesk> desk_;
};

TEST_F(RelayDeskTest, PaysOnceHoweverOftenItIsAsked) {
  poster_.hold();
  const Bytes call = join(1, operator_);
  for (int time = 0; time < 5; ++time)
    EXPECT_EQ(desk_->ask(call).state, State::kAccepted);
  ASSERT_TRUE(eventually([&] { return poster_.posted() == 1; }));
  EXPECT_EQ(desk_->ask(call).state, State::kAccepted);
  EXPECT_EQ(desk_->ask(join(1, operator_, 10)).state, State::kAccepted) << "signed afresh";
  poster_.release();
  const RelayVerdict done = verdict_on(call);
  EXPECT_EQ(done.state, State::kDone);
  EXPECT_EQ(done.done.block, BlockNumber{7});
  EXPECT_EQ(poster_.posted(), 1u);
}

TEST_F(RelayDeskTest, WhatTheChainShowsAlreadyCostsNothing) {
  ChainView shown = view();
  shown.seats[0].active = true;
  shown.seats[0].identity.epoch = {1};
  shown.seats[0].identity.boot_key.bytes.fill(1);
  desk_->on_view(shown);
  EXPECT_EQ(desk_->ask(join(1, operator_)).state, State::kDone);
  EXPECT_EQ(poster_.posted(), 0u);
}

TEST_F(RelayDeskTest, RefusesWhatTheContractWouldRefuse) {
  chain_.set_revert("0x" + std::string("e2517d3f"));
  const RelayVerdict refused = verdict_on(report(1));
  EXPECT_EQ(refused.state, State::kFailed);
  EXPECT_EQ(refused.error.code, "refused") << refused.error.message;
  EXPECT_NE(refused.error.hint, "");
  EXPECT_EQ(poster_.posted(), 0u);
  chain_.set_revert("");
  now_ += 5'000;
  EXPECT_EQ(verdict_on(report(1)).state, State::kDone) << "a refusal is not remembered for long";
}

TEST_F(RelayDeskTest, WhatSomebodyElseDidIsDone) {
  Bytes stale = AbiEncoder().number(4).number(7).call("StaleReport(uint64,uint64)");
  chain_.set_revert(to_hex0x(stale));
  const RelayVerdict done = verdict_on(report(1));
  EXPECT_EQ(done.state, State::kDone);
  EXPECT_TRUE(done.done.already_done);
  EXPECT_EQ(poster_.posted(), 0u);
}

TEST_F(RelayDeskTest, RelaysCallsThatAnybodyMaySendAndNoOthers) {
  EXPECT_EQ(verdict_on(encode_elect_leader()).state, State::kDone);
  EXPECT_EQ(verdict_on(AbiEncoder().number(3).call("expire(uint64)")).state, State::kDone);
  const Bytes none;
  Bytes cut = join(1, operator_);
  cut.resize(100);
  for (const Bytes& call :
       {none, Bytes{1, 2, 3}, encode_cast_vote({}, true), Bytes(kRelayedBytesMax + 1, 0),
        AbiEncoder().number(3).call("leave(uint64)"),
        AbiEncoder().address({}).call("mint(address)"), cut}) {
    EXPECT_EQ(desk_->ask(call).error.code, "not_relayable");
  }
}

TEST_F(RelayDeskTest, OnlyTheSeatsOperatorSpendsWhatTheSeatIsGranted) {
  const std::size_t before = chain_.requests();
  EXPECT_EQ(desk_->ask(join(1, key_of(6))).error.code, "not_operator");
  EXPECT_EQ(chain_.requests(), before) << "the chain is not even asked";
  RelayLimits limits;
  limits.joins_per_seat_hour = 2;
  make(limits);
  EXPECT_EQ(verdict_on(join(1, operator_)).state, State::kDone);
  EXPECT_EQ(verdict_on(join(2, operator_)).state, State::kDone);
  const RelayVerdict third = desk_->ask(join(3, operator_));
  EXPECT_EQ(third.error.code, "rate_limited");
  EXPECT_GT(third.retry_after, Duration(3'000'000));
  now_ += 3'600'000;
  EXPECT_EQ(verdict_on(join(3, operator_)).state, State::kDone) << "an hour later";
}

TEST_F(RelayDeskTest, ACallerWhoHammersGetsNoMoreThanTheLimits) {
  chain_.set_revert("0x" + std::string("e2517d3f"));
  const std::size_t before = chain_.requests();
  int limited = 0;
  for (std::uint64_t term = 1; term <= 2'000; ++term)
    limited += desk_->ask(report(term)).error.code == "rate_limited";
  EXPECT_GE(limited, 2'000 - static_cast<int>(RelayLimits{}.checks_burst));
  EXPECT_LE(chain_.requests() - before, RelayLimits{}.checks_burst + 1);
  EXPECT_EQ(poster_.posted(), 0u);
  now_ += 1'000;
  ASSERT_TRUE(eventually([&] {
    now_ += 1'000;
    return desk_->ask(report(5'000)).error.code != "rate_limited";
  })) << "others get their turn";
}

TEST_F(RelayDeskTest, SaysThatItCannotPayOrSeesNoChain) {
  poster_.fail({"no_gas_money", "0x.. cannot pay for the transaction", "send ether"});
  EXPECT_EQ(verdict_on(join(1, operator_)).error.code, "no_gas_money");
  chain_.set_mood(FakeChain::Mood::error_500);
  EXPECT_EQ(verdict_on(join(2, operator_)).error.code, "chain_unreachable");
  RelayDeskConfig config;
  config.endpoints = {chain_.url()};
  RelayDesk blind(config, poster_);
  EXPECT_EQ(blind.ask(join(1, operator_)).error.code, "no_chain");
}

}  // namespace
}  // namespace dnc
