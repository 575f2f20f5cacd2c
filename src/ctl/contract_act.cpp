#include "ctl/contract_act.hpp"

#include <cstdio>
#include <nlohmann/json.hpp>

#include "core/base/hex.hpp"
#include "ctl/contract_refusals.hpp"
#include "ctl/sheet.hpp"
#include "ctl/transaction.hpp"
#include "io/base/key_file.hpp"
#include "io/chain/contract_errors.hpp"

namespace dnc::ctl {
namespace {

// What became of it.
struct Deed {
  std::string name;
  Plan plan;
  Address contract;
  Address from;
  bool done = false;
  std::optional<Hash> transaction;
};

// The contract stands already where the call would take it.
bool says_done(const std::string& revert) {
  const auto name = revert_name(revert);
  return name == "SeatNotJoined" || name == "SeatHasNoInstance" || name == "SeatRevoked" ||
         name == "SeatNotRevoked" || name == "ExpectedPause";
}

// Would the contract take it? Nothing is sent.
void ask_contract(ChainClient& chain, Deed& deed) {
  const auto asked = chain.call({deed.contract, deed.plan.calldata, deed.from});
  if (asked) {
    deed.plan.report.push_back(
        passed("contract", "takes " + deed.name + " from " + to_hex0x(deed.from)));
  } else if (asked.error().code != "reverted") {
    deed.plan.report.push_back(unknown("contract", asked.error()));
  } else if (says_done(asked.error().message)) {
    deed.done = true;
  } else {
    deed.plan.report.push_back(contract_refuses(asked.error().message));
  }
}

void send(const ActOptions& options, const Deployment& deployment, const PrivateKey& key,
          Deed& deed) {
  const auto sent = send_transaction(options.chain, deployment, key, deed.name, deed.plan.calldata);
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

ExitCode show(const Deed& deed, Output output) {
  if (output != Output::json) return print(deed.plan.report, output);
  Json document = to_json(deed.plan.report);
  document["act"] = deed.name;
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

ExitCode run_contract_act(std::string_view name, const Planner& planner, const ActOptions& options,
                          Output output) {
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
  auto plan = planner(*connection);
  if (!plan) return cannot_tell(plan.error());
  Deed deed{std::string(name), std::move(*plan), connection->deployment.contract, {}, false,
            std::nullopt};
  deed.from = key ? key->address() : deed.plan.entitled;
  deed.done = deed.plan.done;
  if (!deed.done && exit_code_of(deed.plan.report) == kOk) ask_contract(*connection->chain, deed);
  const bool may = exit_code_of(deed.plan.report) == kOk;
  if (deed.done) {
    std::fprintf(stderr, "Nothing was sent: the contract is as asked already.\n");
  } else if (may && !options.yes) {
    std::fprintf(stderr, "Nothing was sent: add --yes to send it.\n");
  } else if (may) {
    send(options, connection->deployment, *key, deed);
  }
  return show(deed, output);
}

}  // namespace dnc::ctl
