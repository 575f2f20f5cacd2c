#include "core/consensus/sessions.hpp"

#include <absl/container/flat_hash_map.h>

#include <algorithm>
#include <utility>

#include "core/base/check.hpp"
#include "core/consensus/limits.hpp"

namespace dnc {
namespace {

absl::string_view view(const Bytes& key) {
  return {reinterpret_cast<const char*>(key.data()), key.size()};
}

}  // namespace

struct Sessions::Index {
  // The seed of absl's hash is an address that differs in every process.
  absl::flat_hash_map<absl::string_view, std::uint64_t> ordinals;
};

Sessions::Sessions() : index_(std::make_unique<Index>()) {}
Sessions::~Sessions() = default;
Sessions::Sessions(Sessions&&) noexcept = default;
Sessions& Sessions::operator=(Sessions&&) noexcept = default;

std::uint64_t Sessions::first_remembered() const {
  const std::uint64_t count = inserted();
  return count > limits::kSessionsMax ? count - limits::kSessionsMax + 1 : 1;
}

const Session* Sessions::find(const Bytes& key) const {
  const auto it = index_->ordinals.find(view(key));
  if (it == index_->ordinals.end() || it->second < first_remembered()) return nullptr;
  return &entry(it->second).session;
}

const Session* Sessions::find_committed(const Bytes& key, SeqNo commit) const {
  const Session* session = find(key);
  return session && session->seq <= commit ? session : nullptr;
}

void Sessions::insert(const Bytes& key, Session session) {
  CHECK(entries_.empty() || entries_.back().session.seq <= session.seq);
  auto& ordinals = index_->ordinals;
  std::uint64_t before = 0;
  if (const auto it = ordinals.find(view(key)); it != ordinals.end()) {
    before = it->second;
    CHECK(before < first_remembered());
    ordinals.erase(it);  // its key is that of the earlier entry, which goes first
  }
  entries_.push_back({key, std::move(session), before});
  ordinals.emplace(view(entries_.back().key), inserted());
}

// What no rollback can bring back is dropped for good.
void Sessions::commit(SeqNo seq) {
  while (committed_ < inserted() && entry(committed_ + 1).session.seq <= seq)
    ++committed_;
  auto& ordinals = index_->ordinals;
  while (committed_ - dropped_ > limits::kSessionsMax) {
    const auto it = ordinals.find(view(entries_.front().key));
    if (it != ordinals.end() && it->second == dropped_ + 1) ordinals.erase(it);
    entries_.pop_front();
    ++dropped_;
  }
}

void Sessions::rollback(SeqNo seq) {
  auto& ordinals = index_->ordinals;
  while (inserted() > committed_ && entries_.back().session.seq > seq) {
    ordinals.erase(view(entries_.back().key));
    const std::uint64_t before = entries_.back().before;
    if (before > dropped_) ordinals.emplace(view(entry(before).key), before);
    entries_.pop_back();
  }
}

// In the order of the log: one order for one table, and it lies like that in memory.
bool Sessions::write(Writer& out, Cursor& at, std::size_t bytes) const {
  if (!at.last) {
    at.last = first_remembered() - 1;
    out.u64(inserted());
    out.u32(static_cast<std::uint32_t>(inserted() - *at.last));
  }
  const std::size_t end = out.size() + std::min(bytes, limits::kStateBytesMax);
  while (*at.last < inserted() && out.size() < end) {
    const auto& [key, session, before] = entry(++*at.last);
    out.blob(key);
    out.fixed(session.operation);
    out.blob(session.result);
    out.id(session.seq);
    out.id(session.term);
  }
  return at.last == inserted();
}

std::optional<Sessions> Sessions::read(Reader& in) {
  constexpr std::size_t kSessionBytesMin = 4 + Hash::kSize + 4 + 8 + 8;
  Sessions table;
  const std::uint64_t inserted = in.u64();
  const std::uint32_t count = in.count(kSessionBytesMin);
  if (count != std::min<std::uint64_t>(inserted, limits::kSessionsMax)) in.fail();
  table.dropped_ = inserted - count;
  for (std::uint32_t i = 0; i < count && in.ok(); ++i) {
    Entry& read = table.entries_.emplace_back();
    read.key = in.blob(limits::kIdempotencyKeyBytesMax);
    read.session.operation = in.fixed<Hash>();
    read.session.result = in.blob(limits::kResultBytesMax);
    read.session.seq = in.id<SeqNo>();
    read.session.term = in.id<Term>();
    const bool ordered =
        i == 0 || table.entry(table.inserted() - 1).session.seq <= read.session.seq;
    const bool new_key = table.index_->ordinals.emplace(view(read.key), table.inserted()).second;
    if (!ordered || !new_key) in.fail();
  }
  if (!in.ok()) return std::nullopt;
  table.committed_ = inserted;
  return table;
}

}  // namespace dnc
