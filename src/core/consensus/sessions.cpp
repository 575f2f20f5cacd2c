#include "core/consensus/sessions.hpp"

#include <algorithm>
#include <utility>

#include "core/consensus/limits.hpp"

namespace dnc {

const Session* Sessions::find(const Bytes& key) const {
  const auto it = sessions_.find(key);
  if (it == sessions_.end()) return nullptr;
  return remembers(it->second) ? &it->second : nullptr;
}

bool Sessions::remembers(const Session& session) const {
  return inserted_ - session.ordinal < limits::kSessionsMax;
}

const Session* Sessions::find_committed(const Bytes& key, SeqNo commit) const {
  const Session* session = find(key);
  return session && session->seq <= commit ? session : nullptr;
}

void Sessions::insert(const Bytes& key, Session session) {
  session.ordinal = ++inserted_;
  Change& change = uncommitted_.emplace_back(Change{session.seq, session.ordinal, key, {}});
  const auto it = sessions_.lower_bound(key);  // one search of a table that no cache holds
  if (it != sessions_.end() && it->first == key) {
    change.before = std::exchange(it->second, std::move(session));
  } else {
    sessions_.emplace_hint(it, key, std::move(session));
  }
}

void Sessions::commit(SeqNo seq) {
  while (!uncommitted_.empty() && uncommitted_.front().seq <= seq) {
    Change& change = uncommitted_.front();
    committed_order_.emplace_back(change.ordinal, std::move(change.key));
    uncommitted_.pop_front();
  }
  // What no later rollback can bring back is dropped for good. `inserted_` counts uncommitted keys
  // too, hence the doubled distance: those may be rolled back and revive older ones.
  while (!committed_order_.empty() &&
         inserted_ - committed_order_.front().first > 2 * limits::kSessionsMax) {
    const auto it = sessions_.find(committed_order_.front().second);
    if (it != sessions_.end() && it->second.ordinal == committed_order_.front().first) {
      sessions_.erase(it);
    }
    committed_order_.pop_front();
  }
}

void Sessions::rollback(SeqNo seq) {
  while (!uncommitted_.empty() && uncommitted_.back().seq > seq) {
    Change& change = uncommitted_.back();
    if (change.before) {
      sessions_.insert_or_assign(change.key, std::move(*change.before));
    } else {
      sessions_.erase(change.key);
    }
    --inserted_;
    uncommitted_.pop_back();
  }
}

// By key: one order for one table, and no search for the next one.
bool Sessions::write(Writer& out, Cursor& at, std::size_t bytes) const {
  constexpr std::size_t kLookedAt = 32;  // what is forgotten takes time as well
  if (!std::exchange(at.begun, true)) {
    out.u64(inserted_);
    out.u32(static_cast<std::uint32_t>(std::ranges::count_if(
        sessions_, [this](const auto& entry) { return remembers(entry.second); })));
  }
  const std::size_t end = out.size() + std::min(bytes, limits::kStateBytesMax);
  std::size_t passed = 0;
  auto next = at.last ? sessions_.upper_bound(*at.last) : sessions_.begin();
  for (; next != sessions_.end() && out.size() + passed < end; ++next) {
    const auto& [key, session] = *next;
    passed += kLookedAt;
    if (!remembers(session)) continue;
    out.blob(key);
    out.u64(session.ordinal);
    out.fixed(session.operation);
    out.blob(session.result);
    out.id(session.seq);
    out.id(session.term);
  }
  if (next == sessions_.end()) return true;
  at.last = std::prev(next)->first;
  return false;
}

std::optional<Sessions> Sessions::read(Reader& in) {
  constexpr std::size_t kSessionBytesMin = 4 + 8 + Hash::kSize + 4 + 8 + 8;
  Sessions table;
  table.inserted_ = in.u64();
  const std::uint32_t count = in.count(kSessionBytesMin);
  std::map<std::uint64_t, Bytes> order;
  Bytes last;
  for (std::uint32_t i = 0; i < count && in.ok(); ++i) {
    Bytes key = in.blob(limits::kIdempotencyKeyBytesMax);
    Session session;
    session.ordinal = in.u64();
    session.operation = in.fixed<Hash>();
    session.result = in.blob(limits::kResultBytesMax);
    session.seq = in.id<SeqNo>();
    session.term = in.id<Term>();
    const bool sorted = i == 0 || last < key;
    const bool placed = session.ordinal >= 1 && session.ordinal <= table.inserted_ &&
                        table.remembers(session) && order.emplace(session.ordinal, key).second;
    if (!sorted || !placed) in.fail();
    last = key;
    table.sessions_.emplace_hint(table.sessions_.end(), std::move(key), std::move(session));
  }
  if (!in.ok()) return std::nullopt;
  for (auto& [ordinal, key] : order)
    table.committed_order_.emplace_back(ordinal, std::move(key));
  return table;
}

}  // namespace dnc
