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

}  // namespace
}  // namespace dnc
