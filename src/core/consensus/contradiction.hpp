// When do two statements of one boot show that its notary was bypassed? Pure rules, the same for
// nodes and for whoever judges a proof later (docs/protocol.md section 5a).
#pragma once

#include <compare>
#include <map>
#include <optional>

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

// What seats were heard to state lately, for comparison with what they state to others. Kept by
// place, so that what may contradict a statement is found without looking at all that was stated.
class Statements {
 public:
  // Takes a statement whose signature was verified. Of each seat and kind so many are remembered:
  // for a new one the lowest is forgotten, which honest seats stated first.
  void note(const Accept& accept);
  void note(const Grant& grant);
  // What the same boot stated and contradicts this; empty if nothing.
  std::optional<Statement> against(const Accept& accept) const;
  std::optional<Statement> against(const Grant& grant) const;

 private:
  struct Place {
    Epoch epoch;
    Generation generation;
    Term term;
    SeqNo seq;  // 0 for grants

    auto operator<=>(const Place&) const = default;
  };
  struct Heard {
    std::map<Place, Accept> accepts;
    std::map<Place, Grant> grants;
  };
  static Place place_of(const Accept& accept);
  static Place place_of(const Grant& grant);

  std::map<Seat, Heard> heard_;
};

}  // namespace dnc
