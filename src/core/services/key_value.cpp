#include "core/services/key_value.hpp"

#include <algorithm>

#include "core/base/wire.hpp"
#include "core/services/key_value_codec.hpp"

namespace dnc {
namespace {

template <class Stored>
bool holds(const kv::Condition& condition, const Stored* stored) {
  switch (condition.kind) {
    case kv::Condition::Kind::kNone:
      return true;
    case kv::Condition::Kind::kPresent:
      return stored != nullptr;
    case kv::Condition::Kind::kAbsent:
      return stored == nullptr;
    case kv::Condition::Kind::kVersion:
      return stored != nullptr && stored->version == condition.version;
  }
  return false;
}

}  // namespace

// --- Commands -----------------------------------------------------------------------------------

Bytes KeyValue::apply(SeqNo seq, ByteView command) {
  auto request = kv::decode_request(command);
  const bool writes =
      request && (request->verb == kv::Verb::kPut || request->verb == kv::Verb::kRemove);
  if (!writes) return kv::encode(kv::WriteAnswer{kv::Outcome::kMalformed, 0});
  const Stored* stored = entries_.newest(request->key);
  const std::uint64_t now = stored != nullptr ? stored->version : 0;
  if (!holds(request->condition, stored)) {
    return kv::encode(kv::WriteAnswer{kv::Outcome::kConflict, now});
  }
  if (request->verb == kv::Verb::kPut) {
    set(seq, std::move(request->key), Stored{std::move(request->value), version_ + 1});
    return kv::encode(kv::WriteAnswer{kv::Outcome::kOk, version_});
  }
  if (stored == nullptr) return kv::encode(kv::WriteAnswer{kv::Outcome::kAbsent, 0});
  set(seq, std::move(request->key), std::nullopt);
  return kv::encode(kv::WriteAnswer{kv::Outcome::kOk, now});
}

// Every change, a removal too, takes a version.
void KeyValue::set(SeqNo seq, std::string key, std::optional<Stored> after) {
  ++version_;
  entries_.set(seq, std::move(key), std::move(after));
}

void KeyValue::commit(SeqNo seq) {
  entries_.commit(seq);
}

void KeyValue::rollback(SeqNo seq) {
  version_ -= entries_.rollback(seq);
}

// --- Queries ------------------------------------------------------------------------------------

Bytes KeyValue::query(ByteView bytes) const {
  const auto request = kv::decode_request(bytes);
  if (request && request->verb == kv::Verb::kGet) {
    const Stored* stored = entries_.committed(request->key);
    if (stored == nullptr) return kv::encode(kv::GetAnswer{kv::Outcome::kAbsent, 0, {}});
    return kv::encode(kv::GetAnswer{kv::Outcome::kOk, stored->version, stored->value});
  }
  if (request && request->verb == kv::Verb::kList) {
    const auto wanted = std::min<std::uint64_t>(request->entries_max, kv::kPageEntriesMax);
    return kv::encode(page(request->key, request->after, wanted));
  }
  return kv::encode(kv::WriteAnswer{kv::Outcome::kMalformed, 0});
}

// Walks the newest entries and the overlay side by side; the overlay wins.
kv::ListAnswer KeyValue::page(const std::string& prefix, const std::string& after,
                              std::size_t entries_max) const {
  kv::ListAnswer page;
  const auto& newest = entries_.entries();
  const auto changed = entries_.overlay();
  const bool further = after >= prefix && !after.empty();
  auto entry = further ? newest.upper_bound(after) : newest.lower_bound(prefix);
  auto change = further ? changed.upper_bound(after) : changed.lower_bound(prefix);
  std::size_t bytes = 0;
  const auto take = [&](const std::string& key, const Stored* stored) {
    if (stored == nullptr) return true;
    const std::size_t size = key.size() + stored->value.size();
    const bool full = page.entries.size() == entries_max ||
                      (bytes + size > kv::kPageBytesMax && !page.entries.empty());
    if (full) {
      page.more = true;
      return false;
    }
    bytes += size;
    page.entries.push_back({key, stored->value, stored->version});
    return true;
  };
  for (;;) {
    const bool has_entry = entry != newest.end() && entry->first.starts_with(prefix);
    const bool has_change = change != changed.end() && change->first.starts_with(prefix);
    if (!has_entry && !has_change) return page;
    if (has_change && (!has_entry || change->first <= entry->first)) {
      const std::optional<Stored>& before = *change->second;
      if (!take(change->first, before ? &*before : nullptr)) return page;
      if (has_entry && entry->first == change->first) ++entry;
      ++change;
    } else {
      if (!take(entry->first, &entry->second)) return page;
      ++entry;
    }
  }
}

// --- Snapshots ----------------------------------------------------------------------------------

Bytes KeyValue::snapshot() const {
  Writer out;
  out.u64(version_);
  out.u64(entries_.entries().size());
  for (const auto& [key, stored] : entries_.entries()) {
    out.text(key);
    out.u64(stored.version);
    out.blob(stored.value);
  }
  return out.take();
}

bool KeyValue::restore(SeqNo seq, ByteView snapshot) {
  Reader in(snapshot);
  const std::uint64_t version = in.u64();
  const std::uint64_t count = in.u64();
  StagedMap<Stored>::Entries entries;
  for (std::uint64_t i = 0; i < count && in.ok(); ++i) {
    std::string key = in.text(kv::kKeyBytesMax);
    Stored stored;
    stored.version = in.u64();
    stored.value = in.blob(kv::kValueBytesMax);
    const bool sorted = entries.empty() || entries.rbegin()->first < key;
    if (!sorted || stored.version > version) in.fail();
    entries.emplace_hint(entries.end(), std::move(key), std::move(stored));
  }
  if (!in.at_end()) return false;
  entries_.restore(seq, std::move(entries));
  version_ = version;
  return true;
}

}  // namespace dnc
