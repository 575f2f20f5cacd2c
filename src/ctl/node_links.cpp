#include "ctl/node_links.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/base/hex.hpp"
#include "io/dstack/tdx_signature.hpp"

namespace dnc::ctl {
namespace {

constexpr const char* kDoNotTrust = "do not trust what answers there; clusterctl explain SEAT";

std::string text(std::uint64_t value) {
  return std::to_string(value);
}

Error explained(const Error& error) {
  return {error.code, error.message,
          error.hint.empty() ? "clusterctl explain " + error.code : error.hint};
}

Finding refused(const char* link, const Error& error) {
  return refusal(link, error.message, explained(error).hint);
}

// By its own account, or because nobody signed it.
bool is_simulated(const Attestation& answer, const TdxQuote& quote) {
  if (quote.signature.is_zero() && !quote.certification) return true;
  const auto config = parse_json(answer.quote.vm_config);
  const auto flag = config ? json_flag(*config, "simulated") : config.error();
  return flag && *flag;
}

Finding hardware(const char* link, const NodeEvidence& evidence, const TdxQuote& quote) {
  const std::string what = "TDX quote, version " + text(quote.version) + ", over my nonce";
  if (is_simulated(*evidence.answer, quote)) {
    const std::string simulated = what + ", but simulated: it shows nothing of the machine";
    if (evidence.simulated_allowed) {
      return warning(link, simulated, "a node that holds something of value runs in a CVM");
    }
    return refusal(link, simulated,
                   "start the node in a CVM; --allow-simulated goes on regardless");
  }
  for (const Status& judged :
       {check_production(quote), verify_tdx_signature(quote, kIntelSgxRoot, evidence.now)}) {
    if (!judged) return refused(link, judged.error());
  }
  return warning(link,
                 what +
                     ", signed under Intel's root; not looked at: was a certificate revoked, is "
                     "the firmware up to date",
                 "that takes Intel's collateral: --save FILE, and give quote, event_log and "
                 "vm_config to dstack's verifier");
}

Finding quote_link(const NodeEvidence& evidence) {
  const char* const link = "quote";
  const Attestation& answer = *evidence.answer;
  const auto quote = parse_tdx_quote(answer.quote.quote);
  if (!quote) return refused(link, quote.error());
  if (answer.nonce != evidence.nonce) {
    return refusal(link, "it answers another nonce than mine: an old answer, given again",
                   kDoNotTrust);
  }
  const Hash digest = digest_of(answer);
  if (quote->report_data != report_data_of(digest)) {
    return refusal(link,
                   "the quote was not made for my nonce and this boot: it is an old one, or "
                   "another machine's",
                   kDoNotTrust);
  }
  const auto signer = recover(digest, answer.signature);
  if (!signer || address_of(*signer) != answer.identity.boot_key) {
    return refusal(link,
                   "the boot key that it names has not signed it: it was passed on by somebody "
                   "else",
                   kDoNotTrust);
  }
  return hardware(link, evidence, *quote);
}

Finding kms_link(const NodeEvidence& evidence) {
  const char* const link = "kms";
  const Attestation& answer = *evidence.answer;
  const Address& root = evidence.contract->kms_root;
  const Status chain =
      verify_kms_proof(answer.kms, digest_of(answer), answer.domain.contract, root);
  if (!chain) return refused(link, chain.error());
  return passed(link, "the machine's key leads to KMS root " + to_hex0x(root));
}

Finding compose_link(const NodeEvidence& evidence) {
  const char* const link = "compose";
  const auto machine = measured_machine(*evidence.answer);
  if (!machine) return refused(link, machine.error());
  if (!machine->compose_hash) {
    return unknown(link, "the quote does not show a compose hash, and there is no event log",
                   "look at what the guest agent gives: docs/formats.md, Attestation");
  }
  const std::string hash = to_hex0x(*machine->compose_hash);
  if (*machine->compose_hash != evidence.answer->compose_hash) {
    return refusal(
        link,
        "the quote measures " + hash + ", the node says " + to_hex0x(evidence.answer->compose_hash),
        kDoNotTrust);
  }
  if (!evidence.contract->compose_allowed) {
    return refusal(link, hash + " is not allowed by the contract",
                   "do not trust it; if it should be: the owner calls addComposeHash");
  }
  return passed(link, hash + ", measured and allowed");
}

// Of the deployment that was named, and not of another one.
std::optional<Finding> foreign(const char* link, const NodeEvidence& evidence,
                               const MeasuredMachine& machine) {
  const Eip712Domain& its = evidence.answer->domain;
  if (its.chain_id != evidence.domain.chain_id || its.contract != evidence.domain.contract) {
    return refusal(link,
                   "the node is of " + to_hex0x(its.contract) + " on chain " + text(its.chain_id) +
                       ", the deployment is " + to_hex0x(evidence.domain.contract) + " on chain " +
                       text(evidence.domain.chain_id),
                   "correct --deployment, or the URL");
  }
  const Address app = machine.app_id.value_or(evidence.answer->app_id);
  if (app == evidence.domain.contract) return std::nullopt;
  return refusal(link, "the machine runs app " + to_hex0x(app) + ", which is not the contract",
                 kDoNotTrust);
}

Finding contract_link(const NodeEvidence& evidence) {
  const char* const link = "contract";
  const auto machine = measured_machine(*evidence.answer);
  if (!machine) return refused(link, machine.error());
  if (const auto finding = foreign(link, evidence, *machine)) return *finding;
  const ContractWord& word = *evidence.contract;
  const std::string name = "seat " + text(evidence.answer->identity.seat.value);
  if (!word.seat) return refusal(link, "the contract has minted no " + name, kDoNotTrust);
  const ChainSeat& seat = *word.seat;
  if (seat.revoked) {
    return refusal(link, name + " is revoked", "the contract's owner: clusterctl reinstate SEAT");
  }
  if (!seat.active) {
    return refusal(link, "nobody has joined for " + name, "clusterctl explain SEAT");
  }
  const Address instance = machine->instance_id.value_or(evidence.answer->instance_id);
  if (instance != seat.instance) {
    return refusal(link,
                   name + " is bound to instance " + to_hex0x(seat.instance) + ", this is " +
                       to_hex0x(instance),
                   "if the other machine is lost: clusterctl replace SEAT");
  }
  if (!word.run_by_its_operator) {
    return refusal(link, "the time of the operator who runs " + name + " is over",
                   "the seat's owner: clusterctl operator set SEAT OPERATOR --until TIME");
  }
  return passed(link, name + ", operator " + to_hex0x(seat.operator_) + ", instance " +
                          to_hex0x(instance) + (machine->instance_id ? "" : " by its own word"));
}

Finding boot_link(const NodeEvidence& evidence) {
  const char* const link = "boot";
  const Identity& its = evidence.answer->identity;
  const Identity& registered = evidence.contract->seat->identity;
  const std::string epoch = "epoch " + text(its.epoch.value);
  if (its.epoch > registered.epoch) {
    return refusal(link,
                   epoch + " has not joined: the contract knows " + text(registered.epoch.value) +
                       " as the last one",
                   "ask again in some seconds; if it stays: clusterctl explain SEAT");
  }
  if (its.epoch < registered.epoch) {
    return refusal(link,
                   epoch + " is over: epoch " + text(registered.epoch.value) +
                       " has joined for the seat since",
                   "find the machine that runs the seat now: clusterctl members");
  }
  if (its.boot_key != registered.boot_key) {
    return refusal(link,
                   "boot key " + to_hex0x(its.boot_key) + " is not the one that joined as " + epoch,
                   kDoNotTrust);
  }
  return passed(link, epoch + ", boot key " + to_hex0x(its.boot_key));
}

Finding receipt_link(const NodeEvidence& evidence) {
  const char* const link = "receipt";
  if (!evidence.receipt) return unknown(link, explained(evidence.receipt.error()));
  if (!evidence.keys) return unknown(link, explained(evidence.keys.error()));
  const ReceiptFile& file = *evidence.receipt;
  if (file.domain.chain_id != evidence.domain.chain_id ||
      file.domain.contract != evidence.domain.contract) {
    return refusal(link, "it is of another cluster", "name one of this cluster: --receipt FILE");
  }
  const auto verified = verify_receipt(file.receipt, *evidence.keys, Signing(evidence.domain));
  if (!verified) {
    const Error why = explained(verified.error());
    return why.code == "unknown_config" ? unknown(link, why) : refused(link, why);
  }
  return passed(link, "block " + text(verified->seq.value) + " of term " +
                          text(verified->term.value) + " is signed by " + text(verified->strength) +
                          " seats");
}

struct Link {
  const char* name;
  Finding (*judge)(const NodeEvidence& evidence);
  bool asks_contract;
};

constexpr Link kLinks[] = {{"quote", quote_link, false},    {"kms", kms_link, true},
                           {"compose", compose_link, true}, {"contract", contract_link, true},
                           {"boot", boot_link, true},       {"receipt", receipt_link, true}};

}  // namespace

Result<MeasuredMachine> measured_machine(const Attestation& answer) {
  const auto quote = parse_tdx_quote(answer.quote.quote);
  if (!quote) return quote.error();
  return dnc::measured_machine(*quote, answer.quote.event_log);
}

Report judge_node(const NodeEvidence& evidence) {
  Report report;
  std::string broken;  // the first link that does not hold, or could not be had
  for (const Link& link : kLinks) {
    if (!broken.empty()) {
      report.push_back(unknown(link.name, "not judged: see " + broken, ""));
      continue;
    }
    if (!evidence.answer) {
      report.push_back(unknown(link.name, explained(evidence.answer.error())));
      broken = link.name;
    } else if (link.asks_contract && !evidence.contract) {
      report.push_back(unknown(link.name, explained(evidence.contract.error())));
      broken = link.name;
    } else {
      report.push_back(link.judge(evidence));
      if (report.back().verdict == Verdict::refused) broken = link.name;
    }
  }
  return report;
}

}  // namespace dnc::ctl
