#include "core/crypto/sha256.hpp"

#include <cryptopp/hmac.h>
#include <cryptopp/sha.h>

namespace dnc {

Hash sha256(ByteView bytes) {
  CryptoPP::SHA256 hasher;
  hasher.Update(bytes.data(), bytes.size());
  Hash digest;
  hasher.Final(digest.bytes.data());
  return digest;
}

Hash hmac_sha256(ByteView key, ByteView message) {
  CryptoPP::HMAC<CryptoPP::SHA256> mac(key.data(), key.size());
  mac.Update(message.data(), message.size());
  Hash digest;
  mac.Final(digest.bytes.data());
  return digest;
}

}  // namespace dnc
