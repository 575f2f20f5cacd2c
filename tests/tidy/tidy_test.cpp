// The repository keeps the rules of the house.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <regex>
#include <set>

#include "tests/tidy/rules.hpp"

namespace dnc::tidy {
namespace {

namespace fs = std::filesystem;

bool is_text_of_ours(const fs::path& path) {
  static const std::vector<std::string> kSuffixes = {".cpp", ".hpp",   ".sol", ".sh", ".md",
                                                     ".mjs", ".cmake", ".txt", ".py", ".toml"};
  return std::find(kSuffixes.begin(), kSuffixes.end(), path.extension()) != kSuffixes.end();
}

std::string read(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void add_file(const fs::path& root, const fs::path& path, std::vector<Source>& sources) {
  if (is_text_of_ours(path)) sources.push_back({fs::relative(path, root).string(), read(path)});
}

// What stands in the folders of the project; what is built or fetched stands elsewhere.
std::vector<Source> all_sources() {
  const fs::path root = DNC_SOURCE_DIR;
  std::vector<Source> sources;
  for (const auto& entry : fs::directory_iterator(root))
    if (entry.is_regular_file()) add_file(root, entry.path(), sources);
  for (const char* folder : {"src", "examples", "tests", "bench", "dashboard", "scripts", "cmake",
                             "docs", "contracts/src", "contracts/test", "contracts/script"}) {
    if (!fs::exists(root / folder)) continue;
    for (const auto& entry : fs::recursive_directory_iterator(root / folder))
      if (entry.is_regular_file()) add_file(root, entry.path(), sources);
  }
  return sources;
}

TEST(Tidy, TheRepositoryKeepsTheRules) {
  const auto sources = all_sources();
  ASSERT_GT(sources.size(), 100u) << "the sources were not found";
  for (const auto& source : sources)
    for (const auto& finding : check(source))
      ADD_FAILURE() << finding.path << ":" << finding.line << ": " << finding.what;
}

TEST(Tidy, NobodyIncludesTests) {
  std::map<std::string, bool> for_tests;
  const auto sources = all_sources();
  for (const auto& source : sources)
    if (source.path.starts_with("src/")) for_tests[source.path.substr(4)] = is_for_tests(source);
  for (const auto& source : sources) {
    if (!is_cpp(source) || is_for_tests(source)) continue;
    for (const auto line : lines_of(source.text)) {
      if (!line.starts_with("#include \"")) continue;
      const std::string header(line.substr(10, line.find('"', 10) - 10));
      const auto found = for_tests.find(header);
      EXPECT_FALSE(found != for_tests.end() && found->second)
          << source.path << " includes " << header << ", which is for tests";
    }
  }
}

TEST(Tidy, TheExcerptsOfThePagesAreInTheSources) {
  const fs::path root = DNC_SOURCE_DIR;
  std::size_t pages = 0;
  for (const auto& source : all_sources()) {
    const bool is_page = source.path.starts_with("docs/") || source.path == "README.md";
    if (!is_page || !source.path.ends_with(".md")) continue;
    ++pages;
    for (const auto& finding :
         check_excerpts(source, [&](const std::string& path) { return read(root / path); }))
      ADD_FAILURE() << finding.path << ":" << finding.line << ": " << finding.what;
  }
  EXPECT_GT(pages, 10u) << "the pages were not found";
}

// Every word between backticks that has the form of a test's name.
std::set<std::string> tests_named_in(const std::string& text) {
  static const std::regex kName("`((?:test|invariant_)\\w+|[A-Z]\\w+\\.[A-Z]\\w+)`");
  std::set<std::string> names;
  for (std::sregex_iterator it(text.begin(), text.end(), kName), end; it != end; ++it)
    names.insert((*it)[1]);
  return names;
}

std::set<std::string> tests_in(const std::vector<Source>& sources) {
  static const std::regex kSolidity("function ((?:test|invariant_)\\w+)\\(");
  static const std::regex kGoogle("\\bTEST(?:_F|_P)?\\((\\w+),\\s*(\\w+)\\)");
  std::set<std::string> names;
  for (const auto& source : sources) {
    const auto& text = source.text;
    if (source.path.ends_with(".sol"))
      for (std::sregex_iterator it(text.begin(), text.end(), kSolidity), end; it != end; ++it)
        names.insert((*it)[1]);
    if (source.path.ends_with(".cpp"))
      for (std::sregex_iterator it(text.begin(), text.end(), kGoogle), end; it != end; ++it)
        names.insert((*it)[1].str() + "." + (*it)[2].str());
  }
  return names;
}

TEST(Tidy, TheThreatModelNamesTestsThatExist) {
  const auto sources = all_sources();
  const auto known = tests_in(sources);
  const auto named = tests_named_in(read(fs::path(DNC_SOURCE_DIR) / "docs/threat_model.md"));
  ASSERT_GT(named.size(), 50u) << "the threat model was not found";
  for (const auto& name : named)
    EXPECT_TRUE(known.contains(name)) << "no such test: " << name;
}

TEST(Tidy, EachScenarioHasARowAndItsTestsExist) {
  const auto sources = all_sources();
  const auto known = tests_in(sources);
  const auto table = read(fs::path(DNC_SOURCE_DIR) / "docs/scenarios.md");
  for (int number = 1; number <= 52; ++number)
    EXPECT_NE(table.find("\n| " + std::to_string(number) + " | "), std::string::npos) << number;
  for (const auto& name : tests_named_in(table))
    EXPECT_TRUE(known.contains(name)) << "no such test: " << name;
}

// The codes of the table, without the contract's errors and the reasons of the boot gate, which
// tests of their own hold against the contracts.
std::set<std::string> codes_of_the_table() {
  static const std::regex kRow("\\n\\| `([a-z_]+)` \\| (?!contract|boot gate)");
  const std::string text = read(fs::path(DNC_SOURCE_DIR) / "docs/operations.md");
  const std::string table = text.substr(std::min(text.find("\n## Every refusal\n"), text.size()));
  std::set<std::string> codes;
  for (std::sregex_iterator it(table.begin(), table.end(), kRow), end; it != end; ++it)
    codes.insert((*it)[1]);
  return codes;
}

bool is_of_the_product(const Source& source) {
  return source.path.starts_with("src/") && !source.path.starts_with("src/sim/") &&
         !source.path.starts_with("src/model/") && is_cpp(source) && !is_for_tests(source);
}

TEST(Tidy, EveryCodeOfARefusalIsInTheTable) {
  std::set<std::string> codes;
  for (const auto& source : all_sources())
    if (is_of_the_product(source)) codes.merge(codes_in(source));
  const auto table = codes_of_the_table();
  ASSERT_GT(table.size(), 100u) << "the table was not found";
  for (const auto& code : codes)
    EXPECT_TRUE(table.contains(code)) << code << ": add it to src/ctl/error_codes.cpp";
  for (const auto& code : table)
    EXPECT_TRUE(codes.contains(code)) << "nothing refuses with " << code;
}

// The rows of the section "Log": event, level, fields.
LogEvents events_of_the_table() {
  static const std::regex kRow("\\n\\| `([a-z_]+)` \\| (debug|info|warn|error) \\| ([^|]*) \\|");
  static const std::regex kField("`([a-z_]+)`");
  const std::string text = read(fs::path(DNC_SOURCE_DIR) / "docs/operations.md");
  const auto begin = std::min(text.find("\n## Log\n"), text.size());
  const std::string table = text.substr(begin, text.find("\n## ", begin + 1) - begin);
  LogEvents events;
  for (std::sregex_iterator it(table.begin(), table.end(), kRow), end; it != end; ++it) {
    LogEvent& event = events[(*it)[1]];
    event.levels.insert((*it)[2]);
    const std::string fields = (*it)[3];
    for (std::sregex_iterator at(fields.begin(), fields.end(), kField); at != end; ++at)
      event.fields.insert((*at)[1]);
  }
  return events;
}

std::string shown(const LogEvent& event) {
  std::string text;
  for (const auto& level : event.levels)
    text += level + " ";
  for (const auto& field : event.fields)
    text += "`" + field + "` ";
  return text;
}

TEST(Tidy, EveryEventOfTheLogIsInTheTable) {
  LogEvents events;
  for (const auto& source : all_sources()) {
    if (!is_of_the_product(source) || !source.path.ends_with(".cpp")) continue;
    for (const auto& [name, event] : events_in(source)) {
      events[name].levels.insert(event.levels.begin(), event.levels.end());
      events[name].fields.insert(event.fields.begin(), event.fields.end());
    }
  }
  const auto table = events_of_the_table();
  ASSERT_GT(table.size(), 60u) << "the table was not found";
  for (const auto& [name, event] : events) {
    const auto row = table.find(name);
    EXPECT_NE(row, table.end()) << name << ": give it a row in docs/operations.md, Log";
    if (row == table.end()) continue;
    EXPECT_EQ(row->second, event) << name << " is logged as " << shown(event) << "and described as "
                                  << shown(row->second);
  }
  for (const auto& [name, row] : table)
    EXPECT_TRUE(events.contains(name)) << "nothing logs " << name;
}

}  // namespace
}  // namespace dnc::tidy
