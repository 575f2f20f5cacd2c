// The simulated contract follows the same rules as the real one, or runs prove nothing about it.
#include "sim/chain.hpp"

#include <gtest/gtest.h>

#include "sim/key_ring.hpp"

namespace dnc {
namespace {

class ContractTest : public testing::Test {
 protected:
  ContractTest() : keys_(make_keyed_hash_ring(Prng(1))), signing_({31337, {}}) {
    for (std::uint64_t seat = 1; seat <= 3; ++seat) {
      signers_.push_back(keys_->fresh_signer());
      identities_.push_back({{seat}, {1}, signers_.back()->address()});
    }
  }

  bool execute(const Transaction& transaction) {
    return contract_.execute(transaction, {++height_}, signing_, keys_->verifier());
  }
  ChainView view() const { return contract_.view({height_}, {}, false); }

  void join_all() {
    for (const Identity& identity : identities_)
      ASSERT_TRUE(execute(JoinCall{identity}));
  }

  PostGeneration generation(std::uint64_t number, std::uint64_t term, std::size_t founders) {
    PostGeneration call;
    call.start = {{number}, {term}, {1}, {1}, {0}, {}, {}};
    for (std::size_t at = 0; at < founders; ++at)
      call.start.founders.push_back({identities_[at].seat, identities_[at].epoch});
    for (std::size_t at = 0; at < founders; ++at)
      call.signatures.push_back(signers_[at]->sign(signing_.start_generation(call.start)));
    return call;
  }

  PostReport report(std::uint64_t term, std::uint64_t leader, std::size_t signers) {
    PostReport call;
    call.report = {{1}, {term}, {1}, {leader}, {{1}, {2}, {3}}};
    for (std::size_t at = 0; at < signers; ++at) {
      call.signers.push_back(identities_[at].seat);
      call.signatures.push_back(signers_[at]->sign(signing_.report(call.report)));
    }
    return call;
  }

