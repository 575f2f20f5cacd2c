// One of three seats, its inputs given by hand. Whole clusters are the simulator's.
#include "core/consensus/replica_test.hpp"

#include <gtest/gtest.h>

namespace dnc {
namespace {

void expect_nothing(const Effects& effects, const std::string& what) {
  EXPECT_FALSE(effects.persist) << what;
  EXPECT_TRUE(effects.send.empty()) << what;
  EXPECT_TRUE(effects.writes.empty()) << what;
  EXPECT_TRUE(effects.reads.empty()) << what;
  EXPECT_TRUE(effects.calls.empty()) << what;
  EXPECT_TRUE(effects.events.empty()) << what;
  EXPECT_EQ(effects.stop, Stop::kNone) << what;
}

class ReplicaTest : public ::testing::Test {
 protected:
  // Recovering, and past the first step: that one always writes something, to have a token.
  Effects boot(Recovered recovered = {}, const ChainView& first = joined()) {
    replica_ = std::make_unique<Replica>(ReplicaConfig{}, std::move(recovered), notary_, verifier_,
                                         service_, Prng(1));
    return replica_->step(first);
  }
  void become_member() {
    boot();
    replica_->step(founded());
    ASSERT_EQ(replica_->status().standing, Standing::kMember);
  }
  Effects step(const Input& input) { return replica_->step(input); }

