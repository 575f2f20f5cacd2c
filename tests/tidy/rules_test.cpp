// Each rule against a sample that breaks it and one that does not: a rule that cannot fail is none.
#include "tests/tidy/rules.hpp"

#include <gtest/gtest.h>

namespace dnc::tidy {
namespace {

std::string lines(std::size_t count, const std::string& line = "  call();\n") {
  std::string text;
  for (std::size_t i = 0; i < count; ++i)
    text += line;
  return text;
}

Findings includes(const char* path, const char* text) {
  return check_includes({path, text});
}

std::size_t functions_too_long(const std::string& text) {
  return check_functions({"src/core/base/a.cpp", text}).size();
}

TEST(Includes, RoomsNameOnlyTheirOwnRow) {
  EXPECT_TRUE(includes("src/core/eth/a.cpp", "#include \"core/crypto/a.hpp\"\n").empty());
  EXPECT_EQ(includes("src/core/base/a.cpp", "#include \"core/crypto/a.hpp\"\n").size(), 1u);
  EXPECT_EQ(includes("src/core/consensus/a.cpp", "#include \"core/services/a.hpp\"\n").size(), 1u);
  EXPECT_EQ(includes("src/core/consensus/a.cpp", "#include \"core/eth/abi.hpp\"\n").size(), 1u);
  EXPECT_TRUE(includes("src/core/consensus/a.cpp", "#include \"core/eth/eip712.hpp\"\n").empty());
  EXPECT_EQ(includes("src/io/chain/a.cpp", "#include \"io/storage/a.hpp\"\n").size(), 1u);
  EXPECT_EQ(includes("src/sim/a.cpp", "#include \"io/base/log.hpp\"\n").size(), 1u);
  EXPECT_EQ(includes("src/sim/a.cpp", "#include \"node/node.hpp\"\n").size(), 1u);
  EXPECT_TRUE(includes("src/node/a.cpp", "#include \"io/storage/a.hpp\"\n").empty());
  EXPECT_EQ(includes("src/io/net/a.cpp", "#include \"tests/cluster/a.hpp\"\n").size(), 1u);
  EXPECT_TRUE(includes("examples/a/a.cpp", "#include \"io/api/routes.hpp\"\n").empty());
  EXPECT_EQ(includes("examples/a/a.cpp", "#include \"ctl/report.hpp\"\n").size(), 1u);
  EXPECT_EQ(includes("src/node/a.cpp", "#include \"examples/a/a.hpp\"\n").size(), 1u);
}

TEST(Includes, LibrariesAreNamedInOneRoom) {
  EXPECT_TRUE(includes("src/io/storage/a.cpp", "#include <rocksdb/db.h>\n").empty());
  EXPECT_EQ(includes("src/node/a.cpp", "#include <rocksdb/db.h>\n").size(), 1u);
  EXPECT_EQ(includes("src/io/api/a.cpp", "#include <asio/io_context.hpp>\n").size(), 1u);
  EXPECT_EQ(includes("src/io/chain/a.cpp", "#include <curl/curl.h>\n").size(), 1u);
  EXPECT_EQ(includes("src/core/eth/a.cpp", "#include <secp256k1_recovery.h>\n").size(), 1u);
  EXPECT_EQ(includes("src/core/base/a.cpp", "#include <nlohmann/json.hpp>\n").size(), 1u);
  EXPECT_EQ(includes("src/io/net/a.cpp", "#include <CLI/CLI.hpp>\n").size(), 1u);
  EXPECT_EQ(includes("src/cmd/a.cpp", "#include <toml++/toml.h>\n").size(), 1u);
}

TEST(Includes, CoreHasNoHeadersOfTheSystem) {
  EXPECT_EQ(includes("src/core/base/a.cpp", "#include <unistd.h>\n").size(), 1u);
  EXPECT_EQ(includes("src/core/base/a.cpp", "#include <sys/socket.h>\n").size(), 1u);
  EXPECT_EQ(includes("src/core/base/a.cpp", "#include <unordered_map>\n").size(), 1u);
  EXPECT_TRUE(includes("src/core/base/a.cpp", "#include <map>\n").empty());
  EXPECT_TRUE(includes("src/io/net/a.cpp", "#include <unistd.h>\n").empty());
}

TEST(Includes, EveryFileHasARoom) {
  EXPECT_EQ(includes("src/utils/a.cpp", "").size(), 1u);
  EXPECT_EQ(includes("src/core/a.cpp", "").size(), 1u);
}

TEST(Includes, TestsMayUseAnything) {
  EXPECT_TRUE(includes("src/core/base/a_test.cpp", "#include \"io/net/a.hpp\"\n").empty());
}

TEST(Functions, SeventyLinesAndNoMore) {
  EXPECT_EQ(functions_too_long("void f() {\n" + lines(68) + "}\n"), 0u);
  EXPECT_EQ(functions_too_long("void f() {\n" + lines(69) + "}\n"), 1u);
  EXPECT_EQ(
      functions_too_long("namespace a {\nclass B {\n void f() {\n" + lines(69) + "}\n};\n}\n"), 1u);
}

TEST(Functions, TypesAndTablesAreNoFunctions) {
  EXPECT_EQ(functions_too_long("struct A {\n" + lines(100, "  int a;\n") + "};\n"), 0u);
  EXPECT_EQ(functions_too_long("constexpr int kA[] = {\n" + lines(100, "  1,\n") + "};\n"), 0u);
}

TEST(Functions, BracesInInitialisersBelongToTheConstructor) {
  EXPECT_EQ(functions_too_long("A::A(int b)\n    : a_{1},\n      b_{b} {\n" + lines(66) + "}\n"),
            0u);
  EXPECT_EQ(functions_too_long("A::A(int b)\n    : a_{1},\n      b_{b} {\n" + lines(67) + "}\n"),
            1u);
}

TEST(Functions, CommentsAndLiteralsHaveNoBraces) {
  const std::string noise = "  // {\n  call(\"{\", '{', R\"({)\", 1'000); /* { */\n";
  EXPECT_EQ(functions_too_long("void f() {\n" + noise + "}\nvoid g() {\n" + lines(67) + "}\n"), 0u);
}

TEST(Sizes, FilesAndLines) {
  EXPECT_TRUE(check_sizes({"src/a.cpp", lines(500)}).empty());
  EXPECT_EQ(check_sizes({"src/a.cpp", lines(501)}).size(), 1u);
  EXPECT_EQ(check_sizes({"contracts/src/A.sol", lines(501)}).size(), 1u);
  EXPECT_TRUE(check_sizes({"src/a.cpp", std::string(100, 'a')}).empty());
  EXPECT_EQ(check_sizes({"src/a.cpp", std::string(101, 'a')}).size(), 1u);
  EXPECT_EQ(check_sizes({"a.sh", std::string(101, 'a')}).size(), 1u);
  EXPECT_TRUE(check_sizes({"contracts/src/A.sol", std::string(120, 'a')}).empty());
  EXPECT_EQ(check_sizes({"contracts/src/A.sol", std::string(121, 'a')}).size(), 1u);
  EXPECT_TRUE(check_sizes({"docs/a.md", std::string(200, 'a')}).empty());
}

TEST(CoreWords, ThePureCoreHasNoWorldOfItsOwn) {
  const auto core = [](const char* text) {
    return check_core_words({"src/core/base/a.cpp", text}).size();
  };
  EXPECT_EQ(core("auto t = std::chrono::steady_clock::now();\n"), 1u);
  EXPECT_EQ(core("std::random_device device;\n"), 1u);
  EXPECT_EQ(core("std::mutex m;\n"), 1u);
  EXPECT_EQ(core("std::unordered_map<int, int> m;\n"), 1u);
  EXPECT_EQ(core("const char* home = getenv(\"A\");\n"), 1u);
  EXPECT_EQ(core("std::cerr << 1;\n"), 1u);
  EXPECT_EQ(core("// a thread may read it; \"mutex\"\nconst char* a = \"mutex\";\n"), 0u);
  EXPECT_EQ(core("int threads = 1;\n"), 0u);
  EXPECT_TRUE(check_core_words({"src/io/net/a.cpp", "std::mutex m;\n"}).empty());
}

TEST(Marks, NothingUnfinishedAndNoMachine) {
  const auto marks = [](const std::string& text) {
    return check_marks({"src/a.cpp", text}).size();
  };
  EXPECT_EQ(marks(std::string("// TO") + "DO: later\n"), 1u);
  EXPECT_EQ(marks(std::string("// FIX") + "ME\n"), 1u);
  EXPECT_EQ(marks("mkdtemp(\"/tmp/a.XXXXXX\");\n"), 0u);
  EXPECT_EQ(marks(std::string("\"/ro") + "ot/project\"\n"), 1u);
  EXPECT_EQ(marks("the tree/" + std::string("ro") + "ot/leaf\n"), 0u);
  EXPECT_EQ(marks("\tint a;\n"), 1u);
}

TEST(Excerpts, ShowWhatTheFileHas) {
  const auto findings = [](const std::string& page) {
    return check_excerpts(
               {"docs/a.md", page},
               [](const std::string& path) {
                 return std::string(path == "src/a.cpp" ? "int a;\nint b;\nint c;\n" : "");
               })
        .size();
  };
  EXPECT_EQ(findings("<!-- from: src/a.cpp -->\n```cpp\nint b;\nint c;\n```\n"), 0u);
  EXPECT_EQ(findings("<!-- from: src/a.cpp -->\n```cpp\nint a;\nint c;\n```\n"), 1u);
  EXPECT_EQ(findings("<!-- from: src/a.cpp -->\n```cpp\nint\n```\n"), 1u) << "whole lines";
  EXPECT_EQ(findings("<!-- from: src/a.cpp -->\n```cpp\nb;\n```\n"), 1u) << "whole lines";
  EXPECT_EQ(findings("<!-- from: src/none.cpp -->\n```cpp\nint a;\n```\n"), 1u);
  EXPECT_EQ(findings("text\n```cpp\nint a;\n```\n"), 1u) << "from nowhere";
  EXPECT_EQ(findings("text\n```sh\nls\n```\n"), 0u);
}

TEST(TidyRules, CodesAreFoundInEachWayOfRefusing) {
  const auto found = [](const std::string& text) { return codes_in({"src/a.cpp", text}); };
  using Codes = std::set<std::string>;
  EXPECT_EQ(found("return Error{\"no_leader\", \"why\", \"\"};"), Codes{"no_leader"});
  EXPECT_EQ(found("Error last{\"no_node\","), Codes{"no_node"});
  EXPECT_EQ(found("return refuse(413, \"too_large\", \"\");"), Codes{"too_large"});
  EXPECT_EQ(found("{\"timeout\", 503, \"..\"},"), Codes{"timeout"});
  EXPECT_EQ(found("error_answer(404,\n {\"not_found\", \"..\"})"), Codes{"not_found"});
  EXPECT_EQ(found("Json{{\"seat\", 1}, {\"leader\", 2}}"), Codes{});
}

TEST(TidyRules, EventsAreFoundInEachWayOfLogging) {
  const auto found = [](const std::string& path, const std::string& text) {
    return events_in({"src/" + path, text});
  };
  EXPECT_EQ(found("io/a.cpp", R"(log_info("tx_done", {{"call", f("a", b)}, {"tx", x}});)"),
            (LogEvents{{"tx_done", {{"info"}, {"call", "tx"}}}}));
  EXPECT_EQ(found("io/a.cpp", R"(log_warn(
      "disk_cut"); other({"no", {"field", 1}});)"),
            (LogEvents{{"disk_cut", {{"warn"}, {}}}}));
  EXPECT_EQ(found("node/a.cpp", R"(log_failure(refused ? "a_b" : "c", error);)"),
            (LogEvents{{"a_b", {{"error"}, {"code", "message", "hint"}}},
                       {"c", {{"error"}, {"code", "message", "hint"}}}}));
  EXPECT_EQ(found("core/consensus/a.cpp", R"raw(event("voted", {{"why", "a \" b)"}});)raw"),
            (LogEvents{{"voted", {{"info"}, {"why"}}}}));
  EXPECT_EQ(found("node/a.cpp", R"(record({"booted", {{"epoch", e}}});)"),
            (LogEvents{{"booted", {{"info"}, {"epoch"}}}}));
  EXPECT_EQ(found("io/net/a.cpp", R"raw(lost("no hello in time", "peer_lost");)raw"),
            (LogEvents{{"peer_lost", {{"info"}, {"detail", "suppressed"}}}}));
  EXPECT_EQ(found("io/a.cpp", R"raw(tell("peer_lost"); event("voted"); log_info(name);)raw"),
            LogEvents{});
}

}  // namespace
}  // namespace dnc::tidy
