// Single interleavings that break a cluster whose rules have a hole. Run on the real code as
// `scenario.*`, and on mutants by run.sh.
#include <gtest/gtest.h>

#include "bench.hpp"
#include "core/consensus/codec.hpp"

namespace dnc {
namespace {

constexpr Duration kSoon{5'000};

template <class T>
bool is(const Outgoing& outgoing) {
  return std::holds_alternative<T>(outgoing.envelope.message);
}

// The leader's own disk counts like any other: with one more it is a majority of three.
TEST(Interleaving, NoReplyBeforeTheLeadersOwnSync) {
  Bench bench;
  const auto leader = bench.start();
  bench.node(leader).hold_disk(true);
  const auto silent = leader % 3 + 1;
  bench.lose([=](Seat from, const Outgoing& message) {
    return from.value == silent && is<Accept>(message);
  });
  const auto ticket = bench.node(leader).write();
  bench.run_for(Duration(200));
  EXPECT_FALSE(bench.node(leader).answered(ticket)) << "acknowledged, and on one disk only";
  bench.node(leader).hold_disk(false);
  EXPECT_TRUE(bench.run_until([&] { return bench.node(leader).answered(ticket); }, kSoon));
}

// Raft's figure 8: a block of an older term may be on q disks and still be replaced; it commits
// with a block of the current term on top of it, and not by being counted itself.
TEST(Interleaving, ABlockOfAnOlderTermIsNotCommittedByCounting) {
  Bench bench;
  ASSERT_EQ(bench.start(), 1u);
  bench.run_for(Duration(1'000));
  // Seat 1 proposes one more block; only seat 2 gets it, and its ACCEPT is lost.
  bench.lose([](Seat from, const Outgoing& message) {
    return message.to.value == 3 || is<Accept>(message) || from.value == 3;
  });
  const SeqNo committed = bench.node(1).status().commit_seq;
  bench.node(1).write();
  ASSERT_TRUE(
      bench.run_until([&] { return bench.node(2).status().head_seq == committed.next(); }, kSoon));
  // Seat 1 is gone, seat 2 leads the next term with that block, and hears no ACCEPT of it.
  bench.lose([](Seat from, const Outgoing& message) {
    return from.value == 1 || message.to.value == 1 || is<Accept>(message) ||
           is<Committed>(message);
  });
  ASSERT_TRUE(bench.run_until([&] { return bench.node(2).status().leading; }, kSoon));
  bench.run_for(Duration(50));
  const ReplicaStatus leading = bench.node(2).status();
  ASSERT_EQ(leading.head_seq.value, committed.value + 2) << "the old block and TERM_START";
  ASSERT_EQ(leading.commit_seq, committed);
  // Seat 3 says, in the new term, that it holds the old block.
  Hash old_block;
  for (const auto& sent : bench.node(1).sent()) {
    if (!is<Propose>(sent)) continue;
    const Block& block = std::get<Propose>(sent.envelope.message).block;
    if (block.header.seq == committed.next()) old_block = block_hash(block.header);
  }
  bench.inject(3, 2, bench.forge_accept(3, leading.term, committed.next(), old_block));
  EXPECT_EQ(bench.node(2).status().commit_seq, committed) << "committed by counting an older term";
}

// What a seat has promised away it must not say any more, and a grant tells all it said before.
TEST(Interleaving, NoAcceptOfAnOldTermLeavesAfterAGrant) {
  Bench bench;
  ASSERT_EQ(bench.start(), 1u);
  bench.run_for(Duration(1'000));
  const Term old_term = bench.node(1).status().term;
  // Seat 3's disk stands still while it takes a block, and then a vote for the next term.
  bench.node(3).hold_disk(true);
  bench.lose(
      [](Seat from, const Outgoing& message) { return from.value == 2 && is<Accept>(message); });
  const std::size_t before = bench.node(3).sent().size();
  bench.node(1).write();
  bench.run_for(Duration(30));
  const SeqNo head = bench.node(3).status().head_seq;
  bench.cut_off(1);
  ASSERT_TRUE(bench.run_until([&] { return bench.node(3).status().term > old_term; }, kSoon));
  bench.node(3).hold_disk(false);
  bench.run_for(Duration(300));
  bool granted = false;
  const auto& sent = bench.node(3).sent();
  for (std::size_t i = before; i < sent.size(); ++i) {
    if (is<GrantMessage>(sent[i])) {
      granted = true;
      EXPECT_GE(std::get<GrantMessage>(sent[i].envelope.message).grant.last.seq, head);
    }
    if (!is<Accept>(sent[i])) continue;
    const Accept& accept = std::get<Accept>(sent[i].envelope.message);
    EXPECT_FALSE(granted && accept.term == old_term) << "an ACCEPT of the old term after a GRANT";
  }
  EXPECT_TRUE(granted);
}

}  // namespace
}  // namespace dnc
