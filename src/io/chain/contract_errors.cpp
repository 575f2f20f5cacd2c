#include "io/chain/contract_errors.hpp"

#include "core/base/hex.hpp"
#include "core/eth/abi.hpp"

namespace dnc {
namespace {

constexpr std::size_t kTextShownMax = 200;  // characters of a stranger's message

constexpr std::string_view kKnown[] = {
    "Error(string)",
    "Panic(uint256)",
    // INodeRegistry
    "JoinExpired(uint64)",
    "BadEpoch(uint64,uint64,uint64)",
    "ZeroBootKey()",
    "ZeroInstance()",
    "EndpointTooLong(uint256)",
    "EndpointMismatch()",
    "BootKeyUsed(address,uint64)",
    "InstanceTaken(address,uint64)",
    "InstanceRetired(address)",
    "SeatHasInstance(uint64,address)",
    "SeatHasNoInstance(uint64)",
    "SeatNotJoined(uint64)",
    "NotOperator(uint64,address)",
    "NotOwnerOrOperator(uint64,address)",
    "OperatorBusy(address,uint64)",
    "OperatorNotExpired(uint64)",
    "BadKmsRoot(address)",
    // ILeaderRegistry
    "BadGeneration(uint64,uint64)",
    "BadTerm(uint64,uint64)",
    "BadConfigNonce(uint64,uint64)",
    "StaleReport(uint64,uint64)",
    "SignatureCount(uint256,uint256)",
    "TooFew(uint256,uint256)",
    "DuplicateSeat(uint64)",
    "NotCounted(uint64)",
    "NotThisBoot(uint64,uint64)",
    "NotBootKey(uint64,address)",
    "LeaderNotFounder(uint64)",
    "BadSeatList()",
    "NotVoter(address)",
    "NotLeader(address)",
    "NoLeader()",
    "LeaderStands(uint64)",
    "LastCountedSeat(uint64)",
    "NothingToElect()",
    // IReceipts
    "HeaderCount(uint256)",
    "BadHeader(uint256)",
    "BrokenChain(uint256)",
    "NotInBlock()",
    "UnknownConfig(uint64)",
    "SignerOrder(uint64)",
    "NotOfConfig(uint64)",
    "AcceptElsewhere(uint64)",
    "UnknownBootKey(uint64,address)",
    "TooFewAccepts(uint256,uint256)",
    "StaleAnchor(uint64,uint64)",
    // ISignatures
    "SignatureLength(uint256)",
    "SignatureRecoveryId(uint8)",
    "SignatureHighS()",
    "SignatureInvalid()",
    "NotFromKmsRoot(address,address)",
    "NotFromAppKey(address,address)",
    "NotFromDerivedKey(address,address)",
    // ISeats, IPause, IAppAuthorisation, IClusterFactory
    "UnknownSeat(uint256)",
    "SeatRevoked(uint256)",
    "SeatNotRevoked(uint256)",
    "SeatIsLocked(uint256)",
    "NoSeatLeft(uint256)",
    "TooManySeats(address,uint256)",
    "InvalidSeatBounds()",
    "BadPauseEnd(uint64,uint64,uint64)",
    "ZeroComposeHash()",
    "ZeroDeviceId()",
    "NotAContract(address)",
    // OpenZeppelin
    "OwnableUnauthorizedAccount(address)",
    "EnforcedPause()",
    "ExpectedPause()",
    "InvalidInitialization()",
    "ERC721NonexistentToken(uint256)",
    "ERC721InsufficientApproval(address,uint256)",
};

std::string argument_text(AbiDecoder& in, std::string_view type) {
  if (type == "address") return to_hex0x(in.address());
  if (type.starts_with("bytes")) return to_hex0x(in.word());
  if (type == "string") return in.text().substr(0, kTextShownMax);
  return in.number().to_decimal();
}

std::string describe_as(std::string_view signature, ByteView arguments) {
  const auto open = signature.find('(');
  std::string_view types = signature.substr(open + 1, signature.size() - open - 2);
  std::string text(signature.substr(0, open + 1));
  AbiDecoder in(arguments);
  while (!types.empty()) {
    const auto comma = types.find(',');
    if (text.back() != '(') text += ", ";
    text += argument_text(in, types.substr(0, comma));
    types.remove_prefix(comma == std::string_view::npos ? types.size() : comma + 1);
  }
  return in.ok() ? text + ")" : std::string(signature);
}

}  // namespace

std::span<const std::string_view> known_contract_errors() {
  return kKnown;
}

std::string describe_revert(ByteView data) {
  if (data.empty()) return "no reason given";
  if (data.size() < sizeof(Selector)) return "unknown error " + to_hex0x(data);
  const ByteView found = data.first(sizeof(Selector));
  for (const auto signature : known_contract_errors()) {
    const Selector known = selector(signature);
    if (std::equal(known.begin(), known.end(), found.begin())) {
      return describe_as(signature, data.subspan(sizeof(Selector)));
    }
  }
  return "unknown error " + to_hex0x(found);
}

bool already_done(const Error& reverted) {
  return reverted.code == "reverted" && revert_name(reverted.message) == "StaleReport";
}

std::string_view revert_name(std::string_view description) {
  return description.substr(0, description.find('('));
}

}  // namespace dnc
