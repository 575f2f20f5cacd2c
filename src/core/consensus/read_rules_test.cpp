// When a read may be answered (docs/protocol.md section 12).
#include "core/consensus/replica_test.hpp"

namespace dnc {
namespace {

class ReadRules : public HandTest {
 protected:
  void lead() {
    become_member(3, 2);
    Block first = opening();
    first.header.leader = {2};
    hear(seat(1), accept_of(seat(1), first));
    ASSERT_EQ(commit(), SeqNo{1});
  }
  // Somebody says that I still lead.
  void confirm() {
    ASSERT_FALSE(sent<ReadIndex>().empty());
    hear(seat(1), ReadAck{sent<ReadIndex>().back().nonce, {1}});
  }
};

TEST_F(ReadRules, ALeaderAsksAMajorityFirst) {
  lead();
  deliver(ClientRead{1, {}, true});
  EXPECT_TRUE(reads_.empty());
  hear(seat(1), ReadAck{sent<ReadIndex>().back().nonce + 1, {1}});
  hear(seat(1), ReadAck{sent<ReadIndex>().back().nonce, {2}});
  EXPECT_TRUE(reads_.empty()) << "another question, another term";
  confirm();
  ASSERT_EQ(reads_.size(), 1U);
  EXPECT_EQ(reads_[0].error, "");
}

// It may be gone from the log tomorrow, or may have taken its seat's place a moment ago.
TEST_F(ReadRules, ABootThatTheLogDoesNotCountConfirmsNothing) {
  lead();
  ChainView view = founded(3, 2);
  view.seats[0].identity = seat(1, 2);
  deliver(view);
  deliver(ClientRead{1, {}, true});
  ASSERT_FALSE(sent<ReadIndex>().empty());
  hear(seat(1, 2), ReadAck{sent<ReadIndex>().back().nonce, {1}});
  EXPECT_TRUE(reads_.empty());
}

// A follower may have counted more ACCEPTs and answered with them.
TEST_F(ReadRules, ALeaderWaitsForAllThatItProposed) {
  lead();
  deliver(ClientWrite{1, {{1}, {'x'}}});
  sync();
  ASSERT_EQ(sent<Propose>().size(), 4U) << "two blocks, for two followers";
  deliver(ClientRead{2, {}, true});
  confirm();
  EXPECT_TRUE(reads_.empty());
  hear(seat(1), accept_of(seat(1), sent<Propose>().back().block));
  ASSERT_EQ(reads_.size(), 1U);
  EXPECT_EQ(as_text(reads_[0].result), "x");
}

TEST_F(ReadRules, ALeaderAsksNobodyBeforeItsTermHasCommitted) {
  become_member(3, 2);
  deliver(ClientRead{1, {}, true});
  EXPECT_TRUE(sent<ReadIndex>().empty());
  Block first = opening();
  first.header.leader = {2};
  hear(seat(1), accept_of(seat(1), first));
  pass(Duration(200));
  EXPECT_FALSE(sent<ReadIndex>().empty());
}

TEST_F(ReadRules, AFollowerWaitsUntilItHasAppliedWhatItWasGranted) {
  follow();
  deliver(ClientRead{1, {}, true});
  ASSERT_EQ(sent<ReadRequest>().size(), 1U);
  const std::uint64_t nonce = sent<ReadRequest>()[0].nonce;
  hear(seat(3), ReadGrant{nonce, {1}});
  EXPECT_TRUE(reads_.empty()) << "seat 3 does not lead";
  hear(seat(1), ReadGrant{nonce, {2}});
  EXPECT_TRUE(reads_.empty());
  const Block second = after(opening());
  take(second);
  hear(seat(1), accept_of(seat(1), second));
  ASSERT_EQ(reads_.size(), 1U);
  EXPECT_EQ(reads_[0].seq, SeqNo{2});
}

}  // namespace
}  // namespace dnc
