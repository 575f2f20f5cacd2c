// What owners and operators have the contract do to seats. Each only looks until it is told --yes.
#include <memory>

#include "cmd/clusterctl/cli.hpp"
#include "core/base/hex.hpp"
#include "ctl/chain_clock.hpp"
#include "ctl/join_check.hpp"
#include "ctl/seat_act.hpp"

namespace dnc::cli {
namespace {

using ctl::Act;

struct Typed {
  ctl::SeatAct act;
  ctl::ActOptions options;
};
using Shared = std::shared_ptr<Typed>;

CLI::Validator address() {
  return {[](std::string& text) {
            return fixed_from_hex<Address>(text) ? "" : "\"" + text + "\" is no address";
          },
          ""};
}

CLI::Validator time_to_come() {
  return {[](std::string& text) -> std::string {
            const auto seconds = text == "never" ? ctl::kNever : ctl::utc_from(text);
            if (!seconds) return "\"" + text + "\" is no time";
            text = std::to_string(*seconds);
            return "";
          },
          ""};
}

// The command, with what all of them take.
CLI::App* add_act(Cli& cli, CLI::App& parent, const char* name, Act act, const char* about,
                  const std::string& footer, const Shared& typed) {
  typed->act.act = act;
  auto* command = cli.command(parent, name, about, footer + "\n" + kActCodes, [&cli, typed] {
    typed->options.chain = cli.chain;
    return ctl::run_seat_act(typed->act, typed->options, cli.output);
  });
  cli.add_act(command, typed->options);
  return command;
}

void add_seat(CLI::App* command, const Shared& typed) {
  command->add_option("SEAT", typed->act.seat.value, "the seat's number")->required();
}

void add_force(CLI::App* command, const Shared& typed) {
  command->add_flag("--force", typed->act.force, "though too few seats would be left to go on");
}

void add_who(CLI::App* command, const char* name, const char* about, const Shared& typed) {
  command
      ->add_option_function<std::string>(
          name,
          [typed](const std::string& text) { typed->act.who = *fixed_from_hex<Address>(text); },
          about)
      ->required()
      ->check(address())
      ->type_name("ADDRESS");
}

void add_mint(Cli& cli) {
  auto typed = std::make_shared<Typed>();
  auto* command = add_act(
      cli, cli.app, "mint", Act::mint, "a new seat, by the contract's owner",
      "Where a timelock owns the contract, schedule the calldata there.\n\n"
      "  clusterctl mint 0x70997970C51812dc3A010C7d01b50e0d17dc79C8 --key owner.key --yes\n"
      "  clusterctl mint 0x70997970C51812dc3A010C7d01b50e0d17dc79C8 -o json | jq -r .calldata\n",
      typed);
  add_who(command, "OWNER", "who gets the seat", typed);
  command->add_flag("--another", typed->act.another, "though this owner holds a seat already");
}

void add_of_seat(Cli& cli, const char* name, Act act, const char* about, const char* footer,
                 bool forced) {
  auto typed = std::make_shared<Typed>();
  auto* command = add_act(cli, cli.app, name, act, about, footer, typed);
  add_seat(command, typed);
  if (forced) add_force(command, typed);
}

void add_operator(Cli& cli) {
  auto& group = cli.group("operator", "who runs a seat, by its owner");
  auto hired = std::make_shared<Typed>();
  auto* set =
      add_act(cli, group, "set", Act::set_operator, "another address runs the seat until a time",
              "A node that another operator runs loses its voice in this block. When the time is "
              "over, the\n"
              "seat is its owner's again.\n\n"
              "  clusterctl operator set 3 0x70997970C51812dc3A010C7d01b50e0d17dc79C8 \\\n"
              "    --until 2027-01-31 --key owner-of-3.key --yes\n",
              hired);
  add_seat(set, hired);
  add_who(set, "OPERATOR", "who runs it", hired);
  set->add_option("--until", hired->act.until, "2027-01-31, 2027-01-31T12:00:00Z, or never")
      ->required()
      ->transform(time_to_come())
      ->type_name("TIME");
  add_force(set, hired);
  auto cleared = std::make_shared<Typed>();
  auto* clear = add_act(cli, group, "clear", Act::clear_operator, "the owner runs the seat",
                        "  clusterctl operator clear 3 --key owner-of-3.key --yes\n", cleared);
  add_seat(clear, cleared);
  add_force(clear, cleared);
}

void add_join(Cli& cli) {
  auto typed = std::make_shared<ctl::JoinCheckOptions>();
  auto* command = cli.command(
      cli.app, "join", "would the contract let this machine join for a seat?",
      std::string(
          "A node joins by itself when clusterd starts: it alone holds its boot key. Typed on the\n"
          "machine beforehand, this asks what the join will meet: the operator's key, the guest "
          "agent,\n"
          "the KMS, and the contract's own verdict over a join with a key that is thrown away.\n\n"
          "  clusterctl join 3 --operator-key operator.key\n"
          "  clusterctl join 3 --operator-key operator.key --endpoint node-3.example:8081 -o "
          "json\n\n") +
          kGateCodes,
      [&cli, typed] {
        typed->chain = cli.chain;
        return ctl::run_join_check(*typed, cli.output);
      });
  command->add_option("SEAT", typed->seat, "the seat's number")->required();
  command->add_option("--endpoint", typed->endpoint, "where the node will be reached")
      ->capture_default_str();
  cli.add_contract(command);
  cli.settings.add(command, "operator-key", typed->operator_key);
  cli.settings.add(command, "guest-agent", typed->guest_agent);
  cli.add_output(command);
}

}  // namespace

void add_seat_commands(Cli& cli) {
  add_join(cli);
  add_mint(cli);
  add_of_seat(
      cli, "revoke", Act::revoke, "suspend a seat at once, by the owner or the guardian",
      "No boot, no voice, not counted, in the block that has it. Writes go on where enough\n"
      "seats are left.\n\n"
      "  clusterctl revoke 3 --key guardian.key --yes\n",
      true);
  add_of_seat(cli, "reinstate", Act::reinstate, "end a suspension, by the contract's owner",
              "  clusterctl reinstate 3 --key owner.key --yes\n", false);
  add_of_seat(
      cli, "leave", Act::leave, "give a seat up, by its owner or operator",
      "Its node loses its voice in this block, and the seat can be sold. Started again, the\n"
      "node joins again.\n\n"
      "  clusterctl leave 3 --key operator.key --yes\n",
      true);
  add_of_seat(cli, "replace", Act::replace, "retire a lost machine, by its owner or operator",
              "The machine never boots again; another one takes the seat.\n\n"
              "  clusterctl replace 3 --key operator.key --yes\n",
              true);
  add_operator(cli);
}

}  // namespace dnc::cli
