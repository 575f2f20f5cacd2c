// When do two statements of one boot show that its notary was bypassed? Pure rules, the same for
// nodes and for whoever judges a proof later (docs/protocol.md section 5a).
#pragma once

#include <deque>
#include <map>

#include "core/base/result.hpp"
#include "core/consensus/ports.hpp"
#include "core/consensus/signing.hpp"

namespace dnc {

// The rule that a notary broke if one boot signed both, in words; null if one notary may have.
const char* broken_rule(const Statement& first, const Statement& second);

// Whose statement it says it is.
Seat seat_of(const Statement& statement);

// Holds the proof, given that the key is the signer's? Errors: other_signer, no_contradiction,
// bad_signature.
Status verify_contradiction(const Contradiction& contradiction, const Signing& signing,
                            const Verifier& verifier);

// What seats were heard to state lately, for comparison with what they state to others.
class Statements {
 public:
  // Takes a statement whose signature was verified; for a new one the seat's oldest is forgotten.
  void note(const Statement& statement);
  // What the same boot stated and contradicts this; null if nothing.
  const Statement* against(const Statement& statement) const;

 private:
  std::map<Seat, std::deque<Statement>> heard_;
};

}  // namespace dnc
