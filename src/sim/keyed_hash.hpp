// Signatures for worlds in which only the simulator forges: a keyed hash, fifty times cheaper than
// the curve. The verifier knows every secret, which is sound here and nowhere else.
#pragma once

#include <map>
#include <memory>

#include "core/consensus/ports.hpp"

namespace dnc {

class KeyedHashVerifier : public Verifier {
 public:
  // A signer with a key of its own; the verifier recognises it from now on.
  std::unique_ptr<Signer> make_signer(const Hash& secret);
  // One for an address that stands already, such as an operator's.
  std::unique_ptr<Signer> make_signer(const Hash& secret, const Address& address);

  bool verify(const Hash& digest, const Signature& signature, const Address& signer) const override;

 private:
  std::map<Address, Hash> secrets_;
};

}  // namespace dnc
