// Who may join: a wallet that runs a seat. Seats beyond the founders' come to count, and go again.
#include <csignal>
#include <filesystem>

#include "cluster_test.hpp"

namespace dnc::cluster {
namespace {

constexpr int kFourth = 4;

class Membership : public ClusterTest {
 protected:
  // A guest agent and a node for `seat`, run by the wallet of anvil's account `account`.
  static void start_outsider(int seat, int account) {
    const std::string number = std::to_string(seat);
    const std::string key = world().chain().key(account);
    const ShellResult started = shell(
        "source scripts/lib.sh; for role in operator gas; do write_secret "
        "$DNC_HOME/keys/seat-" +
        number + ".$role.key " + key + "; done; start_node " + number);
    ASSERT_TRUE(started.ok()) << started.output;
  }
  static void stop_outsider(int seat) {
    shell("source scripts/lib.sh; stop_process node-" + std::to_string(seat));
  }
  // The nodes and the contract count the first `n` seats.
  static void expect_counted(int n) {
    const int quorum = n / 2 + 1;
    EXPECT_TRUE(poll_for(
        Millis(60'000),
        [&] {
          for (int seat = 1; seat <= n; ++seat) {
            const auto status = world().status(seat);
            const bool member = status && (status->role == "follower" || status->role == "leader");
            if (!member || status->quorum != quorum) return false;
          }
          return world().chain().ask("requiredVotes()(uint256)") == std::to_string(quorum);
        }))
        << "not " << n << describe() << log_of(n);
  }
  static std::string log_of(int seat) { return world().log("node-" + std::to_string(seat)); }
};

TEST_F(Membership, AWalletWithoutASeatCannotJoin) {
  const int stranger = 20;
  const std::string wallet = world().chain().address_of(world().chain().key(stranger));
  start_outsider(kFourth, stranger);
  std::string reason;
  EXPECT_TRUE(poll_for(
      Millis(30'000),
      [&] {
        const auto status = world().status(kFourth);
        if (status) reason = status->reason;
        return reason.find("cannot join") != std::string::npos;
      },
      Millis(100)))
      << log_of(kFourth);
  std::printf("[ measure ] seat not minted, /status says: %s\n", reason.c_str());
  EXPECT_NE(log_of(kFourth).find("join_refused"), std::string::npos) << log_of(kFourth);
  EXPECT_EQ(get(LocalWorld::port(kFourth), "/readiness").status, 503);
  EXPECT_EQ(increment(kFourth, fresh_key()).status, 503);
  stop_outsider(kFourth);
  EXPECT_EQ(world().chain().ask("totalSupply()(uint256)"), "3");
  const std::string said = world().chain().ask("seatOf(address)(uint64)", wallet);
  std::printf("[ measure ] the contract about that wallet: %s\n", said.c_str());
  EXPECT_TRUE(said == "0" || said.find("error") != std::string::npos) << said;
}

TEST_F(Membership, AnotherWalletCannotRunAMintedSeat) {
  const int seat = world().others(world().leader()).front();
  const std::string number = std::to_string(seat);
  const auto value = world().value(seat);
  const std::string key_file = world().home() + "/keys/stranger.key";
  shell("source scripts/lib.sh; write_secret " + key_file + " " + world().chain().key(20));
  const std::string log = world().home() + "/logs/stranger.log";
  const ShellResult started = shell(
      "source scripts/lib.sh; start_process stranger " + world().bin("clusterd") + " --seat " +
      number + " --listen 127.0.0.1:8090 --data stranger --deployment $DEPLOYMENT --rpc " +
      "http://127.0.0.1:8545 --operator-key " + key_file + " --guest-agent run/agent-" + number +
      ".sock");
  ASSERT_TRUE(started.ok()) << started.output;
  EXPECT_TRUE(poll_for(
      Millis(30'000),
      [&] { return world().log("stranger").find("join_refused") != std::string::npos; },
      Millis(100)))
      << world().log("stranger");
  shell("source scripts/lib.sh; stop_process stranger");
  const std::string text = world().log("stranger");
  const auto at = text.find("join_refused");
  if (at != std::string::npos) {
    std::printf("[ measure ] foreign wallet, the log says: %s\n",
                text.substr(at, text.find('\n', at) - at).c_str());
  }
  EXPECT_TRUE(world().all_ready()) << describe();
  EXPECT_EQ(world().value(seat), value);
}

// A clone of a node: the log admits the newer boot, and the older key has said its last word.
TEST_F(Membership, ASecondBootOfASeatSilencesTheFirst) {
  const int seat = world().others(world().leader()).front();
  const std::string number = std::to_string(seat);
  const auto before = world().value(seat);
  const ShellResult started =
      shell("source scripts/lib.sh; start_process clone " + world().bin("clusterd") + " --seat " +
            number +
            " --listen 127.0.0.1:8090 --data clone --deployment $DEPLOYMENT --rpc "
            "http://127.0.0.1:8545 " +
            "--operator-key keys/seat-" + number + ".operator.key --guest-agent run/agent-" +
            number + ".sock");
  ASSERT_TRUE(started.ok()) << started.output;
  EXPECT_TRUE(poll_for(
      Millis(30'000), [] { return get(8090, "/readiness").ok(); }, Millis(50)))
      << get(8090, "/status").body << world().log("clone");
  EXPECT_TRUE(poll_for(Millis(10'000), [&] {
    const auto status = world().status(seat);
    return !status || status->role == "halted";
  })) << describe();
  EXPECT_NE(get(LocalWorld::port(seat), "/readiness").status, 200);
  EXPECT_NE(increment(seat, fresh_key()).status, 200) << "the older boot still serves";
  const Answer written =
      call(8090, {.method = "POST", .target = "/increment", .headers = {}, .body = {}});
  EXPECT_EQ(written.status, 200) << written.body;
  EXPECT_EQ(written.json()["value"], *before + 1);
  shell("source scripts/lib.sh; stop_process clone");
  ASSERT_TRUE(world().node("kill", seat));
  ASSERT_TRUE(world().make_whole()) << describe();
  expect_value(*before + 1);
}

// Last: the seats stay minted, and revoked.
TEST_F(Membership, ZGrowsToSevenSeatsAndShrinksToThreeUnderLoad) {
  constexpr int kMost = 7;
  const std::string owner = world().chain().key(0);
  LoadOptions options;
  options.writers = 2;
  Load load(options);
  for (int seat = kFourth; seat <= kMost; ++seat) {
    const std::string wallet = world().chain().address_of(world().chain().key(seat));
    const ShellResult minted = world().chain().send(owner, "mint(address)", wallet);
    ASSERT_TRUE(minted.ok()) << minted.output;
    std::filesystem::remove_all(world().home() + "/node-" + std::to_string(seat));
    const Moment start = Clock::now();
    start_outsider(seat, seat);
    expect_counted(seat);
    measure("minted seat starts, counts as one of " + std::to_string(seat) + " after",
            seconds_since(start));
    const Moment asked = Clock::now();
    const Answer answer = increment(seat, fresh_key());
    ASSERT_TRUE(answer.ok()) << answer.body;
    load.include({true, asked, Clock::now(), answer.json().value("value", std::uint64_t{0})});
  }
  for (int seat = kMost; seat >= kFourth; --seat) {
    const Moment start = Clock::now();
    const ShellResult revoked = world().chain().send(owner, "revoke(uint64)", std::to_string(seat));
    ASSERT_TRUE(revoked.ok()) << revoked.output;
    expect_counted(seat - 1);
    measure("revoked seat, " + std::to_string(seat - 1) + " are left after", seconds_since(start));
    stop_outsider(seat);
  }
  load.stop();
  std::printf("[ measure ] increments acknowledged meanwhile: %zu\n", load.acknowledged());
  load.check();
}

}  // namespace
}  // namespace dnc::cluster
