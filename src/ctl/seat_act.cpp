#include "ctl/seat_act.hpp"

#include "core/eth/abi.hpp"
#include "io/chain/membership_contract.hpp"

namespace dnc::ctl {
namespace {

Result<ActFacts> read_facts(const SeatAct& act, const Connection& connection) {
  ChainClient& chain = *connection.chain;
  const Address& contract = connection.deployment.contract;
  const auto head = chain.latest();
  if (!head) return head.error();
  auto view = read_chain_view(chain, contract, *head, 0);
  if (!view) return view.error();
  const auto answers = chain.calls_at(
      *head, {{contract, AbiEncoder().call("owner()"), {}},
              {contract, AbiEncoder().number(act.seat.value).call("userExpires(uint256)"), {}}});
  if (!answers) return answers.error();
  const auto owner = decode_address((*answers)[0]);
  const auto until = decode_count((*answers)[1]);
  if (!owner) return owner.error();
  if (!until) return until.error();
  return ActFacts{std::move(*view), *owner, *until};
}

}  // namespace

ExitCode run_seat_act(const SeatAct& act, const ActOptions& options, Output output) {
  const auto planner = [&act](const Connection& connection) -> Result<Plan> {
    const auto facts = read_facts(act, connection);
    if (!facts) return facts.error();
    return plan(act, *facts);
  };
  return run_contract_act(name_of(act.act), planner, options, output);
}

}  // namespace dnc::ctl
