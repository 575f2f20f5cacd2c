// Owners and operators have the contract change seats: looked at first, sent once, refused in plain
// words, and typed again without harm.
#include "cluster_test.hpp"
#include "clusterctl.hpp"

namespace dnc::cluster {
namespace {

constexpr int kOwner = 0;      // anvil's account that owns the contract
constexpr int kStranger = 20;  // one without a seat

class SeatActs : public ClusterTest {
 protected:
  static std::string where() { return " --deployment " + world().deployment_file(); }
  // A file with the key of anvil's account.
  static std::string key_of(int account) {
    const std::string file = world().home() + "/account-" + std::to_string(account) + ".key";
    EXPECT_TRUE(shell("umask 077; echo " + world().chain().key(account) + " > " + file).ok());
    return file;
  }
  static std::string address_of(int account) {
    return world().chain().address_of(world().chain().key(account));
  }
  static std::string by(int account) { return " --key " + key_of(account); }

  // "verdict gate,gate" of what refuses, then whether the contract is as asked and who sent it.
  static std::string outcome(const Json& told) {
    if (!told.is_object()) return "no answer";
    std::string text = told.value("verdict", "?");
    for (const Json& gate : told["gates"])
      if (gate["verdict"] == "refused") text += " " + gate["gate"].get<std::string>();
    if (told.value("done", false)) text += " done";
    return text + (told.value("transaction", Json()).is_string() ? " sent" : "");
  }
  static std::string acts(const std::string& line) { return outcome(typed_json(line + where())); }
  // The cause that the contract gave, and a next step is there.
  static std::string refused_with(const std::string& line) {
    const Json told = typed_json(line + where());
    for (const Json& gate : told.value("gates", Json::array())) {
      if (gate["verdict"] != "refused") continue;
      EXPECT_NE(gate["next"], "") << line;
      const std::string cause = gate["cause"];
      return cause.substr(0, cause.find('('));
    }
    return outcome(told);
  }
  // The contract has heard that the seat counts.
  static bool counted(int seat) {
    return poll_for(Millis(30'000), [&] {
      const Json told = typed_json("leave " + std::to_string(seat) + where());
      return told.is_object() && told["gates"][0].value("cause", "").ends_with(", counts");
    });
  }
};

TEST_F(SeatActs, MintsAndNamesOperatorsOnce) {
  const std::string owner = address_of(kStranger);
  const std::string mint = "mint " + owner;
  EXPECT_EQ(acts(mint), "ok") << "without a key it asks as the owner, and sends nothing";
  EXPECT_EQ(world().chain().ask("totalSupply()(uint256)"), "3");
  EXPECT_EQ(refused_with(mint + by(kStranger) + " --yes"), "OwnableUnauthorizedAccount");
  EXPECT_EQ(acts(mint + by(kOwner) + " --yes"), "ok done sent");
  EXPECT_EQ(acts(mint + by(kOwner) + " --yes"), "ok done") << "once is enough";
  EXPECT_EQ(world().chain().ask("totalSupply()(uint256)"), "4");
  EXPECT_EQ(acts(mint + " --another"), "ok");

  const std::string hire = "operator set 4 " + address_of(21) + " --until 2099-01-01";
  EXPECT_EQ(refused_with(hire + by(kOwner)), "ERC721InsufficientApproval");
  EXPECT_EQ(acts(hire + by(kStranger) + " --yes"), "ok done sent");
  EXPECT_EQ(acts(hire + by(kStranger) + " --yes"), "ok done");
  EXPECT_EQ(lower(world().chain().ask("operatorOf(uint256)(address)", "4")), address_of(21));
  EXPECT_EQ(acts("operator set 4 " + address_of(21) + " --until 2001-01-01"), "refused operator");
  EXPECT_EQ(acts("operator clear 4" + by(kStranger) + " --yes"), "ok done sent");
  EXPECT_EQ(acts("operator clear 4" + by(kStranger) + " --yes"), "ok done");
  EXPECT_EQ(lower(world().chain().ask("operatorOf(uint256)(address)", "4")), owner);
}

// After the seat is minted: its machine asks before its node is started.
TEST_F(SeatActs, MintedSeatsMachineIsToldWhetherItMayJoin) {
  ASSERT_EQ(acts("mint " + address_of(kStranger) + by(kOwner) + " --yes").substr(0, 7), "ok done");
  ASSERT_TRUE(shell("source scripts/lib.sh; start_agent 4").ok());
  const std::string agent = " --guest-agent " + world().home() + "/run/agent-4.sock";
  const std::string with = " --operator-key ";
  EXPECT_TRUE(poll_for(Millis(20'000), [&] {
    return typed("join 4" + agent + with + key_of(kStranger) + where()).status == 0;
  })) << typed("join 4" + agent + with + key_of(kStranger) + where()).output;
  const auto gate = [&](const std::string& line) {
    const Json told = typed_json(line + agent + where());
    std::string gates;
    for (const Json& each : told.value("gates", Json::array()))
      if (each["verdict"] == "refused") gates += each["gate"].get<std::string>() + " ";
    return gates;
  };
  EXPECT_EQ(gate("join 9" + with + key_of(kStranger)), "seat ");
  EXPECT_EQ(gate("join 4" + with + key_of(kOwner)), "operator contract ");
  EXPECT_EQ(gate("join 3" + with + world().operator_key_file(3)), "contract ")
      << "seat 3 has another machine";
  EXPECT_EQ(typed("join 4" + with + key_of(kStranger) + " --guest-agent /none" + where()).status,
            3);
  shell("source scripts/lib.sh; stop_process agent-4");
}

TEST_F(SeatActs, RevokesAsLongAsAQuorumIsLeftAndReinstates) {
  EXPECT_EQ(refused_with("revoke 3" + by(kStranger)), "OwnableUnauthorizedAccount");
  EXPECT_EQ(acts("revoke 3" + by(kOwner)), "ok");
  EXPECT_EQ(acts("revoke 3" + by(kOwner) + " --yes"), "ok done sent");
  EXPECT_EQ(acts("revoke 3" + by(kOwner) + " --yes"), "ok done");
  EXPECT_EQ(refused_with("leave 3 --key " + world().operator_key_file(3)), "ok done")
      << "a revoked seat has left";
  EXPECT_EQ(acts("revoke 2" + by(kOwner) + " --yes"), "refused quorum")
      << "of two counted seats none may go";
  EXPECT_EQ(acts("reinstate 3" + by(kOwner) + " --yes"), "ok done sent");
  EXPECT_EQ(acts("reinstate 3" + by(kOwner) + " --yes"), "ok done");
  EXPECT_TRUE(counted(3)) << describe();
}

// A pause names itself as the cause wherever it is one, and the owner ends it early.
TEST_F(SeatActs, PausesGrantsAndNewSeatsUntilTheOwnerResumes) {
  ASSERT_EQ(acts("mint " + address_of(kStranger) + by(kOwner) + " --yes").substr(0, 7), "ok done");
  const auto is_paused = [] { return typed_json("pause" + where()).value("paused", false); };
  const std::string pause = "pause --until 2d";
  EXPECT_EQ(refused_with(pause + by(kStranger)), "OwnableUnauthorizedAccount");
  EXPECT_EQ(acts("pause --until 2001-01-01"), "refused end");
  EXPECT_EQ(acts(pause), "ok") << "looked at only";
  EXPECT_FALSE(is_paused());
  EXPECT_EQ(acts(pause + by(kOwner) + " --yes"), "ok done sent");
  EXPECT_EQ(acts(pause + by(kOwner) + " --yes"), "ok done");
  EXPECT_TRUE(is_paused());

  EXPECT_EQ(refused_with("mint " + address_of(22)), "EnforcedPause");
  const std::string cause = "pause: the contract is paused until 20";
  EXPECT_NE(explained(4, LocalWorld::port(1), world().deployment_file()).find(cause),
            std::string::npos);
  const std::string join = "join 4 --guest-agent /none --operator-key " + key_of(kStranger);
  EXPECT_EQ(acts(join), "refused pause");
  EXPECT_EQ(acts("leave 2"), "ok") << "giving up is no grant";

  EXPECT_EQ(refused_with("resume" + by(kStranger)), "OwnableUnauthorizedAccount");
  EXPECT_EQ(acts("resume" + by(kOwner) + " --yes"), "ok done sent");
  EXPECT_EQ(acts("resume" + by(kOwner) + " --yes"), "ok done");
  EXPECT_FALSE(is_paused());
  EXPECT_EQ(typed("pause --rpc http://127.0.0.1:9" + where()).status, 3);
}

TEST_F(SeatActs, LeavesByTheOperatorsHandOnly) {
  EXPECT_EQ(refused_with("leave 2" + by(kStranger)), "NotOwnerOrOperator");
  EXPECT_EQ(acts("replace 2" + by(2)), "ok") << "looked at only";
  EXPECT_EQ(acts("leave 9" + by(2)), "refused seat");
  EXPECT_EQ(acts("leave 2" + by(2) + " --yes"), "ok done sent");
  EXPECT_EQ(acts("leave 2" + by(2) + " --yes"), "ok done");
  ASSERT_TRUE(world().node("restart", 2));
  EXPECT_TRUE(counted(2)) << describe();
  EXPECT_EQ(typed("leave 2 --rpc http://127.0.0.1:9" + where()).status, 3);
  EXPECT_EQ(typed("leave 2 --key none.key" + where()).status, 3);
}

// Last: a seat is added for good.
TEST_F(SeatActs, ZTheLocalWorldIsTroubledAndGrowsByOneCommand) {
  const auto dev = [](const std::string& line) {
    return shell("scripts/clusterdev.sh " + line, Millis(90'000));
  };
  const int leader = world().leader();
  ASSERT_TRUE(dev("kill leader").ok());
  EXPECT_EQ(world().node_pid(leader), 0);
  EXPECT_NE(taken_over(leader, Millis(20'000)), 0) << describe();
  ASSERT_TRUE(dev("restart " + std::to_string(leader)).ok());
  ASSERT_TRUE(world().wait_ready(leader)) << describe();

  const int other = world().others(world().leader()).front();
  ASSERT_TRUE(dev("partition " + std::to_string(other)).ok());
  EXPECT_FALSE(get(LocalWorld::port(other), "/status", Millis(500)).ok());
  ASSERT_TRUE(dev("heal").ok());
  EXPECT_TRUE(world().wait_ready(other)) << describe();

  const ShellResult added = dev("add");
  ASSERT_TRUE(added.ok()) << added.output;
  const int seat = std::stoi(world().chain().ask("totalSupply()(uint256)"));
  EXPECT_TRUE(world().wait_ready(seat)) << added.output;
  EXPECT_TRUE(dev("kill " + std::to_string(seat)).ok());
  EXPECT_FALSE(dev("kill 31").ok());
  EXPECT_FALSE(dev("explode").ok());
}

}  // namespace
}  // namespace dnc::cluster