  std::unique_ptr<KeyRing> keys_;
  Signing signing_;
  std::vector<std::unique_ptr<Signer>> signers_;
  std::vector<Identity> identities_;
  Contract contract_{3, 3};
  std::uint64_t height_ = 1;
};

TEST_F(ContractTest, JoinsNeedAHigherEpochAndMayBeRepeated) {
  join_all();
  EXPECT_TRUE(execute(JoinCall{identities_[0]}));
  Identity other = identities_[0];
  other.boot_key = keys_->fresh_signer()->address();
  EXPECT_FALSE(execute(JoinCall{other}));
  other.epoch = {1025};
  EXPECT_TRUE(execute(JoinCall{other}));
  EXPECT_FALSE(execute(JoinCall{identities_[0]}));
  Identity far = other;
  far.epoch = {1025 + 1025};
  far.boot_key = keys_->fresh_signer()->address();
  EXPECT_FALSE(execute(JoinCall{far}));
}

TEST_F(ContractTest, GenesisNeedsAllFoundingSeatsAndTheirSignatures) {
  EXPECT_FALSE(execute(generation(1, 1, 3))) << "nobody has joined";
  join_all();
  EXPECT_FALSE(execute(generation(1, 1, 2)));
  PostGeneration forged = generation(1, 1, 3);
  forged.signatures[2] = forged.signatures[1];
  EXPECT_FALSE(execute(forged));
  EXPECT_TRUE(execute(generation(1, 1, 3)));
  EXPECT_FALSE(execute(generation(1, 2, 3))) << "one winner for each generation";
  EXPECT_EQ(view().generation.start.generation, Generation{1});
  EXPECT_EQ(view().generation.founder_keys.size(), 3u);
}

TEST_F(ContractTest, LaterGenerationsNeedAQuorumAndAHigherTerm) {
  join_all();
  ASSERT_TRUE(execute(generation(1, 5, 3)));
  EXPECT_FALSE(execute(generation(2, 5, 3)));
  EXPECT_FALSE(execute(generation(2, 6, 1)));
  EXPECT_TRUE(execute(generation(4, 6, 2)));
  EXPECT_TRUE(view().find({3})->counted) << "a cold start changes no configuration";
}

TEST_F(ContractTest, ReportsNeedAQuorumAndMoveForwardOnly) {
  join_all();
  ASSERT_TRUE(execute(generation(1, 1, 3)));
  EXPECT_FALSE(execute(report(2, 2, 1)));
  EXPECT_TRUE(execute(report(2, 2, 2)));
  EXPECT_FALSE(execute(report(2, 3, 2)));
  EXPECT_FALSE(execute(report(1, 1, 3)));
  EXPECT_EQ(view().leader_seat, Seat{2});
}

TEST_F(ContractTest, AQuorumOfOperatorsDeposesForTheTimeBeing) {
  join_all();
  ASSERT_TRUE(execute(generation(1, 1, 3)));
  EXPECT_TRUE(execute(VoteCall{{2}}));
  EXPECT_TRUE(execute(VoteCall{{2}}));
  EXPECT_FALSE(view().leader_provisional) << "one seat, one vote";
  EXPECT_TRUE(execute(VoteCall{{3}}));
  EXPECT_TRUE(view().leader_provisional);
  EXPECT_EQ(view().leader_term, Term{2});
  EXPECT_EQ(view().leader_seat, Seat{2});
  EXPECT_FALSE(execute(report(1, 1, 3))) << "below the provisional term";
  EXPECT_TRUE(execute(report(2, 3, 3)));
  EXPECT_FALSE(view().leader_provisional);
}

TEST(SimChain, AReorgGivesAHeightAnotherHashAndFinalRecordsStand) {
  EventQueue queue;
  Trace trace;
  const auto keys = make_keyed_hash_ring(Prng(1));
  const Signing signing({31337, {}});
  std::vector<ChainView> seen;
  SimChain chain(queue, trace, Prng(2), Contract(1, 1), signing, keys->verifier(),
                 [&](Seat, const SimChain::Answers& answers) { seen.push_back(answers[0]); });
  chain.start();
  while (queue.run_next(Time(3500))) {
  }
  const ChainView before = chain.newest();
  chain.reorg(2);
  EXPECT_EQ(chain.newest().height.value, before.height.value - 2);
  while (queue.run_next(Time(5500))) {
  }
  EXPECT_EQ(chain.newest().height, before.height);
  EXPECT_NE(chain.newest().hash, before.hash);
  chain.set_down(true);
  const std::size_t views = seen.size();
  while (queue.run_next(Time(9500))) {
  }
  EXPECT_EQ(seen.size(), views);
}

TEST(SimChain, ALyingEndpointDisagreesAndACensoredSeatIsNotHeard) {
  EventQueue queue;
  Trace trace;
  const auto keys = make_keyed_hash_ring(Prng(1));
  const Signing signing({31337, {}});
  std::vector<SimChain::Answers> answers;
  SimChain chain(queue, trace, Prng(2), Contract(1, 1), signing, keys->verifier(),
                 [&](Seat, const SimChain::Answers& both) { answers.push_back(both); });
  chain.start();
  while (queue.run_next(Time(1500))) {
  }
  ASSERT_FALSE(answers.empty());
  EXPECT_TRUE(agree(answers.back()[0], answers.back()[1]));
  chain.lie_to({1});
  chain.censor({1});
  chain.submit({1}, JoinCall{{{1}, {1}, keys->fresh_signer()->address()}});
  while (queue.run_next(Time(4500))) {
  }
  EXPECT_FALSE(agree(answers.back()[0], answers.back()[1]));
  EXPECT_EQ(chain.newest().find({1})->identity.epoch, Epoch{});
  chain.heal();
  chain.submit({1}, JoinCall{{{1}, {1}, keys->fresh_signer()->address()}});
  while (queue.run_next(Time(7500))) {
  }
  EXPECT_TRUE(agree(answers.back()[0], answers.back()[1]));
  EXPECT_EQ(chain.newest().find({1})->identity.epoch, Epoch{1});
}

}  // namespace
}  // namespace dnc
