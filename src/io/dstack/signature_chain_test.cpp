#include "io/dstack/signature_chain.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "core/base/hex.hpp"
#include "core/base/wire.hpp"
#include "core/crypto/keccak256.hpp"
#include "core/eth/eip712.hpp"

namespace dnc {
namespace {

using Json = nlohmann::json;

Json load_chains() {
  std::ifstream file(DNC_SOURCE_DIR "/tests/vectors/signature_chain.json");
  return Json::parse(file)["chains"];
}

Json chain_named(const std::string& name) {
  for (const Json& chain : load_chains()) {
    if (chain["name"] == name) return chain;
  }
  ADD_FAILURE() << "no vector " << name;
  return {};
}

template <class Fixed>
Fixed fixed(const Json& object, const char* field) {
  return fixed_from_hex<Fixed>(object.at(field).get<std::string>()).value();
}

PrivateKey key(const Json& object, const char* field) {
  return *PrivateKey::from_bytes(*from_hex(object.at(field).get<std::string>()));
}

std::string compressed(const PublicKey& public_key) {
  return to_hex0x(compress(public_key));
}

// dstack's API v1 prefixes each part with its length, as our own Writer does.
Bytes length_prefixed(const std::vector<std::string>& parts) {
  Writer writer;
  for (const std::string& part : parts)
    writer.text(part);
  return writer.take();
}

PrivateKey derive_v1(const PrivateKey& app_key, const std::string& domain) {
  const Bytes info = length_prefixed({"dstack-guest-v1-key", "secp256k1", domain});
  return *PrivateKey::from_bytes(
      hkdf_sha256(as_bytes("dstack-guest-v1"), app_key.secret(), info).view());
}

TEST(Hkdf, MatchesRfc5869) {
  // Cases 1 and 3; our output is their first 32 bytes.
  EXPECT_EQ(to_hex(hkdf_sha256(*from_hex("000102030405060708090a0b0c"), Bytes(22, 0x0b),
                               *from_hex("f0f1f2f3f4f5f6f7f8f9"))
                       .view()),
            "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf");
  EXPECT_EQ(to_hex(hkdf_sha256({}, Bytes(22, 0x0b), {}).view()),
            "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d");
}

TEST(SignatureChain, DerivesAndClaimsAsDstackDoes) {
  int seen = 0;
  for (const Json& chain : load_chains()) {
    if (!chain.contains("path")) continue;
    SCOPED_TRACE(chain["name"].get<std::string>());
    ++seen;
    const PrivateKey app_key = key(chain, "appKey");
    EXPECT_EQ(compressed(app_key.public_key()), chain["appPublicKey"]);
    const auto derived = derive_path_key(app_key, chain["path"].get<std::string>());
    ASSERT_TRUE(derived);
    EXPECT_EQ(to_hex0x(derived->secret()), chain["derivedKey"]);
    EXPECT_EQ(compressed(derived->public_key()), chain["derivedPublicKey"]);
    const Hash claim = claim_digest(chain["purpose"].get<std::string>(), derived->public_key());
    EXPECT_EQ(claim, fixed<Hash>(chain, "claimHash"));
    EXPECT_EQ(app_key.sign(claim), fixed<Signature>(chain, "appSignature"));
  }
  EXPECT_GE(seen, 3);
}

TEST(SignatureChain, TracesAnAppToItsKms) {
  for (const char* name : {"simulator-fixture", "join"}) {
    const Json chain = chain_named(name);
    const auto app_key = key(chain, "appKey").public_key();
    const Hash issued = issued_digest(fixed<Address>(chain, "appId"), app_key);
    EXPECT_EQ(issued, fixed<Hash>(chain, "issuedHash"));
    const auto root = recover(issued, fixed<Signature>(chain, "kmsSignature"));
    ASSERT_TRUE(root);
    EXPECT_EQ(compressed(*root), chain["kmsRootPublicKey"]);
    EXPECT_EQ(address_of(*root), fixed<Address>(chain, "kmsRoot"));
  }
}

TEST(SignatureChain, DerivesTheKeysOfApiV1) {
  const Json chain = chain_named("v1-storage-encryption");
  const PrivateKey app_key = key(chain, "appKey");
  const PrivateKey derived = derive_v1(app_key, "storage-encryption");
  EXPECT_EQ(to_hex0x(derived.secret()), chain["derivedKey"]);
  const auto public_key = compress(derived.public_key());
  const Hash claim = keccak256(length_prefixed(
      {"dstack-guest-v1-key-claim", "secp256k1", "storage-encryption", as_text(public_key)}));
  EXPECT_EQ(claim, fixed<Hash>(chain, "claimHash"));
  EXPECT_EQ(app_key.sign(claim), fixed<Signature>(chain, "appSignature"));

  EXPECT_EQ(to_hex(derive_v1(app_key, "").secret()),
            "59f60584ce6fd2a3a31997256db9d77322463fc8a6b1520110401bcb1ee92387");
  const PrivateKey fixture = key(chain_named("simulator-fixture"), "appKey");
  EXPECT_EQ(to_hex(derive_v1(fixture, "wallet").secret()),
            "3eef50886741de9728c9aca86faa1f972b9769cd405e9f11f32a0504b15b74c9");
  EXPECT_EQ(compressed(derive_v1(fixture, "storage-encryption").public_key()),
            "0x0380a54b49c2ad61341d7ade1f41df5061783f8be45911bed81a8048bed2a60b36");
}

// A signature of the real KMS over another of its statements.
TEST(SignatureChain, RecoversTheSignerOfAnEnvironmentKey) {
  Bytes message(as_bytes("dstack-env-encrypt-pubkey:").begin(),
                as_bytes("dstack-env-encrypt-pubkey:").end());
  message.insert(message.end(), 20, 0);
  const auto public_key =
      *from_hex("e33a1832c6562067ff8f844a61e51ad051f1180b66ec2551fb0251735f3ee90a");
  message.insert(message.end(), public_key.begin(), public_key.end());
  const auto signer = recover(
      keccak256(message),
      *fixed_from_hex<Signature>(
          "8542c49081fbf4e03f62034f13fbf70630bdf256a53032e38465a27c36fd6bed7a5e7111652004aef37f7fd9"
          "2fbfc1285212c4ae6a6154203a48f5e16cad2cef00"));
  ASSERT_TRUE(signer);
  EXPECT_EQ(compressed(*signer),
            "0x0217610d74cbd39b6143842c6d8bc310d79da1d82cc9d17f8876376221eda0c38f");
}

class JoinProof : public testing::Test {
 protected:
  JoinProof()
      : vector_(chain_named("join")),
        digest_(fixed<Hash>(vector_, "joinDigest")),
        app_id_(fixed<Address>(vector_, "appId")),
        root_(fixed<Address>(vector_, "kmsRoot")),
        reply_{key(vector_, "derivedKey"), fixed<Signature>(vector_, "appSignature"),
               fixed<Signature>(vector_, "kmsSignature")} {}

