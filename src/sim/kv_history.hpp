// What clients of the key-value service asked and were told, and whether one store could have said
// so. Used for simulated and for real clusters; it knows nothing but this evidence.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/base/time.hpp"
#include "core/services/key_value.hpp"

namespace dnc {

struct KvOperation {
  enum class Kind : std::uint8_t { kPut, kRemove, kGet };
  Kind kind = Kind::kGet;
  std::string key;
  std::string value;        // put: what is stored; get: what was read
  kv::Condition condition;  // of a write
  Time invoked{0};
  // Empty: no answer came, and a write may happen at any time or never. Reads without an answer
  // are no evidence.
  std::optional<Time> returned;
  kv::Outcome outcome = kv::Outcome::kOk;  // as answered
  std::uint64_t version = 0;               // as answered
};

// One page, linearizable: the first keys that begin with `prefix` and come after `after`.
struct KvRange {
  std::string prefix;
  std::string after;
  Time invoked{0};
  Time returned{0};
  std::vector<kv::Entry> entries;
  bool more = false;
};

struct KvHistory {
  std::vector<KvOperation> operations;
  std::vector<KvRange> ranges;
};

// What no store could have answered, in words; empty when there is an order that explains all.
//
// Single operations: each key by itself, which is enough (linearizability is compositional), by
// searching an order that respects real time (Wing and Gong, with Lowe's memory of what was tried).
// Versions count the changes of all keys, so they must rise with real time across keys too.
// A range: every entry is a read of its key, every known key that it skips is a read of an absent
// one, and nothing that it covers may have changed before the newest change that it shows. What
// this cannot see is a removal that a range should have shown, but only together with other keys.
std::optional<std::string> check_kv_history(const KvHistory& history);

}  // namespace dnc
