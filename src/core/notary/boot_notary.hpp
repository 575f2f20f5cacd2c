// The notary of one boot: holds the boot key in memory and signs no two statements that contradict
// each other, whatever its caller believes. It trusts nobody's word about the log: what it signs
// was leader-signed, follows from what it accepted before, and is on disk. Rules N1-N10 of
// docs/protocol.md section 5; every refusal names its rule.
#pragma once

#include <map>
#include <memory>
#include <optional>

#include "core/consensus/ports.hpp"
#include "core/consensus/signing.hpp"

namespace dnc {

class BootNotary : public Notary {
 public:
  // The signer's address must be identity.boot_key. `verifier` must outlive the notary.
  BootNotary(const Identity& identity, std::unique_ptr<Signer> signer, const Verifier& verifier,
             const Signing& signing);

  const Identity& identity() const override { return identity_; }
  bool halted() const override { return halted_; }

  Status enter_term(const NewTerm& certificate, const Scope& scope, const Roster& roster) override;
  Status enter_generation(const StartGeneration& record, const LogHead& head,
                          const Roster& roster) override;
  Status enter_by_rejoin(const Scope& scope, const LogHead& committed, const Identity& leader,
                         const Roster& roster, const DurabilityToken& token) override;
  Result<Signature> propose(const BlockHeader& header) override;
  bool check_proposal(const BlockHeader& header, const Signature& signature) override;
  Result<Accept> accept(std::span<const BlockHeader> headers,
                        const DurabilityToken& token) override;
  Result<NoConfidence> no_confidence(Term to_term, SeqNo seen_seq) override;
  void note_term(Term term) override;
  Result<Grant> grant(Term term, Seat leader_seat, const Address& leader_key,
                      const DurabilityToken& token) override;
  Result<RestartReport> restart_report(const Scope& scope, Term promised_term, const LogHead& last,
                                       bool blank) override;
  Result<Signature> start_generation(const StartGeneration& start,
                                     const std::vector<RestartReport>& reports,
                                     std::span<const BlockHeader> beyond,
                                     const DurabilityToken& token) override;
  Result<Signature> report(const Report& report, Term committed_term) override;
  void halt() override { halted_ = true; }

  // The key of this boot's transport certificate, vouched for (docs/protocol.md section 8a).
  Signature transport_key(const Hash& key_hash);
  // To a stranger's nonce: this boot is here. Says nothing about the log, so a silent boot signs it
  // as well; whether it still speaks for its seat is the contract's to say.
  Signature attestation(const Hash& nonce);

 private:
  // The term whose proposals may be accepted: who leads it, and where its log begins.
  struct Entered {
    Term term;
    Seat leader_seat;
    Address leader_key;
    LogHead chosen;
    ConfigNonce config_nonce;  // in force there: no block of the term is below it
    BlockKind opening = BlockKind::kTermStart;
    bool mid_term = false;  // admitted inside it: the next block continues, whatever opened it
  };

  Status may_speak() const;  // halted, reported or not admitted: silent
  bool states_truly(const Scope& scope, Term promised_term, const LogHead& last, bool blank) const;
  bool follows(const BlockHeader& header, const LogHead& previous) const;
  bool vote_counts(const NoConfidence& vote, const NewTerm& certificate, const Scope& scope,
                   const Roster& roster) const;
  bool grant_counts(const Grant& grant, const NewTerm& certificate, const Scope& scope,
                    const Roster& roster) const;

  const Identity identity_;
  const std::unique_ptr<Signer> signer_;
  const Verifier& verifier_;
  const Signing signing_;

  bool halted_ = false;
  bool admitted_ = false;  // a founder, or rejoined
  Scope scope_;
  std::optional<RestartReport> my_report_;
  std::optional<Generation> reported_;  // N8: the generation that my report ended
  Term promised_;
  Term highest_real_;      // N6
  std::size_t seats_ = 0;  // n of the newest roster shown
  std::optional<Entered> entered_;
  LogHead last_accepted_;
  LogHead last_proposed_;          // N1: in the entered term
  std::map<SeqNo, Hash> checked_;  // proposals of the entered term with a good signature
  std::optional<NoConfidence> last_vote_;
  std::optional<Term> granted_;
};

}  // namespace dnc
