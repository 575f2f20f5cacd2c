// From a node's quote to its receipt, link by link: what was found out about a node, judged without
// asking anybody.
#pragma once

#include <cstdint>
#include <optional>

#include "core/consensus/input.hpp"
#include "core/consensus/receipt.hpp"
#include "ctl/receipt_file.hpp"
#include "ctl/report.hpp"
#include "io/dstack/attestation.hpp"
#include "io/dstack/measured_machine.hpp"

namespace dnc::ctl {

// What the contract says at one block.
struct ContractWord {
  Address kms_root;
  bool compose_allowed = false;      // the hash that the quote measures
  std::optional<ChainSeat> seat;     // the one that the node says it runs; empty: not minted
  bool run_by_its_operator = false;  // who joined this boot is still the seat's operator
};

struct NodeEvidence {
  Hash nonce;  // ours
  bool simulated_allowed = false;
  std::uint64_t now = 0;  // UTC seconds
  Result<Attestation> answer = Error{};
  Eip712Domain domain;  // of the deployment
  Result<ContractWord> contract = Error{};
  Result<ReceiptFile> receipt = Error{};
  Result<KeyHistory> keys = Error{};
};

// One finding for each link: quote, kms, compose, contract, boot, receipt. Behind one that does not
// hold none is judged, for it would be about somebody else.
Report judge_node(const NodeEvidence& evidence);

// What the answer's quote measures. Errors: bad_quote, bad_event_log.
Result<MeasuredMachine> measured_machine(const Attestation& answer);

}  // namespace dnc::ctl
