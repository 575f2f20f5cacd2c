#include "core/consensus/sessions.hpp"

#include "core/consensus/limits.hpp"

namespace dnc {

const Session* Sessions::find(const Bytes& key) const {
  const auto it = sessions_.find(key);
  if (it == sessions_.end()) return nullptr;
  return inserted_ - it->second.ordinal < limits::kSessionsMax ? &it->second : nullptr;
}

const Session* Sessions::find_committed(const Bytes& key, SeqNo commit) const {
  const Session* session = find(key);
  return session && session->seq <= commit ? session : nullptr;
}

void Sessions::insert(const Bytes& key, Session session) {
  session.ordinal = ++inserted_;
  const auto it = sessions_.find(key);
  uncommitted_.push_back(
      {session.seq, key, it == sessions_.end() ? std::nullopt : std::optional(it->second)});
  sessions_.insert_or_assign(key, std::move(session));
}

void Sessions::commit(SeqNo seq) {
  while (!uncommitted_.empty() && uncommitted_.front().seq <= seq) {
    const auto it = sessions_.find(uncommitted_.front().key);
    committed_order_.emplace_back(it->second.ordinal, std::move(uncommitted_.front().key));
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

}  // namespace dnc
