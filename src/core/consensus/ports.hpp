// What the replica needs from the world it runs in, beside its inputs and effects: something that
// signs (and refuses to sign two different things), and something that judges signatures.
#pragma once

#include <functional>
#include <span>

#include "core/base/result.hpp"
#include "core/base/state_machine.hpp"
#include "core/consensus/durability.hpp"
#include "core/consensus/messages.hpp"
#include "core/consensus/roster.hpp"

namespace dnc {

// Signs and judges raw digests: the real curve in production, a keyed hash in most simulations.
class Signer {
 public:
  virtual ~Signer() = default;
  virtual Address address() const = 0;
  virtual Signature sign(const Hash& digest) = 0;
};

class Verifier {
 public:
  virtual ~Verifier() = default;
  // True when `signature` over `digest` was made by `signer`.
  virtual bool verify(const Hash& digest, const Signature& signature,
                      const Address& signer) const = 0;
};

// The notary (room core/notary): holds the boot key and refuses to equivocate. Rules N1-N10 of
// docs/protocol.md section 5. Every refusal is an Error whose code names the rule.
class Notary {
 public:
  virtual ~Notary() = default;

  virtual const Identity& identity() const = 0;
  virtual bool halted() const = 0;

  // Takes note of a term: who leads it and which log it continues. `roster` is the one in force at
  // the chosen head. After this, proposals of that leader may be accepted.
  virtual Status enter_term(const NewTerm& certificate, const Scope& scope,
                            const Roster& roster) = 0;
  // Enters a generation as a founder, once. `roster` is what the record founds.
  virtual Status enter_generation(const StartGeneration& record, const LogHead& head,
                                  const Roster& roster) = 0;
  // Admits a rebooted seat: `committed` is a committed log end at or past my REJOIN and I hold it
  // durably; `leader` leads its term; `roster` is in force after it. The same for a newcomer whose
  // CONFIG is committed.
  virtual Status enter_by_rejoin(const Scope& scope, const LogHead& committed,
                                 const Identity& leader, const Roster& roster,
                                 const DurabilityToken& token) = 0;

  // N1. Signs the next block of the term that I lead.
  virtual Result<Signature> propose(const BlockHeader& header) = 0;
  // Checks the leader's signature under a proposal of the current term and remembers the verdict.
  virtual bool check_proposal(const BlockHeader& header, const Signature& signature) = 0;
  // N2. `headers` run from my last accepted block (exclusive) to the one the token covers.
  virtual Result<Accept> accept(std::span<const BlockHeader> headers,
                                const DurabilityToken& token) = 0;
  // N6.
  virtual Result<NoConfidence> no_confidence(Term to_term, SeqNo seen_seq) = 0;
  // Tells the highest term known to be real: its first block committed, or q votes seen for it.
  virtual void note_term(Term term) = 0;
  // N3. Requires a token that covers the promise.
  virtual Result<Grant> grant(Term term, Seat leader_seat, const Address& leader_key,
                              const DurabilityToken& token) = 0;
  // N8.
  virtual Result<RestartReport> restart_report(const Scope& scope, Term promised_term,
                                               const LogHead& last, bool blank) = 0;
  // N9. Requires my restart report, among `reports`, and the chosen chain on disk: `beyond` runs
  // from its head (exclusive) to the end of what the token covers. That the other reports are
  // signed is for the caller to check, who knows the chain.
  virtual Result<Signature> start_generation(const StartGeneration& start,
                                             const std::vector<RestartReport>& reports,
                                             std::span<const BlockHeader> beyond,
                                             const DurabilityToken& token) = 0;
  // N10. `committed_term` is the term of a block known committed.
  virtual Result<Signature> report(const Report& report, Term committed_term) = 0;
  // N5. Never signs again.
  virtual void halt() = 0;
};

}  // namespace dnc
