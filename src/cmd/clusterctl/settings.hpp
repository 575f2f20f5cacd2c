// What many commands need to be told: by a flag, else by the environment, else by a TOML file, else
// the default.
#pragma once

#include <CLI/CLI.hpp>
#include <map>
#include <string>
#include <vector>

namespace dnc::cli {

struct Setting {
  const char* name;  // of the flag, and of the key in the file
  const char* environment;
  const char* about;
};
const std::vector<Setting>& all_settings();
// Those of them that only clusterctl deploy reads, by the names that contracts/script/deploy.mjs
// gives them.
const std::vector<Setting>& deploy_settings();

class Settings {
 public:
  // The flag of a setting. Requires: the name is in all_settings().
  template <class T>
  CLI::Option* add(CLI::App* command, const std::string& name, T& variable) {
    return describe(name, command->add_option(flags(name), variable)->capture_default_str());
  }
  // --request-timeout.
  CLI::Option* add_milliseconds(CLI::App* command, int& variable);
  void add_file(CLI::App* command);  // --config

  // Fills in what was not typed, for the command that was. Throws CLI::ParseError.
  void resolve(CLI::App& root);
  // "flag", "environment DNC_URL", "file PATH" or "default", after resolve().
  std::string origin(const std::string& name) const;

 private:
  using Values = std::vector<std::string>;

  static std::string flags(const std::string& name);
  static CLI::Option* describe(const std::string& name, CLI::Option* option);
  void read_file();
  void fill(CLI::Option* option, const Setting& setting);

  std::string path_;
  std::map<std::string, Values> file_;
  std::map<std::string, std::string> origins_;
};

}  // namespace dnc::cli
