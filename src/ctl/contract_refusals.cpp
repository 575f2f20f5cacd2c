#include "ctl/contract_refusals.hpp"

#include <algorithm>

#include "io/chain/contract_errors.hpp"

namespace dnc::ctl {
namespace {

constexpr std::string_view kMachineAgain =
    "start the machine again; if it stays, its guest agent gives keys that do not belong together";
constexpr std::string_view kBuildsDiffer =
    "the nodes send it again by themselves; if it stays, compare their builds with the contract's: "
    "clusterctl contract verify";
constexpr std::string_view kReceiptAgain =
    "get the receipt again from another node: clusterctl receipt get SEQ";

constexpr ContractRefusal kRefusals[] = {
    {"Error", "the contract refuses, and says why in words", "clusterctl doctor"},
    {"Panic", "the contract's own arithmetic failed: a defect",
     "compare the code with its sources: clusterctl contract verify"},
    // joins
    {"JoinExpired", "the join was late by the chain's time: a clock is far off",
     "set the machine's clock; clusterctl doctor compares yours with the chain"},
    {"BadEpoch", "the boot's number is not above the last one, or more than 1024 above it",
     "start the node again; if it stays, its disk is another cluster's"},
    {"ZeroBootKey", "the join names no boot key", kMachineAgain},
    {"ZeroInstance", "the join names no instance", "set \"no_instance_id\": false in the compose"},
    {"EndpointTooLong", "the endpoint has more than 128 bytes", "shorten --endpoint"},
    {"EndpointMismatch", "the endpoint that was sent is not the one that was signed",
     "start the node again"},
    {"BootKeyUsed", "this boot key was registered before", "start the node again"},
    {"InstanceTaken", "this machine runs another seat already",
     "one machine, one seat: start another machine for this seat"},
    {"InstanceRetired", "the seat of this machine was given to another one with replace",
     "make a new machine; this one is out for good"},
    {"SeatHasInstance", "the seat is bound to another machine",
     "start that one; if it is lost: clusterctl replace SEAT"},
    {"NotFromKmsRoot",
     "the machine's keys come from another KMS than the one the contract trusts, or are of another "
     "app",
     "start the machine under the cluster's KMS, or let the owner name this one: setKmsRoot"},
    {"NotFromAppKey", "the app's key did not sign the key of this machine", kMachineAgain},
    {"NotFromDerivedKey", "the request was not signed by the key of this machine", kMachineAgain},
    {"NotOperator", "the node's operator key is not that of the seat",
     "start it with the key of the seat's operator, or name this one: clusterctl operator set"},
    {"OperatorBusy", "this operator runs another seat",
     "one operator, one seat: name another one with clusterctl operator set"},
    // seats
    {"UnknownSeat", "the contract has minted no such seat, or it was burned",
     "clusterctl status lists the seats; the owner mints one with clusterctl mint OWNER"},
    {"SeatRevoked", "the seat is revoked", "the contract's owner: clusterctl reinstate SEAT"},
    {"SeatNotRevoked", "the seat is not revoked", "nothing to reinstate or to burn"},
    {"SeatIsLocked", "a seat that runs or is revoked cannot change hands",
     "clusterctl leave SEAT, then transfer it"},
    {"SeatHasNoInstance", "no machine is bound to the seat", "nothing to replace: start its node"},
    {"SeatNotJoined", "no node has joined for the seat, or it has left", "nothing to leave"},
    {"LastCountedSeat", "it is the last seat that counts",
     "let another seat join and count first: clusterctl status"},
    {"NoSeatLeft", "all seats are minted; burned ones are not minted again",
     "reinstate a revoked one with clusterctl reinstate SEAT, or deploy a larger cluster"},
    {"TooManySeats", "this owner holds as many seats as one may", "mint it to another owner"},
    {"InvalidSeatBounds", "the numbers of seats of this cluster do not fit together",
     "founding seats <= most seats <= 255, and at least one for each owner"},
    {"BadPauseEnd",
     "the pause's end is past, or not the guardian's to name: it shortens no pause, and all of its "
     "pauses end within 30 days of its first; the numbers are the end, the earliest, the latest",
     "name an end between the two; the owner names any: clusterctl pause --until TIME"},
    {"NotOwnerOrOperator", "only the seat's owner or operator may do this",
     "name the key of one of them: --key FILE; clusterctl explain SEAT names both"},
    {"OperatorNotExpired", "the time of the operator who runs the seat is not over",
     "wait for its end, or let the owner name another one: clusterctl operator set"},
    {"BadKmsRoot", "no KMS root, or one whose private key is published",
     "name the k256 root of DstackKms kmsInfo()"},
    {"ZeroComposeHash", "the hash of no compose", "clusterctl compose hash FILE"},
    {"ZeroDeviceId", "the id of no device", "name the device's id, 32 bytes in hex"},
    {"NotAContract", "the implementation's address holds no code", "deploy it first"},
    // reports and generations, which nodes send
    {"BadGeneration", "the contract records another generation", kBuildsDiffer},
    {"BadTerm", "the contract records a later term", kBuildsDiffer},
    {"BadConfigNonce", "the contract records a later set of counted seats", kBuildsDiffer},
    {"StaleReport", "the contract knows this already, or something newer", "nothing to do"},
    {"SignatureCount", "as many signatures as signers are needed", kBuildsDiffer},
    {"TooFew", "fewer seats signed than a quorum", kBuildsDiffer},
    {"DuplicateSeat", "a seat signed twice", kBuildsDiffer},
    {"NotCounted", "a seat signed that does not count", kBuildsDiffer},
    {"NotThisBoot", "a seat has booted again meanwhile", kBuildsDiffer},
    {"NotBootKey", "a signature is not that of the seat's boot key", kBuildsDiffer},
    {"LeaderNotFounder", "the first leader is none of the founders", kBuildsDiffer},
    {"BadSeatList", "the counted seats are not listed in order", kBuildsDiffer},
    // votes
    {"NotVoter", "the caller operates no seat that counts",
     "use the key of a counted seat's operator; clusterctl status lists them"},
    {"NotLeader", "votes are cast against the present leader only",
     "clusterctl vote shows who leads"},
    {"NoLeader", "the contract knows no leader: there is nobody to vote against",
     "clusterctl status says what the nodes do"},
    {"LeaderStands", "there is a leader, so there is nothing to elect", "clusterctl vote"},
    {"NothingToElect", "no generation was started yet, or no seat counts", "clusterctl status"},
    // receipts
    {"HeaderCount", "a receipt has 1 to 64 headers", kReceiptAgain},
    {"BadHeader", "a header of the receipt is none", kReceiptAgain},
    {"BrokenChain", "the receipt's headers do not build on each other", kReceiptAgain},
    {"NotInBlock", "operation and result do not lead to the block's roots", kReceiptAgain},
    {"UnknownConfig", "nobody reported the receipt's set of counted seats to this contract",
     "wait for the nodes' next report, or get the receipt of a later block"},
    {"SignerOrder", "the receipt's signers are not in order", kReceiptAgain},
    {"NotOfConfig", "a signer does not count in the receipt's configuration", kReceiptAgain},
    {"AcceptElsewhere", "an ACCEPT of the receipt is of another block", kReceiptAgain},
    {"UnknownBootKey", "no boot of the seat has registered the key that signed", kReceiptAgain},
    {"TooFewAccepts", "fewer seats signed the receipt than a majority", kReceiptAgain},
    {"StaleAnchor", "something later is anchored already", "nothing to do"},
    // signatures
    {"SignatureLength", "a signature has 65 bytes", kMachineAgain},
    {"SignatureRecoveryId", "a signature's recovery id is 0 or 1", kMachineAgain},
    {"SignatureHighS", "a signature is the twin of another one", kMachineAgain},
    {"SignatureInvalid", "no key made this signature", kMachineAgain},
    // OpenZeppelin's
    {"OwnableUnauthorizedAccount",
     "only the contract's owner may do this, and where it takes away, the guardian",
     "name the owner's key: --key FILE; a timelock schedules the calldata that -o json shows"},
    {"EnforcedPause", "the contract is paused: no joins of seats that do not run, no grants",
     "clusterctl pause says until when; the contract's owner ends it early: clusterctl resume"},
    {"ExpectedPause", "the contract is not paused", "nothing to do"},
    {"InvalidInitialization", "the contract is initialized already", "nothing to do"},
    {"ERC721NonexistentToken", "there is no such seat", "clusterctl status lists the seats"},
    {"ERC721InsufficientApproval", "only the seat's owner may do this",
     "name the key of the seat's owner: --key FILE"},
};

}  // namespace

std::span<const ContractRefusal> contract_refusals() {
  return kRefusals;
}

const ContractRefusal* find_contract_refusal(std::string_view name) {
  const auto found = std::find_if(std::begin(kRefusals), std::end(kRefusals),
                                  [&](const ContractRefusal& known) { return known.name == name; });
  return found == std::end(kRefusals) ? nullptr : &*found;
}

const ContractRefusal* contract_refusal_in(std::string_view text) {
  const auto is_letter = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); };
  for (const ContractRefusal& known : kRefusals) {
    const auto at = text.find(std::string(known.name) + "(");
    const bool whole = at != std::string_view::npos && (at == 0 || !is_letter(text[at - 1]));
    if (whole) return &known;
  }
  return nullptr;
}

Finding contract_refuses(std::string_view revert) {
  const ContractRefusal* known = contract_refusal_in(revert);
  if (known == nullptr) {
    return refusal("contract", std::string(revert),
                   "compare the code with its sources: clusterctl contract verify");
  }
  return refusal("contract", std::string(revert) + ": " + std::string(known->cause),
                 std::string(known->next));
}

}  // namespace dnc::ctl
