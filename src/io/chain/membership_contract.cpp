#include "io/chain/membership_contract.hpp"

#include "core/crypto/keccak256.hpp"
#include "core/eth/abi.hpp"
#include "io/chain/chain_client.hpp"

namespace dnc {
namespace {

constexpr std::size_t kEndpointBytesMax = 128;  // as the contract has it

Error bad_answer(const std::string& what) {
  return {"bad_chain_answer", "the contract's answer is malformed: " + what,
          "Check that the address is that of the cluster's contract."};
}

Hash half(const PublicKey& key, std::size_t from) {
  return *Hash::from(key.view().subspan(from, Hash::kSize));
}

std::vector<Hash> words_of(const std::vector<Seat>& seats) {
  std::vector<Hash> words;
  for (const auto seat : seats)
    words.push_back(abi_word(seat.value));
  return words;
}

std::vector<Bytes> blobs_of(const std::vector<Signature>& signatures) {
  std::vector<Bytes> blobs;
  for (const auto& signature : signatures)
    blobs.emplace_back(signature.bytes.begin(), signature.bytes.end());
  return blobs;
}

ChainSeat read_member(AbiDecoder in) {
  ChainSeat seat;
  seat.identity.seat = {in.u64()};
  seat.owner = in.address();
  seat.operator_ = in.address();
  seat.operator_expires = in.u64();
  seat.identity.epoch = {in.u64()};
  seat.identity.boot_key = in.address();
  seat.instance = in.address();
  seat.active = in.flag();
  seat.counted = in.flag();
  seat.revoked = in.flag();
  seat.endpoint = in.text();
  if (seat.endpoint.size() > kEndpointBytesMax || seat.identity.seat.value == 0) in.fail();
  return seat;
}

}  // namespace

Hash endpoint_hash(std::string_view endpoint) {
  return keccak256(as_bytes(endpoint));
}

Hash join_digest(const Eip712Domain& domain, const JoinRequest& request) {
  const Hash body = eip712_struct_hash(
      "Join(uint64 seat,uint64 epoch,address bootKey,address instance,bytes32 endpointHash,"
      "uint64 deadline)",
      {abi_word(request.seat.value), abi_word(request.epoch.value), abi_word(request.boot_key),
       abi_word(request.instance), request.endpoint_hash, abi_word(request.deadline)});
  return eip712_digest(domain.separator(), body);
}

Bytes encode_join(const JoinRequest& request, std::string_view endpoint,
                  const Signature& operator_signature, const JoinProof& proof) {
  AbiEncoder join;
  join.number(request.seat.value).number(request.epoch.value).address(request.boot_key);
  join.address(request.instance).word(request.endpoint_hash).number(request.deadline);
  AbiEncoder chain;
  chain.word(half(proof.app_key, 0)).word(half(proof.app_key, Hash::kSize));
  chain.bytes(proof.kms_signature.view());
  chain.word(half(proof.derived_key, 0)).word(half(proof.derived_key, Hash::kSize));
  chain.bytes(proof.app_signature.view()).bytes(proof.join_signature.view());
  AbiEncoder call;
  call.tuple(join).text(endpoint).bytes(operator_signature.view()).tuple(chain);
  return call.call(
      "join((uint64,uint64,address,address,bytes32,uint64),string,bytes,"
      "(bytes32,bytes32,bytes,bytes32,bytes32,bytes,bytes))");
}

Bytes encode_start_generation(const StartGeneration& start,
                              const std::vector<Signature>& signatures) {
  std::vector<AbiEncoder> founders;
  for (const auto& founder : start.founders) {
    AbiEncoder item;
    item.number(founder.seat.value).number(founder.epoch.value);
    founders.push_back(item);
  }
  AbiEncoder body;
  body.number(start.generation.value).number(start.term.value).number(start.config_nonce.value);
  body.number(start.leader_seat.value).number(start.seq.value).word(start.head);
  body.tuples(founders);
  AbiEncoder call;
  call.tuple(body).blobs(blobs_of(signatures));
  return call.call(
      "startGeneration((uint64,uint64,uint64,uint64,uint64,bytes32,(uint64,uint64)[]),bytes[])");
}

Bytes encode_report(const Report& report, const std::vector<Seat>& signers,
                    const std::vector<Signature>& signatures) {
  AbiEncoder body;
  body.number(report.generation.value).number(report.term.value);
  body.number(report.config_nonce.value).number(report.leader_seat.value);
  body.words(words_of(report.counted_seats));
  AbiEncoder call;
  call.tuple(body).words(words_of(signers)).blobs(blobs_of(signatures));
  return call.call("report((uint64,uint64,uint64,uint64,uint64[]),uint64[],bytes[])");
}

Bytes encode_cast_vote(const Address& target, bool no_confidence) {
  return AbiEncoder().address(target).flag(no_confidence).call("castVote(address,bool)");
}

Bytes encode_elect_leader() {
  return AbiEncoder().call("electLeader()");
}

Bytes encode(const ChainCall& call) {
  if (const auto* start = std::get_if<PostGeneration>(&call)) {
    return encode_start_generation(start->start, start->signatures);
  }
  const auto& report = std::get<PostReport>(call);
  return encode_report(report.report, report.signers, report.signatures);
}

std::string describe(const ChainCall& call) {
  if (const auto* start = std::get_if<PostGeneration>(&call)) {
    return "startGeneration " + std::to_string(start->start.generation.value) + " term " +
           std::to_string(start->start.term.value);
  }
  const auto& report = std::get<PostReport>(call).report;
  return "report generation " + std::to_string(report.generation.value) + " term " +
         std::to_string(report.term.value) + " leader " + std::to_string(report.leader_seat.value);
}

Bytes encode_members(std::uint64_t offset, std::uint64_t limit) {
  return AbiEncoder().number(offset).number(limit).call("members(uint256,uint256)");
}
Bytes encode_member(Seat seat) {
  return AbiEncoder().number(seat.value).call("member(uint64)");
}
Bytes encode_generation_record() {
  return AbiEncoder().call("generationRecord()");
}
Bytes encode_leadership() {
  return AbiEncoder().call("leadership()");
}
Bytes encode_current_leader() {
  return AbiEncoder().call("currentLeader()");
}
Bytes encode_required_votes() {
  return AbiEncoder().call("requiredVotes()");
}
Bytes encode_no_confidence_count(const Address& target) {
  return AbiEncoder().address(target).call("noConfidenceCount(address)");
}

Result<MemberPage> decode_members(ByteView answer) {
  AbiDecoder in(answer);
  auto array = in.array();
  MemberPage page;
  page.total = in.u64();
  if (!in.ok() || array.size > kMembersPerPage || page.total > kMintedSeatsMax) {
    return bad_answer("members");
  }
  for (std::size_t i = 0; i < array.size; ++i) {
    page.seats.push_back(read_member(array.items.tuple()));
    if (i > 0 && page.seats[i].identity.seat <= page.seats[i - 1].identity.seat) in.fail();
  }
  if (!in.ok()) return bad_answer("members");
  return page;
}

Result<ChainSeat> decode_member(ByteView answer) {
  AbiDecoder in(answer);
  auto seat = read_member(in.tuple());
  if (!in.ok()) return bad_answer("member");
  return seat;
}

Result<ChainGeneration> decode_generation_record(ByteView answer) {
  AbiDecoder outer(answer);
  AbiDecoder in = outer.tuple();
  ChainGeneration record;
  StartGeneration& start = record.start;
  start.generation = {in.u64()};
  start.term = {in.u64()};
  start.config_nonce = {in.u64()};
  start.leader_seat = {in.u64()};
  start.seq = {in.u64()};
  start.head = in.word();
  auto founders = in.array(2);
  auto keys = in.array();
  record.height = {in.u64()};
  const bool fits = founders.size == keys.size && founders.size <= kMintedSeatsMax;
  if (!in.ok() || !fits) return bad_answer("generationRecord");
  for (std::size_t i = 0; i < founders.size; ++i) {
    const Seat seat{founders.items.u64()};
    start.founders.push_back({seat, {founders.items.u64()}});
    record.founder_keys.push_back(keys.items.address());
  }
  if (!in.ok()) return bad_answer("generationRecord");
  return record;
}

Result<ContractLeadership> decode_leadership(ByteView answer) {
  AbiDecoder in(answer);
  ContractLeadership leadership;
  leadership.generation = {in.u64()};
  leadership.term = {in.u64()};
  leadership.config_nonce = {in.u64()};
  leadership.leader_seat = {in.u64()};
  leadership.provisional = in.flag();
  leadership.counted_seats = in.u64();
  leadership.required_votes = in.u64();
  leadership.founding_seats = in.u64();
  leadership.no_confidence = in.u64();
  if (!in.ok()) return bad_answer("leadership");
  return leadership;
}

Result<Address> decode_address(ByteView answer) {
  AbiDecoder in(answer);
  const Address address = in.address();
  if (!in.ok()) return bad_answer("an address");
  return address;
}

Result<std::uint64_t> decode_count(ByteView answer) {
  AbiDecoder in(answer);
  const std::uint64_t count = in.u64();
  if (!in.ok()) return bad_answer("a number");
  return count;
}

namespace {

// Appends the pages behind the first until all seats are there.
Status read_more_members(ChainClient& client, const Address& contract, const BlockHead& block,
                         MemberPage& page) {
  std::vector<ContractCall> calls;
  for (std::uint64_t offset = page.seats.size(); offset < page.total; offset += kMembersPerPage)
    calls.push_back({contract, encode_members(offset, kMembersPerPage), {}});
  if (calls.empty()) return ok_status();
  const auto answers = client.calls_at(block, calls);
  if (!answers) return answers.error();
  for (const auto& answer : *answers) {
    auto more = decode_members(answer);
    if (!more) return more.error();
    const bool follows = more->total == page.total && !more->seats.empty() &&
                         page.seats.back().identity.seat < more->seats.front().identity.seat;
    if (!follows) return bad_answer("pages of members that do not fit together");
    page.seats.insert(page.seats.end(), more->seats.begin(), more->seats.end());
  }
  return ok_status();
}

}  // namespace

Result<ChainView> read_chain_view(ChainClient& client, const Address& contract,
                                  const BlockHead& block, std::uint64_t final_depth) {
  const auto answers = client.calls_at(block, {{contract, encode_members(0, kMembersPerPage), {}},
                                               {contract, encode_generation_record(), {}},
                                               {contract, encode_leadership(), {}}});
  if (!answers) return answers.error();
  if ((*answers)[0].empty()) {
    return Error{"no_contract", "there is no contract at " + to_hex0x(contract),
                 "Deploy the contract, or correct its address in the configuration."};
  }
  auto page = decode_members((*answers)[0]);
  auto record = decode_generation_record((*answers)[1]);
  const auto leadership = decode_leadership((*answers)[2]);
  if (!page) return page.error();
  if (!record) return record.error();
  if (!leadership) return leadership.error();
  const std::uint64_t first = std::min(page->total, kMembersPerPage);
  if (page->seats.size() != first) return bad_answer("a short page of members");
  if (const auto more = read_more_members(client, contract, block, *page); !more) {
    return more.error();
  }
  if (page->seats.size() != page->total) return bad_answer("fewer members than announced");
  ChainView view;
  view.height = block.number;
  view.hash = block.hash;
  view.time = block.time;
  view.seats = std::move(page->seats);
  view.generation = std::move(*record);
  view.generation_final = view.generation.start.generation.value > 0 &&
                          block.number.value >= view.generation.height.value &&
                          block.number.value - view.generation.height.value >= final_depth;
  view.leader_term = leadership->term;
  view.leader_seat = leadership->leader_seat;
  view.leader_provisional = leadership->provisional;
  view.config_nonce = leadership->config_nonce;
  view.founding_seats = leadership->founding_seats;
  return view;
}

}  // namespace dnc
