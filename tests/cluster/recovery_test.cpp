// All nodes were off and not all disks come back: the others wait, until operators consent; and
// where no disk comes back, a backup takes their place.
#include <sys/stat.h>

#include "cluster_test.hpp"
#include "clusterctl.hpp"

namespace dnc::cluster {
namespace {

class Recovery : public ClusterTest {
 protected:
  // So often that a backup begins with a snapshot after few writes.
  static void SetUpTestSuite() { ::setenv("DNC_CHECKPOINT_BLOCKS", "20", 0); }

  static ShellResult recover(int seat, const std::string& options = "") {
    return shell(world().bin("clusterctl") +
                 " recover --url http://127.0.0.1:" + std::to_string(LocalWorld::port(1)) +
                 " --deployment " + world().deployment_file() + " --operator-key " +
                 world().operator_key_file(seat) + " " + options);
  }
  static Json cold_start() {
    const auto status = world().status(1);
    return status ? status->json.value("cold_start", Json(nullptr)) : Json(nullptr);
  }

  // Seats 1 and 2 start, on what their disks hold, and wait for consent.
  static void start_two() {
    ::setenv("DNC_CONSENT", "operators", 1);
    ASSERT_TRUE(world().node("start", 1));
    ASSERT_TRUE(world().node("start", 2));
    ASSERT_TRUE(poll_for(Millis(60'000), [] {
      const Json waiting = cold_start();
      return waiting.is_object() && waiting["reports"].size() == 2;
    })) << describe();
  }
  // The third joins them, with whatever is on its disk.
  static void start_third() {
    ASSERT_TRUE(world().node("start", 3));
    EXPECT_TRUE(world().wait_ready(3)) << describe();
    ::unsetenv("DNC_CONSENT");
  }

  static std::string path(const std::string& name) { return world().home() + "/" + name; }
  static std::string data_of(int seat) { return path("node-" + std::to_string(seat)); }

  static ShellResult snapshot(const std::string& arguments) {
    return shell(clusterctl() + " snapshot " + arguments + " --deployment " +
                 world().deployment_file());
  }
  static ShellResult restore(int seat, const std::string& options = "") {
    return snapshot("restore " + path("backup.dnc") + " --data " + data_of(seat) + " --keys " +
                    path("keys.json") + " " + options);
  }
  static Json verified(const std::string& file, const std::string& keys = "keys.json") {
    return typed_json("snapshot verify " + path(file) + " --keys " + path(keys));
  }
  // The gate that refuses the backup.
  static std::string refused(const std::string& file, const std::string& keys = "keys.json") {
    const Json report = verified(file, keys);
    if (!report.is_object() || report["verdict"] != "refused") return "none: " + report.dump();
    return report["gates"][0]["gate"];
  }

