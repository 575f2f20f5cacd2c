// The contract DstackMembershipNFT as a node uses it: what is sent to it as bytes, what it answers
// as core types. The Solidity side: contracts/src/types/ClusterTypes.sol.
#pragma once

#include <string>
#include <vector>

#include "core/base/hex.hpp"
#include "core/base/result.hpp"
#include "core/consensus/effects.hpp"
#include "core/consensus/input.hpp"
#include "core/crypto/secp256k1.hpp"
#include "core/eth/eip712.hpp"

namespace dnc {

class ChainClient;
struct BlockHead;

// "This boot key speaks for my seat", signed by the operator and by the key dstack derived.
struct JoinRequest {
  Seat seat;
  Epoch epoch;
  Address boot_key;
  Address instance;
  Hash endpoint_hash;          // endpoint_hash() of the endpoint that is sent along
  std::uint64_t deadline = 0;  // UTC seconds

  bool operator==(const JoinRequest&) const = default;
};

// KMS root -> app key -> derived key -> Join.
struct JoinProof {
  PublicKey app_key;
  Signature kms_signature;  // the KMS root on the app key and the app id
  PublicKey derived_key;
  Signature app_signature;   // the app key on the derived key
  Signature join_signature;  // the derived key on join_digest()
};

struct ContractLeadership {
  Generation generation;
  Term term;
  ConfigNonce config_nonce;
  Seat leader_seat;  // 0: none
  bool provisional = false;
  std::uint64_t counted_seats = 0;
  std::uint64_t required_votes = 0;
  std::uint64_t founding_seats = 0;
  std::uint64_t no_confidence = 0;  // votes against the leader

  bool operator==(const ContractLeadership&) const = default;
};

struct MemberPage {
  std::vector<ChainSeat> seats;
  std::uint64_t total = 0;  // seats minted, in this page or not
};

inline constexpr std::uint64_t kMembersPerPage = 100;  // the contract returns no more at once
inline constexpr std::uint64_t kMintedSeatsMax = 255;  // SeatSet.MAX_SEAT

Hash endpoint_hash(std::string_view endpoint);  // keccak256
Hash join_digest(const Eip712Domain& domain, const JoinRequest& request);

// --- Transactions -------------------------------------------------------------------------------

Bytes encode_join(const JoinRequest& request, std::string_view endpoint,
                  const Signature& operator_signature, const JoinProof& proof);
Bytes encode_start_generation(const StartGeneration& start,
                              const std::vector<Signature>& signatures);
Bytes encode_report(const Report& report, const std::vector<Seat>& signers,
                    const std::vector<Signature>& signatures);
Bytes encode_cast_vote(const Address& target, bool no_confidence);
Bytes encode_elect_leader();

Bytes encode(const ChainCall& call);
std::string describe(const ChainCall& call);  // "startGeneration 2 term 41", for logs

// --- Views --------------------------------------------------------------------------------------
// What comes back is judged as a stranger's bytes: Errors are bad_chain_answer.

Bytes encode_members(std::uint64_t offset, std::uint64_t limit);
Bytes encode_member(Seat seat);
Bytes encode_generation_record();
Bytes encode_leadership();
Bytes encode_current_leader();
Bytes encode_required_votes();
Bytes encode_no_confidence_count(const Address& target);

Result<MemberPage> decode_members(ByteView answer);
Result<ChainSeat> decode_member(ByteView answer);
Result<ChainGeneration> decode_generation_record(ByteView answer);
Result<ContractLeadership> decode_leadership(ByteView answer);
Result<Address> decode_address(ByteView answer);
Result<std::uint64_t> decode_count(ByteView answer);

// The contract at one block: every call is pinned to it. `final_depth`: blocks that must lie on top
// of a generation record before it counts as final.
Result<ChainView> read_chain_view(ChainClient& client, const Address& contract,
                                  const BlockHead& block, std::uint64_t final_depth);

}  // namespace dnc
