// Seats that bypass their notary (docs/protocol.md section 5a): members show one another what they
// hold, whoever sees two statements that contradict each other keeps them as a proof, and nobody
// takes writes until the seat has left.
#include <algorithm>

#include "core/consensus/codec.hpp"
#include "core/consensus/replica_state.hpp"

namespace dnc {
namespace {

std::string text(std::uint64_t value) {
  return std::to_string(value);
}

}  // namespace

// One member after the other is shown the end of my log and of what is committed of it, the ACCEPTs
// that show that, the grants that made my term, and what is proven against boots that still count.
// In a fork, one of two members that differ holds the other half: who is behind shows his end to
// those who have another block there.
void Replica::State::tell_witness() {
  if (standing != Standing::kMember) return;
  std::vector<Identity> others = audience();
  std::erase(others, self);
  if (others.empty()) return;
  Witness witness;
  for (const SeqNo seq : std::set{commit_seq, log.head_seq()}) {
    if (seq <= log.base_seq()) continue;
    const Block& last = log.at(seq);
    witness.statements.emplace_back(Proposal{last.header, last.leader_signature});
  }
  const auto shown = receipt_evidence.covering(commit_seq);
  if (!shown.empty()) {
    witness.statements.insert(witness.statements.end(), shown.front()->begin(),
                              shown.front()->end());
  }
  if (certificate) {
    witness.statements.insert(witness.statements.end(), certificate->grants.begin(),
                              certificate->grants.end());
  }
  for (const auto& [boot, proof] : contradictions) {
    if (stands(proof)) witness.contradictions.push_back(proof);
  }
  send(others[witnesses_told++ % others.size()].seat, std::move(witness));
}

void Replica::State::on(const Identity&, const Witness& witness) {
  for (const auto& contradiction : witness.contradictions)
    take_contradiction(contradiction);
  for (const auto& statement : witness.statements)
    weigh(statement);
}

// Is there anything that contradicts it? Signatures cost more and are judged last.
void Replica::State::weigh(const Statement& statement) {
  if (const auto* block = std::get_if<Proposal>(&statement)) return weigh(*block);
  if (const auto* accept = std::get_if<Accept>(&statement)) return weigh(*accept);
  weigh(std::get<Grant>(statement));
}

void Replica::State::weigh(const Accept& accept) {
  if (const auto other = stated.against(accept)) accuse(accept.seat, *other, accept);
}

void Replica::State::weigh(const Grant& grant) {
  if (const auto other = stated.against(grant)) accuse(grant.seat, *other, grant);
}

// A block of the same leader and term in my log, in its place or opening the term as it does.
void Replica::State::weigh(const Proposal& theirs) {
  std::vector<SeqNo> places{theirs.header.seq};
  if (entered && !mid_term) places.push_back(chosen.seq.next());
  for (const SeqNo place : places) {
    if (place <= log.base_seq() || place > log.head_seq()) continue;
    const Block& mine = log.at(place);
    const Proposal ours{mine.header, mine.leader_signature};
    if (mine.header.leader != theirs.header.leader || broken_rule(ours, theirs) == nullptr) {
      continue;
    }
    accuse(theirs.header.leader, ours, theirs);
  }
}

// A statement does not always say which boot of the seat made it; its key does.
void Replica::State::accuse(Seat seat, const Statement& first, const Statement& second) {
  for (const Identity& boot : boots_of(seat))
    take_contradiction({boot, first, second});
}

std::vector<Identity> Replica::State::boots_of(Seat seat) const {
  std::vector<Identity> boots = log.rosters().boots_of(seat);
  if (const auto founder = founded.identity(seat)) boots.push_back(*founder);
  const ChainSeat* shown = view ? view->find(seat) : nullptr;
  if (shown != nullptr) boots.push_back(shown->identity);
  std::erase_if(boots, [](const Identity& boot) { return boot.epoch.value == 0; });
  return boots;
}

void Replica::State::take_contradiction(const Contradiction& contradiction) {
  const Identity& signer = contradiction.signer;
  const std::pair boot{signer.seat, signer.epoch};
  if (contradictions.contains(boot) || contradictions.size() >= limits::kContradictionsMax) return;
  const auto boots = boots_of(signer.seat);
  if (std::ranges::find(boots, signer) == boots.end()) return;
  if (!verify_contradiction(contradiction, signing, verifier)) return;
  contradictions.emplace(boot, contradiction);
  std::vector<Contradiction> all;
  for (const auto& [known, proof] : contradictions)
    all.push_back(proof);
  batch.meta.emplace_back(MetaKey::kContradictions, encode(all));
  event("contradiction", {{"seat", text(signer.seat.value)},
                          {"epoch", text(signer.epoch.value)},
                          {"rule", broken_rule(contradiction.first, contradiction.second)}});
  if (!stands(contradiction)) return;
  send_members(Witness{{}, {contradiction}});
  refuse_writes();
  watch_leaders_seat();
}

// From here on until the seat has left, nothing that clients ask for is ordered.
void Replica::State::refuse_writes() {
  while (!writes.empty())
    fail_write(Bytes(writes.begin()->first), "notary_bypassed");
  drop_queue();
}

// Does the seat count still, and has it without a break since that boot?
bool Replica::State::stands(const Contradiction& contradiction) const {
  const Identity& signer = contradiction.signer;
  if (!roster_after(commit_seq).counts(signer.seat)) return false;
  const auto since = log.rosters().counted_since(signer.seat, commit_seq);
  return !since || signer.epoch >= *since;
}

// An accused boot of this seat, or of any.
std::optional<Identity> Replica::State::bypassed(std::optional<Seat> seat) const {
  for (const auto& [boot, proof] : contradictions) {
    if ((!seat || *seat == boot.first) && stands(proof)) return proof.signer;
  }
  return std::nullopt;
}

std::vector<Accusation> Replica::accusations() const {
  std::vector<Accusation> all;
  for (const auto& [boot, proof] : state_->contradictions)
    all.push_back({proof, state_->stands(proof)});
  return all;
}

}  // namespace dnc
