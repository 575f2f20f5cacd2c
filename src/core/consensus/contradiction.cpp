#include "core/consensus/contradiction.hpp"

#include <algorithm>

#include "core/consensus/codec.hpp"
#include "core/consensus/limits.hpp"

namespace dnc {
namespace {

bool opens_term(const BlockHeader& header) {
  return header.kind == BlockKind::kTermStart || header.kind == BlockKind::kRestart;
}

const char* broken(const Proposal& first, const Proposal& second) {
  const BlockHeader& a = first.header;
  const BlockHeader& b = second.header;
  const bool one_place = a.seq == b.seq;
  const bool both_open = opens_term(a) && opens_term(b);
  if (a.generation != b.generation || a.term != b.term || !(one_place || both_open) || a == b) {
    return nullptr;
  }
  return one_place ? "N1: it proposed two blocks for one place" : "N1: it opened one term twice";
}

const char* broken(const Accept& a, const Accept& b) {
  const bool one_place =
      a.scope.generation == b.scope.generation && a.term == b.term && a.seq == b.seq;
  return one_place && a.block_hash != b.block_hash ? "N2: it accepted two blocks for one place"
                                                   : nullptr;
}

const char* broken(const Grant& a, const Grant& b) {
  const bool one_term = a.scope.generation == b.scope.generation && a.term == b.term;
  const bool same =
      a.leader_seat == b.leader_seat && a.leader_key == b.leader_key && a.last == b.last;
  return one_term && !same ? "N3: it granted one term twice" : nullptr;
}

// A grant states the last block accepted, and after it nothing below its term is accepted.
const char* broken(const Accept& accept, const Grant& grant) {
  if (accept.scope.generation != grant.scope.generation || accept.term >= grant.term) {
    return nullptr;
  }
  const LogHead& stated = grant.last;
  const auto place = std::pair(accept.term, accept.seq);
  const bool hides = std::pair(stated.term, stated.seq) < place;
  const bool other =
      std::pair(stated.term, stated.seq) == place && stated.hash != accept.block_hash;
  return hides || other ? "N3: its grant does not state what it accepted" : nullptr;
}

const char* broken(const Grant& grant, const Accept& accept) {
  return broken(accept, grant);
}

// A proposal and anything else.
template <class First, class Second>
const char* broken(const First&, const Second&) {
  return nullptr;
}

bool speaks_for(const Proposal& statement, const Identity& signer) {
  return statement.header.leader == signer.seat;
}

template <class Spoken>
bool speaks_for(const Spoken& statement, const Identity& signer) {
  return statement.seat == signer.seat && statement.epoch == signer.epoch;
}

Hash digest_of(const Proposal& proposal, const Signing& signing) {
  return signing.propose(proposal.header);
}
Hash digest_of(const Accept& accept, const Signing& signing) {
  return signing.accept(accept);
}
Hash digest_of(const Grant& grant, const Signing& signing) {
  return signing.grant(grant);
}

Error refused(const char* code, const char* why) {
  return {code, why, ""};
}

Status judge(const Statement& statement, const Identity& signer, const Signing& signing,
             const Verifier& verifier) {
  return std::visit(
      [&](const auto& stated) -> Status {
        if (!speaks_for(stated, signer)) {
          return refused("other_signer", "a statement is not of the boot that is accused");
        }
        const Hash digest = digest_of(stated, signing);
        if (!verifier.verify(digest, stated.signature, signer.boot_key)) {
          return refused("bad_signature", "a statement was not signed with the boot's key");
        }
        return ok_status();
      },
      statement);
}

}  // namespace

Seat seat_of(const Statement& statement) {
  if (const auto* accept = std::get_if<Accept>(&statement)) return accept->seat;
  if (const auto* grant = std::get_if<Grant>(&statement)) return grant->seat;
  return std::get<Proposal>(statement).header.leader;
}

const char* broken_rule(const Statement& first, const Statement& second) {
  return std::visit([](const auto& a, const auto& b) { return broken(a, b); }, first, second);
}

Status verify_contradiction(const Contradiction& contradiction, const Signing& signing,
                            const Verifier& verifier) {
  if (broken_rule(contradiction.first, contradiction.second) == nullptr) {
    return refused("no_contradiction", "one notary may have signed both statements");
  }
  const Identity& signer = contradiction.signer;
  const Status first = judge(contradiction.first, signer, signing, verifier);
  return first ? judge(contradiction.second, signer, signing, verifier) : first;
}

Statements::Place Statements::place_of(const Accept& accept) {
  return {accept.epoch, accept.scope.generation, accept.term, accept.seq};
}

Statements::Place Statements::place_of(const Grant& grant) {
  return {grant.epoch, grant.scope.generation, grant.term, {}};
}

void Statements::note(const Accept& accept) {
  auto& accepts = heard_[accept.seat].accepts;
  accepts.emplace(place_of(accept), accept);
  if (accepts.size() > limits::kStatementsRemembered) accepts.erase(accepts.begin());
}

void Statements::note(const Grant& grant) {
  auto& grants = heard_[grant.seat].grants;
  grants.emplace(place_of(grant), grant);
  if (grants.size() > limits::kStatementsRemembered) grants.erase(grants.begin());
}

// Another block in its place, or a grant of a later term that hides it.
std::optional<Statement> Statements::against(const Accept& accept) const {
  const auto found = heard_.find(accept.seat);
  if (found == heard_.end()) return std::nullopt;
  const auto& [accepts, grants] = found->second;
  const auto same_place = accepts.find(place_of(accept));
  if (same_place != accepts.end() && broken(same_place->second, accept) != nullptr) {
    return same_place->second;
  }
  for (auto at = grants.lower_bound(place_of(accept)); at != grants.end(); ++at) {
    const Grant& grant = at->second;
    if (grant.epoch != accept.epoch) break;
    if (broken(grant, accept) != nullptr) return grant;
  }
  return std::nullopt;
}

// Another grant of its term, or something accepted before it that it hides.
std::optional<Statement> Statements::against(const Grant& grant) const {
  const auto found = heard_.find(grant.seat);
  if (found == heard_.end()) return std::nullopt;
  const auto& [accepts, grants] = found->second;
  const auto same_term = grants.find(place_of(grant));
  if (same_term != grants.end() && broken(same_term->second, grant) != nullptr) {
    return same_term->second;
  }
  for (const auto& [place, accept] : accepts) {
    if (place.epoch == grant.epoch && broken(accept, grant) != nullptr) return accept;
  }
  return std::nullopt;
}

}  // namespace dnc