  Json vector_;
  Hash digest_;
  Address app_id_;
  Address root_;
  KeyReply reply_;
};

TEST_F(JoinProof, IsTheOneTheContractAccepts) {
  EXPECT_EQ(kJoinKeyPath, vector_["path"]);
  EXPECT_EQ(kJoinKeyPurpose, vector_["purpose"]);
  const auto proof = make_kms_proof(digest_, reply_, app_id_, root_);
  ASSERT_TRUE(proof) << proof.error().message;
  EXPECT_EQ(to_hex0x(proof->app_key), vector_["appKeyX"].get<std::string>() +
                                          vector_["appKeyY"].get<std::string>().substr(2));
  EXPECT_EQ(to_hex0x(proof->derived_key), vector_["derivedKeyX"].get<std::string>() +
                                              vector_["derivedKeyY"].get<std::string>().substr(2));
  EXPECT_EQ(proof->signature, fixed<Signature>(vector_, "joinSignature"));
  EXPECT_TRUE(verify_kms_proof(*proof, digest_, app_id_, root_));
  EXPECT_EQ(*make_kms_proof(digest_, reply_, app_id_), *proof);
}

TEST_F(JoinProof, DigestIsTheJoinStruct) {
  const Eip712Domain domain{vector_["chainId"].get<std::uint64_t>(),
                            fixed<Address>(vector_, "verifyingContract")};
  const Hash join = eip712_struct_hash(
      "Join(uint64 seat,uint64 epoch,address bootKey,address instance,bytes32 endpointHash,"
      "uint64 deadline)",
      {abi_word(vector_["seat"].get<std::uint64_t>()),
       abi_word(vector_["epoch"].get<std::uint64_t>()),
       abi_word(fixed<Address>(vector_, "bootKey")), abi_word(fixed<Address>(vector_, "instance")),
       keccak256(as_bytes(vector_["endpoint"].get<std::string>())),
       abi_word(vector_["deadline"].get<std::uint64_t>())});
  EXPECT_EQ(eip712_digest(domain.separator(), join), digest_);
}

TEST_F(JoinProof, RefusesAnotherRootOrAnotherApp) {
  EXPECT_EQ(make_kms_proof(digest_, reply_, app_id_, Address{}).error().code, "kms_wrong_root");
  EXPECT_EQ(make_kms_proof(digest_, reply_, Address{}, root_).error().code, "kms_wrong_root");
  const auto proof = make_kms_proof(digest_, reply_, app_id_, root_);
  EXPECT_FALSE(verify_kms_proof(*proof, digest_, Address{}, root_));
  EXPECT_FALSE(verify_kms_proof(*proof, digest_, app_id_, Address{}));
}

TEST_F(JoinProof, RefusesAKeyForAnotherPurpose) {
  const PrivateKey app_key = key(vector_, "appKey");
  reply_.app_signature = app_key.sign(claim_digest("signing", reply_.key.public_key()));
  EXPECT_FALSE(make_kms_proof(digest_, reply_, app_id_, root_));
}

TEST_F(JoinProof, RefusesAForeignAppKey) {
  // The attack the prototype allowed: link 0 by a key of one's own, the KMS's link for another.
  const PrivateKey stranger = *PrivateKey::from_bytes(Bytes(32, 7));
  KmsProof proof = *make_kms_proof(digest_, reply_, app_id_, root_);
  proof.derived_key = stranger.public_key();
  proof.app_signature = stranger.sign(claim_digest(kJoinKeyPurpose, proof.derived_key));
  proof.signature = stranger.sign(digest_);
  EXPECT_EQ(verify_kms_proof(proof, digest_, app_id_, root_).error().code, "kms_chain_broken");
  proof.app_key = stranger.public_key();
  EXPECT_EQ(verify_kms_proof(proof, digest_, app_id_, root_).error().code, "kms_wrong_root");
}

TEST_F(JoinProof, RefusesAReplayForAnotherJoin) {
  const auto proof = make_kms_proof(digest_, reply_, app_id_, root_);
  EXPECT_EQ(verify_kms_proof(*proof, keccak256({}), app_id_, root_).error().code,
            "kms_chain_broken");
}

TEST_F(JoinProof, EveryByteOfItCounts) {
  const KmsProof good = *make_kms_proof(digest_, reply_, app_id_, root_);
  for (std::size_t i = 0; i < Signature::kSize; ++i) {
    for (auto member : {&KmsProof::kms_signature, &KmsProof::app_signature, &KmsProof::signature}) {
      KmsProof bad = good;
      (bad.*member).bytes[i] ^= 1;
      EXPECT_FALSE(verify_kms_proof(bad, digest_, app_id_, root_)) << i;
    }
    if (i >= PublicKey::kSize) continue;
    for (auto member : {&KmsProof::app_key, &KmsProof::derived_key}) {
      KmsProof bad = good;
      (bad.*member).bytes[i] ^= 1;
      EXPECT_FALSE(verify_kms_proof(bad, digest_, app_id_, root_)) << i;
    }
  }
}

}  // namespace
}  // namespace dnc
