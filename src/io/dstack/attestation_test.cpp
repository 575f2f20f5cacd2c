#include "io/dstack/attestation.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "core/base/hex.hpp"
#include "core/crypto/sha256.hpp"
#include "io/dstack/guest_agent_sim_server.hpp"
#include "io/dstack/served_test_kit.hpp"

namespace dnc {
namespace {

const PrivateKey kRoot = *PrivateKey::from_bytes(Bytes(32, 9));
const PrivateKey kBootKey = *PrivateKey::from_bytes(Bytes(32, 8));

template <class Fixed>
Fixed filled(std::uint8_t byte) {
  Fixed value;
  value.bytes.fill(byte);
  return value;
}

GuestAgentSimConfig machine() {
  GuestAgentSimConfig config;
  config.app_compose = "compose";
  config.boot.app_id = filled<Address>(0x22);
  config.boot.instance_id = filled<Address>(0x33);
  config.boot.compose_hash = sha256(as_bytes(config.app_compose));
  return config;
}

Attestation statement() {
  Attestation made;
  made.domain = {31337, machine().boot.app_id};
  made.identity = {{3}, {17}, kBootKey.address()};
  made.nonce = filled<Hash>(0xa5);
  made.signature = kBootKey.sign(digest_of(made));
  return made;
}

// A statement completed by the simulated guest agent.
Result<Attestation> completed() {
  const auto keys = issue_app_keys(kRoot, machine().boot.app_id);
  const auto served = std::make_unique<test::Served>(
      [&](const HttpRequest& request) { return answer_guest_request(machine(), *keys, request); });
  GuestAgent agent({.endpoint = served->url()});
  return complete(statement(), agent);
}

TEST(Attestation, OneDigestIsInTheQuoteAndUnderBothSignatures) {
  const auto made = completed();
  ASSERT_TRUE(made) << made.error().message;
  const Hash digest = digest_of(*made);
  const auto data = report_data_of(digest);
  const auto& quote = made->quote.quote;
  EXPECT_NE(std::search(quote.begin(), quote.end(), data.begin(), data.end()), quote.end());
  EXPECT_TRUE(verify_kms_proof(made->kms, digest, machine().boot.app_id, kRoot.address()));
  EXPECT_EQ(address_of(*recover(digest, made->signature)), kBootKey.address());
  EXPECT_EQ(made->app_id, machine().boot.app_id);
  EXPECT_EQ(made->instance_id, machine().boot.instance_id);
  EXPECT_EQ(made->compose_hash, machine().boot.compose_hash);
}

TEST(Attestation, NoPartOfTheStatementIsIdle) {
  const Attestation good = statement();
  const Hash digest = digest_of(good);
  Attestation other = good;
  other.domain.chain_id++;
  EXPECT_NE(digest_of(other), digest);
  other = good;
  other.domain.contract.bytes[0] ^= 1;
  EXPECT_NE(digest_of(other), digest);
  other = good;
  other.identity.seat = {4};
  EXPECT_NE(digest_of(other), digest);
  other = good;
  other.identity.epoch = {18};
  EXPECT_NE(digest_of(other), digest);
  other = good;
  other.identity.boot_key.bytes[19] ^= 1;
  EXPECT_NE(digest_of(other), digest);
  other = good;
  other.nonce.bytes[31] ^= 1;
  EXPECT_NE(digest_of(other), digest);
}

TEST(Attestation, IsReadAsItWasWritten) {
  const auto made = completed();
  ASSERT_TRUE(made);
  const Json json = to_json(*made);
  const auto read = parse_attestation(json);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(to_json(*read), json);
  EXPECT_EQ(digest_of(*read), digest_of(*made));
}

TEST(Attestation, WithoutAnyOfItsFieldsItIsNone) {
  const auto made = completed();
  ASSERT_TRUE(made);
  const Json good = to_json(*made);
  for (const auto& field : good.items()) {
    Json bad = good;
    bad.erase(field.key());
    EXPECT_FALSE(parse_attestation(bad)) << field.key();
    bad[field.key()] = Json::array();
    EXPECT_FALSE(parse_attestation(bad)) << field.key();
  }
  for (const auto& field : good["kms"].items()) {
    Json bad = good;
    bad["kms"][field.key()] = "0x00";
    EXPECT_FALSE(parse_attestation(bad)) << field.key();
  }
  Json newer = good;
  newer["version"] = 2;
  EXPECT_FALSE(parse_attestation(newer));
}

}  // namespace
}  // namespace dnc
