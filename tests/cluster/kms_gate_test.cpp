// The boot gate in the running world: a machine gets the app's keys when the KMS's contract and
// ours allow it, and when they do not, the node's log says why in the contract's own words.
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "cluster_test.hpp"
#include "clusterctl.hpp"

namespace dnc::cluster {
namespace {

class KmsGate : public ClusterTest {
 protected:
  void SetUp() override {
    ClusterTest::SetUp();
    seat_ = world().others(world().leader()).front();
    name_ = std::to_string(seat_);
  }

  static void run(const std::string& script) {
    const ShellResult done = shell("source scripts/lib.sh; " + script);
    ASSERT_TRUE(done.ok()) << done.output;
  }

  // The machine of the seat goes down and boots again: its KMS is asked once more.
  void boot_again(const std::string& environment = "") {
    run("stop_process node-" + name_ + "; stop_process agent-" + name_ + "; " + environment +
        " start_node " + name_);
  }

  static std::string refused_with(const std::string& reason) {
    return "no keys from the KMS: Boot denied: " + reason;
  }

  static std::size_t mark(const std::string& name) { return world().log(name).size(); }
  static bool logs(const std::string& name, std::size_t since, const std::string& event,
                   const std::string& text) {
    return poll_for(
        Millis(15'000),
        [&] {
          const std::string log = world().log(name).substr(since);
          const auto at = log.find(event);
          return at != std::string::npos && log.find(text, at) != std::string::npos;
        },
        Millis(50));
  }

  // The node of the seat, booted again, is kept out and says so.
  void is_refused(const std::string& reason, const std::string& environment = "") {
    const std::size_t before = mark("node-" + name_);
    boot_again(environment);
    got_no_keys(reason, before);
  }
  void got_no_keys(const std::string& reason, std::size_t before) {
    const std::string node = "node-" + name_;
    EXPECT_TRUE(logs(node, before, "join_refused", refused_with(reason))) << world().log(node);
    EXPECT_NE(get(LocalWorld::port(seat_), "/readiness").status, 200);
    const auto status = world().status(seat_);
    EXPECT_TRUE(status && status->reason.find(reason) != std::string::npos) << describe();
    std::printf("[ measure ] /status says: %s\n", status ? status->reason.c_str() : "nothing");
    is_explained(reason + ": ");
  }

  // The operator is told which gate refuses, in whose words, and what to do.
  void is_explained(const std::string& reason) {
    const std::string why = explained(seat_, LocalWorld::port(seat_), world().deployment_file());
    EXPECT_NE(why.find("node: "), std::string::npos) << why;
    EXPECT_NE(why.find(reason), std::string::npos) << "the reason and its cause: " << why;
    EXPECT_EQ(why.find("-> \n"), std::string::npos) << "each has a next step: " << why;
  }

  // The seat's machine, with other words or another KMS than the world's.
  std::string machine(const std::string& kms_port, const std::string& more) const {
    return "start_process agent-" + name_ + " $DNC_BIN/guest_agent_sim --socket run/agent-" +
           name_ + ".sock --state agent-" + name_ + " --kms http://127.0.0.1:" + kms_port +
           " --app-id " + world().chain().contract() +
           " --compose app-compose.json --os-image-hash $LOCAL_OS_IMAGE --device-id "
           "$LOCAL_DEVICE " +
           more + "; ";
  }
  void end_machine() { run("stop_process node-" + name_ + "; stop_process agent-" + name_); }

  // The contract refuses the node's join with this error.
  void is_kept_out(const std::string& error) {
    EXPECT_TRUE(poll_for(Millis(20'000), [&] {
      const auto status = world().status(seat_);
      return status && status->reason.find(error) != std::string::npos;
    })) << describe();
    is_explained(error);
  }

  void serves_again() { EXPECT_TRUE(world().wait_ready(seat_, Millis(20'000))) << describe(); }

  void as_owner(const std::string& call, const std::string& argument) {
    const ShellResult sent = world().chain().send(world().chain().key(0), call, argument);
    ASSERT_TRUE(sent.ok()) << sent.output;
  }

  int seat_ = 0;
  std::string name_;
};

TEST_F(KmsGate, AnAllowedComposeGetsKeysAtEachBoot) {
  const std::string agent = "agent-" + name_;
  const std::size_t before = mark(agent);
  boot_again();
  EXPECT_TRUE(logs(agent, before, "boot_allowed", "instance_id")) << world().log(agent);
  serves_again();
}

TEST_F(KmsGate, AChangedComposeGetsNone) {
  const std::string changed = world().home() + "/changed.json";
  std::filesystem::copy_file(world().home() + "/app-compose.json", changed,
                             std::filesystem::copy_options::overwrite_existing);
  std::ofstream(changed, std::ios::app) << "\n";  // one byte is another compose
  is_refused("Compose hash not allowed", "DNC_COMPOSE=" + changed);
  boot_again();
  serves_again();
}

TEST_F(KmsGate, ASecondInstanceGetsNoneWhenNoSeatIsFree) {
  run("start_agent second");
  const std::string reason = refused_with("No free seat: every NFT already runs a node");
  run("start_process second " + world().bin("clusterd") + " --seat " + name_ +
      " --listen 127.0.0.1:8090 --data second --deployment $DEPLOYMENT"
      " --rpc http://127.0.0.1:8545 --operator-key keys/seat-" +
      name_ + ".operator.key --guest-agent run/agent-second.sock");
  EXPECT_TRUE(logs("second", 0, "join_refused", reason)) << world().log("second");
  EXPECT_NE(get(8090, "/readiness").status, 200);
  run("stop_process second; stop_process agent-second");
  EXPECT_TRUE(world().all_ready()) << "the first instance is not harmed" << describe();
}

TEST_F(KmsGate, ARetiredInstanceGetsNoneAndANewOneTakesItsPlace) {
  const std::string operator_key = world().chain().key(seat_);
  const ShellResult sent = world().chain().send(operator_key, "replace(uint64)", name_);
  ASSERT_TRUE(sent.ok()) << sent.output;
  is_refused("Instance was retired");
  std::filesystem::remove_all(world().home() + "/agent-" + name_);  // another machine
  boot_again();
  serves_again();
}

TEST_F(KmsGate, WithoutTheChainNobodyBootsAndItMendsItself) {
  const std::string agent = "agent-" + name_;
  const std::size_t before = mark(agent);
  run("stop_process agent-" + name_);
  world().chain_script("kill");
  run("start_agent " + name_);
  EXPECT_TRUE(logs(agent, before, "boot_refused", "authorization backend unavailable"))
      << world().log(agent);
  const ShellResult asked = shell("curl -s --unix-socket " + world().home() + "/run/agent-" +
                                  name_ + ".sock http://agent/Info");
  EXPECT_NE(asked.output.find(refused_with("authorization backend unavailable")), std::string::npos)
      << asked.output;
  world().chain_script("start");
  const Moment back = Clock::now();
  EXPECT_TRUE(logs(agent, before, "boot_allowed", "instance_id")) << world().log(agent);
  measure("chain back, the machine has its keys after", seconds_since(back));
}

TEST_F(KmsGate, AMachineWithAnOldTcbGetsNone) {
  as_owner("setRequireTcbUpToDate(bool)", "true");
  end_machine();
  const std::size_t before = mark("node-" + name_);
  run(machine("$DNC_KMS_PORT", "--tcb-status OutOfDate") + "start_node " + name_);
  got_no_keys("TCB status is not up to date", before);
  as_owner("setRequireTcbUpToDate(bool)", "false");
  boot_again();
  serves_again();
}

TEST_F(KmsGate, KeysOfAnotherKmsDoNotJoin) {
  const std::string port = "8210";
  end_machine();
  run("start_process kms-foreign $DNC_BIN/kms_sim --root keys/foreign_root.key --port " + port +
      " --webhook-port 8211 --rpc http://127.0.0.1:8545 --kms-contract "
      "$(jq -r .kmsContract $DEPLOYMENT)");
  run(machine(port, "") + "start_node " + name_);
  is_kept_out("NotFromKmsRoot");
  end_machine();
  run("stop_process kms-foreign; start_node " + name_);
  serves_again();
}

// An endpoint that hangs: the same chain, with blocks that are years old.
TEST_F(KmsGate, AnEndpointThatIsBehindIsNamed) {
  run("jq '.block.timestamp = \"0x65000000\" | .blocks[].header.timestamp = \"0x65000000\"' "
      "$CHAIN_STATE > $DNC_HOME/stale.json; start_process stale "
      "$ROOT/node_modules/@foundry-rs/anvil-linux-amd64/bin/anvil --port 8600 --no-mining "
      "--chain-id $LOCAL_CHAIN_ID --load-state $DNC_HOME/stale.json");
  std::string why;
  EXPECT_TRUE(poll_for(Millis(20'000), [&] {
    why = explained(seat_, LocalWorld::port(seat_),
                    world().deployment_file() + " --rpc http://127.0.0.1:8600");
    return why.find("chain: the newest block is ") != std::string::npos;
  })) << why;
  EXPECT_NE(why.find("the chain or its endpoint is stale"), std::string::npos) << why;
  EXPECT_NE(why.find("-> name another endpoint"), std::string::npos) << why;
  run("stop_process stale");
}

// Last: a seat that was revoked is counted again only when the next report lists it.
TEST_F(KmsGate, ZARevokedSeatGetsNoneUntilItIsReinstated) {
  as_owner("revoke(uint64)", name_);
  is_refused("Seat is revoked");
  const std::string agent = "agent-" + name_;
  const std::size_t before = mark(agent);
  as_owner("reinstate(uint64)", name_);
  EXPECT_TRUE(logs(agent, before, "boot_allowed", "instance_id")) << world().log(agent);
}

// After it the chain's time is ahead for good: to the chain, this machine's clock is an hour late.
TEST_F(KmsGate, ZTheLastAClockThatIsFarOffIsNamed) {
  const ShellResult moved = world().chain().cast("rpc evm_increaseTime 3600");
  ASSERT_TRUE(moved.ok()) << moved.output;
  const std::uint64_t height = world().chain().height();
  EXPECT_TRUE(poll_for(Millis(10'000), [&] { return world().chain().height() > height + 1; }));
  boot_again();
  is_kept_out("JoinExpired");
  const std::string why = explained(seat_, LocalWorld::port(seat_), world().deployment_file());
  EXPECT_NE(why.find("clock is far off"), std::string::npos) << why;
  EXPECT_NE(why.find("s ahead of this machine's clock -> set this machine's clock"),
            std::string::npos)
      << why;
}

}  // namespace
}  // namespace dnc::cluster
