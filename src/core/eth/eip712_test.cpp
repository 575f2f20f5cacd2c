#include "core/eth/eip712.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "core/base/hex.hpp"
#include "core/crypto/keccak256.hpp"
#include "core/crypto/secp256k1.hpp"

namespace dnc {
namespace {

using Json = nlohmann::json;

Json load_vectors() {
  std::ifstream file(DNC_SOURCE_DIR "/tests/vectors/eip712.json");
  return Json::parse(file);
}

Hash hash_from(const Json& json) {
  return fixed_from_hex<Hash>(json.get<std::string>()).value();
}

// The words of an array field, by the element type that the type string names.
Hash array_word(const std::string& type, const Json& items) {
  std::vector<Hash> words;
  for (const Json& item : items) {
    if (type == "uint64[]") {
      words.push_back(abi_word(item.get<std::uint64_t>()));
    } else {
      EXPECT_EQ(type, "Founder[]");
      words.push_back(eip712_struct_hash("Founder(uint64 seat,uint64 epoch)",
                                         {abi_word(item["seat"].get<std::uint64_t>()),
                                          abi_word(item["epoch"].get<std::uint64_t>())}));
    }
  }
  return eip712_array_hash(words);
}

Hash field_word(const std::string& type, const Json& value) {
  if (type == "uint64") return abi_word(value.get<std::uint64_t>());
  if (type == "bool") return abi_word(value.get<bool>());
  if (type == "bytes32") return hash_from(value);
  if (type == "address") {
    return abi_word(fixed_from_hex<Address>(value.get<std::string>()).value());
  }
  return array_word(type, value);
}

// Reads "Name(type field,type field)..." and looks each field up in the vector.
std::vector<Hash> field_words(const Json& vector) {
  const std::string type = vector["typeString"];
  std::vector<Hash> words;
  std::size_t at = type.find('(') + 1;
  const std::size_t end = type.find(')');
  while (at < end) {
    const std::size_t space = type.find(' ', at);
    const std::size_t stop = std::min(type.find(',', space), end);
    words.push_back(field_word(type.substr(at, space - at),
                               vector.at(type.substr(space + 1, stop - space - 1))));
    at = stop + 1;
  }
  return words;
}

TEST(Eip712, WordsArePaddedOnTheLeft) {
  EXPECT_EQ(to_hex(abi_word(std::uint64_t{0x0102030405060708}).view()),
            "0000000000000000000000000000000000000000000000000102030405060708");
  EXPECT_EQ(to_hex(abi_word(true).view()),
            "0000000000000000000000000000000000000000000000000000000000000001");
  const auto address = fixed_from_hex<Address>("0x7e57c1057e4000000000000000000000000000c5");
  EXPECT_EQ(to_hex(abi_word(*address).view()),
            "0000000000000000000000007e57c1057e4000000000000000000000000000c5");
}

TEST(Eip712, HashesTheDomainAsTheContractDoes) {
  const Json vectors = load_vectors();
  const Eip712Domain domain{
      vectors["chainId"].get<std::uint64_t>(),
      fixed_from_hex<Address>(vectors["verifyingContract"].get<std::string>()).value()};
  EXPECT_EQ(domain.separator(), hash_from(vectors["domainSeparator"]));
}

TEST(Eip712, HashesAndSignsEveryStructAsTheContractDoes) {
  const Json vectors = load_vectors();
  const Hash separator = hash_from(vectors["domainSeparator"]);
  ASSERT_GE(vectors["structs"].size(), 9u);
  for (const Json& vector : vectors["structs"]) {
    SCOPED_TRACE(vector["name"].get<std::string>());
    const std::string type = vector["typeString"];
    EXPECT_EQ(keccak256(as_bytes(type)), hash_from(vector["typeHash"]));

    const Hash struct_hash = eip712_struct_hash(Eip712Type(type), field_words(vector));
    EXPECT_EQ(struct_hash, hash_from(vector["structHash"]));
    const Hash digest = eip712_digest(separator, struct_hash);
    EXPECT_EQ(digest, hash_from(vector["digest"]));

    const auto key = PrivateKey::from_bytes(hash_from(vector["privateKey"]).view());
    ASSERT_TRUE(key);
    EXPECT_EQ(to_hex0x(key->address()), vector["address"].get<std::string>());
    const Signature signature = key->sign(digest);
    EXPECT_EQ(to_hex0x(signature), vector["signature"].get<std::string>());
    EXPECT_EQ(recover(digest, signature), key->public_key());
  }
}

// The example of the EIP itself: a struct with strings and nested structs.
TEST(Eip712, MatchesTheMailExampleOfTheStandard) {
  const auto text = [](std::string_view value) { return keccak256(as_bytes(value)); };
  const auto person = [&](std::string_view name, std::string_view wallet) {
    return eip712_struct_hash("Person(string name,address wallet)",
                              {text(name), abi_word(fixed_from_hex<Address>(wallet).value())});
  };
  const Hash separator = eip712_struct_hash(
      "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)",
      {text("Ether Mail"), text("1"), abi_word(std::uint64_t{1}),
       abi_word(fixed_from_hex<Address>("0xCcCCccccCCCCcCCCCCCcCcCccCcCCCcCcccccccC").value())});
  const Hash mail = eip712_struct_hash(
      "Mail(Person from,Person to,string contents)Person(string name,address wallet)",
      {person("Cow", "0xCD2a3d9F938E13CD947Ec05AbC7FE734Df8DD826"),
       person("Bob", "0xbBbBBBBbbBBBbbbBbbBbbbbBBbBbbbbBbBbbBBbB"), text("Hello, Bob!")});
  EXPECT_EQ(to_hex(eip712_digest(separator, mail).view()),
            "be609aee343fb3c4b28e1df9e632fca64fcfaede20f02e86244efddf30957bd2");
}

TEST(Eip712, EmptyArrayIsTheHashOfNothing) {
  EXPECT_EQ(eip712_array_hash({}), keccak256({}));
}

}  // namespace
}  // namespace dnc
