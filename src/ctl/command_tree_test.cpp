#include "ctl/command_tree.hpp"

#include <gtest/gtest.h>

namespace dnc::ctl {
namespace {

CommandInfo program() {
  const OptionInfo output{{"-o", "--output"}, "it's a form", "TEXT", {"table", "json"}};
  const CommandInfo get{"get", "one", ".dot \\ first", {"SEQ"}, {output}, {}};
  const CommandInfo receipt{"receipt", "proofs", "", {}, {}, {get}};
  return {"prog", "does things", "", {}, {{{"--version"}, "its number", "", {}}}, {receipt}};
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST(CommandTree, EveryShellIsToldOfEveryCommandAndOption) {
  for (const char* shell : {"bash", "zsh", "fish"}) {
    const std::string script = completion_script(program(), shell);
    for (const char* word : {"receipt", "get", "output", "version", "table json"})
      EXPECT_TRUE(has(script, word)) << shell << " " << word << "\n" << script;
  }
  EXPECT_EQ(completion_script(program(), "tcsh"), "");
}

TEST(CommandTree, QuotesDoNotEndAWord) {
  EXPECT_TRUE(has(completion_script(program(), "fish"), "'it'\\''s a form'"));
}

TEST(CommandTree, TheManualHidesNothingFromTroff) {
  const std::string page = manual_page(program(), "1.0");
  EXPECT_TRUE(has(page, ".SS receipt get SEQ\n"));
  EXPECT_TRUE(has(page, "\\&.dot \\e first")) << page;
  EXPECT_TRUE(has(page, ".B \\-o, \\-\\-output TEXT\n"));
}

}  // namespace
}  // namespace dnc::ctl