  static std::string key(std::uint64_t number) { return "/kv/kept-" + std::to_string(number); }
  // Writes values until a snapshot is kept, and a few more. How many.
  static std::uint64_t write_past_a_snapshot(int seat) {
    std::uint64_t written = 0;
    std::uint64_t wanted = 200;
    while (written < wanted) {
      const Answer put =
          call(LocalWorld::port(seat),
               {.method = "PUT", .target = key(written), .headers = {}, .body = key(written)});
      EXPECT_TRUE(put.ok()) << put.body;
      if (!put.ok()) return 0;
      ++written;
      const Json head = get(LocalWorld::port(seat), "/snapshot").json();
      const bool kept = head.is_object() && head["checkpoint"].is_object();
      if (kept && wanted == 200) wanted = written + 3;
    }
    return written;
  }
};

TEST_F(Recovery, TwoOperatorsStartTwoOfThreeNodes) {
  const int leader = world().leader();
  ASSERT_TRUE(increment(leader, fresh_key(), "").ok());
  const auto before = world().value(leader);
  EXPECT_EQ(recover(1).status, 1) << "a cluster that serves needs no consent";
  ASSERT_TRUE(world().node("stop", "all"));
  ASSERT_NO_FATAL_FAILURE(start_two());
  EXPECT_TRUE(recover(1).ok()) << "to look costs nothing";
  EXPECT_EQ(cold_start()["consents"], Json::array());
  EXPECT_TRUE(recover(1, "--yes").ok()) << recover(1).output;
  EXPECT_EQ(cold_start()["consents"], Json::parse("[1]"));
  EXPECT_EQ(world().leader(), 0) << "one operator of three is no quorum";
  EXPECT_TRUE(recover(3, "--yes").ok()) << recover(3).output;
  EXPECT_TRUE(world().wait_ready(1)) << describe();
  EXPECT_EQ(world().value(1), before);
  EXPECT_TRUE(increment(1, fresh_key(), "").ok());
  ASSERT_NO_FATAL_FAILURE(start_third());
}

TEST_F(Recovery, AllDisksAreLostAndABackupBringsThemBack) {
  const int leader = world().leader();
  ASSERT_TRUE(increment(leader, fresh_key(), "").ok());
  const std::uint64_t written = write_past_a_snapshot(leader);
  ASSERT_GT(written, 0u);
  const auto counter = world().value(leader);
  const ShellResult saved =
      snapshot("save " + path("backup.dnc") + " --url http://127.0.0.1:9," +
               "http://127.0.0.1:" + std::to_string(LocalWorld::port(leader)));
  ASSERT_EQ(saved.status, 0) << saved.output;
  struct stat file {};
  ASSERT_EQ(::stat(path("backup.dnc").c_str(), &file), 0);
  EXPECT_EQ(file.st_mode & 0777, 0600u);
  EXPECT_EQ(snapshot("save " + path("backup.dnc")).status, 1) << "it is there already";
  EXPECT_EQ(snapshot("save --force " + path("backup.dnc")).status, 0);

  ASSERT_TRUE(shell(clusterctl() + " receipt keys --deployment " + world().deployment_file() +
                    " > " + path("keys.json"))
                  .ok());
  const Json good = verified("backup.dnc");
  ASSERT_EQ(good["verdict"], "ok") << good;
  EXPECT_EQ(good["backup"]["keys"], written);
  EXPECT_EQ(good["backup"]["counter"], counter.value_or(0));
  EXPECT_TRUE(good["backup"]["checkpoint"].is_object()) << good;
  EXPECT_GE(good["backup"]["signers"].size(), 2u);

  // What comes after it is lost.
  ASSERT_TRUE(increment(leader, fresh_key(), "").ok());
  ASSERT_TRUE(world().node("stop", "all"));
  ASSERT_TRUE(world().node("wipe", "all"));
  const ShellResult plan = restore(1);
  EXPECT_EQ(plan.status, 0) << plan.output;
  EXPECT_NE(plan.output.find("is lost"), std::string::npos) << plan.output;
  EXPECT_NE(::access(data_of(1).c_str(), F_OK), 0) << "a look writes nothing";
  for (const int seat : {1, 2})
    ASSERT_EQ(restore(seat, "--yes").status, 0);
  EXPECT_EQ(restore(1, "--yes").status, 1) << "it is no empty directory any more";
  ASSERT_NO_FATAL_FAILURE(start_two());
  EXPECT_EQ(cold_start()["reports"][0]["last_seq"], good["backup"]["seq"]);
  for (const int seat : {1, 3})
    EXPECT_TRUE(recover(seat, "--yes").ok()) << recover(seat).output;
  EXPECT_TRUE(world().wait_ready(1)) << describe();
  ASSERT_NO_FATAL_FAILURE(start_third());
  expect_value(counter.value_or(0));
  for (std::uint64_t number = 0; number < written; ++number)
    EXPECT_EQ(get(LocalWorld::port(3), key(number)).body, key(number));
  EXPECT_TRUE(increment(2, fresh_key(), "").ok());
  EXPECT_EQ(snapshot("save --force " + path("backup.dnc")).status, 0) << "of the new generation";
}

TEST_F(Recovery, ABackupThatDoesNotHoldIsNamedAndRefused) {
  const std::string good = path("good.dnc");
  ASSERT_EQ(snapshot("save --force " + good).status, 0);
  ASSERT_TRUE(
      shell("set -e; cd " + world().home() + "; " + clusterctl() + " receipt keys --deployment " +
            world().deployment_file() +
            " > keys.json; head -c -1 good.dnc > short.dnc; cp good.dnc flipped.dnc;"
            " printf '\\377\\377' | dd of=flipped.dnc bs=1 seek=2000 conv=notrunc status=none;"
            " jq '.keys = []' keys.json > strangers.json;"
            " jq '.chain_id = 1' keys.json > elsewhere.json;"
            " jq '.configs = []' keys.json > unreported.json")
          .ok());
  EXPECT_EQ(verified("good.dnc")["verdict"], "ok");
  EXPECT_EQ(refused("short.dnc"), "backup_cut_short");
  EXPECT_EQ(refused("flipped.dnc"), "backup_damaged");
  EXPECT_EQ(refused("keys.json"), "not_a_backup");
  EXPECT_EQ(refused("good.dnc", "strangers.json"), "unknown_boot_key");
  EXPECT_EQ(refused("good.dnc", "elsewhere.json"), "domain");
  EXPECT_EQ(typed("snapshot verify " + good + " --keys " + path("unreported.json")).status, 3);
  EXPECT_EQ(typed("snapshot verify " + good + " --keys " + path("nowhere.json")).status, 3);
  EXPECT_EQ(typed("snapshot save " + path("none.dnc") + " --url http://127.0.0.1:9").status, 3);
  EXPECT_NE(::access(path("none.dnc").c_str(), F_OK), 0);
}

}  // namespace
}  // namespace dnc::cluster
