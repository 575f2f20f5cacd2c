#include "io/chain/membership_contract.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "core/base/hex.hpp"
#include "core/base/prng.hpp"
#include "core/eth/abi.hpp"
#include "io/base/file.hpp"
#include "io/base/json.hpp"
#include "io/chain/abi_vectors.hpp"
#include "io/chain/contract_errors.hpp"

namespace dnc {
namespace {

Address address(std::uint8_t fill) {
  Address value;
  value.bytes.fill(fill);
  return value;
}
Hash word(std::uint8_t fill) {
  Hash value;
  value.bytes.fill(fill);
  return value;
}
Signature signature(std::uint8_t fill) {
  Signature value;
  value.bytes.fill(fill);
  return value;
}
PublicKey key(std::uint8_t x, std::uint8_t y) {
  PublicKey value;
  std::fill_n(value.bytes.begin(), 32, x);
  std::fill_n(value.bytes.begin() + 32, 32, y);
  return value;
}
Bytes bytes(const char* hex) {
  return *from_hex(hex);
}

TEST(MembershipContract, EncodesCallsAsCastDoes) {
  const JoinRequest join{{3}, {17}, address(0x11), address(0x22), word(0xe5), 1893456000};
  const JoinProof proof{key(1, 2), signature(0xb2), key(3, 4), signature(0xc3), signature(0xd4)};
  EXPECT_EQ(to_hex0x(encode_join(join, "127.0.0.1:7001", signature(0xa1), proof)),
            vectors::kJoinCall);
  const StartGeneration start{
      {2}, {41}, {7}, {2}, {123456}, word(0x99), {{{1}, {9}}, {{2}, {4}}, {{5}, {1024}}}};
  const std::vector<Signature> three{signature(0xa1), signature(0xb2), signature(0xc3)};
  EXPECT_EQ(to_hex0x(encode_start_generation(start, three)), vectors::kStartGenerationCall);
  EXPECT_EQ(to_hex0x(encode(ChainCall(PostGeneration{start, three}))),
            vectors::kStartGenerationCall);
  const Report report{{2}, {42}, {8}, {5}, {{1}, {2}, {5}}};
  const std::vector<Signature> two{signature(0xa1), signature(0xb2)};
  EXPECT_EQ(to_hex0x(encode_report(report, {{1}, {5}}, two)), vectors::kReportCall);
  EXPECT_EQ(to_hex0x(encode(ChainCall(PostReport{report, {{1}, {5}}, two}))), vectors::kReportCall);
  EXPECT_EQ(to_hex0x(encode_cast_vote(address(0x11), true)), vectors::kCastVoteCall);
  EXPECT_EQ(to_hex0x(encode_members(100, 100)), vectors::kMembersCall);
  EXPECT_EQ(to_hex0x(encode_elect_leader()), "0x7cefb20b");
  EXPECT_EQ(to_hex0x(encode_generation_record()), "0xbe38c009");
  EXPECT_EQ(to_hex0x(encode_leadership()), "0x622f6202");
  EXPECT_EQ(to_hex0x(encode_current_leader()), "0xac4bd53a");
  EXPECT_EQ(to_hex0x(encode_required_votes()), "0xbd31a4d8");
  EXPECT_EQ(to_hex0x(encode_member({1})).substr(0, 10), "0x08e8bd2a");
  EXPECT_EQ(to_hex0x(encode_no_confidence_count(address(1))).substr(0, 10), "0x5ce298e6");
}

TEST(MembershipContract, DecodesAnswers) {
  const auto page = decode_members(bytes(vectors::kMembersAnswer));
  ASSERT_TRUE(page.ok());
  EXPECT_EQ(page->total, 2u);
  const ChainSeat first{
      {{1}, {9}, address(0x11)}, address(0x11), address(0x22), 0,    address(0x22),
      "127.0.0.1:7001",          true,          true,          false};
  const ChainSeat second{{{2}, {0}, {}}, address(0x22), address(0x22), 77, {}, "",
                         false,          false,         true};
  EXPECT_EQ(page->seats, (std::vector{first, second}));

  const auto record = decode_generation_record(bytes(vectors::kGenerationRecordAnswer));
  ASSERT_TRUE(record.ok());
  const StartGeneration start{{2}, {41}, {7}, {2}, {123456}, word(0x99), {{{1}, {9}}, {{2}, {4}}}};
  EXPECT_EQ(*record, (ChainGeneration{start, {address(0x11), address(0x22)}, {500}}));

  const auto leadership = decode_leadership(bytes(vectors::kLeadershipAnswer));
  ASSERT_TRUE(leadership.ok());
  EXPECT_EQ(*leadership, (ContractLeadership{{2}, {41}, {7}, {2}, true, 3, 2, 3, 1}));
}

TEST(MembershipContract, RefusesCutAndChangedAnswers) {
  for (const char* vector :
       {vectors::kMembersAnswer, vectors::kGenerationRecordAnswer, vectors::kLeadershipAnswer}) {
    const Bytes good = bytes(vector);
    for (std::size_t size = 0; size < good.size(); size += 16) {
      const ByteView cut = ByteView(good).first(size);
      EXPECT_FALSE(decode_members(cut).ok() && vector == vectors::kMembersAnswer);
      EXPECT_FALSE(decode_generation_record(cut).ok());
      EXPECT_FALSE(decode_leadership(cut).ok() && vector == vectors::kLeadershipAnswer);
    }
    Prng prng(7);
    for (int round = 0; round < 2000; ++round) {  // must not crash, whatever it makes of it
      Bytes changed = good;
      changed[prng.below(changed.size())] = static_cast<std::uint8_t>(prng.next());
      (void)decode_members(changed);
      (void)decode_member(changed);
      (void)decode_generation_record(changed);
      (void)decode_leadership(changed);
    }
  }
  EXPECT_FALSE(decode_address({}).ok());
  EXPECT_FALSE(decode_count({}).ok());
}

TEST(MembershipContract, JoinDigestIsTheVector) {
  const auto text = read_file(DNC_SOURCE_DIR "/tests/vectors/eip712.json", 1u << 20);
  ASSERT_TRUE(text.ok());
  const Json vectors = *parse_json(*text);
  const Eip712Domain domain{*json_u64(vectors, "chainId"),
                            *json_fixed<Address>(vectors, "verifyingContract")};
  int found = 0;
  for (const auto& entry : vectors["structs"]) {
    if (*json_text(entry, "name") != "Join") continue;
    ++found;
    const JoinRequest request{{*json_u64(entry, "seat")},
                              {*json_u64(entry, "epoch")},
                              *json_fixed<Address>(entry, "bootKey"),
                              *json_fixed<Address>(entry, "instance"),
                              *json_fixed<Hash>(entry, "endpointHash"),
                              *json_u64(entry, "deadline")};
    EXPECT_EQ(join_digest(domain, request), *json_fixed<Hash>(entry, "digest"));
  }
  EXPECT_EQ(found, 1);
}

TEST(ContractErrors, NamesReasons) {
  AbiEncoder stale;
  stale.number(41).number(7);
  EXPECT_EQ(describe_revert(stale.call("StaleReport(uint64,uint64)")), "StaleReport(41, 7)");
  EXPECT_EQ(revert_name("StaleReport(41, 7)"), "StaleReport");
  AbiEncoder busy;
  busy.address(address(0x11)).number(3);
  EXPECT_EQ(describe_revert(busy.call("OperatorBusy(address,uint64)")),
            "OperatorBusy(0x1111111111111111111111111111111111111111, 3)");
  EXPECT_EQ(describe_revert(AbiEncoder().text("no").call("Error(string)")), "Error(no)");
  EXPECT_EQ(describe_revert(AbiEncoder().call("BadSeatList()")), "BadSeatList()");
  EXPECT_EQ(describe_revert(selector("StaleReport(uint64,uint64)")),
            "StaleReport(uint64,uint64)");  // its arguments are missing
  EXPECT_EQ(describe_revert({}), "no reason given");
  EXPECT_EQ(describe_revert(Bytes{0xde, 0xad, 0xbe, 0xef}), "unknown error 0xdeadbeef");
  EXPECT_EQ(describe_revert(Bytes{0xde}), "unknown error 0xde");
}

// "BadTerm(uint64 term, uint64 recorded)" -> "BadTerm(uint64,uint64)"
std::string signature_of(const std::string& declaration) {
  const auto open = declaration.find('(');
  std::string signature = declaration.substr(0, open + 1);
  std::istringstream arguments(declaration.substr(open + 1, declaration.find(')') - open - 1));
  for (std::string argument; std::getline(arguments, argument, ',');) {
    std::istringstream words(argument);
    std::string type;
    words >> type;
    if (signature.back() != '(') signature += ',';
    signature += type;
  }
  return signature + ")";
}

// Every error that the contracts declare has a name here.
TEST(ContractErrors, KnowsAllOfTheContracts) {
  std::set<std::string> known;
  for (const auto signature : known_contract_errors())
    known.emplace(signature);
  std::size_t found = 0;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(DNC_SOURCE_DIR "/contracts/src")) {
    if (entry.path().extension() != ".sol") continue;
    std::istringstream text(*read_file(entry.path(), 1u << 20));
    for (std::string line; std::getline(text, line);) {
      const auto start = line.find_first_not_of(' ');
      if (start == std::string::npos || line.compare(start, 6, "error ") != 0) continue;
      const std::string signature = signature_of(line.substr(start + 6));
      EXPECT_TRUE(known.contains(signature)) << entry.path() << ": " << signature;
      ++found;
    }
  }
  EXPECT_GT(found, 30u);
}

}  // namespace
}  // namespace dnc
