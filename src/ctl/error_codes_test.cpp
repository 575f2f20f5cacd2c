// The table of docs/operations.md says of every code what the program says.
#include "ctl/error_codes.hpp"

#include <gtest/gtest.h>

#include <set>
#include <sstream>

#include "io/base/file.hpp"

namespace dnc::ctl {
namespace {

std::string row_of(const CodeInfo& info) {
  std::string row = "| `";
  row.append(info.code).append("` | ").append(info.where).append(" | ");
  row.append(info.cause).append(" | ").append(info.next).append(" |");
  return row;
}

TEST(ErrorCodes, TheDocumentHasExactlyThese) {
  const auto text = read_file(DNC_SOURCE_DIR "/docs/operations.md", 1u << 20);
  ASSERT_TRUE(text.ok());
  const auto begin = text->find("\n## Every refusal\n");
  ASSERT_NE(begin, std::string::npos);
  std::istringstream section(text->substr(begin + 1));
  std::vector<std::string> rows;
  for (std::string line; std::getline(section, line) && (rows.empty() || !line.empty());) {
    if (line.starts_with("| `")) rows.push_back(line);
  }
  std::vector<std::string> expected;
  for (const CodeInfo& info : all_codes())
    expected.push_back(row_of(info));
  EXPECT_EQ(rows, expected) << "scripts/refusals.sh writes the table";
}

TEST(ErrorCodes, EachIsThereOnceWithCauseAndNextStep) {
  std::set<std::string_view> seen;
  for (const CodeInfo& info : all_codes()) {
    EXPECT_TRUE(seen.insert(info.code).second) << info.code;
    EXPECT_FALSE(info.cause.empty()) << info.code;
    EXPECT_FALSE(info.next.empty()) << info.code;
  }
}

}  // namespace
}  // namespace dnc::ctl
