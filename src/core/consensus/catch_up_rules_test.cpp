// What a boot that nobody admitted yet believes of a log (docs/protocol.md section 10).
#include "core/consensus/replica_test.hpp"

namespace dnc {
namespace {

// Seat 2's second boot follows seat 1, which offers three blocks.
class CatchUpRules : public HandTest {
 protected:
  void SetUp() override {
    view_ = founded();
    view_.seats[1].identity = seat(2, 2);
    boot(view_, {}, seat(2, 2));
    blocks_ = {opening(), after(opening())};
    blocks_.push_back(after(blocks_.back()));
    look();
  }
  void look() {
    hear_of(seat(1), 10, {3});
    pass(Duration(60));
    ASSERT_FALSE(sent<Fetch>().empty());
  }
  void offer(const std::vector<Accept>& accepts) {
    hear(seat(1), Chunk{blocks_, {3}, accepts, {}});
  }
  Accept of(const Identity& who) const { return accept_of(who, blocks_.back()); }

  ChainView view_;
  std::vector<Block> blocks_;
};

TEST_F(CatchUpRules, AMajorityOfAcceptsShowsWhatIsCommitted) {
  offer({of(seat(1))});
  EXPECT_EQ(commit(), SeqNo{0});
  offer({of(seat(1)), of(seat(3))});
  EXPECT_EQ(commit(), SeqNo{3});
}

TEST_F(CatchUpRules, BootsThatTheChainDoesNotShowAreNotBelieved) {
  offer({of(seat(1)), of(seat(3, 2))});
  EXPECT_EQ(commit(), SeqNo{0});
}

TEST_F(CatchUpRules, ItsOwnWordIsNotBelieved) {
  blocks_[1] = rejoin_after(blocks_[0], seat(2, 2));
  blocks_[2] = after(blocks_[1]);
  offer({of(seat(1)), of(seat(2, 2))});
  EXPECT_EQ(commit(), SeqNo{0});
}

// The join of that boot was undone by a re-org, and this one's took the same epoch.
TEST_F(CatchUpRules, ABootWhoseEpochTheLogGaveToAnotherComesBack) {
  Identity other = seat(2, 2);
  other.boot_key.bytes[0] ^= 1;
  blocks_[1] = rejoin_after(blocks_[0], other);
  blocks_[2] = after(blocks_[1]);
  offer({of(seat(1)), of(seat(3))});
  ASSERT_EQ(commit(), SeqNo{3});
  pass(Duration(300));
  EXPECT_EQ(stop_, Stop::kReboot);
}

TEST_F(CatchUpRules, ForgedAcceptsAreNotBelieved) {
  Accept forged = of(seat(3));
  forged.signature = bad_signature();
  offer({of(seat(1)), forged});
  EXPECT_EQ(commit(), SeqNo{0});
}

TEST_F(CatchUpRules, AcceptsOfAnotherTermOrGenerationAreNotBelieved) {
  Accept other = of(seat(3));
  other.term = {2};
  offer({of(seat(1)), other});
  other = of(seat(3));
  other.scope.generation = {2};
  offer({of(seat(1)), other});
  EXPECT_EQ(commit(), SeqNo{0});
}

TEST_F(CatchUpRules, ABlockHasTheBodyOfItsHeader) {
  blocks_[1].body.rejoin = Rejoin{seat(2, 2), {10}, {}};
  offer({of(seat(1)), of(seat(3))});
  EXPECT_EQ(commit(), SeqNo{0});
}

TEST_F(CatchUpRules, BlocksMustLinkToOneAnother) {
  blocks_[2].header.prev_hash.bytes[0] ^= 1;
  offer({of(seat(1)), of(seat(3))});
  EXPECT_EQ(commit(), SeqNo{0});
}

TEST_F(CatchUpRules, OtherResultsAreNotTaken) {
  blocks_[2].header.result_root.bytes[0] ^= 1;
  offer({of(seat(1)), of(seat(3))});
  EXPECT_EQ(commit(), SeqNo{0});
}

// Its REJOIN is committed, but the log is not on its disk yet.
TEST_F(CatchUpRules, ItSpeaksOnlyWithTheLogOnDisk) {
  blocks_[2] = rejoin_after(blocks_[1], seat(2, 2));
  offer({of(seat(1)), of(seat(3))});
  ASSERT_EQ(commit(), SeqNo{3});
  EXPECT_EQ(replica_->status().standing, Standing::kRecovering);
  sync();
  EXPECT_EQ(replica_->status().standing, Standing::kMember);
}

TEST_F(CatchUpRules, WithoutItsRejoinItDoesNotSpeak) {
  offer({of(seat(1)), of(seat(3))});
  ASSERT_EQ(commit(), SeqNo{3});
  sync();
  EXPECT_EQ(replica_->status().standing, Standing::kRecovering);
}

// --- A checkpoint in place of a log, before the state that names its roster is here --------------

// The contract counts seats 1 to 4 with nonce 1; seats 5 and 6 have joined and do not count there.
class CheckpointOffers : public HandTest {
 protected:
  void SetUp() override {
    view_ = founded(6);
    view_.config_nonce = {1};
    view_.seats[1].identity = seat(2, 2);
    view_.seats[4].counted = view_.seats[5].counted = false;
    checkpoint_ = opening(4);
    checkpoint_.header.seq = {10};
    checkpoint_.header.kind = BlockKind::kCheckpoint;
  }
  // Is the state asked for, where these seats accepted the block after it under that nonce?
  bool believes(const std::vector<Identity>& who, std::uint64_t nonce) {
    boot(view_, {}, seat(2, 2));
    sent_.clear();
    checkpoint_.header.config_nonce = {nonce};
    const Block last = after(checkpoint_);
    std::vector<Accept> accepts;
    for (const auto& boot : who)
      accepts.push_back(accept_of(boot, last));
    hear_of(seat(1), 10, {11});
    pass(Duration(60));
    hear(seat(1), Chunk{{last}, {11}, accepts, checkpoint_.header});
    return !sent<SnapshotFetch>().empty();
  }

  ChainView view_;
  Block checkpoint_;
};

TEST_F(CheckpointOffers, AMajorityOfWhomTheContractCountsIsBelieved) {
  EXPECT_FALSE(believes({seat(1), seat(4)}, 1));
  EXPECT_TRUE(believes({seat(1), seat(3), seat(4)}, 1));
}

// Two of four are up, and cannot tell the contract of the fifth.
TEST_F(CheckpointOffers, ASeatThatTheContractWasNotToldOfCountsUnderTheNextNonce) {
  EXPECT_FALSE(believes({seat(1), seat(5)}, 2)) << "two of five";
  EXPECT_TRUE(believes({seat(1), seat(4), seat(5)}, 2));
}

TEST_F(CheckpointOffers, NoSeatCountsThatNoConfigurationNames) {
  EXPECT_FALSE(believes({seat(1), seat(4), seat(5)}, 1)) << "under the nonce that lacks it";
  EXPECT_FALSE(believes({seat(1), seat(4), seat(5)}, 3)) << "two changes on: who else counts?";
  EXPECT_FALSE(believes({seat(1), seat(3), seat(5), seat(6)}, 2)) << "of two, one was admitted";
}

}  // namespace
}  // namespace dnc
