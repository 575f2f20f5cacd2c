// Receipts of simulated clusters with real signatures, judged with what the contract would know.
#include <gtest/gtest.h>

#include "core/consensus/codec.hpp"
#include "sim/simulation.hpp"

namespace dnc {
namespace {

class ReceiptsTest : public testing::Test {
 protected:
  ReceiptsTest() {
    SimulationOptions options;
    options.curve = true;
    simulation_ = std::make_unique<Simulation>(options);
    simulation_->power_on_all();
    until([this] { return all_serve(); });
    history_.configs[{1}] = {{1}, {2}, {3}};
  }
  ~ReceiptsTest() override {
    if (const auto& violation = simulation_->auditor().violation())
      ADD_FAILURE() << violation->what;
  }

  void until(const std::function<bool()>& goal) {
    ASSERT_TRUE(simulation_->run_until(goal, Duration(60'000))) << simulation_->unsettled_reason();
  }
  bool all_serve() {
    return std::ranges::all_of(simulation_->seats(),
                               [this](Seat seat) { return simulation_->serves(seat); });
  }
  // So many increments at once, and all nodes have them.
  void write(std::uint64_t count) {
    for (std::uint64_t i = 0; i < count; ++i)
      simulation_->workload().write(1 + i, {1 + i % 3});
    until([this] { return simulation_->settled(); });
    register_keys();
  }
  void register_keys() {
    for (const Seat seat : simulation_->seats())
      history_.keys[simulation_->node(seat).identity().boot_key] = seat;
  }
  Result<Verified> verify(const Receipt& receipt) const {
    Eip712Domain domain;
    domain.chain_id = 31337;
    domain.contract.bytes.fill(0x51);
    return verify_receipt(receipt, history_, Signing(domain));
  }
  // Every operation of every block that this node has from `first` on.
  std::size_t expect_all_good(Seat seat, SeqNo first = {1}) {
    const Replica& replica = simulation_->node(seat).replica();
    std::size_t good = 0;
    for (SeqNo seq = first; const Block* block = replica.committed_block(seq); seq = seq.next()) {
      for (std::size_t at = 0; at < block->body.operations.size(); ++at, ++good) {
        const auto receipt = replica.receipt(seq, at);
        if (!receipt) ADD_FAILURE() << receipt.error().message;
        if (!receipt) return good;
        const auto verified = verify(*receipt);
        if (!verified) ADD_FAILURE() << verified.error().message << " of " << seq.value;
        if (!verified) return good;
        EXPECT_EQ(verified->seq, seq);
        EXPECT_EQ(verified->block_hash, block_hash(block->header));
        EXPECT_GE(verified->strength, 2u);
        EXPECT_EQ(receipt->operation, encode(block->body.operations[at]));
      }
    }
    return good;
  }

  std::unique_ptr<Simulation> simulation_;
  KeyHistory history_;
};

TEST_F(ReceiptsTest, EveryNodeCanShowEveryOperation) {
  write(1);
  write(40);
  write(3);
  for (const Seat seat : simulation_->seats())
    EXPECT_EQ(expect_all_good(seat), 44u);
}

TEST_F(ReceiptsTest, WhatIsNotThereIsNamed) {
  write(2);
  const Replica& replica = simulation_->node({1}).replica();
  const SeqNo head = replica.status().commit_seq;
  EXPECT_EQ(replica.receipt({0}, 0).error().code, "not_committed");
  EXPECT_EQ(replica.receipt(head.next(), 0).error().code, "not_committed");
  EXPECT_EQ(replica.receipt({1}, 0).error().code, "no_operation") << "the first block has none";
  EXPECT_EQ(replica.receipt(head, 1000).error().code, "no_operation");
}

TEST_F(ReceiptsTest, LeadersAndKeysMayChange) {
  write(5);
  const Seat old_leader = *simulation_->leader();
  const Seat other{old_leader.value % 3 + 1};
  simulation_->crash(old_leader);
  until([&] { return simulation_->leader() && *simulation_->leader() != old_leader; });
  simulation_->power_on(old_leader);
  until([this] { return all_serve(); });
  write(5);
  EXPECT_EQ(expect_all_good(other), 10u);
}

TEST_F(ReceiptsTest, TheConfigurationMayGrow) {
  write(2);
  const Seat newcomer = simulation_->add_seat();
  until([&] { return simulation_->chain().newest().find(newcomer) != nullptr; });
  simulation_->power_on(newcomer);
  until([&] { return simulation_->counted().contains(newcomer) && simulation_->serves(newcomer); });
  history_.configs[{2}] = {{1}, {2}, {3}, {4}};
  const SeqNo before = simulation_->node({1}).replica().status().commit_seq;
  write(5);
  EXPECT_EQ(expect_all_good({1}, before.next()), 5u);
  EXPECT_EQ(expect_all_good(newcomer, before.next()), 5u);
}

// It was not there when they were signed, and what was signed since is too far away.
TEST_F(ReceiptsTest, ARebootedNodeHasNoneForWhatIsLongAgo) {
  write(1);
  const SeqNo first = simulation_->node({1}).replica().status().commit_seq;
  for (std::size_t i = 0; i <= limits::kReceiptHeadersMax; ++i)
    write(1);
  const Seat follower{*simulation_->leader() == Seat{1} ? 2u : 1u};
  simulation_->reboot(follower);
  until([this] { return all_serve(); });
  write(1);
  const Replica& rebooted = simulation_->node(follower).replica();
  const auto receipt = rebooted.receipt(first, 0);
  ASSERT_FALSE(receipt);
  EXPECT_EQ(receipt.error().code, "receipt_gone");
  const auto newest = rebooted.receipt(rebooted.status().commit_seq, 0);
  EXPECT_TRUE(newest && verify(*newest));
}

TEST_F(ReceiptsTest, ChangedOnesDoNotHold) {
  write(3);
  const Replica& replica = simulation_->node({2}).replica();
  const Receipt good = replica.receipt(replica.status().commit_seq, 0).value();
  ASSERT_TRUE(verify(good));
  const auto expect_refused = [&](const char* code, const std::function<void(Receipt&)>& change) {
    Receipt forged = good;
    change(forged);
    const auto verified = verify(forged);
    EXPECT_EQ(verified ? "" : verified.error().code, code);
  };
  expect_refused("too_few", [](Receipt& receipt) { receipt.accepts.resize(1); });
  expect_refused("not_in_block", [](Receipt& receipt) { receipt.result.back() ^= 1; });
  expect_refused("unknown_boot_key", [](Receipt& receipt) { ++receipt.accepts[0].epoch.value; });
  history_.keys.clear();
  expect_refused("unknown_boot_key", [](Receipt&) {});
}

}  // namespace
}  // namespace dnc
