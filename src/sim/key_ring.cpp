#include "sim/key_ring.hpp"

#include "core/base/check.hpp"
#include "core/notary/curve_signer.hpp"
#include "sim/keyed_hash.hpp"

namespace dnc {
namespace {

Hash draw_secret(Prng& prng) {
  Hash secret;
  for (auto& byte : secret.bytes)
    byte = static_cast<std::uint8_t>(prng.next());
  return secret;
}

class KeyedHashRing : public KeyRing {
 public:
  explicit KeyedHashRing(Prng prng) : prng_(prng) {}
  std::unique_ptr<Signer> fresh_signer() override {
    return verifier_.make_signer(draw_secret(prng_));
  }
  std::unique_ptr<Signer> signer_of(const Address& address) override {
    return verifier_.make_signer(draw_secret(prng_), address);
  }
  const Verifier& verifier() const override { return verifier_; }

 private:
  Prng prng_;
  KeyedHashVerifier verifier_;
};

class CurveRing : public KeyRing {
 public:
  explicit CurveRing(Prng prng) : prng_(prng) {}
  std::unique_ptr<Signer> fresh_signer() override {
    auto key = PrivateKey::from_bytes(draw_secret(prng_).view());
    while (!key)
      key = PrivateKey::from_bytes(draw_secret(prng_).view());
    return std::make_unique<CurveSigner>(*key);
  }
  std::unique_ptr<Signer> signer_of(const Address&) override {
    CHECK(false);
    return nullptr;
  }
  const Verifier& verifier() const override { return verifier_; }

 private:
  Prng prng_;
  CurveVerifier verifier_;
};

}  // namespace

std::unique_ptr<KeyRing> make_keyed_hash_ring(Prng prng) {
  return std::make_unique<KeyedHashRing>(prng);
}

std::unique_ptr<KeyRing> make_curve_ring(Prng prng) {
  return std::make_unique<CurveRing>(prng);
}

}  // namespace dnc
