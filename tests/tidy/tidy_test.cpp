// The repository keeps the rules of the house.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>

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
  for (const char* folder : {"src", "tests", "scripts", "cmake", "docs", "contracts/src",
                             "contracts/test", "contracts/script"}) {
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

}  // namespace
}  // namespace dnc::tidy
