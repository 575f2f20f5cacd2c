// The commands of a program as data: what completion scripts and the manual page are made of.
#pragma once

#include <string>
#include <vector>

namespace dnc::ctl {

struct OptionInfo {
  std::vector<std::string> names;  // "-o", "--output"
  std::string about;
  std::string value;                // "TIME"; empty: a flag
  std::vector<std::string> values;  // all there are, where they are few
};

struct CommandInfo {
  std::string name;
  std::string about;
  std::string footer;                  // examples and exit codes
  std::vector<std::string> arguments;  // by position
  std::vector<OptionInfo> options;
  std::vector<CommandInfo> commands;
};

// A script for bash, zsh or fish; empty for another shell.
std::string completion_script(const CommandInfo& program, const std::string& shell);

// A page for man(1), section 1.
std::string manual_page(const CommandInfo& program, const std::string& version);

}  // namespace dnc::ctl
