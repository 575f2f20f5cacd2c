#include "io/chain/membership_watcher.hpp"

#include <gtest/gtest.h>

#include "io/chain/watched.hpp"

namespace dnc {
namespace {

TEST(MembershipWatcher, HandsOverAViewPerHead) {
  FakeChain chain;
  Watched watched(config_for({&chain}));
  ASSERT_TRUE(watched.sees(chain.head()));
  const ChainView first = watched.views().back();
  EXPECT_EQ(first.height, BlockNumber{0});
  ASSERT_EQ(first.seats.size(), 3u);
  EXPECT_EQ(first.seats[2].endpoint, "127.0.0.1:7003");
  EXPECT_EQ(first.leader_seat, Seat{1});
  EXPECT_EQ(first.founding_seats, 3u);
  EXPECT_FALSE(first.generation_final);
  chain.set_leader_term(9);
  chain.mine(7);
  ASSERT_TRUE(watched.sees(chain.head()));
  EXPECT_EQ(watched.views().back().leader_term, Term{9});
  EXPECT_EQ(watched.views().back().height, BlockNumber{7});
  const auto status = watched->status();
  EXPECT_TRUE(status.reachable);
  EXPECT_EQ(status.head, BlockNumber{7});
  EXPECT_EQ(status.reorgs, 0u);
  EXPECT_EQ(status.endpoint, "127.0.0.1:" + std::to_string(chain.port()));
  const auto seen = watched.views().size();
  const auto asked = chain.requests();
  ASSERT_TRUE(eventually([&] { return chain.requests() > asked + 5; }));
  EXPECT_EQ(watched.views().size(), seen) << "no new head, no view";
}

TEST(MembershipWatcher, GenerationIsFinalAtDepth) {
  FakeChain chain;
  chain.set_record_block(2);
  chain.mine(4);
  Watched watched(config_for({&chain}));
  ASSERT_TRUE(watched.sees(chain.head()));
  EXPECT_FALSE(watched.views().back().generation_final);
  chain.mine();
  ASSERT_TRUE(watched.sees(chain.head()));
  EXPECT_TRUE(watched.views().back().generation_final);
}

TEST(MembershipWatcher, ReadsAllPagesOfMembers) {
  FakeChain chain;
  chain.set_seats(231);
  Watched watched(config_for({&chain}));
  ASSERT_TRUE(watched.sees(chain.head()));
  const auto seats = watched.views().back().seats;
  ASSERT_EQ(seats.size(), 231u);
  EXPECT_EQ(seats.back().identity.seat, Seat{231});
}

TEST(MembershipWatcher, FollowsReorgsAlsoDownwards) {
  FakeChain chain;
  Watched watched(config_for({&chain}));
  for (int i = 0; i < 6; ++i) {
    chain.mine();
    ASSERT_TRUE(watched.sees(chain.head()));
  }
  chain.reorg(2, 1);  // height 5, others
  ASSERT_TRUE(watched.sees(chain.head()));
  EXPECT_EQ(watched.views().back().height, BlockNumber{5});
  EXPECT_EQ(watched->status().reorgs, 1u);
  chain.reorg(1, 0);  // the last block is lost: height 4, seen before
  ASSERT_TRUE(watched.sees(chain.head()));
  EXPECT_EQ(watched->status().reorgs, 2u);
  chain.reorg(3, 9);
  ASSERT_TRUE(watched.sees(chain.head()));
  EXPECT_EQ(watched.views().back().height, BlockNumber{10});
  EXPECT_EQ(watched->status().reorgs, 3u);
}

TEST(MembershipWatcher, ManagesWithoutEip1898) {
  FakeChain chain;
  chain.forget_eip1898();
  chain.mine(3);
  Watched watched(config_for({&chain}));
  ASSERT_TRUE(watched.sees(chain.head()));
  chain.mine();
  ASSERT_TRUE(watched.sees(chain.head()));
}

TEST(MembershipWatcher, OutlivesHangsGarbageAndErrors) {
  FakeChain chain;
  Watched watched(config_for({&chain}));
  ASSERT_TRUE(watched.sees(chain.head()));
  const std::pair<FakeChain::Mood, const char*> moods[] = {
      {FakeChain::Mood::hang, "chain_unreachable"},
      {FakeChain::Mood::garbage, "bad_chain_answer"},
      {FakeChain::Mood::error_500, "chain_unreachable"}};
  for (const auto& [mood, code] : moods) {
    chain.set_mood(mood);
    EXPECT_TRUE(watched.fails_with(code));
    chain.mine(2);
    chain.set_mood(FakeChain::Mood::honest);
    EXPECT_TRUE(watched.sees(chain.head()));
    EXPECT_TRUE(watched.fails_with(""));
  }
}

TEST(MembershipWatcher, OutlivesARestartOfTheChain) {
  auto chain = std::make_unique<FakeChain>();
  const auto port = chain->port();
  Watched watched(config_for({chain.get()}));
  chain->mine(5);
  ASSERT_TRUE(watched.sees(chain->head()));
  chain.reset();
  EXPECT_TRUE(watched.fails_with("chain_unreachable"));
  chain = std::make_unique<FakeChain>(port);  // it has lost its last blocks
  chain->mine(3);
  ASSERT_TRUE(watched.sees(chain->head()));
}

TEST(MembershipWatcher, RefusesAnotherChain) {
  FakeChain chain;
  chain.set_chain_id(1);
  Watched watched(config_for({&chain}));
  EXPECT_TRUE(watched.fails_with("wrong_chain"));
  EXPECT_TRUE(watched.views().empty());
  EXPECT_FALSE(watched->status().reachable);
  chain.set_chain_id(31337);
  EXPECT_TRUE(watched.sees(chain.head()));
}

TEST(MembershipWatcher, SaysThatThereIsNoContract) {
  FakeChain chain;
  auto config = config_for({&chain});
  config.chain.contract.bytes.fill(1);
  Watched watched(config);
  EXPECT_TRUE(watched.fails_with("no_contract"));
}

TEST(MembershipWatcher, FinalityMayBeWhatTheChainCallsIt) {
  for (const auto& [finality, tag] :
       {std::pair(Finality::safe, "safe"), std::pair(Finality::finalized, "finalized")}) {
    FakeChain chain;
    chain.set_record_block(2);
    chain.mine(9);
    chain.set_settled(tag, 1);
    auto config = config_for({&chain});
    config.chain.finality = finality;
    Watched watched(config);
    ASSERT_TRUE(watched.sees(chain.head()));
    EXPECT_FALSE(watched.views().back().generation_final) << tag;
    chain.set_settled(tag, 2);
    chain.mine();
    ASSERT_TRUE(watched.sees(chain.head()));
    EXPECT_TRUE(watched.views().back().generation_final) << tag;
  }
}

TEST(MembershipWatcher, StopsAtOnceEvenIfTheChainHangs) {
  FakeChain chain;
  auto config = config_for({&chain});
  config.chain.rpc_timeout = Duration(30'000);
  chain.set_mood(FakeChain::Mood::hang);
  Watched watched(config);
  ASSERT_TRUE(eventually([&] { return chain.requests() > 0; }));
  const auto before = std::chrono::steady_clock::now();
  watched->stop();
  EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::seconds(1));
}

}  // namespace
}  // namespace dnc
