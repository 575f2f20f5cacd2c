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

const fs::path kContracts = fs::path(DNC_SOURCE_DIR) / "contracts";

void add_literals(std::string_view body, std::set<std::string>& found) {
  for (auto begin = body.find('"'); begin != std::string_view::npos;
       begin = body.find('"', begin)) {
    const auto end = body.find('"', begin + 1);
    if (end > begin + 1) found.emplace(body.substr(begin + 1, end - begin - 1));
    begin = end + 1;
  }
}

// The literals in the functions of a Solidity file whose name has this in it.
std::set<std::string> literals_in(const fs::path& file, std::string_view function) {
  std::set<std::string> found;
  const std::string text = *read_file(file, 1u << 20);
  for (auto at = text.find("function "); at != std::string::npos;
       at = text.find("function ", at + 1)) {
    const auto name = std::string_view(text).substr(at, text.find('(', at) - at);
    if (name.find(function) == std::string_view::npos) continue;
    if (text.find(';', at) < text.find('{', at)) continue;  // a declaration
    add_literals(std::string_view(text).substr(at, text.find("\n    }", at) - at), found);
  }
  return found;
}

std::set<std::string> reasons_of_the_cluster() {
  std::set<std::string> found;
  for (const auto& entry : fs::recursive_directory_iterator(kContracts / "src"))
    if (entry.path().extension() == ".sol") found.merge(literals_in(entry.path(), "efusal"));
  return found;
}

std::set<std::string> reasons_of_the_kms() {
  return literals_in(kContracts / "test/doubles/DstackKmsDouble.sol", "isAppAllowed");
}

TEST(Refusals, ExplainEveryReasonOfTheContracts) {
  auto reasons = reasons_of_the_cluster();
  EXPECT_GE(reasons.size(), 9u);
  EXPECT_EQ(reasons_of_the_kms().size(), 3u);
  reasons.merge(reasons_of_the_kms());
  for (const auto& reason : reasons)
    EXPECT_NE(find_refusal(reason), nullptr) << "explain it in refusals.cpp: " << reason;
}

TEST(Refusals, ExplainNothingThatTheContractsDoNotSay) {
  const auto cluster = reasons_of_the_cluster();
  const auto kms = reasons_of_the_kms();
  for (const auto& known : known_refusals()) {
    EXPECT_FALSE(known.cause.empty() || known.next.empty()) << known.reason;
    if (known.by == RefusedBy::webhook) continue;  // no contract's text
    const auto& reasons = known.by == RefusedBy::cluster ? cluster : kms;
    EXPECT_TRUE(reasons.contains(std::string(known.reason))) << known.reason;
  }
}

TEST(Refusals, DoNotGuess) {
  EXPECT_EQ(find_refusal("Compose hash not allowed!"), nullptr);
  EXPECT_EQ(find_refusal(""), nullptr);
}

}  // namespace
}  // namespace dnc::ctl
