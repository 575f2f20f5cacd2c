#include "cmd/clusterctl/settings.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>

namespace dnc::cli {
namespace {

constexpr int kRequestMsMax = 60'000;

std::string from_environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

// Where the file is when nobody says so.
std::string usual_path() {
  const std::string base = from_environment("XDG_CONFIG_HOME");
  if (!base.empty()) return base + "/clusterctl.toml";
  const std::string home = from_environment("HOME");
  return home.empty() ? "" : home + "/.config/clusterctl.toml";
}

const Setting* find_setting(const std::string& name) {
  const auto& all = all_settings();
  const auto found = std::find_if(all.begin(), all.end(),
                                  [&](const Setting& setting) { return setting.name == name; });
  return found == all.end() ? nullptr : &*found;
}

}  // namespace

const std::vector<Setting>& deploy_settings() {
  static const std::vector<Setting> kSettings = {
      {"chain-id", "CHAIN_ID", "the chain that is meant, 31337 unless named"},
      {"kms-contract", "KMS_CONTRACT", "dstack's DstackKms, which is asked for its root key"},
      {"kms-root", "KMS_ROOT", "chain 31337: the root's address, instead of a KMS contract"},
      {"register-app", "REGISTER_APP", "register the cluster with the KMS contract: true or false"},
      {"timelock-delay", "TIMELOCK_DELAY", "seconds; makes a timelock that owns the cluster"},
      {"proposers", "PROPOSERS", "who proposes in that timelock, with commas"},
      {"executors", "EXECUTORS", "who executes in it, with commas; the proposers unless named"},
      {"owner", "OWNER", "an owner that exists, instead of a new timelock"},
      {"allow-no-timelock", "ALLOW_NO_TIMELOCK", "true insists on an owner without a delay"},
      {"allow-account-owner", "ALLOW_ACCOUNT_OWNER", "true insists on an owner that is an account"},
      {"founding-seats", "FOUNDING_SEATS", "seats that begin the first generation"},
      {"max-seats", "MAX_SEATS", "most seats that are ever minted"},
      {"max-seats-per-owner", "MAX_SEATS_PER_OWNER", "most seats of one owner"},
      {"compose-hash", "COMPOSE_HASH", "the app-compose that may boot"},
      {"device-id", "DEVICE_ID", "the machine that may run it"},
      {"allow-any-device", "ALLOW_ANY_DEVICE", "true: any machine may"},
      {"require-tcb-up-to-date", "REQUIRE_TCB_UP_TO_DATE", "false: machines with an old TCB may"},
      {"salt", "SALT", "32 bytes in hex that the address depends on; random unless named"},
  };
  return kSettings;
}

namespace {

std::vector<Setting> with_those_of_deploy(std::vector<Setting> settings) {
  settings.insert(settings.end(), deploy_settings().begin(), deploy_settings().end());
  return settings;
}

}  // namespace

const std::vector<Setting>& all_settings() {
  static const std::vector<Setting> kSettings = with_those_of_deploy({
      {"url", "DNC_URL", "a node; several, repeated or after commas, are asked in turn"},
      {"rpc", "DNC_RPC", "an Ethereum node; several, repeated or after commas"},
      {"deployment", "DNC_DEPLOYMENT", "file that the deployment wrote"},
      {"request-timeout", "DNC_REQUEST_TIMEOUT",
       "for each request, like 500ms or 2s; a bare number is milliseconds"},
      {"output", "DNC_OUTPUT", "table, wide or json"},
      {"operator-key", "DNC_OPERATOR_KEY", "file with your seat's operator key"},
      {"key", "DNC_KEY", "file with the key that signs and pays"},
      {"guest-agent", "DSTACK_SIMULATOR_ENDPOINT", "socket or URL of dstack's guest agent"},
  });
  return kSettings;
}

std::string Settings::flags(const std::string& name) {
  return name == "output" ? "-o,--output" : "--" + name;
}

CLI::Option* Settings::describe(const std::string& name, CLI::Option* option) {
  const Setting* setting = find_setting(name);
  option->description(std::string(setting->about) + " [" + setting->environment + "]");
  // One value for each flag, or a list would swallow the arguments behind it.
  if (option->get_items_expected_max() > 1) option->delimiter(',')->allow_extra_args(false);
  return option->group("Settings");
}

CLI::Option* Settings::add_milliseconds(CLI::App* command, int& variable) {
  auto* option = command->add_option("--request-timeout,--timeout", variable);
  option->capture_default_str()->check(CLI::Range(1, kRequestMsMax));
  option->transform(
      CLI::AsNumberWithUnit(std::map<std::string, int>{{"ms", 1}, {"s", 1000}, {"m", 60'000}},
                            CLI::AsNumberWithUnit::CASE_SENSITIVE));
  return describe("request-timeout", option)->type_name("TIME");
}

void Settings::add_file(CLI::App* command) {
  command
      ->add_option("--config", path_,
                   "TOML file with settings, by the names of their flags [DNC_CONFIG]")
      ->group("Settings");
}

void Settings::read_file() {
  if (path_.empty()) path_ = from_environment("DNC_CONFIG");
  const bool named = !path_.empty();
  if (!named) path_ = usual_path();
  if (path_.empty() || (!named && !std::filesystem::exists(path_))) return;
  for (const CLI::ConfigItem& item : CLI::ConfigTOML().from_file(path_)) {
    if (item.name == "++" || item.name == "--") continue;  // begin and end of a section
    if (find_setting(item.fullname()) == nullptr) {
      throw CLI::ConfigError(path_ + ": there is no setting \"" + item.fullname() +
                             "\"; clusterctl config show lists them");
    }
    file_[item.name] = item.inputs;
  }
}

void Settings::fill(CLI::Option* option, const Setting& setting) {
  std::string& origin = origins_[setting.name];
  origin = "flag";
  if (option->count() > 0) return;
  const auto in_file = file_.find(setting.name);
  if (const auto value = from_environment(setting.environment); !value.empty()) {
    origin = std::string("environment ") + setting.environment;
    option->add_result(value);
  } else if (in_file != file_.end()) {
    origin = "file " + path_;
    const bool one = option->get_items_expected_max() == 1;
    const auto& values = in_file->second;
    if (values.empty()) return;
    option->add_result(one ? Values{values.front()} : values);
  } else {
    origin = "default";
    return;
  }
  try {
    option->run_callback();
  } catch (const CLI::ParseError& error) {
    throw CLI::ValidationError(origin, error.what());
  }
}

void Settings::resolve(CLI::App& root) {
  read_file();
  CLI::App* command = &root;
  while (!command->get_subcommands().empty())
    command = command->get_subcommands().front();
  for (const Setting& setting : all_settings()) {
    for (CLI::Option* option : command->get_options({})) {
      if (option->check_lname(setting.name)) fill(option, setting);
    }
  }
}

std::string Settings::origin(const std::string& name) const {
  const auto found = origins_.find(name);
  return found == origins_.end() ? "default" : found->second;
}

}  // namespace dnc::cli
