// The vectors are proven in Solidity as well: what differs here would not verify on the contract.
#include "core/consensus/signing.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "core/base/hex.hpp"
#include "core/consensus/codec.hpp"
#include "core/crypto/secp256k1.hpp"

namespace dnc {
namespace {

using Json = nlohmann::json;

template <class T>
T fixed(const Json& json) {
  return fixed_from_hex<T>(json.get<std::string>()).value();
}

template <class T>
T id(const Json& json) {
  return T{json.get<std::uint64_t>()};
}

class SigningTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::ifstream file(DNC_SOURCE_DIR "/tests/vectors/eip712.json");
    vectors_ = Json::parse(file);
  }

  const Json& vector(const std::string& name) const {
    for (const auto& entry : vectors_["structs"]) {
      if (entry["name"] == name) return entry;
    }
    throw std::out_of_range("no vector " + name);
  }
  Eip712Domain domain() const {
    return {vectors_["chainId"].get<std::uint64_t>(),
            fixed<Address>(vectors_["verifyingContract"])};
  }
  Signing signing() const { return Signing(domain()); }

  // The digest is the vector's, and the vector's key makes the vector's signature of it.
  static void expect_signed(const Json& entry, const Hash& digest) {
    EXPECT_EQ(to_hex0x(digest), entry["digest"]);
    const Bytes secret = from_hex(entry["privateKey"].get<std::string>()).value();
    const PrivateKey key = PrivateKey::from_bytes(secret).value();
    EXPECT_EQ(to_hex0x(key.address()), entry["address"]);
    const Signature signature = key.sign(digest);
    EXPECT_EQ(to_hex0x(signature), entry["signature"]);
    const auto signer = recover(digest, signature);
    ASSERT_TRUE(signer);
    EXPECT_EQ(address_of(*signer), key.address());
  }

 private:
  Json vectors_;
};

Scope scope_of(const Json& v) {
  return {id<Generation>(v["generation"]), id<ConfigNonce>(v["configNonce"])};
}

LogHead last_of(const Json& v) {
  return {id<Term>(v["lastTerm"]), id<SeqNo>(v["lastSeq"]), fixed<Hash>(v["head"])};
}

TEST_F(SigningTest, Accept) {
  const Json& v = vector("Accept");
  const Accept accept{scope_of(v),
                      id<Term>(v["term"]),
                      id<SeqNo>(v["seq"]),
                      fixed<Hash>(v["blockHash"]),
                      id<Seat>(v["seat"]),
                      id<Epoch>(v["epoch"]),
                      {}};
  expect_signed(v, signing().accept(accept));
}

TEST_F(SigningTest, NoConfidence) {
  const Json& v = vector("NoConfidence");
  const NoConfidence vote{scope_of(v),         id<Term>(v["toTerm"]), id<SeqNo>(v["seenSeq"]),
                          id<Seat>(v["seat"]), id<Epoch>(v["epoch"]), {}};
  expect_signed(v, signing().no_confidence(vote));
}

TEST_F(SigningTest, Grant) {
  const Json& v = vector("Grant");
  const Grant grant{
      scope_of(v), id<Term>(v["term"]), id<Seat>(v["leaderSeat"]), fixed<Address>(v["leaderKey"]),
      last_of(v),  id<Seat>(v["seat"]), id<Epoch>(v["epoch"]),     {}};
  expect_signed(v, signing().grant(grant));
}

TEST_F(SigningTest, RestartReport) {
  const Json& v = vector("RestartReport");
  const RestartReport report{
      scope_of(v),         id<Term>(v["promisedTerm"]), last_of(v), v["blank"].get<bool>(),
      id<Seat>(v["seat"]), id<Epoch>(v["epoch"]),       {}};
  expect_signed(v, signing().restart_report(report));
}

TEST_F(SigningTest, RecoveryConsent) {
  const Json& v = vector("RecoveryConsent");
  RecoveryConsent consent{id<Generation>(v["generation"]),
                          id<Term>(v["lastTerm"]),
                          id<SeqNo>(v["lastSeq"]),
                          {},
                          v["issuedMs"].get<std::uint64_t>(),
                          id<Seat>(v["seat"]),
                          {}};
  for (const auto& seat : v["seats"])
    consent.seats.push_back(id<Seat>(seat));
  expect_signed(v, signing().recovery_consent(consent));
}

