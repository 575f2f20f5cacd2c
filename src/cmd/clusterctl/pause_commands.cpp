// A pause of the contract, and its early end. Both only look until they are told --yes.
#include <memory>
#include <string>

#include "cmd/clusterctl/cli.hpp"
#include "ctl/pause.hpp"

namespace dnc::cli {
namespace {

CLI::Validator pause_end() {
  return {[](std::string& text) {
            return ctl::pause_end_from(text) ? "" : "\"" + text + "\" is no time to come";
          },
          ""};
}

void add_pause(Cli& cli) {
  struct Typed {
    std::optional<ctl::PauseEnd> end;
    ctl::ActOptions options;
  };
  auto typed = std::make_shared<Typed>();
  auto* command = cli.command(
      cli.app, "pause", "stop grants and joins of new seats for some time, by owner or guardian",
      std::string(
          "Seats that do not run cannot join, and nothing is granted: no mint, reinstatement, new\n"
          "compose hash, device or KMS root. Writes, changes of leader, votes, restarts, leave "
          "and\n"
          "revoke go on. The pause ends by itself. The guardian's pauses end within 30 days of "
          "its\n"
          "first one, until the owner names a guardian again. Without --until: how things stand.\n"
          "\n"
          "  clusterctl pause\n"
          "  clusterctl pause --until 7d --key guardian.key --yes\n"
          "  clusterctl pause --until 2027-01-31T12:00:00Z -o json | jq -r .calldata\n\n"
          "A duration that is typed again leaves a pause as it is that ends within a tenth of "
          "it.\n") +
          kActCodes,
      [&cli, typed] {
        typed->options.chain = cli.chain;
        return ctl::run_pause(typed->end, typed->options, cli.output);
      });
  command
      ->add_option_function<std::string>(
          "--until", [typed](const std::string& text) { typed->end = ctl::pause_end_from(text); },
          "36h or 7d from now, 2027-01-31, 2027-01-31T12:00:00Z, or never")
      ->check(pause_end())
      ->type_name("TIME|DURATION");
  cli.add_act(command, typed->options);
}

void add_resume(Cli& cli) {
  auto options = std::make_shared<ctl::ActOptions>();
  auto* command = cli.command(
      cli.app, "resume", "end a pause before its time, by the contract's owner",
      std::string("The guardian cannot. Where a timelock owns the contract, schedule the calldata "
                  "there.\n\n"
                  "  clusterctl resume --key owner.key --yes\n"
                  "  clusterctl resume -o json | jq -r .calldata\n\n") +
          kActCodes,
      [&cli, options] {
        options->chain = cli.chain;
        return ctl::run_resume(*options, cli.output);
      });
  cli.add_act(command, *options);
}

}  // namespace

void add_pause_commands(Cli& cli) {
  add_pause(cli);
  add_resume(cli);
}

}  // namespace dnc::cli
