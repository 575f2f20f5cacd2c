#include "core/crypto/sha384.hpp"

#include <cryptopp/sha.h>

namespace dnc {

Sha384 sha384(ByteView bytes) {
  CryptoPP::SHA384 hasher;
  hasher.Update(bytes.data(), bytes.size());
  Sha384 digest;
  hasher.Final(digest.bytes.data());
  return digest;
}

}  // namespace dnc
