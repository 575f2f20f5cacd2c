#include "core/crypto/keccak256.hpp"

#include <cryptopp/keccak.h>

namespace dnc {

Hash keccak256(ByteView bytes) {
  CryptoPP::Keccak_256 hasher;
  hasher.Update(bytes.data(), bytes.size());
  Hash digest;
  hasher.Final(digest.bytes.data());
  return digest;
}

}  // namespace dnc
