// How a key inside an enclave is traced back to the KMS: the KMS root signs (app id, app key), the
// app key signs (purpose, derived key), the derived key signs our statement. Bytes:
// docs/formats.md; they are those of dstack's guest API v0.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/bytes.hpp"
#include "core/base/result.hpp"
#include "core/crypto/secp256k1.hpp"

namespace dnc {

// The one key that joins. The purpose is signed by the app key but chosen by whoever asks the guest
// agent, so both are fixed: user text never becomes part of them.
inline constexpr std::string_view kJoinKeyPath = "dstack-nft-cluster";
inline constexpr std::string_view kJoinKeyPurpose = "dstack-nft-cluster/join";

// What the guest agent gives out: a derived key and the two links above it.
struct KeyReply {
  PrivateKey key;
  Signature app_signature;  // link 0: the app key over claim_digest()
  Signature kms_signature;  // link 1: the KMS root over issued_digest()
};

// That the app of a KMS stands behind a statement. A join carries one to the contract, an
// attestation to whoever asked.
struct KmsProof {
  PublicKey app_key;
  Signature kms_signature;
  PublicKey derived_key;
  Signature app_signature;
  Signature signature;  // the derived key over the statement's digest

  auto operator<=>(const KmsProof&) const = default;
};

// keccak256("dstack-kms-issued:" | app id | compressed app key)
Hash issued_digest(const Address& app_id, const PublicKey& app_key);
// keccak256(purpose | ":" | lower-case hex of the compressed derived key)
Hash claim_digest(std::string_view purpose, const PublicKey& derived_key);

// Requires: `reply` is the key of kJoinKeyPath and kJoinKeyPurpose. Checks the chain before it
// signs. Errors: kms_chain_broken, kms_wrong_root (when `expected_root` is given).
Result<KmsProof> make_kms_proof(const Hash& digest, const KeyReply& reply, const Address& app_id,
                                const std::optional<Address>& expected_root = {});

// What the contract checks of a join, link by link. Errors: kms_chain_broken, kms_wrong_root.
Status verify_kms_proof(const KmsProof& proof, const Hash& digest, const Address& app_id,
                        const Address& root);

// RFC 5869 with SHA-256, one block of output.
Hash hkdf_sha256(ByteView salt, ByteView secret, ByteView info);
// dstack's derivation: HKDF with the salt "RATLS". Empty in the case, never seen, that the result
// is no scalar of the curve.
std::optional<PrivateKey> derive_key(const PrivateKey& parent, ByteView info);
// The keys of a development KMS: from its root to an app, from the app to a path.
std::optional<PrivateKey> derive_app_key(const PrivateKey& root, const Address& app_id);
std::optional<PrivateKey> derive_path_key(const PrivateKey& app_key, std::string_view path);

}  // namespace dnc
