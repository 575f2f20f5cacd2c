// Receipts of real nodes, judged by clusterctl offline and by the contract: both believe the same.
#include <fstream>

#include "cluster_test.hpp"

namespace dnc::cluster {
namespace {

class Receipts : public ClusterTest {
 protected:
  static std::string path(const std::string& name) { return world().home() + "/" + name; }

  static void save(const std::string& name, const Json& receipt) {
    std::ofstream(path(name)) << receipt.dump();
  }
  static ShellResult ctl(const std::string& arguments) {
    return shell(world().bin("clusterctl") + " receipt " + arguments);
  }
  static void fetch_keys() {
    const ShellResult keys =
        ctl("keys --deployment " + world().deployment_file() + " > " + path("keys.json"));
    ASSERT_TRUE(keys.ok()) << keys.output;
  }
  static ShellResult offline(const std::string& name) {
    return ctl("verify " + path(name) + " --keys " + path("keys.json"));
  }
  static std::string calldata(const std::string& name, const std::string& flags = "") {
    const ShellResult done = ctl("calldata " + flags + " " + path(name));
    EXPECT_TRUE(done.ok()) << done.output;
    return trimmed(done.output);
  }
  static ShellResult contract(const std::string& name) {
    return world().chain().cast("call --rpc-url http://127.0.0.1:8545 " +
                                world().chain().contract() + " --data " + calldata(name));
  }
  static void expect_good(const std::string& name) {
    const ShellResult here = offline(name);
    EXPECT_EQ(here.status, 0) << here.output;
    const ShellResult there = contract(name);
    EXPECT_TRUE(there.ok()) << there.output;
    EXPECT_GE(std::stoul(trimmed(there.output).substr(2), nullptr, 16), 2u) << there.output;
  }
  static void expect_forged(const std::string& name, const std::string& gate) {
    const ShellResult here = offline(name);
    EXPECT_EQ(here.status, 1) << here.output;
    EXPECT_NE(here.output.find(gate), std::string::npos) << here.output;
    EXPECT_FALSE(contract(name).ok()) << gate;
  }
  // A write at `seat`, whose answer must carry a receipt.
  static Json write(int seat, const std::string& method, const std::string& target) {
    const Answer answer =
        call(LocalWorld::port(seat),
             {.method = method, .target = target + "?receipt=1", .headers = {}, .body = ""});
    EXPECT_EQ(answer.status, 200) << answer.body;
    const Json body = answer.json();
    EXPECT_TRUE(body.contains("receipt") && body["receipt"].is_object()) << answer.body;
    return body;
  }
  static std::string flipped(std::string hex) {
    hex.back() = hex.back() == '0' ? '1' : '0';
    return hex;
  }
};

TEST_F(Receipts, EveryNodeGivesWhatClusterctlAndTheContractBelieve) {
  for (const int seat : LocalWorld::seats()) {
    save("increment.json", write(seat, "POST", "/increment"));
    const Json put = write(seat, "PUT", "/kv/receipts%20too");
    save("put.json", put);
    fetch_keys();
    expect_good("increment.json");
    expect_good("put.json");
    const std::string place = "/receipt/" + std::to_string(put["seq"].get<std::uint64_t>()) + "/0";
    for (const int other : LocalWorld::seats()) {
      Answer fetched;
      EXPECT_TRUE(poll_for(Millis(5'000), [&] {
        fetched = get(LocalWorld::port(other), place);
        return fetched.ok();
      })) << fetched.body;
      save("fetched.json", fetched.json());
      expect_good("fetched.json");
    }
  }
}

TEST_F(Receipts, ForgedOnesAreBelievedByNobody) {
  const Json good = write(1, "POST", "/increment")["receipt"];
  fetch_keys();
  save("good.json", good);
  expect_good("good.json");
  Json forged = good;
  forged["result"] = flipped(good["result"]);
  save("forged.json", forged);
  expect_forged("forged.json", "not_in_block");
  forged = good;
  forged["operation"] = flipped(good["operation"]);
  save("forged.json", forged);
  expect_forged("forged.json", "not_in_block");
  forged = good;
  forged["accepts"] = Json::array({good["accepts"][0]});
  save("forged.json", forged);
  expect_forged("forged.json", "too_few");
  forged["accepts"] = Json::array({good["accepts"][0], good["accepts"][0]});
  save("forged.json", forged);
  expect_forged("forged.json", "signer_order");
  forged = good;
  forged["accepts"][1]["epoch"] = good["accepts"][1]["epoch"].get<std::uint64_t>() + 1;
  save("forged.json", forged);
  expect_forged("forged.json", "unknown_boot_key");
}

TEST_F(Receipts, ReceiptsOutliveLeadersAndReboots) {
  const int old_leader = world().leader();
  const Json before = write(old_leader, "POST", "/increment");
  save("before.json", before);
  world().kill_now(old_leader);
  const int leader = taken_over(old_leader, Millis(10'000));
  ASSERT_NE(leader, 0) << describe();
  save("between.json", write(leader, "POST", "/increment"));
  world().node("start", old_leader);
  ASSERT_TRUE(world().wait_ready(old_leader, Millis(30'000))) << describe();
  save("after.json", write(old_leader, "POST", "/increment"));
  fetch_keys();
  for (const char* name : {"before.json", "between.json", "after.json"})
    expect_good(name);
}

TEST_F(Receipts, AnAnchorIsPublishedByAnybodyAndNeverFalls) {
  const Json earlier = write(1, "POST", "/increment");
  const Json later = write(2, "POST", "/increment");
  save("earlier.json", earlier);
  save("later.json", later);
  const std::string send = "send --rpc-url http://127.0.0.1:8545 --private-key " +
                           world().chain().key(20) + " " + world().chain().contract() + " ";
  const ShellResult sent = world().chain().cast(send + calldata("later.json", "--anchor"));
  EXPECT_TRUE(sent.ok()) << sent.output;
  const auto anchored = [] {
    return world()
        .chain()
        .cast("call --rpc-url http://127.0.0.1:8545 " + world().chain().contract() +
              " 'anchored()((uint64,uint64,uint64,bytes32))'")
        .output;
  };
  const std::string seq = std::to_string(later["seq"].get<std::uint64_t>());
  EXPECT_NE(anchored().find(", " + seq + ", "), std::string::npos) << anchored();
  EXPECT_FALSE(world().chain().cast(send + calldata("earlier.json", "--anchor")).ok());
  EXPECT_NE(anchored().find(", " + seq + ", "), std::string::npos) << anchored();
}

}  // namespace
}  // namespace dnc::cluster
