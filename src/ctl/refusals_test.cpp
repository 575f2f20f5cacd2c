// Every reason that a contract can give has an explanation, and no explanation is of a text that no
// contract gives.
#include "ctl/refusals.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <set>
#include <string>

#include "io/base/file.hpp"

namespace dnc::ctl {
namespace {

namespace fs = std::filesystem;

void add_literals(std::string_view body, std::set<std::string>& found) {
  for (auto begin = body.find('"'); begin != std::string_view::npos;
       begin = body.find('"', begin)) {
    const auto end = body.find('"', begin + 1);
    if (end > begin + 1) found.emplace(body.substr(begin + 1, end - begin - 1));
    begin = end + 1;
  }
}

// The literals in all functions of the contract whose name says that they refuse.
std::set<std::string> reasons_in_sources() {
  std::set<std::string> found;
  const fs::path sources = fs::path(DNC_SOURCE_DIR) / "contracts/src";
  for (const auto& entry : fs::recursive_directory_iterator(sources)) {
    if (entry.path().extension() != ".sol") continue;
    const std::string text = *read_file(entry.path(), 1u << 20);
    for (auto at = text.find("function "); at != std::string::npos;
         at = text.find("function ", at + 1)) {
      const std::string name = text.substr(at, text.find('(', at) - at);
      if (name.find("efusal") == std::string::npos) continue;
      const auto end = text.find("\n    }", at);
      const auto semicolon = text.find(';', at);
      if (semicolon < text.find('{', at)) continue;  // a declaration
      add_literals(std::string_view(text).substr(at, end - at), found);
    }
  }
  return found;
}

TEST(Refusals, ExplainEveryReasonOfTheContract) {
  const auto reasons = reasons_in_sources();
  EXPECT_GE(reasons.size(), 9u);
  for (const auto& reason : reasons)
    EXPECT_NE(find_refusal(reason), nullptr) << "explain it in refusals.cpp: " << reason;
}

TEST(Refusals, ExplainNothingThatTheContractDoesNotSay) {
  const auto reasons = reasons_in_sources();
  for (const auto& known : known_refusals()) {
    EXPECT_FALSE(known.cause.empty() || known.next.empty()) << known.reason;
    if (known.by != RefusedBy::cluster) continue;
    EXPECT_TRUE(reasons.contains(std::string(known.reason))) << known.reason;
  }
}

TEST(Refusals, DoNotGuess) {
  EXPECT_EQ(find_refusal("Compose hash not allowed!"), nullptr);
  EXPECT_EQ(find_refusal(""), nullptr);
}

}  // namespace
}  // namespace dnc::ctl
