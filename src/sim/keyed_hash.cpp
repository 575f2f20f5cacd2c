#include "sim/keyed_hash.hpp"

#include <cstring>

#include "core/crypto/keccak256.hpp"
#include "core/crypto/sha256.hpp"

namespace dnc {
namespace {

Signature seal(const Hash& secret, const Address& address, const Hash& digest) {
  std::array<std::uint8_t, 32 + 20 + 32> message;
  std::memcpy(message.data(), secret.bytes.data(), 32);
  std::memcpy(message.data() + 32, address.bytes.data(), 20);
  std::memcpy(message.data() + 52, digest.bytes.data(), 32);
  const Hash mac = sha256(message);  // a quarter of keccak256's time
  Signature signature;
  std::memcpy(signature.bytes.data(), mac.bytes.data(), 32);
  return signature;
}

class KeyedHashSigner : public Signer {
 public:
  KeyedHashSigner(const Hash& secret, const Address& address)
      : secret_(secret), address_(address) {}
  Address address() const override { return address_; }
  Signature sign(const Hash& digest) override { return seal(secret_, address_, digest); }

 private:
  Hash secret_;
  Address address_;
};

}  // namespace

std::unique_ptr<Signer> KeyedHashVerifier::make_signer(const Hash& secret) {
  Address address;
  const Hash image = keccak256(secret.view());
  std::memcpy(address.bytes.data(), image.bytes.data() + 12, 20);
  return make_signer(secret, address);
}

std::unique_ptr<Signer> KeyedHashVerifier::make_signer(const Hash& secret, const Address& address) {
  secrets_[address] = secret;
  return std::make_unique<KeyedHashSigner>(secret, address);
}

bool KeyedHashVerifier::verify(const Hash& digest, const Signature& signature,
                               const Address& signer) const {
  const auto secret = secrets_.find(signer);
  return secret != secrets_.end() && seal(secret->second, signer, digest) == signature;
}

}  // namespace dnc
