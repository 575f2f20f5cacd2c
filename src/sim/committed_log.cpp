#include "sim/committed_log.hpp"

#include "core/base/wire.hpp"
#include "core/consensus/codec.hpp"

namespace dnc {
namespace {

// An increment as clients send it: service, verb, amount. Read here by hand on purpose: the
// replay must not share a mistake with the service.
std::uint64_t amount_of(const Bytes& command) {
  Reader reader(command);
  const bool increment = reader.u8() == 1 && reader.u8() == 1;
  const std::uint64_t by = reader.u64();
  return increment && reader.at_end() ? by : 0;
}

}  // namespace

std::optional<std::string> CommittedLog::take(const Block& block) {
  const std::uint64_t seq = block.header.seq.value;
  if (seq == 0 || seq > entries_.size() + 1) return "commits with a gap";
  if (seq <= entries_.size()) {
    const Block& agreed = entries_[seq - 1].block;
    if (agreed.header == block.header && agreed.body == block.body) return std::nullopt;
    return "another block is committed there, of term " + std::to_string(agreed.header.term.value);
  }
  if (auto error = check_next(block)) return error;
  if (auto error = count_seats(block)) return error;
  LogEntry entry{block, block_hash(block.header), encode(block), value(), counted_};
  const bool asked_for = replay(entry);
  entries_.push_back(std::move(entry));
  if (!asked_for) return "an operation that nobody asked for";
  return std::nullopt;
}

std::optional<std::string> CommittedLog::check_next(const Block& block) {
  const BlockHeader& header = block.header;
  if (header.ops_root != ops_root(block.body)) return "the body is not what the header says";
  const auto [leader, fresh] = leaders_.insert({header.term, header.leader});
  if (!fresh && leader->second != header.leader) return "two leaders committed in one term";
  if (entries_.empty()) return std::nullopt;
  const LogEntry& last = entries_.back();
  if (header.prev_hash != last.hash) return "breaks the hash chain";
  if (header.term < last.block.header.term) return "the term goes back";
  if (header.generation < last.block.header.generation) return "the generation goes back";
  return std::nullopt;
}

// Who counts, by hand: one seat at a time, and only once the change itself has been decided.
std::optional<std::string> CommittedLog::count_seats(const Block& block) {
  if (!block.body.founders.empty()) {
    if (block.header.config_nonce < nonce_) return "a generation begins with an old configuration";
    counted_.clear();
    for (const Identity& founder : block.body.founders)
      counted_.insert(founder.seat);
    pending_.reset();
  } else if (block.header.config_nonce != nonce_) {
    if (!pending_ || block.header.config_nonce != nonce_.next())
      return "a configuration from nowhere";
    if (pending_->admits) counted_.insert(pending_->identity.seat);
    if (!pending_->admits) counted_.erase(pending_->identity.seat);
    pending_.reset();
  }
  nonce_ = block.header.config_nonce;
  if (block.body.change) pending_ = block.body.change;
  if (pending_ && pending_->admits == counted_.contains(pending_->identity.seat)) {
    return "a change that changes nothing";
  }
  return std::nullopt;
}

bool CommittedLog::replay(LogEntry& entry) {
  bool asked_for = true;
  for (const Operation& operation : entry.block.body.operations) {
    asked_for = asked_for && is_asked_for(operation.key);
    if (executions_.contains(operation.key)) continue;  // a retry in the log executes nothing
    entry.value += amount_of(operation.command);
    const std::size_t order = executions_.size();
    executions_[operation.key] = {entry.block.header.seq, entry.value, order};
  }
  return asked_for;
}

bool CommittedLog::is_asked_for(const Bytes& key) const {
  return history_ == nullptr || history_->by_key.contains(key) || (others_ && others_(key));
}

std::uint64_t CommittedLog::count(BlockKind kind) const {
  return static_cast<std::uint64_t>(std::ranges::count_if(
      entries_, [kind](const LogEntry& entry) { return entry.block.header.kind == kind; }));
}

}  // namespace dnc
