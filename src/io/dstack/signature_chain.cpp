#include "io/dstack/signature_chain.hpp"

#include "core/base/hex.hpp"
#include "core/base/wire.hpp"
#include "core/crypto/keccak256.hpp"
#include "core/crypto/sha256.hpp"

namespace dnc {
namespace {

Error broken(const char* link) {
  return {"kms_chain_broken", std::string("KMS signature chain: ") + link + " does not verify", ""};
}

Status verify_root(const PublicKey& app_key, const Signature& kms_signature, const Address& app_id,
                   const std::optional<Address>& expected) {
  const auto root = recover(issued_digest(app_id, app_key), kms_signature);
  if (!root) return broken("the link of the KMS root");
  if (!expected || address_of(*root) == *expected) return ok_status();
  return Error{"kms_wrong_root",
               "key was issued by KMS root " + to_hex0x(address_of(*root)) + " for app " +
                   to_hex0x(app_id) + ", expected root " + to_hex0x(*expected),
               "check the app id and the KMS root that the contract trusts"};
}

}  // namespace

Hash issued_digest(const Address& app_id, const PublicKey& app_key) {
  Writer message;
  message.raw(as_bytes("dstack-kms-issued:"));
  message.raw(app_id.view());
  message.raw(compress(app_key));
  return keccak256(message.bytes());
}

Hash claim_digest(std::string_view purpose, const PublicKey& derived_key) {
  return keccak256(as_bytes(std::string(purpose) + ":" + to_hex(compress(derived_key))));
}

Result<KmsProof> make_kms_proof(const Hash& digest, const KeyReply& reply, const Address& app_id,
                                const std::optional<Address>& expected_root) {
  const PublicKey& derived = reply.key.public_key();
  // Recovery yields some key for nearly any signature: only the root's link shows that it is the
  // app's.
  const auto app_key = recover(claim_digest(kJoinKeyPurpose, derived), reply.app_signature);
  if (!app_key) return broken("the link of the app key");
  const Status root = verify_root(*app_key, reply.kms_signature, app_id, expected_root);
  if (!root) return root.error();
  return KmsProof{*app_key, reply.kms_signature, derived, reply.app_signature,
                  reply.key.sign(digest)};
}

Status verify_kms_proof(const KmsProof& proof, const Hash& digest, const Address& app_id,
                        const Address& root) {
  const Status issued = verify_root(proof.app_key, proof.kms_signature, app_id, root);
  if (!issued) return issued;
  const Hash claim = claim_digest(kJoinKeyPurpose, proof.derived_key);
  if (recover(claim, proof.app_signature) != proof.app_key)
    return broken("the link of the app key");
  if (recover(digest, proof.signature) != proof.derived_key) {
    return broken("the signature of the derived key");
  }
  return ok_status();
}

Hash hkdf_sha256(ByteView salt, ByteView secret, ByteView info) {
  const Hash extracted = hmac_sha256(salt, secret);
  Writer message;
  message.raw(info);
  message.u8(1);  // the number of the block
  return hmac_sha256(extracted.view(), message.bytes());
}

std::optional<PrivateKey> derive_key(const PrivateKey& parent, ByteView info) {
  return PrivateKey::from_bytes(hkdf_sha256(as_bytes("RATLS"), parent.secret(), info).view());
}

std::optional<PrivateKey> derive_app_key(const PrivateKey& root, const Address& app_id) {
  Writer info;
  info.raw(app_id.view());
  info.raw(as_bytes("app-key"));
  return derive_key(root, info.bytes());
}

std::optional<PrivateKey> derive_path_key(const PrivateKey& app_key, std::string_view path) {
  return derive_key(app_key, as_bytes(path));
}

}  // namespace dnc
