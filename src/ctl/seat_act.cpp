#include "ctl/seat_act.hpp"

#include <cstdio>
#include <nlohmann/json.hpp>

#include "core/base/hex.hpp"
#include "core/eth/abi.hpp"
#include "ctl/contract_refusals.hpp"
#include "ctl/sheet.hpp"
#include "ctl/transaction.hpp"
#include "io/base/key_file.hpp"
#include "io/chain/contract_errors.hpp"
#include "io/chain/membership_contract.hpp"

namespace dnc::ctl {
namespace {

// What became of it.
struct Deed {
  Plan plan;
  Address contract;
  Address from;
  bool done = false;
  std::optional<Hash> transaction;
};

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

// The contract stands already where the call would take it.
bool says_done(const std::string& revert) {
  const auto name = revert_name(revert);
  return name == "SeatNotJoined" || name == "SeatHasNoInstance" || name == "SeatRevoked" ||
         name == "SeatNotRevoked";
}

// Would the contract take it? Nothing is sent.
void ask_contract(const SeatAct& act, ChainClient& chain, Deed& deed) {
  const auto asked = chain.call({deed.contract, deed.plan.calldata, deed.from});
  if (asked) {
    deed.plan.report.push_back(passed(
        "contract", "takes " + std::string(name_of(act.act)) + " from " + to_hex0x(deed.from)));
  } else if (asked.error().code != "reverted") {
    deed.plan.report.push_back(unknown("contract", asked.error()));
  } else if (says_done(asked.error().message)) {
    deed.done = true;
  } else {
    deed.plan.report.push_back(contract_refuses(asked.error().message));
  }
}

void send(const SeatAct& act, const ActOptions& options, const Deployment& deployment,
          const PrivateKey& key, Deed& deed) {
  const auto sent = send_transaction(options.chain, deployment, key, std::string(name_of(act.act)),
                                     deed.plan.calldata);
  Report& report = deed.plan.report;
  if (sent) {
    deed.done = true;
    deed.transaction = sent->hash;
    report.push_back(passed(
        "transaction", to_hex0x(sent->hash) + " in block " + std::to_string(sent->block.value)));
  } else if (contract_refusal_in(sent.error().message) != nullptr) {
    report.push_back(contract_refuses(sent.error().message));
  } else if (is_refused(sent.error())) {
    report.push_back(refusal("transaction", sent.error().message, sent.error().hint));
  } else {
    report.push_back(unknown("transaction", sent.error()));
  }
}

ExitCode show(const SeatAct& act, const Deed& deed, Output output) {
  if (output != Output::json) return print(deed.plan.report, output);
  Json document = to_json(deed.plan.report);
  document["act"] = name_of(act.act);
  document["done"] = deed.done;
  document["from"] = to_hex0x(deed.from);
  document["to"] = to_hex0x(deed.contract);
  document["calldata"] = to_hex0x(deed.plan.calldata);
  document["transaction"] = deed.transaction ? Json(to_hex0x(*deed.transaction)) : Json(nullptr);
  print(document);
  return exit_code_of(deed.plan.report);
}

ExitCode cannot_tell(const Error& error) {
  complain(error);
  return kCannotTell;
}

}  // namespace

ExitCode run_seat_act(const SeatAct& act, const ActOptions& options, Output output) {
  if (options.yes && options.key.empty()) {
    complain({"usage", "--yes sends a transaction, and that takes a key",
              "name the file of the key that may do it: --key FILE"});
    return kUsage;
  }
  std::optional<PrivateKey> key;
  if (!options.key.empty()) {
    auto read = read_key_file(options.key, "the key that signs");
    if (!read) return cannot_tell(read.error());
    key.emplace(std::move(*read));
  }
  const auto connection = connect(options.chain);
  if (!connection) return cannot_tell(connection.error());
  const auto facts = read_facts(act, *connection);
  if (!facts) return cannot_tell(facts.error());
  Deed deed{plan(act, *facts), connection->deployment.contract, {}, false, std::nullopt};
  deed.from = key ? key->address() : deed.plan.entitled;
  deed.done = deed.plan.done;
  if (!deed.done && exit_code_of(deed.plan.report) == kOk)
    ask_contract(act, *connection->chain, deed);
  const bool may = exit_code_of(deed.plan.report) == kOk;
  if (deed.done) {
    std::fprintf(stderr, "Nothing was sent: the contract is as asked already.\n");
  } else if (may && !options.yes) {
    std::fprintf(stderr, "Nothing was sent: add --yes to send it.\n");
  } else if (may) {
    send(act, options, connection->deployment, *key, deed);
  }
  return show(act, deed, output);
}

}  // namespace dnc::ctl
