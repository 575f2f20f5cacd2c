#include "cmd/clusterd/daemon.hpp"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <memory>

#include "io/base/log.hpp"

namespace dnc {
namespace {

constexpr int kExitUsage = 64;
constexpr int kExitConfig = 78;

struct Arguments {
  NodeOptions node;
  std::string log_format = "text";
  std::string log_level = "info";
};

// CLI11 reads the file before the environment and keeps what came first; here the environment wins.
class FileBehindEnvironment : public CLI::ConfigTOML {
 public:
  explicit FileBehindEnvironment(const CLI::App& app) : app_(app) {}

  std::vector<CLI::ConfigItem> from_config(std::istream& in) const override {
    auto found = CLI::ConfigTOML::from_config(in);
    std::erase_if(found, [this](const CLI::ConfigItem& item) {
      const CLI::Option* option = app_.get_option_no_throw("--" + item.name);
      if (option == nullptr || option->get_envname().empty()) return false;
      const char* value = std::getenv(option->get_envname().c_str());
      return value != nullptr && *value != '\0';
    });
    return found;
  }

 private:
  const CLI::App& app_;
};

void describe(CLI::App& app, Arguments& arguments) {
  auto& node = arguments.node;
  app.config_formatter(std::make_shared<FileBehindEnvironment>(app));
  app.set_config("--config", "", "TOML file with these options; flags and DNC_* win over it");
  app.add_option("--seat", node.seat, "token id of the NFT that this node runs")
      ->envname("DNC_SEAT")
      ->required();
  app.add_option("--listen", node.listen, "HOST:PORT for clients and peers")
      ->envname("DNC_LISTEN")
      ->capture_default_str();
  app.add_option("--endpoint", node.endpoint, "HOST:PORT that peers dial; default: --listen")
      ->envname("DNC_ENDPOINT");
  app.add_option("--data", node.data, "directory of this node's log")
      ->envname("DNC_DATA")
      ->required();
  app.add_option("--deployment", node.deployment, "deployments/<chainId>.json of the contract")
      ->envname("DNC_DEPLOYMENT")
      ->required();
  app.add_option("--rpc", node.rpc,
                 "URL of an Ethereum node; several, repeated or after commas, must agree")
      ->envname("DNC_RPC")
      ->delimiter(',')
      ->required();
  app.add_option(
         "--finality", node.finality,
         "when a generation record counts: depth (chain 31337), safe (default) or finalized")
      ->envname("DNC_FINALITY");
  app.add_option("--operator-key", node.operator_key, "file with the operator's key, mode 0600")
      ->envname("DNC_OPERATOR_KEY")
      ->required();
  app.add_option("--gas-key", node.gas_key, "file with the key that pays; without one peers relay")
      ->envname("DNC_GAS_KEY");
  app.add_option("--relay", node.relay,
                 "URL of a node that relays, beside the members; may be given several times")
      ->envname("DNC_RELAY");
  app.add_option("--guest-agent", node.guest_agent, "socket or URL of dstack's guest agent")
      ->envname("DSTACK_SIMULATOR_ENDPOINT");
  app.add_flag("--auto-consent", node.auto_consent,
               "development chain only: start cold from a majority of the disks")
      ->envname("DNC_AUTO_CONSENT");
  app.add_option("--checkpoint-blocks", node.checkpoint_blocks,
                 "as leader, take a checkpoint after so many blocks; lower it for tests only")
      ->envname("DNC_CHECKPOINT_BLOCKS")
      ->check(CLI::Range(std::uint64_t{10}, std::uint64_t{1'000'000}))
      ->capture_default_str();
  app.add_option("--log-format", arguments.log_format, "text or json")
      ->envname("DNC_LOG_FORMAT")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
  app.add_option("--log-level", arguments.log_level, "debug, info, warn or error")
      ->envname("DNC_LOG_LEVEL")
      ->check(CLI::IsMember({"debug", "info", "warn", "error"}))
      ->capture_default_str();
}

}  // namespace

int run_daemon(int argc, char** argv, const Extensions& extensions) {
  CLI::App app{"one node of an NFT-gated cluster"};
  Arguments arguments;
  describe(app, arguments);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kExitUsage;
  }
  configure_log({.level = *log_level_from(arguments.log_level),
                 .format = arguments.log_format == "json" ? LogFormat::json : LogFormat::text});
  const auto config = check_options(arguments.node);
  if (!config) {
    log_failure("bad_configuration", config.error());
    return kExitConfig;
  }
  switch (run_node(*config, extensions)) {
    case Exit::kStopped:
      return 0;
    case Exit::kFailed:
      return 1;
    case Exit::kRefused:
      return kExitConfig;
    case Exit::kReboot:
      break;
  }
  // A new boot is a new process image: nothing of the old key survives.
  log_info("rebooting");
  ::execv("/proc/self/exe", argv);
  return 1;
}

}  // namespace dnc
