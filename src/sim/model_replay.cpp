#include "sim/model_replay.hpp"

#include <algorithm>

#include "core/consensus/codec.hpp"

namespace dnc {
namespace {

constexpr int kGenerations = 1;

model::Rules rules_for(std::size_t seats) {
  model::Rules rules;
  rules.bounds.seats = rules.bounds.counted = static_cast<int>(seats);
  rules.bounds.boots = model::kMaxBoots;
  rules.bounds.terms = model::kMaxTerms;
  rules.bounds.depth = model::kMaxBlocks - 1;
  rules.bounds.generations = kGenerations;
  rules.bounds.clones = static_cast<int>(seats);  // an old boot may go on, or do nothing
  rules.bounds.votes = true;
  return rules;
}

int seat_index(Seat seat) {
  return static_cast<int>(seat.value) - 1;
}

int number(std::uint64_t value) {
  return static_cast<int>(value);
}

std::string name(Seat seat) {
  return "seat " + std::to_string(seat.value);
}

}  // namespace

// --- Recording -----------------------------------------------------------------------------------

void TraceRecorder::on_boot(SimNode& node) {
  stands_.erase(node.seat());
  events_.emplace_back(BootSeen{node.identity()});
}

void TraceRecorder::on_step(SimNode& node) {
  const ReplicaPosition position = node.replica().position();
  const std::pair stand{position.standing == Standing::kMember, position.commit_seq};
  const Block* block = node.replica().committed_block(position.commit_seq);
  if (!block || std::exchange(stands_[node.seat()], stand) == stand) return;
  events_.emplace_back(StandSeen{
      node.identity(), stand.first, {block->header.term, stand.second, block_hash(block->header)}});
}

void TraceRecorder::on_send(SimNode& node, const Outgoing& outgoing) {
  events_.emplace_back(SendSeen{node.identity(), outgoing.envelope.message});
}

// --- Replaying -----------------------------------------------------------------------------------

ModelReplay::ModelReplay(std::size_t seats)
    : rules_(rules_for(seats)), state_(model::initial_state(rules_)) {}

void ModelReplay::take(const TraceEvent& event) {
  if (over()) return;
  std::visit([this](const auto& seen) { on(seen); }, event);
}

void ModelReplay::refuse(const std::string& why) {
  if (refusal_.empty()) refusal_ = why;
}

// Does the model allow this step here, and is what it leads to sound?
void ModelReplay::step(const model::Step& wanted, const Wanted& also) {
  if (over()) return;
  std::optional<model::State> after;
  const auto fits = [&](const model::Step& offered) {
    return offered.act == wanted.act && offered.seat == wanted.seat &&
           offered.boot == wanted.boot && offered.term == wanted.term &&
           offered.block == wanted.block && offered.other == wanted.other;
  };
  model::each_step(rules_, state_, [&](const model::Step& offered, const model::State& next) {
    if (!after && fits(offered) && (!also || also(next))) after = next;
  });
  if (!after) return refuse("the model does not allow: " + to_string(wanted));
  if (const auto broken = violation(rules_, *after)) return refuse(*broken);
  if (const auto broken = violation(wanted, state_, *after)) return refuse(*broken);
  state_ = *after;
  ++steps_[static_cast<std::size_t>(wanted.act)];
}

std::optional<ModelReplay::Boot> ModelReplay::boot_of(Seat seat, Epoch epoch) const {
  const auto found = boots_.find({seat, epoch});
  return found == boots_.end() ? std::nullopt : std::optional(found->second);
}

std::optional<model::BlockId> ModelReplay::block_of(const Hash& hash) const {
  if (hash == Hash{}) return model::kGenesis;
  const auto place = places_.find(hash);
  if (place == places_.end()) return std::nullopt;
  for (model::BlockId id = 1; id < state_.block_count; ++id) {
    if (state_.blocks[id].term == place->second.first.value &&
        state_.blocks[id].depth == place->second.second.value) {
      return id;
    }
  }
  return std::nullopt;
}

void ModelReplay::remember(const Block& block) {
  const std::pair place{block.header.term, block.header.seq};
  places_[block_hash(block.header)] = place;
  blocks_[place] = block_hash(block.header);
}

// --- Life of boots -------------------------------------------------------------------------------

void ModelReplay::on(const BootSeen& seen) {
  if (!founded_) return;
  int index = 0;
  for (const auto& [who, boot] : boots_) {
    if (who.first == seen.who.seat) index = std::max(index, boot.boot + 1);
  }
  over_ = index >= model::kMaxBoots;
  if (over_) return;
  const Boot boot{seat_index(seen.who.seat), index};
  const Boot before{boot.seat, index - 1};
  step({.act = model::Act::kBoot,
        .seat = boot.seat,
        .boot = boot.boot,
        .block = state_of(before).head});
  boots_[{seen.who.seat, seen.who.epoch}] = boot;
}

void ModelReplay::on(const StandSeen& seen) {
  const auto who = boot_of(seen.who.seat, seen.who.epoch);
  if (!founded_ || !who) return;
  const auto block = block_of(seen.commit.hash);
  if (!block || !(state_.committed & model::bit(*block))) {
    return refuse("the model does not commit what " + name(seen.who.seat) + " commits: seq " +
                  std::to_string(seen.commit.seq.value));
  }
  if (seen.member && state_of(*who).status == model::Status::kRecovering) {
    step({.act = model::Act::kAdmit, .seat = who->seat, .boot = who->boot, .block = *block});
  }
}

// The first block of the generation stands for term 1, which all founders wanted.
void ModelReplay::found(const Block& block) {
  const BlockHeader& header = block.header;
  founded_ = true;
  over_ = header.generation != Generation{1} || header.seq != SeqNo{1} || header.term != Term{1};
  for (const Identity& founder : block.body.founders) {
    over_ = over_ || founder.epoch.value == 0;
    boots_[{founder.seat, founder.epoch}] = {seat_index(founder.seat), 0};
  }
  if (over_) return;
  const int leader = seat_index(header.leader);
  for (const Identity& founder : block.body.founders)
    step({.act = model::Act::kVote, .seat = seat_index(founder.seat), .term = 1});
  for (const Identity& founder : block.body.founders) {
    step({.act = model::Act::kGrant, .seat = seat_index(founder.seat), .term = 1, .other = leader});
  }
  step({.act = model::Act::kNewTerm, .seat = leader, .term = 1});
  remember(block);
}

// --- What boots say ------------------------------------------------------------------------------

void ModelReplay::on(const SendSeen& seen) {
  const auto* proposal = std::get_if<Propose>(&seen.message);
  if (proposal && proposal->block.header.kind == BlockKind::kRestart) {
    const bool known = places_.contains(block_hash(proposal->block.header));
    if (founded_ && !known) over_ = true;  // another generation
    if (!founded_) found(proposal->block);
  }
  const auto who = boot_of(seen.who.seat, seen.who.epoch);
  if (founded_ && who && !over()) take_message(*who, seen.who.seat, seen.message);
}

void ModelReplay::take_message(const Boot& who, const Seat& seat, const Message& message) {
  if (const auto* votes = std::get_if<Votes>(&message)) take_votes(who, seat, votes->votes);
  if (const auto* accept = std::get_if<Accept>(&message)) accept_upto(who, accept->block_hash);
  if (const auto* news = std::get_if<Committed>(&message))
    take_own_accepts(who, seat, news->accepts);
  if (const auto* chunk = std::get_if<Chunk>(&message)) take_own_accepts(who, seat, chunk->accepts);
  if (const auto* grant = std::get_if<GrantMessage>(&message)) take_grant(who, grant->grant);
  if (const auto* term = std::get_if<NewTermMessage>(&message)) take_new_term(who, seat, *term);
  if (const auto* proposal = std::get_if<Propose>(&message)) {
    take_own_accepts(who, seat, proposal->accepts);
    take_block(who, proposal->block);
  }
}

void ModelReplay::take_votes(const Boot& who, Seat seat, const std::vector<NoConfidence>& votes) {
  for (const NoConfidence& vote : votes) {
    if (vote.seat != seat || vote.to_term.value <= state_of(who).vote) continue;
    over_ = over_ || vote.to_term.value > model::kMaxTerms;
    step({.act = model::Act::kVote,
          .seat = who.seat,
          .boot = who.boot,
          .term = number(vote.to_term.value)});
  }
}

// A leader sends its own ACCEPT to nobody but as part of what it shows of commits.
void ModelReplay::take_own_accepts(const Boot& who, Seat seat, const std::vector<Accept>& accepts) {
  for (const Accept& accept : accepts) {
    if (accept.seat == seat && boot_of(seat, accept.epoch)->boot == who.boot) {
      accept_upto(who, accept.block_hash);
    }
  }
}

void ModelReplay::take_grant(const Boot& who, const Grant& grant) {
  if (over() || state_of(who).promised >= grant.term.value) return;  // said again
  over_ = grant.term.value > model::kMaxTerms;
  std::optional<Boot> leader;
  for (const auto& [boot, known] : boots_) {
    if (boot.first == grant.leader_seat && known.boot >= (leader ? leader->boot : 0)) {
      if (state_of(known).status == model::Status::kMember) leader = known;
    }
  }
  // It may hold blocks that it accepted without telling: its term was being left.
  accept_upto(who, grant.last.hash);
  const auto last = block_of(grant.last.hash);
  over_ = over_ || !leader;  // a boot that is about to be admitted: the model names members only
  if (over()) return;
  if (!last) return refuse(name(grant.seat) + " states a block that nobody proposed");
  step({.act = model::Act::kGrant,
        .seat = who.seat,
        .boot = who.boot,
        .term = number(grant.term.value),
        .block = *last,
        .other = leader->seat},
       [&](const model::State& after) {  // of that seat's boots, the one that is named
         const model::Boot& named = after.seat[leader->seat].boots[leader->boot];
         return (named.leads[0] & model::bit(number(grant.term.value))) != 0;
       });
}

void ModelReplay::take_new_term(const Boot& who, Seat seat, const NewTermMessage& message) {
  const BlockHeader& first = message.first_block.header;
  if (places_.contains(block_hash(first))) return;
  for (const Grant& grant : message.certificate.grants) {
    if (grant.seat == seat) take_grant(who, grant);
  }
  over_ = over_ || state_.block_count >= model::kMaxBlocks;
  if (over()) return;
  const auto head = block_of(first.prev_hash);
  if (!head) return refuse("a term begins after a block that nobody proposed");
  step({.act = model::Act::kNewTerm,
        .seat = who.seat,
        .boot = who.boot,
        .term = number(first.term.value),
        .block = *head});
  remember(message.first_block);
}

void ModelReplay::take_block(const Boot& who, const Block& block) {
  const BlockHeader& header = block.header;
  if (over() || places_.contains(block_hash(header))) return;
  over_ = state_.block_count >= model::kMaxBlocks || block.body.change.has_value();
  if (over_) return;
  if (blocks_.contains({header.term, header.seq})) return refuse("two blocks for one place");
  const auto tip = block_of(header.prev_hash);
  if (!tip) return refuse("a block after one that nobody proposed");
  model::Step wanted{.act = model::Act::kPropose,
                     .seat = who.seat,
                     .boot = who.boot,
                     .term = number(header.term.value),
                     .block = *tip};
  if (block.body.rejoin) {
    const Identity& newcomer = block.body.rejoin->identity;
    const auto boot = boot_of(newcomer.seat, newcomer.epoch);
    if (!boot) return refuse("a REJOIN of a boot that never was");
    wanted.act = model::Act::kProposeRejoin;
    wanted.boot = boot->boot;
    wanted.other = boot->seat;
  }
  step(wanted);
  remember(block);
}

// One ACCEPT says all of its term up to its block.
void ModelReplay::accept_upto(const Boot& who, const Hash& hash) {
  const auto target = block_of(hash);
  if (over() || hash == Hash{}) return;
  if (!target) return refuse("an ACCEPT of a block that nobody proposed");
  const model::Block wanted = state_.blocks[*target];
  const model::Block held = state_.blocks[state_of(who).head];
  if (model::rank(held) >= model::rank(wanted)) return;  // said again
  std::vector<model::BlockId> path;
  for (model::BlockId at = *target; at != state_of(who).head; at = state_.blocks[at].parent) {
    if (state_.blocks[at].term != wanted.term) break;
    path.push_back(at);
  }
  for (auto at = path.rbegin(); at != path.rend(); ++at) {
    step({.act = model::Act::kAccept,
          .seat = who.seat,
          .boot = who.boot,
          .term = wanted.term,
          .block = *at});
  }
}

}  // namespace dnc
