#include "io/chain/relayed_call.hpp"

#include <algorithm>

#include "core/eth/abi.hpp"

namespace dnc {
namespace {

constexpr std::string_view kJoin =
    "join((uint64,uint64,address,address,bytes32,uint64),string,bytes,"
    "(bytes32,bytes32,bytes,bytes32,bytes32,bytes,bytes))";
constexpr std::string_view kRelayed[] = {
    kJoin,
    "startGeneration((uint64,uint64,uint64,uint64,uint64,bytes32,(uint64,uint64)[]),bytes[])",
    "report((uint64,uint64,uint64,uint64,uint64[]),uint64[],bytes[])",
    "electLeader()",
    "expire(uint64)",
};

Error not_relayable(std::string why) {
  return {"not_relayable", std::move(why),
          "Relayed are join, startGeneration, report, electLeader and expire of this cluster's "
          "contract."};
}

std::optional<RelayedJoin> read_join(ByteView arguments) {
  AbiDecoder in(arguments);
  RelayedJoin join;
  join.request.seat = {in.u64()};
  join.request.epoch = {in.u64()};
  join.request.boot_key = in.address();
  join.request.instance = in.address();
  join.request.endpoint_hash = in.word();
  join.request.deadline = in.u64();
  in.text();
  const Bytes signature = in.bytes();
  if (!in.ok() || signature.size() != join.operator_signature.bytes.size()) return std::nullopt;
  std::copy(signature.begin(), signature.end(), join.operator_signature.bytes.begin());
  return join;
}

}  // namespace

Result<RelayedCall> read_relayed_call(ByteView calldata) {
  if (calldata.size() > kRelayedBytesMax) return not_relayable("the call is too large");
  if (calldata.size() < sizeof(Selector)) return not_relayable("there is no call");
  const ByteView found = calldata.first(sizeof(Selector));
  for (const auto signature : kRelayed) {
    const Selector known = selector(signature);
    if (!std::equal(known.begin(), known.end(), found.begin())) continue;
    RelayedCall call{std::string(signature.substr(0, signature.find('('))), {}};
    if (signature != kJoin) return call;
    call.join = read_join(calldata.subspan(sizeof(Selector)));
    if (!call.join) return not_relayable("the join is malformed");
    return call;
  }
  return not_relayable("selector " + to_hex0x(found) + " is not relayed");
}

}  // namespace dnc
