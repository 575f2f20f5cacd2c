// What one operation led to, in a form that convinces somebody who runs no node: the block's
// header, the way from operation and result to its roots, and the ACCEPTs of q seats at or above
// it. docs/protocol.md section 12a; contracts/src/libraries/ReceiptLogic.sol judges the same bytes
// the same way, and tests/vectors/receipt.json binds the two.
#pragma once

#include <map>
#include <set>
#include <vector>

#include "core/base/result.hpp"
#include "core/consensus/signing.hpp"

namespace dnc {

struct ReceiptAccept {
  Seat seat;
  Epoch epoch;
  std::uint64_t header = 0;  // place in Receipt::headers of the block that it names
  Signature signature;

  bool operator==(const ReceiptAccept&) const = default;
};

// That a block is committed, and so all before it.
struct CommitProof {
  // Encoded. The first is the block's; each next one builds on the one before, up to the highest
  // block that an ACCEPT names.
  std::vector<Bytes> headers;
  std::vector<ReceiptAccept> accepts;  // by seat, rising

  bool operator==(const CommitProof&) const = default;
};

struct Receipt : CommitProof {  // the first header is that of the operation's block
  Bytes operation;              // as the leaf of the ops root
  Bytes result;                 // as the leaf of the result root
  std::vector<Hash> operation_path;
  std::vector<Hash> result_path;
  std::uint32_t sides = 0;  // of both paths: bit k says that the sibling at step k is on the left

  bool operator==(const Receipt&) const = default;
};

// What an honest contract knows for ever: who counts in a configuration, and every boot key that
// was ever registered, with its seat.
struct KeyHistory {
  std::map<ConfigNonce, std::set<Seat>> configs;
  std::map<Address, Seat> keys;
};

// What a proof that holds says.
struct Verified {
  Generation generation;
  Term term;
  SeqNo seq;
  Hash block_hash;
  std::size_t strength = 0;  // seats that signed; at least a majority
};

// Errors, each named as the contract's: header_count, bad_header, broken_chain, not_in_block,
// unknown_config, too_few, signer_order, not_of_config, accept_elsewhere, bad_signature,
// unknown_boot_key.
Result<Verified> verify_receipt(const Receipt& receipt, const KeyHistory& history,
                                const Signing& signing);
// The same of a block of any kind, without an operation.
Result<Verified> verify_commit(const CommitProof& proof, const KeyHistory& history,
                               const Signing& signing);

}  // namespace dnc
