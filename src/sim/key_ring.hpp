// Where boot keys come from, and who judges them: a keyed hash in most seeds, the curve in some.
#pragma once

#include <memory>

#include "core/base/prng.hpp"
#include "core/consensus/ports.hpp"

namespace dnc {

class KeyRing {
 public:
  virtual ~KeyRing() = default;
  virtual std::unique_ptr<Signer> fresh_signer() = 0;
  // For the address of an operator. Requires: keyed hashes; the curve's addresses are not chosen.
  virtual std::unique_ptr<Signer> signer_of(const Address& address) = 0;
  virtual const Verifier& verifier() const = 0;
};

std::unique_ptr<KeyRing> make_keyed_hash_ring(Prng prng);
std::unique_ptr<KeyRing> make_curve_ring(Prng prng);

}  // namespace dnc
