// How many units are left of each item. Whoever takes more than there are gets none: a stock is
// never oversold, however many take at once and whoever leads.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "core/base/state_machine.hpp"
#include "core/services/services.hpp"
#include "core/services/staged_map.hpp"

namespace dnc {

class Stock : public StateMachine {
 public:
  static constexpr std::uint8_t kServiceId = Services::kOwnIdFirst;
  static constexpr std::size_t kItemBytesMax = 128;  // and at least one
  static constexpr std::size_t kItemsMax = 100'000;  // of which any are left
  // The largest integer that every JSON reader keeps exact.
  static constexpr std::uint64_t kUnitsMax = (1ull << 53) - 1;

  enum class [[nodiscard]] Outcome : std::uint8_t{
      kOk = 0,
      kMalformed = 1,  // not one of our commands; nothing changed
      kShort = 2,      // fewer are left than were to be taken; nothing changed
      kFull = 3,       // more units or items than fit; nothing changed
  };
  struct Answer {
    Outcome outcome = Outcome::kMalformed;
    std::uint64_t units = 0;  // left, after the command
  };

  // Commands. Zero units are malformed.
  static Bytes add(std::string_view item, std::uint64_t units);
  static Bytes take(std::string_view item, std::uint64_t units);
  // Query.
  static Bytes look(std::string_view item);
  // Empty for bytes that are no answer of this service.
  static std::optional<Answer> decode(ByteView answer);

  Bytes apply(SeqNo seq, ByteView command) override;
  void commit(SeqNo seq) override;
  void rollback(SeqNo seq) override;
  Bytes query(ByteView request) const override;
  Bytes snapshot() const override;
  bool restore(SeqNo seq, ByteView snapshot) override;

 private:
  StagedMap<std::uint64_t> units_;  // never zero: an item that is gone has no entry
};

}  // namespace dnc
