// What the contracts say to a boot: the cluster's own gate, and the KMS contract in front of it.
#pragma once

#include <optional>
#include <string>

#include "ctl/report.hpp"
#include "io/chain/chain_client.hpp"
#include "io/chain/deployment.hpp"
#include "io/dstack/boot_gate.hpp"

namespace dnc::ctl {

// An allowed boot, or the reason with its cause and the next step. `who` answered.
Finding explain(std::string gate, const std::string& who, const BootAnswer& answer);

// isAppAllowed of one contract. Errors: those of ChainClient; bad_chain_answer.
Result<BootAnswer> ask_gate(ChainClient& chain, const Address& contract, const BootInfo& info);

// The cluster's answer, and if the deployment names a KMS contract the answer through it: what a
// real boot would hear. The second finding says which of the two contracts refused.
Report ask_gates(ChainClient& chain, const Deployment& deployment, const BootInfo& info);

// A compose that wants to boot, with what is known of the machine.
struct Candidate {
  Hash compose_hash;
  std::optional<Hash> device;
  std::optional<Address> instance;  // empty: a CVM that never ran
  std::optional<std::string> tcb_status;
  std::optional<Hash> os_image;
};

// The contract's policy gate by gate, all at one block, then its answer to the whole.
Report contract_gates(ChainClient& chain, const Deployment& deployment, const Candidate& candidate);

}  // namespace dnc::ctl
