// Keys and values as a replicated service. Every change takes a new version, one higher than the
// last change of any key, so a condition on a version cannot be fooled by a key that went and came
// back.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/state_machine.hpp"
#include "core/services/staged_map.hpp"

namespace dnc {

namespace kv {

inline constexpr std::size_t kKeyBytesMax = 512;  // and at least one
inline constexpr std::size_t kValueBytesMax = 64 * 1024;
inline constexpr std::size_t kPageEntriesMax = 1000;
inline constexpr std::size_t kPageBytesMax = 1024 * 1024;  // keys and values of a page, about

// What must be true of the key for a write to happen.
struct Condition {
  enum class Kind : std::uint8_t { kNone = 0, kPresent = 1, kAbsent = 2, kVersion = 3 };
  Kind kind = Kind::kNone;
  std::uint64_t version = 0;  // for kVersion

  bool operator==(const Condition&) const = default;
};

enum class [[nodiscard]] Outcome : std::uint8_t{
    kOk = 0,
    kMalformed = 1,  // not one of our commands; nothing changed
    kConflict = 2,   // the condition does not hold; nothing changed
    kAbsent = 3,     // there is no such key
};

struct Entry {
  std::string key;
  Bytes value;
  std::uint64_t version = 0;

  bool operator==(const Entry&) const = default;
};

// Commands.
Bytes put(std::string_view key, ByteView value, const Condition& condition = {});
Bytes remove(std::string_view key, const Condition& condition = {});
// Queries. A page holds what begins with `prefix`, in byte order, after the key `after`.
Bytes get(std::string_view key);
Bytes list(std::string_view prefix, std::string_view after, std::size_t entries_max);

// The answer to a write. `version` is the entry's after kOk (the removed one's, for a removal) and
// the present one's after kConflict; zero where there is none.
struct WriteAnswer {
  Outcome outcome = Outcome::kMalformed;
  std::uint64_t version = 0;
};
struct GetAnswer {
  Outcome outcome = Outcome::kMalformed;
  std::uint64_t version = 0;
  Bytes value;
};
struct ListAnswer {
  std::vector<Entry> entries;
  bool more = false;
};

// Empty for bytes that are no such answer of this service.
std::optional<WriteAnswer> decode_write(ByteView answer);
std::optional<GetAnswer> decode_get(ByteView answer);
std::optional<ListAnswer> decode_list(ByteView answer);

}  // namespace kv

class KeyValue : public StateMachine {
 public:
  static constexpr std::uint8_t kServiceId = 2;

  Bytes apply(SeqNo seq, ByteView command) override;
  void commit(SeqNo seq) override;
  void rollback(SeqNo seq) override;
  Bytes query(ByteView request) const override;
  Bytes snapshot() const override;
  bool restore(SeqNo seq, ByteView snapshot) override;

 private:
  struct Stored {
    Bytes value;
    std::uint64_t version = 0;
  };

  void set(SeqNo seq, std::string key, std::optional<Stored> after);
  kv::ListAnswer page(const std::string& prefix, const std::string& after,
                      std::size_t entries_max) const;

  std::uint64_t version_ = 0;  // of the newest change
  StagedMap<Stored> entries_;
};

}  // namespace dnc
