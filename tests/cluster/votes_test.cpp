// Operators depose a healthy leader on the contract: two of three can, one cannot. The leader's own
// has it hand over.
#include "cluster_test.hpp"
#include "clusterctl.hpp"

namespace dnc::cluster {
namespace {

class Votes : public ClusterTest {
 protected:
  static ShellResult cast_vote(int voter, const std::string& target, bool against = true) {
    const std::string key = world().operator_key(voter);
    world().chain().fund(world().chain().address_of(key));  // the last seat's has nothing
    return world().chain().send(key, "castVote(address,bool)",
                                target + (against ? " true" : " false"));
  }
  static std::string tally(const std::string& target) {
    return world().chain().ask("noConfidenceCount(address)(uint256)", target);
  }
  // Until the contract agrees with the log: votes count against the leader that it knows.
  static bool contract_agrees() {
    return poll_for(Millis(15'000), [] {
      const auto status = world().status(world().leader());
      return status && world().chain().current_leader() == status->operator_;
    });
  }
};

TEST_F(Votes, OneOperatorAloneDeposesNobody) {
  ASSERT_TRUE(contract_agrees()) << describe();
  const auto before = world().status(world().leader());
  const int voter = world().others(before->seat).front();
  const ShellResult voted = cast_vote(voter, before->operator_);
  ASSERT_TRUE(voted.ok()) << voted.output;
  EXPECT_EQ(tally(before->operator_), "1");
  const auto until = world().chain().height() + 4;
  EXPECT_TRUE(poll_for(
      Millis(20'000), [&] { return world().chain().height() >= until; }, Millis(100)));
  const auto after = world().status(before->seat);
  ASSERT_TRUE(after);
  EXPECT_EQ(after->role, "leader");
  EXPECT_EQ(after->term, before->term);
  EXPECT_EQ(world().chain().current_leader(), before->operator_);
  EXPECT_TRUE(cast_vote(voter, before->operator_, false).ok());
  EXPECT_EQ(tally(before->operator_), "0");
}

TEST_F(Votes, TwoOperatorsDeposeAHealthyLeader) {
  ASSERT_TRUE(contract_agrees()) << describe();
  Load load;
  const auto before = world().status(world().leader());
  ASSERT_TRUE(before);
  EXPECT_EQ(world().chain().ask("requiredVotes()(uint256)"), "2");
  const auto voters = world().others(before->seat);
  ASSERT_TRUE(cast_vote(voters[0], before->operator_).ok());
  EXPECT_EQ(tally(before->operator_), "1");
  ASSERT_TRUE(cast_vote(voters[1], before->operator_).ok());
  const Moment start = Clock::now();
  int leader = 0;
  EXPECT_TRUE(poll_for(Millis(20'000), [&] {
    leader = world().leader();
    const auto status = world().status(leader);
    return status && leader != before->seat && status->term > before->term;
  })) << describe();
  measure("second vote mined until another node leads", seconds_since(start));
  EXPECT_TRUE(contract_agrees()) << world().chain().current_leader() << describe();
  measure("second vote mined until currentLeader() equals it", seconds_since(start));
  EXPECT_NE(world().leader(), before->seat);
  EXPECT_TRUE(follows(before->seat, world().leader(), Millis(10'000))) << describe();
  load.check();
}

TEST_F(Votes, TheLeadersOperatorHandsTheLeadOver) {
  Load load;
  const int leader = world().leader();
  const int to = world().others(leader).front();
  const auto switchover = [&](int operator_of) {
    return "switchover --to " + std::to_string(to) +
           " --yes --url http://127.0.0.1:" + std::to_string(world().port(leader)) +
           " --deployment " + world().deployment_file() + " --operator-key " +
           world().operator_key_file(operator_of);
  };
  EXPECT_EQ(typed(switchover(to)).status, 1) << "the operator of another seat";
  ASSERT_EQ(world().leader(), leader);
  const Json told = typed_json(switchover(leader));
  ASSERT_TRUE(told.is_object());
  EXPECT_EQ(told["verdict"], "ok") << told.dump();
  EXPECT_EQ(told["done"], true);
  EXPECT_EQ(world().status(to)->role, "leader") << describe();
  EXPECT_EQ(typed_json(switchover(leader))["done"], true) << "typed again";
  EXPECT_TRUE(follows(leader, to, Millis(10'000))) << describe();
  load.check();
}

TEST_F(Votes, AWalletWithoutASeatHasNoVote) {
  const std::string stranger = world().chain().key(20);
  const std::string target = world().chain().current_leader();
  const ShellResult voted =
      world().chain().send(stranger, "castVote(address,bool)", target + " true");
  EXPECT_FALSE(voted.ok());
  measure("the contract's answer to a stranger's vote, characters",
          static_cast<double>(voted.output.size()), "");
  EXPECT_EQ(tally(target), "0");
}

}  // namespace
}  // namespace dnc::cluster
