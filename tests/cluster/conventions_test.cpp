// What every command of clusterctl keeps, whatever the cluster does: settings, exit codes, streams.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "clusterctl.hpp"

namespace dnc::cluster {
namespace {

class Conventions : public ::testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/dnc-conventions-XXXXXX";
    ASSERT_NE(::mkdtemp(name), nullptr);
    folder_ = name;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string file(const std::string& content) const {
    const std::string path = folder_ + "/clusterctl.toml";
    std::ofstream(path) << content;
    return path;
  }
  // "VALUE from ORIGIN" of a setting.
  static std::string setting(const std::string& name, const std::string& arguments,
                             const std::string& environment = "") {
    const ShellResult shown =
        typed("config show --origin -o json " + arguments, "env -u DNC_URL HOME=/ " + environment);
    const Json json = Json::parse(shown.output, nullptr, false);
    if (!json.is_object()) return "no JSON: " + shown.output;
    for (const Json& row : json["settings"]) {
      if (row["setting"] == name) {
        return row["value"].dump() + " from " + row["origin"].get<std::string>();
      }
    }
    return "none";
  }

  std::string folder_;
};

TEST_F(Conventions, FlagBeforeEnvironmentBeforeFileBeforeDefault) {
  const std::string path = file("url = [\"http://file:1\", \"http://file:2\"]\n");
  const std::string config = "--config " + path;
  EXPECT_EQ(setting("url", ""), R"(["http://127.0.0.1:8081"] from default)");
  EXPECT_EQ(setting("url", config), R"(["http://file:1","http://file:2"] from file )" + path);
  EXPECT_EQ(setting("url", "", "DNC_CONFIG=" + path),
            R"(["http://file:1","http://file:2"] from file )" + path);
  EXPECT_EQ(setting("url", config, "DNC_URL=http://env:1,http://env:2"),
            R"(["http://env:1","http://env:2"] from environment DNC_URL)");
  EXPECT_EQ(setting("url", config + " --url http://flag:1", "DNC_URL=http://env:1"),
            R"(["http://flag:1"] from flag)");
}

TEST_F(Conventions, TheUsualFileIsReadWhereThereIsOne) {
  std::ofstream(folder_ + "/clusterctl.toml") << "rpc = \"http://usual:1\"\n";
  EXPECT_EQ(setting("rpc", "", "XDG_CONFIG_HOME=" + folder_),
            R"(["http://usual:1"] from file )" + folder_ + "/clusterctl.toml");
}

// The daemon keeps the same order: what the environment says is judged, the file's word is not
// used.
TEST_F(Conventions, TheDaemonsEnvironmentWinsOverItsFile) {
  const std::string none = folder_ + "/none";
  const std::string path =
      file("seat = 1\nlog-format = \"text\"\nrpc = \"http://127.0.0.1:9\"\ndata = \"" + none +
           "\"\ndeployment = \"" + none + "\"\noperator-key = \"" + none + "\"\n");
  const std::string clusterd = program("clusterd") + " --config " + path;
  EXPECT_EQ(shell(clusterd).status, 78) << "the file is read: there is no such key";
  EXPECT_EQ(shell("DNC_LOG_FORMAT=xml " + clusterd).status, 64);
  EXPECT_EQ(shell("DNC_LOG_FORMAT=xml " + clusterd + " --log-format json").status, 78);
}

// A command asks those that it was told of, not only config show.
TEST_F(Conventions, CommandsUseWhatConfigShowShows) {
  const std::string path = file("url = \"http://127.0.0.1:9\"\nrequest-timeout = \"300ms\"\n");
  const ShellResult asked = shell(clusterctl() + " status --config " + path + " 2>&1 >/dev/null");
  EXPECT_EQ(asked.status, 3);
  EXPECT_NE(asked.output.find("http://127.0.0.1:9"), std::string::npos) << asked.output;
}

TEST_F(Conventions, WhatIsTypedWrongIs64) {
  const std::string unknown = "status --config " + file("ulr = \"http://a\"\n");
  const std::string wordless = "status --config " + folder_ + "/none.toml";
  for (const std::string& line :
       {std::string(),
        std::string("stauts"),
        std::string("status --ulr x"),
        std::string("status -o xml"),
        std::string("status --request-timeout 1x"),
        std::string("status --request-timeout 0"),
        std::string("status --interval 1s"),
        std::string("wait ready --timeout 30"),
        std::string("check perf --profile huge"),
        std::string("check perf --duration 1"),
        std::string("check perf --duration 10ms"),
        std::string("recover --yes"),
        std::string("vote --yes"),
        std::string("revoke 1 --yes"),
        std::string("revoke 1 --yes --dry-run"),
        std::string("mint nobody"),
        std::string("operator set 1 0x70997970C51812dc3A010C7d01b50e0d17dc79C8 --until soon"),
        std::string("pause --yes --key none"),
        std::string("pause --until soon"),
        std::string("resume --yes"),
        std::string("deploy --kms 0x1"),
        std::string("join 1"),
        std::string("verify"),
        std::string("explain"),
        std::string("explain nobody"),
        std::string("completion tcsh"),
        unknown,
        wordless}) {
    const ShellResult result = typed(line);
    EXPECT_EQ(result.status, 64) << line;
    EXPECT_EQ(result.output, "") << "talk goes to stderr: " << line;
  }
}

// Without a cluster: what a code means is known here.
TEST_F(Conventions, EveryCodeIsExplained) {
  for (const char* code : {"no_gas_money", "NotOperator", "'Compose hash not allowed'"}) {
    const ShellResult told = typed(std::string("explain ") + code);
    EXPECT_EQ(told.status, 0) << code;
    EXPECT_NE(told.output.find("-> "), std::string::npos) << told.output;
  }
  const Json list = typed_json("explain --list");
  ASSERT_TRUE(list.is_object());
  EXPECT_GT(list["codes"].size(), 150u);
}

TEST_F(Conventions, EveryCommandHelpsWithExamples) {
  for (const char* line : {"status",
                           "members",
                           "wait ready",
                           "peers",
                           "vote",
                           "recover",
                           "join",
                           "mint",
                           "revoke",
                           "reinstate",
                           "leave",
                           "replace",
                           "operator set",
                           "operator clear",
                           "pause",
                           "resume",
                           "history",
                           "explain",
                           "doctor",
                           "check perf",
                           "verify",
                           "compose hash",
                           "compose check",
                           "boot explain",
                           "contract verify",
                           "deploy",
                           "receipt get",
                           "receipt keys",
                           "receipt verify",
                           "receipt calldata",
                           "snapshot save",
                           "snapshot verify",
                           "snapshot restore",
                           "contradiction get",
                           "contradiction verify",
                           "config show",
                           "completion zsh",
                           "manual"}) {
    const ShellResult help = typed(std::string(line) + " --help");
    EXPECT_EQ(help.status, 0) << line;
    EXPECT_NE(help.output.find("Exit codes:"), std::string::npos) << line << "\n" << help.output;
    const bool example =
        help.output.find(std::string("  clusterctl ") + line) != std::string::npos ||
        help.output.find(std::string("$(clusterctl ") + line) != std::string::npos;
    EXPECT_TRUE(example) << line << "\n" << help.output;
  }
}

TEST_F(Conventions, BashCompletesCommandsOptionsAndValues) {
  const auto completes = [](const std::string& words) {
    return shell("set -e; eval \"$(" + clusterctl() + " completion bash)\"; COMP_WORDS=(" + words +
                 "); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _clusterctl; echo \"${COMPREPLY[*]}\"")
        .output;
  };
  EXPECT_EQ(completes("clusterctl mem"), "members\n");
  EXPECT_EQ(completes("clusterctl receipt ver"), "verify\n");
  EXPECT_EQ(completes("clusterctl status --inter"), "--interval\n");
  EXPECT_EQ(completes("clusterctl status -o ''"), "table wide json\n");
}

TEST_F(Conventions, TheManualHasEveryCommandAndNoErrors) {
  const ShellResult page = typed("manual");
  ASSERT_EQ(page.status, 0);
  for (const char* command : {".SS status", ".SS wait ready", ".SS explain WHO", ".SS vote"})
    EXPECT_NE(page.output.find(command), std::string::npos) << command;
  if (!shell("command -v groff").ok()) GTEST_SKIP() << "groff is not here";
  EXPECT_EQ(shell(clusterctl() + " manual | groff -man -ww -Tascii -z").output, "");
}

TEST_F(Conventions, ColourOnlyWhereATerminalWantsIt) {
  const std::string status = clusterctl() + " status --url http://127.0.0.1:9";
  const auto on_terminal = [&](const std::string& environment) {
    return shell("TERM=xterm " + environment + " script -qec '" + status + "' /dev/null").output;
  };
  EXPECT_NE(on_terminal("").find("\033["), std::string::npos);
  EXPECT_EQ(on_terminal("NO_COLOR=1").find("\033["), std::string::npos);
  EXPECT_EQ(shell("TERM=xterm " + status).output.find("\033["), std::string::npos);
}

}  // namespace
}  // namespace dnc::cluster