  WillingNotary notary_;
  TrustingVerifier verifier_;
  Text service_;
  std::unique_ptr<Replica> replica_;
};

// --- Recovering ----------------------------------------------------------------------------------

TEST_F(ReplicaTest, ARecoveringSeatRefusesClients) {
  boot();
  const Effects write = step(ClientWrite{7, {{1}, {2}}});
  ASSERT_EQ(write.writes.size(), 1U);
  EXPECT_EQ(write.writes[0].ticket, 7U);
  EXPECT_EQ(write.writes[0].error, "not_serving");
  const Effects read = step(ClientRead{8, {}, true});
  ASSERT_EQ(read.reads.size(), 1U);
  EXPECT_EQ(read.reads[0].ticket, 8U);
  EXPECT_EQ(read.reads[0].error, "not_serving");
}

TEST_F(ReplicaTest, ARecoveringSeatAnswersStaleReadsFromWhatIsCommitted) {
  Text scratch;
  Executor executor(scratch);
  Recovered recovered;
  LogHead end;
  for (const std::uint8_t letter : {'a', 'b', 'c'}) {
    Block block;
    block.header.term = {1};
    block.header.seq = end.seq.next();
    block.header.prev_hash = end.hash;
    block.body.operations = {{{letter}, {letter}}};
    block.header.result_root = executor.apply(block.header.seq, {1}, block.body);
    end = head_of(block.header);
    recovered.blocks.push_back(block);
  }
  recovered.commit_seq = {2};
  boot(std::move(recovered));
  const Effects effects = step(ClientRead{9, {}, false});
  ASSERT_EQ(effects.reads.size(), 1U);
  EXPECT_EQ(effects.reads[0].error, "");
  EXPECT_EQ(as_text(effects.reads[0].result), "ab");
  EXPECT_EQ(effects.reads[0].seq, SeqNo{2});
  EXPECT_NE(replica_->committed_block({2}), nullptr);
  EXPECT_EQ(replica_->committed_block({3}), nullptr);
}

// --- Who may speak -------------------------------------------------------------------------------

TEST_F(ReplicaTest, OnlyProvenPeersAreHeard) {
  boot();
  const Fetch fetch{{1}};
  ASSERT_EQ(step(from(seat(3), fetch)).send.size(), 1U) << "the honest one gets its answer";
  expect_nothing(step(from(seat(4), fetch)), "a seat that nobody knows");
  expect_nothing(step(from(seat(3, 2), fetch)), "a boot that nobody knows");
  expect_nothing(step(from(seat(2), fetch)), "my own seat");
  PeerMessage forged = from(seat(3), fetch);
  forged.envelope.seat = {1};
  expect_nothing(step(forged), "the seat is not that of the link");
  forged = from(seat(3), fetch);
  forged.envelope.epoch = {2};
  expect_nothing(step(forged), "the epoch is not that of the link");
}

TEST_F(ReplicaTest, MembersMustSpeakOfTheSameGeneration) {
  become_member();
  const ReadIndex question{5, {1}};
  const Effects answered = step(from(seat(1), question));
  ASSERT_EQ(answered.send.size(), 1U);
  EXPECT_EQ(answered.send[0].to, Seat{1});
  EXPECT_TRUE(std::holds_alternative<ReadAck>(answered.send[0].envelope.message));
  EXPECT_EQ(answered.send[0].envelope.scope, kScope);
  expect_nothing(step(from(seat(1), question, {{2}, {1}})), "another generation");
  expect_nothing(step(from(seat(1), question, {{1}, {2}})), "another configuration");
  expect_nothing(step(from(seat(3), question)), "not the leader");
  expect_nothing(step(from(seat(1), ReadIndex{5, {2}})), "another term");
}

TEST_F(ReplicaTest, ARecoveringSeatTakesNoPartInTheProtocol) {
  boot();
  expect_nothing(step(from(seat(1), ReadIndex{5, {}}, {})), "READIDX");
  expect_nothing(step(from(seat(1), Propose{opening(), {}}, {})), "PROPOSE");
  expect_nothing(step(from(seat(1), Probe{1, {}}, {})), "PROBE");
  expect_nothing(step(from(seat(1), Votes{}, {})), "NOCONF");
}

// --- What they say -------------------------------------------------------------------------------

TEST_F(ReplicaTest, EmptyMessagesChangeNothing) {
  become_member();
  const std::vector<Message> messages{Request{},
                                      Refusal{},
                                      Propose{},
                                      Accept{},
                                      Committed{},
                                      Votes{},

                                      Healthy{},
                                      GrantMessage{},
                                      NewTermMessage{},
                                      ReadIndex{},
                                      ReadAck{},
                                      ReadRequest{},
                                      ReadGrant{},
                                      Chunk{},
                                      RejoinRequest{},
                                      ReportShare{},
                                      GenerationProposal{},
                                      GenerationConsent{},
                                      RestartReportMessage{}};
  for (const auto& message : messages) {
    for (const std::uint64_t number : {1, 3})
      expect_nothing(step(from(seat(number), message)), message_name(message));
  }
  EXPECT_EQ(replica_->status().head_seq, SeqNo{0});
  EXPECT_EQ(replica_->status().term, Term{1});
}

TEST_F(ReplicaTest, BadProposalsAreNotTaken) {
  become_member();
  std::vector<Block> bad(8, opening());
  bad[0].header.ops_root.bytes[0] ^= 1;
  bad[1].header.result_root.bytes[0] ^= 1;
  bad[2].header.prev_hash.bytes[0] ^= 1;
  bad[3].header.leader = {3};
  bad[4].header.term = {2};
  bad[5].header.generation = {2};
  bad[6].header.kind = BlockKind::kNormal;
  bad[7].body.founders.pop_back();
  bad[7].header.ops_root = ops_root(bad[7].body);
  for (std::size_t i = 0; i < bad.size(); ++i) {
    EXPECT_FALSE(step(from(seat(1), Propose{bad[i], {}})).persist) << i;
    EXPECT_EQ(replica_->status().head_seq, SeqNo{0}) << i;
  }
  expect_nothing(step(from(seat(3), Propose{opening(), {}})), "not from the leader");
  EXPECT_TRUE(step(from(seat(1), Propose{opening(), {}})).persist) << "the good one is written";
  EXPECT_EQ(replica_->status().head_seq, SeqNo{1});
}

TEST_F(ReplicaTest, ACheckpointOfAnotherStateIsRefusedByName) {
  become_member();
  step(from(seat(1), Propose{opening(), {}}));
  Text scratch;
  Executor same(scratch);
  Block checkpoint;
  BlockHeader& header = checkpoint.header;
  header = opening().header;
  header.kind = BlockKind::kCheckpoint;
  header.seq = {2};
  header.prev_hash = block_hash(opening().header);
  header.ops_root = ops_root(checkpoint.body);
  const Roster counted({seat(1), seat(2), seat(3)});
  header.state_root = capture_state(same, counted).checkpoint.state_root;

  Block lie = checkpoint;
  lie.header.state_root.bytes[0] ^= 1;
  const Effects refused = step(from(seat(1), Propose{lie, {}}));
  EXPECT_FALSE(refused.persist);
  EXPECT_EQ(replica_->status().head_seq, SeqNo{1});
  ASSERT_GE(refused.events.size(), 2U);
  EXPECT_EQ(refused.events[0].name, "divergence");
  EXPECT_EQ(refused.events[0].facts[1], std::pair(std::string("what"), std::string("state")));
  EXPECT_EQ(refused.events[1].name, "voted") << "whoever leads with another state must go";

  EXPECT_TRUE(step(from(seat(1), Propose{checkpoint, {}})).persist) << "the true one is taken";
  EXPECT_EQ(replica_->status().head_seq, SeqNo{2});
}

// --- Durable before visible ----------------------------------------------------------------------

class Recorder : public World {
 public:
  void persist(const DiskBatch& batch) override { batch_ = batch.id; }
  void send(const Outgoing& outgoing) override {
    accepts_ += std::holds_alternative<Accept>(outgoing.envelope.message) ? 1 : 0;
  }
  void reply(const WriteReply&) override {}
  void reply(const ReadReply&) override {}
  void call(const ChainCall&) override {}
  void record(const Event&) override {}
  void stop(Stop stop) override { stop_ = stop; }

