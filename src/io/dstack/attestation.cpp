#include "io/dstack/attestation.hpp"

#include <nlohmann/json.hpp>

#include "core/base/hex.hpp"
#include "core/consensus/signing.hpp"

namespace dnc {
namespace {

constexpr std::uint64_t kVersion = 1;

// Reads into `out` unless an earlier field was wrong.
template <class Value>
void take(Result<Value> read, Value& out, Error& error) {
  if (!error.code.empty()) return;
  if (read) {
    out = std::move(*read);
  } else {
    error = read.error();
  }
}

template <class Fixed>
void take(const Json& json, const char* field, Fixed& out, Error& error) {
  take(json_fixed<Fixed>(json, field), out, error);
}

}  // namespace

Hash digest_of(const Attestation& attestation) {
  return Signing(attestation.domain).attestation(attestation.nonce, attestation.identity);
}

std::array<std::uint8_t, kReportDataSizeMax> report_data_of(const Hash& digest) {
  std::array<std::uint8_t, kReportDataSizeMax> data{};
  std::copy(digest.bytes.begin(), digest.bytes.end(), data.begin());
  return data;
}

Result<Attestation> complete(Attestation statement, GuestAgent& agent) {
  const Hash digest = digest_of(statement);
  const auto info = agent.info();
  if (!info) return info.error();
  const auto key = agent.get_key(kJoinKeyPath, kJoinKeyPurpose);
  if (!key) return key.error();
  const auto proof = make_kms_proof(digest, *key, info->app_id);
  if (!proof) return proof.error();
  auto quote = agent.get_quote(report_data_of(digest));
  if (!quote) return quote.error();
  statement.kms = *proof;
  statement.quote = std::move(*quote);
  statement.app_id = info->app_id;
  statement.instance_id = info->instance_id;
  statement.compose_hash = info->compose_hash;
  return statement;
}

Json to_json(const Attestation& attestation) {
  const KmsProof& kms = attestation.kms;
  return {{"version", kVersion},
          {"chain_id", attestation.domain.chain_id},
          {"contract", to_hex0x(attestation.domain.contract)},
          {"seat", attestation.identity.seat.value},
          {"epoch", attestation.identity.epoch.value},
          {"boot_key", to_hex0x(attestation.identity.boot_key)},
          {"nonce", to_hex0x(attestation.nonce)},
          {"signature", to_hex0x(attestation.signature)},
          {"kms",
           {{"app_key", to_hex0x(kms.app_key)},
            {"kms_signature", to_hex0x(kms.kms_signature)},
            {"derived_key", to_hex0x(kms.derived_key)},
            {"app_signature", to_hex0x(kms.app_signature)},
            {"signature", to_hex0x(kms.signature)}}},
          {"quote", to_hex0x(attestation.quote.quote)},
          {"event_log", attestation.quote.event_log},
          {"vm_config", attestation.quote.vm_config},
          {"app_id", to_hex0x(attestation.app_id)},
          {"instance_id", to_hex0x(attestation.instance_id)},
          {"compose_hash", to_hex0x(attestation.compose_hash)}};
}

Result<Attestation> parse_attestation(const Json& json) {
  const auto version = json_u64(json, "version");
  if (!version) return version.error();
  if (*version != kVersion) return Error{"json_field", "the attestation's version is not 1", ""};
  const auto kms = json_object(json, "kms");
  if (!kms) return kms.error();
  Attestation out;
  Error error;
  take(json_u64(json, "chain_id"), out.domain.chain_id, error);
  take(json, "contract", out.domain.contract, error);
  take(json_u64(json, "seat"), out.identity.seat.value, error);
  take(json_u64(json, "epoch"), out.identity.epoch.value, error);
  take(json, "boot_key", out.identity.boot_key, error);
  take(json, "nonce", out.nonce, error);
  take(json, "signature", out.signature, error);
  take(**kms, "app_key", out.kms.app_key, error);
  take(**kms, "kms_signature", out.kms.kms_signature, error);
  take(**kms, "derived_key", out.kms.derived_key, error);
  take(**kms, "app_signature", out.kms.app_signature, error);
  take(**kms, "signature", out.kms.signature, error);
  take(json_hex(json, "quote"), out.quote.quote, error);
  take(json_text(json, "event_log"), out.quote.event_log, error);
  take(json_text(json, "vm_config"), out.quote.vm_config, error);
  take(json, "app_id", out.app_id, error);
  take(json, "instance_id", out.instance_id, error);
  take(json, "compose_hash", out.compose_hash, error);
  if (!error.code.empty()) return error;
  return out;
}

}  // namespace dnc