TEST_F(SigningTest, SwitchoverOrder) {
  const Json& v = vector("SwitchoverOrder");
  const SwitchoverOrder order{
      id<Generation>(v["generation"]),    id<Term>(v["term"]), id<Seat>(v["to"]),
      v["deadline"].get<std::uint64_t>(), id<Seat>(v["seat"]), {}};
  expect_signed(v, signing().switchover_order(order));
}

TEST_F(SigningTest, StartGeneration) {
  const Json& v = vector("StartGeneration");
  StartGeneration start{id<Generation>(v["generation"]),
                        id<Term>(v["term"]),
                        id<ConfigNonce>(v["configNonce"]),
                        id<Seat>(v["leaderSeat"]),
                        id<SeqNo>(v["seq"]),
                        fixed<Hash>(v["head"]),
                        {}};
  for (const auto& founder : v["founders"])
    start.founders.push_back({id<Seat>(founder["seat"]), id<Epoch>(founder["epoch"])});
  expect_signed(v, signing().start_generation(start));
}

TEST_F(SigningTest, Report) {
  const Json& v = vector("Report");
  Report report{id<Generation>(v["generation"]),
                id<Term>(v["term"]),
                id<ConfigNonce>(v["configNonce"]),
                id<Seat>(v["leaderSeat"]),
                {}};
  for (const auto& seat : v["countedSeats"])
    report.counted_seats.push_back(id<Seat>(seat));
  expect_signed(v, signing().report(report));
}

TEST_F(SigningTest, TransportKey) {
  const Json& v = vector("TransportKey");
  const Identity identity{id<Seat>(v["seat"]), id<Epoch>(v["epoch"]), {}};
  expect_signed(v, signing().transport_key(fixed<Hash>(v["keyHash"]), identity));
}

TEST_F(SigningTest, Attestation) {
  const Json& v = vector("Attestation");
  const Identity identity{id<Seat>(v["seat"]), id<Epoch>(v["epoch"]), fixed<Address>(v["bootKey"])};
  expect_signed(v, signing().attestation(fixed<Hash>(v["nonce"]), identity));
}

// No header has the vector's blockHash: the vector holds the type and its words, and the product
// must use the same type with the hash of its own header.
TEST_F(SigningTest, Propose) {
  const Json& v = vector("Propose");
  const Eip712Type type(v["typeString"].get<std::string>());
  const auto digest = [&](const BlockHeader& header, const Hash& hash) {
    return eip712_digest(
        domain().separator(),
        eip712_struct_hash(type,
                           {abi_word(header.generation.value), abi_word(header.config_nonce.value),
                            abi_word(header.term.value), abi_word(header.seq.value), hash}));
  };
  BlockHeader header;
  header.generation = id<Generation>(v["generation"]);
  header.config_nonce = id<ConfigNonce>(v["configNonce"]);
  header.term = id<Term>(v["term"]);
  header.seq = id<SeqNo>(v["seq"]);
  expect_signed(v, digest(header, fixed<Hash>(v["blockHash"])));
  EXPECT_EQ(signing().propose(header), digest(header, block_hash(header)));
}

TEST_F(SigningTest, AnotherWorldHasOtherDigests) {
  const NoConfidence vote{{{1}, {1}}, {2}, {3}, {1}, {1}, {}};
  Eip712Domain other = domain();
  ++other.chain_id;
  EXPECT_NE(Signing(other).no_confidence(vote), signing().no_confidence(vote));
  other = domain();
  other.contract.bytes[0] ^= 1;
  EXPECT_NE(Signing(other).no_confidence(vote), signing().no_confidence(vote));
}

// A signature is never part of what it signs, or nobody could check it.
TEST_F(SigningTest, TheSignatureIsNotSigned) {
  Accept accept{{{1}, {1}}, {2}, {3}, {}, {1}, {1}, {}};
  const Hash before = signing().accept(accept);
  accept.signature.bytes[5] = 9;
  EXPECT_EQ(signing().accept(accept), before);
}

}  // namespace
}  // namespace dnc
