// The real thing behind the Signer and Verifier ports: secp256k1.
#pragma once

#include "core/consensus/ports.hpp"
#include "core/crypto/secp256k1.hpp"

namespace dnc {

class CurveSigner : public Signer {
 public:
  explicit CurveSigner(const PrivateKey& key) : key_(key) {}
  Address address() const override { return key_.address(); }
  Signature sign(const Hash& digest) override { return key_.sign(digest); }

 private:
  PrivateKey key_;
};

class CurveVerifier : public Verifier {
 public:
  bool verify(const Hash& digest, const Signature& signature,
              const Address& signer) const override {
    const auto key = recover(digest, signature);
    return key && address_of(*key) == signer;
  }
};

}  // namespace dnc
