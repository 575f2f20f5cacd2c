// What a node answers to GET /attestation: which boot of which seat it is, and what shows it. One
// digest, fresh by the asker's nonce, is in the machine's quote and is signed by the boot key and
// by the key that the KMS vouches for. As JSON: docs/formats.md.
#pragma once

#include <array>
#include <string>

#include "core/base/identity.hpp"
#include "core/eth/eip712.hpp"
#include "io/base/json.hpp"
#include "io/dstack/guest_agent.hpp"
#include "io/dstack/signature_chain.hpp"

namespace dnc {

struct Attestation {
  Eip712Domain domain;  // the cluster that the node takes part in
  Identity identity;
  Hash nonce;
  Signature signature;  // the boot key over digest_of()
  KmsProof kms;         // over digest_of()
  GuestQuote quote;     // its report data are report_data_of()
  // As the guest agent says; what the quote does not measure is the machine's word.
  Address app_id;
  Address instance_id;
  Hash compose_hash;
};

Hash digest_of(const Attestation& attestation);
// The digest, and zeros behind it.
std::array<std::uint8_t, kReportDataSizeMax> report_data_of(const Hash& digest);

// Asks the guest agent for all that domain, identity, nonce and signature do not say. Blocking.
// Errors: those of GuestAgent and of make_kms_proof().
Result<Attestation> complete(Attestation statement, GuestAgent& agent);

Json to_json(const Attestation& attestation);
Result<Attestation> parse_attestation(const Json& json);  // Error: json_field

}  // namespace dnc
