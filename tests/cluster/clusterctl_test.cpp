// Every command about the cluster's health, in all outputs, against a cluster that is healthy, has
// one node down, has lost its quorum, or answers nothing: exit codes, and the same facts in each.
#include "clusterctl.hpp"

#include <fstream>
#include <functional>
#include <memory>

#include "cluster_test.hpp"
#include "command_table.hpp"
#include "io/dstack/served_test_kit.hpp"

namespace dnc::cluster {
namespace {

struct State {
  const char* health;
  int code;
};
constexpr State kHealthy{"healthy", 0};
constexpr State kDegraded{"degraded", 1};
constexpr State kNoQuorum{"no_quorum", 2};
constexpr State kCannotTell{"cannot_tell", 3};

class Clusterctl : public ClusterTest {
 protected:
  static std::string url(int seat) {
    return "http://127.0.0.1:" + std::to_string(LocalWorld::port(seat));
  }
  // Until a look at seat 1 ends with this code.
  static bool comes_to(const State& state) {
    return poll_for(
        Millis(60'000), [&] { return typed("status --url " + url(1)).status == state.code; },
        Millis(100));
  }
  // A cell of the table for each field of each row.
  static void expect_same_facts(const Json& rows, const std::string& table) {
    for (const Json& row : rows) {
      for (const auto& [field, value] : row.items()) {
        if (value.is_null() || value.is_boolean() || value == "") continue;
        const std::string cell = value.is_string() ? value.get<std::string>() : value.dump();
        EXPECT_NE(table.find(cell), std::string::npos) << field << " " << cell << " in\n" << table;
      }
    }
  }
  static std::string summary_of(const ShellResult& look) {
    const Json json = Json::parse(look.output, nullptr, false);
    return json.is_object() ? json.value("summary", "") : "";
  }
  // One command in all outputs. Returns its JSON.
  static Json expect_everywhere(const std::string& line, const State& state, const char* rows) {
    ShellResult table;
    ShellResult wide;
    ShellResult text;
    // Three looks at the same: right after a kill, why the cluster is as it is changes by itself.
    poll_for(Millis(20'000), [&] {
      const std::string before = summary_of(typed(line + " -o json"));
      table = typed(line);
      wide = typed(line + " -o wide");
      text = typed(line + " -o json");
      return summary_of(text) == before;
    });
    EXPECT_EQ(table.status, state.code) << line << "\n" << table.output;
    EXPECT_EQ(wide.status, state.code) << line;
    EXPECT_EQ(text.status, state.code) << line;
    const Json json = Json::parse(text.output, nullptr, false);
    EXPECT_TRUE(json.is_object()) << line << "\n" << text.output;
    if (!json.is_object()) return Json::object();
    EXPECT_EQ(json["health"], state.health) << line;
    if (json.contains("summary")) {
      EXPECT_NE(table.output.find(json["summary"].get<std::string>()), std::string::npos)
          << line << "\n"
          << table.output << text.output;
    }
    if (rows != nullptr && json.contains(rows)) expect_same_facts(json[rows], wide.output);
    return json;
  }
  static void expect_all(const State& state, const std::string& at) {
    const std::string where = " --url " + at;
    const Json status = expect_everywhere("status" + where, state, "members");
    const Json members = expect_everywhere("members" + where, state, nullptr);
    const Json peers = expect_everywhere("peers" + where, state, "peers");
    const Json waited = expect_everywhere("wait ready --timeout 300ms" + where, state, nullptr);
    EXPECT_EQ(status["can_lose"], members["can_lose"]);
    if (state.code == kCannotTell.code) {
      EXPECT_EQ(members["members"], Json::array());
      EXPECT_EQ(peers["peers"], Json::array());
      return;
    }
    EXPECT_EQ(status["members"].size(), 3u) << "one row for each seat, reached or not";
    EXPECT_EQ(members["members"].size(), 3u);
  }
  // What the lines of the command table speak of.
  static CommandPlaces prepare_places() {
    const std::string node = " --url " + url(1);
    const std::string chain = " --deployment " + world().deployment_file();
    const Answer written = increment(1, fresh_key(), "");
    EXPECT_TRUE(written.ok()) << written.body;
    const std::string seq = std::to_string(written.json().value("seq", std::uint64_t{0}));
    const std::string home = world().home();
    EXPECT_EQ(typed("receipt get " + seq + node + " > " + home + "/receipt.json").status, 0);
    EXPECT_EQ(typed("receipt keys" + chain + " > " + home + "/keys.json").status, 0);
    EXPECT_EQ(typed("contradiction get" + node + " > " + home + "/contradictions.json").status, 0);
    const std::string zero = "0x" + std::string(64, '0');
    std::ofstream(home + "/boot.json") << Json{
        {"appId", "0x" + std::string(40, '0')},
        {"composeHash", zero},
        {"instanceId", "0x" + std::string(40, '0')},
        {"deviceId", zero},
        {"mrAggregated", zero},
        {"mrSystem", zero},
        {"osImageHash", zero},
        {"tcbStatus", "UpToDate"},
        {"advisoryIds", Json::array()}}.dump();
    return {node, chain, home, seq, world().operator_key_file(3)};
  }
  static std::size_t answering(const Json& members) {
    std::size_t count = 0;
    for (const Json& row : members["members"])
      count += row["answers"] == true ? 1u : 0u;
    return count;
  }
};

TEST_F(Clusterctl, SaysHowTheClusterIsInEveryState) {
  ASSERT_TRUE(comes_to(kHealthy)) << describe();
  const CommandPlaces places = prepare_places();
  EXPECT_EQ(untyped_commands(places), "");
  EXPECT_EQ(type_all(places, ClusterState::kHealthy), "");
  expect_all(kHealthy, url(1));
  EXPECT_EQ(typed_json("status --url " + url(1))["can_lose"], 1);
  EXPECT_EQ(answering(typed_json("members --url " + url(1))), 3u);
  const Json peers = typed_json("peers --url " + url(2))["peers"];
  ASSERT_EQ(peers.size(), 3u);
  EXPECT_EQ(peers[0]["url"], url(world().leader())) << "the leader comes first";
  EXPECT_EQ(peers[0]["leads"], true);

  ASSERT_TRUE(world().node("kill", 3));
  ASSERT_TRUE(comes_to(kDegraded)) << describe();
  expect_all(kDegraded, url(3) + "," + url(1));
  EXPECT_EQ(type_all(places, ClusterState::kOneDown), "");
  const Json down = typed_json("members --url " + url(1));
  EXPECT_EQ(answering(down), 2u);
  EXPECT_EQ(down["can_lose"], 0);
  EXPECT_EQ(down["members"][2]["state"], "unreachable");
  EXPECT_NE(down["members"][2]["cause"], nullptr) << "a row without an answer says why";

  ASSERT_TRUE(world().node("kill", 2));
  ASSERT_TRUE(comes_to(kNoQuorum)) << describe();
  expect_all(kNoQuorum, url(1));
  EXPECT_EQ(type_all(places, ClusterState::kNoQuorum), "");
  EXPECT_EQ(answering(typed_json("members --url " + url(1))), 1u);

  ASSERT_TRUE(world().node("kill", 1));
  expect_all(kCannotTell, url(1) + "," + url(2));
  EXPECT_EQ(type_all(places, ClusterState::kNobodyAnswers), "");
}

TEST_F(Clusterctl, WaitsUntilTheClusterIsReady) {
  ASSERT_TRUE(world().node("kill", 3));
  ASSERT_TRUE(comes_to(kDegraded)) << describe();
  ASSERT_TRUE(world().node("start", 3));
  const ShellResult waited = typed("wait ready --timeout 60s --url " + url(1));
  EXPECT_EQ(waited.status, 0) << waited.output << describe();
}

TEST_F(Clusterctl, WatchesAsOftenAsItIsTold) {
  ASSERT_TRUE(comes_to(kHealthy)) << describe();
  const ShellResult looks = typed("status -w --count 3 --interval 10ms -o json --url " + url(1));
  EXPECT_EQ(looks.status, 0);
  EXPECT_EQ(std::count(looks.output.begin(), looks.output.end(), '\n'), 3) << "one line each";
  const ShellResult list = typed("peers --watch --count 1 --url " + url(1));
  EXPECT_EQ(list.status, 0) << list.output;
}

// The interval is longer than the test waits: only the stream can have told it.
TEST_F(Clusterctl, HearsOfALostLeaderFromTheStream) {
  ASSERT_TRUE(comes_to(kHealthy)) << describe();
  const int leader = world().leader();
  const int other = world().others(leader).front();
  const std::string file = world().home() + "/peers.out";
  const ShellResult started = shell(
      "(timeout 60 " + clusterctl() + " peers --watch --count 2 --interval 10m -o json --url " +
      url(other) + " > " + file + " 2>&1; echo ended >> " + file + ") >/dev/null 2>&1 &");
  ASSERT_TRUE(started.ok());
  const auto shows = [&](const std::string& text) {
    return shell("grep -q '" + text + "' " + file).ok();
  };
  ASSERT_TRUE(poll_for(Millis(10'000), [&] { return shows(url(leader)); }));
  const Moment start = Clock::now();
  ASSERT_TRUE(world().node("kill", leader));
  EXPECT_TRUE(poll_for(Millis(8'000), [&] { return shows("ended"); }))
      << shell("cat " + file).output;
  measure("peers --watch shows the lost leader", seconds_since(start));
}

// What the chain knows: read, and held against a chain that does not answer.
TEST_F(Clusterctl, ExplainsWhichGateRefuses) {
  ASSERT_TRUE(comes_to(kHealthy)) << describe();
  const std::string where = " --deployment " + world().deployment_file() + " --url " + url(1);
  const auto refusing = [&](const std::string& who) -> std::string {
    const Json report = typed_json("explain " + who + where);
    if (!report.is_object()) return "no report";
    std::string gates;
    for (const Json& gate : report["gates"]) {
      if (gate["verdict"] == "refused") gates += gate["gate"].get<std::string>();
    }
    return report["verdict"].get<std::string>() + " " + gates;
  };
  EXPECT_EQ(refusing("2"), "ok ");
  EXPECT_EQ(refusing(world().chain().address_of(world().operator_key(2))), "ok ");
  EXPECT_EQ(refusing("9"), "refused seat");
  EXPECT_EQ(refusing("0x000000000000000000000000000000000000dEaD"), "refused seat");
  EXPECT_EQ(typed("explain 2" + where).status, 0);
  EXPECT_EQ(typed("explain 9" + where).status, 1);
  EXPECT_EQ(typed("explain 2 --rpc http://127.0.0.1:9" + where).status, 3);
  ASSERT_TRUE(world().node("kill", 3));
  EXPECT_EQ(refusing("3"), "refused node");
}

TEST_F(Clusterctl, DoctorFindsAllHereAndSaysWhatIsNot) {
  ASSERT_TRUE(comes_to(kHealthy)) << describe();
  const std::string where = " --deployment " + world().deployment_file();
  const std::string agent = " --guest-agent " + world().home() + "/run/agent-1.sock";
  const ShellResult whole = typed("doctor --url " + url(1) + where + agent);
  EXPECT_EQ(whole.status, 0) << whole.output;
  for (const char* gate :
       {"tools", "deployment", "rpc", "clock", "contract", "node", "guest agent", "disk"})
    EXPECT_NE(whole.output.find(gate), std::string::npos) << gate << "\n" << whole.output;
  EXPECT_EQ(typed("doctor --rpc http://127.0.0.1:9 --url " + url(1) + where).status, 3);
  EXPECT_EQ(typed("doctor --url http://127.0.0.1:9" + where).status, 3);
  EXPECT_EQ(typed("doctor --deployment none.json --url " + url(1)).status, 3);
}

TEST_F(Clusterctl, ChecksWhatTheClusterBearsAndLeavesNothing) {
  ASSERT_TRUE(comes_to(kHealthy)) << describe();
  const std::string check = "check perf --duration 1s --url " + url(1) + "," + url(2);
  const ShellResult run = typed(check + " -o json");
  const Json result = Json::parse(run.output, nullptr, false);
  ASSERT_TRUE(result.is_object()) << run.output;
  EXPECT_EQ(run.status, result["verdict"] == "PASS" ? 0 : 1) << run.output;
  EXPECT_EQ(result["errors"], Json::object()) << run.output;
  EXPECT_GT(result["confirmed"], 100) << "150 are due in a second";
  const auto left = [](int seat) {
    return get(LocalWorld::port(seat), "/kv?prefix=clusterctl-check-perf/").json()["entries"];
  };
  EXPECT_EQ(left(1), Json::array());

  const ShellResult stopped = shell("timeout --foreground -s INT 2 " + clusterctl() +
                                    " check perf --duration 1m --url " + url(2) + " 2>&1");
  EXPECT_NE(stopped.output.find("nothing is judged"), std::string::npos) << stopped.output;
  EXPECT_EQ(left(2), Json::array()) << "after ^C too";

  ASSERT_TRUE(world().node("kill", 3));
  ASSERT_TRUE(comes_to(kDegraded)) << describe();
  EXPECT_EQ(typed(check).status, 3) << "not healthy";
  EXPECT_NE(typed(check + " --force").output.find("PASS"), std::string::npos);
}

TEST_F(Clusterctl, VotesDeposeALeaderAndHistoryKeepsIt) {
  ASSERT_TRUE(comes_to(kHealthy)) << describe();
  const int leader = world().leader();
  const auto voters = world().others(leader);
  const std::string where = " --deployment " + world().deployment_file();
  const auto vote = [&](int seat, const std::string& more) {
    world().chain().fund(world().chain().address_of(world().operator_key(seat)));
    return typed_json("vote --operator-key " + world().operator_key_file(seat) + where + more);
  };
  ASSERT_TRUE(poll_for(Millis(15'000),
                       [&] { return typed_json("vote" + where)["leader_seat"] == leader; }));
  EXPECT_EQ(vote(voters[0], "")["votes"], 0) << "to look costs nothing";
  EXPECT_EQ(vote(voters[0], " --yes")["votes"], 1);
  EXPECT_EQ(vote(voters[0], " --yes --withdraw")["votes"], 0);
  EXPECT_EQ(vote(voters[0], " --yes")["voted"], true);
  const std::string stranger = world().home() + "/stranger.key";
  ASSERT_TRUE(shell("umask 077; echo " + world().chain().key(20) + " > " + stranger).ok());
  EXPECT_EQ(typed("vote --yes --operator-key " + stranger + where).status, 1);
  EXPECT_TRUE(vote(voters[1], " --yes").is_object());
  EXPECT_NE(taken_over(leader, Millis(20'000)), 0) << describe();
  const std::string history = "history --url " + url(voters[0]) + where;
  Json rows;
  EXPECT_TRUE(poll_for(Millis(20'000), [&] {
    rows = typed_json(history)["history"];
    return rows.is_array() && std::any_of(rows.begin(), rows.end(), [](const Json& row) {
             return row["reason"] == "votes" && row["votes"] == 2;
           });
  })) << rows;
  ASSERT_FALSE(rows.empty());
  EXPECT_EQ(rows[0]["reason"], "genesis");
  const ShellResult wide = typed(history + " -o wide");
  EXPECT_EQ(wide.status, 0);
  expect_same_facts(rows, wide.output);
  const std::string nowhere = " --url http://127.0.0.1:9 --rpc http://127.0.0.1:9";
  EXPECT_EQ(typed("history" + nowhere + where).status, 3);
  EXPECT_EQ(typed("vote --rpc http://127.0.0.1:9" + where).status, 3);
}

// Stands before a node and passes everything on, but answers GET /attestation as it likes.
class Liar {
 public:
  using Lie = std::function<std::string(const std::string& target)>;

  Liar(int port, Lie lie)
      : served_(std::make_unique<test::Served>(
            [port, lie = std::move(lie)](const HttpRequest& request) {
              std::string target = request.path;
              for (const auto& [name, value] : request.query)
                target += (target == request.path ? "?" : "&") + name + "=" + value;
              HttpResponse response;
              if (request.path == "/attestation") {
                response.body = lie(target);
              } else {
                const Answer answer = get(port, target);
                response.status = answer.status;
                response.body = answer.body;
              }
              return response;
            })) {}
  std::string url() const { return served_->url(); }

 private:
  std::unique_ptr<test::Served> served_;
};

// An honest node, then three that pass on what is not theirs.
TEST_F(Clusterctl, VerifiesANodeFromItsQuoteToItsReceipt) {
  ASSERT_TRUE(comes_to(kHealthy)) << describe();
  ASSERT_TRUE(increment(1, fresh_key(), "").ok());
  const std::string chain = " --deployment " + world().deployment_file();
  const auto verdicts = [&](const std::string& url) {
    const Json report = typed_json("verify " + url + chain);
    std::string text;
    for (const Json& gate : report.value("gates", Json::array()))
      text += gate["gate"].get<std::string>() + " " + gate["verdict"].get<std::string>() + ", ";
    return text;
  };
  for (const int seat : LocalWorld::seats()) {
    EXPECT_EQ(verdicts(url(seat)),
              "quote warn, kms ok, compose ok, contract ok, boot ok, receipt ok, ")
        << typed("verify " + url(seat) + chain).output;
  }
  const ShellResult table = typed("verify " + url(1) + chain);
  EXPECT_EQ(table.status, 0) << table.output;
  EXPECT_NE(table.output.find("simulated"), std::string::npos) << table.output;

  const std::string behind = " unknown, compose unknown, contract unknown, boot unknown, ";
  const std::string at_quote = "quote refused, kms" + behind + "receipt unknown, ";
  const std::string old =
      get(LocalWorld::port(1), "/attestation?nonce=" + std::string(64, '1')).body;
  const Liar replays(LocalWorld::port(1), [&](const std::string&) { return old; });
  EXPECT_EQ(verdicts(replays.url()), at_quote);
  EXPECT_EQ(typed("verify " + replays.url() + chain).status, 1);

  const Liar relays(LocalWorld::port(1), [](const std::string& target) {
    Json own = get(LocalWorld::port(1), target).json();
    own["quote"] = get(LocalWorld::port(2), target).json()["quote"];
    return own.dump();
  });
  EXPECT_EQ(verdicts(relays.url()), at_quote);

  const Liar other_keys(LocalWorld::port(1), [](const std::string& target) {
    Json own = get(LocalWorld::port(1), target).json();
    own["kms"]["app_key"] = own["kms"]["derived_key"];
    return own.dump();
  });
  EXPECT_EQ(verdicts(other_keys.url()),
            "quote warn, kms refused, compose unknown, contract unknown, boot unknown, "
            "receipt unknown, ");

  EXPECT_EQ(typed("verify http://127.0.0.1:9" + chain).status, 3);
  EXPECT_EQ(typed("verify " + url(1) + chain + " --rpc http://127.0.0.1:9").status, 3);
  EXPECT_EQ(typed("verify " + url(1) + chain + " --receipt nothing").status, 3);
}

// The commands about contract and proofs: what they end with here, and where nothing answers.
TEST_F(Clusterctl, TheOtherCommandsKeepTheirCodes) {
  ASSERT_TRUE(comes_to(kHealthy)) << describe();
  const std::string compose = world().home() + "/app-compose.json";
  const std::string keys = world().home() + "/keys.json";
  const std::string receipt = world().home() + "/receipt.json";
  const std::string nobody = world().home() + "/nothing";
  const Answer written = increment(1, fresh_key(), "");
  ASSERT_TRUE(written.ok()) << written.body;
  const std::string seq = std::to_string(written.json().value("seq", std::uint64_t{0}));
  const std::string chain = " --deployment " + world().deployment_file();
  const std::string no_chain = chain + " --rpc http://127.0.0.1:9";
  const std::string node = " --url " + url(1);
  const std::string no_node = " --url http://127.0.0.1:9";
  struct Line {
    std::string text;
    int code;
    bool has_json;
  };
  const Line lines[] = {
      {"receipt get " + seq + node + " > " + receipt, 0, false},
      {"receipt get 999999999" + node, 1, false},
      {"receipt get " + seq + no_node, 3, false},
      {"receipt keys" + chain + " > " + keys, 0, false},
      {"receipt keys" + no_chain, 3, false},
      {"receipt verify " + receipt + " --keys " + keys, 0, true},
      {"receipt verify " + nobody + " --keys " + keys, 3, false},
      {"receipt calldata " + receipt, 0, false},
      {"contradiction get" + node, 0, false},
      {"contradiction get" + no_node, 3, false},
      {"compose hash " + compose, 0, true},
      {"compose hash " + nobody, 3, false},
      {"compose check " + compose, 0, true},
      {"compose check " + compose + no_chain, 3, true},
      {"contract verify" + chain, 0, true},
      {"contract verify" + no_chain, 3, false},
      {"recover" + node + chain, 1, false},
      {"recover" + no_node + chain, 3, false},
  };
  for (const Line& line : lines) {
    const ShellResult table = typed(line.text);
    EXPECT_EQ(table.status, line.code) << line.text << "\n" << table.output;
    if (!line.has_json) continue;
    EXPECT_EQ(typed(line.text + " -o json").status, line.code) << line.text;
    EXPECT_TRUE(typed_json(line.text).is_object()) << line.text;
  }
}

}  // namespace
}  // namespace dnc::cluster
