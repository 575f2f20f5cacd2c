// Several RPC endpoints, of which one lies, lags, hangs or is another chain's.
#include "io/chain/agreement.hpp"

#include <gtest/gtest.h>

#include "io/chain/watched.hpp"

namespace dnc {
namespace {

bool all_show_term(const std::vector<ChainView>& views, std::uint64_t term) {
  return std::ranges::all_of(views,
                             [&](const ChainView& view) { return view.leader_term == Term{term}; });
}

class AgreementTest : public testing::Test {
 protected:
  void mine_all(int count = 1) {
    for (FakeChain* chain : {&first_, &second_, &third_})
      chain->mine(count);
  }
  FakeChain first_;
  FakeChain second_;
  FakeChain third_;
};

TEST_F(AgreementTest, TwoMustShowTheSameBlock) {
  mine_all(3);
  Watched watched(config_for({&first_, &second_}));
  ASSERT_TRUE(watched.sees(first_.head()));
  EXPECT_EQ(watched->status().endpoint, "127.0.0.1:" + std::to_string(first_.port()) +
                                            ", 127.0.0.1:" + std::to_string(second_.port()));
  const auto seen = watched.views().size();
  second_.reorg(3, 3);  // another chain from its first block on
  mine_all(2);
  ASSERT_TRUE(watched.fails_with("endpoints_disagree"));
  EXPECT_FALSE(watched->status().reachable);
  EXPECT_NE(watched->status().error.message.find(std::to_string(second_.port())),
            std::string::npos);
  const auto asked = second_.requests();
  ASSERT_TRUE(eventually([&] { return second_.requests() > asked + 10; }));
  EXPECT_EQ(watched.views().size(), seen) << "the last agreed view stands";
  first_.reorg(5, 5);  // it was the other one's chain all along
  EXPECT_TRUE(watched.sees(second_.head()));
  EXPECT_TRUE(watched.fails_with(""));
}

TEST_F(AgreementTest, TwoMustShowTheSameContract) {
  Watched watched(config_for({&first_, &second_}));
  ASSERT_TRUE(watched.sees(first_.head()));
  second_.set_leader_term(99);
  mine_all();
  ASSERT_TRUE(watched.fails_with("endpoints_disagree"));
  EXPECT_TRUE(all_show_term(watched.views(), 1));
  second_.set_leader_term(1);
  EXPECT_TRUE(watched.sees(first_.head()));
  EXPECT_TRUE(watched.fails_with(""));
}

TEST_F(AgreementTest, OfTwoNoneMayBeMissing) {
  Watched watched(config_for({&first_, &second_}));
  ASSERT_TRUE(watched.sees(first_.head()));
  second_.set_mood(FakeChain::Mood::error_500);
  mine_all();
  ASSERT_TRUE(watched.fails_with("endpoints_missing"));
  second_.set_mood(FakeChain::Mood::honest);
  EXPECT_TRUE(watched.sees(first_.head()));
}

TEST_F(AgreementTest, OfTwoNoneMayStayBehind) {
  Watched watched(config_for({&first_, &second_}));
  ASSERT_TRUE(watched.sees(first_.head()));
  first_.mine(33);
  EXPECT_TRUE(watched.fails_with("endpoints_disagree"));
  second_.mine(30);  // near enough: the lower one is where both are
  EXPECT_TRUE(watched.sees(second_.head()));
}

TEST_F(AgreementTest, OfThreeOneMayBeDownOrSilent) {
  Watched watched(config_for({&first_, &second_, &third_}));
  for (FakeChain* down : {&first_, &second_, &third_}) {
    for (const auto mood : {FakeChain::Mood::error_500, FakeChain::Mood::hang}) {
      down->set_mood(mood);
      mine_all();
      EXPECT_TRUE(watched.sees(first_.head()));
      down->set_mood(FakeChain::Mood::honest);
    }
  }
}

TEST_F(AgreementTest, OfThreeOneMayLie) {
  mine_all(3);
  Watched watched(config_for({&first_, &second_, &third_}));
  ASSERT_TRUE(watched.sees(second_.head()));
  first_.set_leader_term(99);  // about the contract
  mine_all();
  ASSERT_TRUE(watched.sees(second_.head()));
  first_.mine(1000);  // about how far the chain is
  mine_all();
  ASSERT_TRUE(watched.sees(second_.head()));
  first_.reorg(1003, 7);  // about the past
  mine_all();
  ASSERT_TRUE(watched.sees(second_.head()));
  first_.set_chain_id(1);  // it is another chain's
  mine_all();
  ASSERT_TRUE(watched.sees(second_.head()));
  EXPECT_TRUE(all_show_term(watched.views(), 1));
}

TEST_F(AgreementTest, AWrongChainIsNotHiddenByADeadEndpoint) {
  first_.set_mood(FakeChain::Mood::error_500);
  second_.set_chain_id(1);
  Watched watched(config_for({&first_, &second_}));
  EXPECT_TRUE(watched.fails_with("wrong_chain"));
}

TEST_F(AgreementTest, TheLowestSettledBlockCounts) {
  for (FakeChain* chain : {&first_, &second_})
    chain->set_record_block(2);
  mine_all(9);
  first_.set_settled("safe", 1);
  second_.set_settled("safe", 9);
  auto config = config_for({&first_, &second_});
  config.chain.finality = Finality::safe;
  Watched watched(config);
  ASSERT_TRUE(watched.sees(first_.head()));
  EXPECT_FALSE(watched.views().back().generation_final);
  first_.set_settled("safe", 2);
  mine_all();
  ASSERT_TRUE(watched.sees(first_.head()));
  EXPECT_TRUE(watched.views().back().generation_final);
}

}  // namespace
}  // namespace dnc
