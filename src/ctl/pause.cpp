#include "ctl/pause.hpp"

#include <nlohmann/json.hpp>

#include "core/eth/abi.hpp"
#include "ctl/sheet.hpp"
#include "io/chain/chain_client.hpp"
#include "io/chain/membership_contract.hpp"

namespace dnc::ctl {
namespace {

Result<PauseFacts> read_facts(const Connection& connection) {
  ChainClient& chain = *connection.chain;
  const Address& contract = connection.deployment.contract;
  const auto head = chain.latest();
  if (!head) return head.error();
  const auto view = read_chain_view(chain, contract, *head, 0);
  if (!view) return view.error();
  const auto pause = read_pause(chain, *head, contract);
  if (!pause) return pause.error();
  const auto answers =
      chain.calls_at(*head, {{contract, AbiEncoder().call("owner()"), {}},
                             {contract, AbiEncoder().call("guardian()"), {}},
                             {contract, AbiEncoder().call("guardianPauseLimit()"), {}}});
  if (!answers) return answers.error();
  const auto owner = decode_address((*answers)[0]);
  const auto guardian = decode_address((*answers)[1]);
  const auto limit = decode_count((*answers)[2]);
  if (!owner) return owner.error();
  if (!guardian) return guardian.error();
  if (!limit) return limit.error();
  PauseFacts facts{*pause, *owner, *guardian, *limit, {}};
  for (const ChainSeat& seat : view->seats) {
    if (seat.identity.epoch.value == 0 && !seat.revoked)
      facts.unjoined.push_back(seat.identity.seat);
  }
  return facts;
}

ExitCode show_state(const ActOptions& options, Output output) {
  const auto connection = connect(options.chain);
  const auto facts = connection ? read_facts(*connection) : connection.error();
  if (!facts) {
    complain(facts.error());
    return kCannotTell;
  }
  const Report report = describe(*facts);
  if (output != Output::json) return print(report, output);
  Json document = to_json(report);
  document["paused"] = facts->pause.lasts();
  document["until"] = facts->pause.until;
  print(document);
  return exit_code_of(report);
}

}  // namespace

ExitCode run_pause(const std::optional<PauseEnd>& end, const ActOptions& options, Output output) {
  if (!end && options.yes) {
    complain({"usage", "--yes pauses, and a pause takes an end",
              "name it: --until 7d, --until 2027-01-31, or --until never"});
    return kUsage;
  }
  if (!end) return show_state(options, output);
  const auto planner = [&end](const Connection& connection) -> Result<Plan> {
    const auto facts = read_facts(connection);
    if (!facts) return facts.error();
    return plan_pause(*end, *facts);
  };
  return run_contract_act("pause", planner, options, output);
}

ExitCode run_resume(const ActOptions& options, Output output) {
  const auto planner = [](const Connection& connection) -> Result<Plan> {
    const auto facts = read_facts(connection);
    if (!facts) return facts.error();
    return plan_resume(*facts);
  };
  return run_contract_act("resume", planner, options, output);
}

}  // namespace dnc::ctl