  std::uint64_t batch_ = 0;
  int accepts_ = 0;
  Stop stop_ = Stop::kNone;
};

TEST_F(ReplicaTest, AcceptsABlockOnlyWhenTheDiskHasIt) {
  replica_ = std::make_unique<Replica>(ReplicaConfig{}, Recovered{}, notary_, verifier_, service_,
                                       Prng(1));
  Recorder world;
  Pump pump(*replica_, world);
  pump.deliver(joined());
  pump.deliver(founded());
  const std::uint64_t before = world.batch_;
  pump.deliver(from(seat(1), Propose{opening(), {}}));
  ASSERT_GT(world.batch_, before);
  EXPECT_EQ(world.accepts_, 0);
  pump.on_synced(before);
  EXPECT_EQ(world.accepts_, 0) << "what was synced is older than the block";
  pump.on_synced(world.batch_);
  EXPECT_GT(world.accepts_, 0);
}

// --- Fenced --------------------------------------------------------------------------------------

TEST_F(ReplicaTest, ABootWhoseEpochAnotherTookAsksForTheNext) {
  ChainView view = joined();
  view.seats[1].identity.boot_key.bytes[5] = 9;  // the join of a boot that was killed
  const Effects effects = boot({}, view);
  EXPECT_EQ(effects.stop, Stop::kReboot);
  EXPECT_TRUE(notary_.halted());
}

TEST_F(ReplicaTest, ANewerBootOfTheSeatHaltsThisOne) {
  become_member();
  EXPECT_TRUE(step(ClientWrite{1, {{1}, {2}}}).writes.empty()) << "it waits for the log";
  ChainView view = founded();
  view.seats[1].identity = seat(2, 2);
  const Effects effects = step(view);
  EXPECT_EQ(effects.stop, Stop::kHalt);
  EXPECT_TRUE(notary_.halted());
  ASSERT_EQ(effects.writes.size(), 1U) << "who waits gets an answer";
  EXPECT_EQ(effects.writes[0].error, "not_serving");
  EXPECT_EQ(replica_->status().standing, Standing::kHalted);
  expect_nothing(step(from(seat(1), Propose{opening(), {}})), "a proposal after the halt");
  const Effects refused = step(ClientWrite{2, {{3}, {4}}});
  ASSERT_EQ(refused.writes.size(), 1U);
  EXPECT_EQ(refused.writes[0].error, "not_serving");
}

}  // namespace
}  // namespace dnc
