// An unsigned 256-bit number: amounts, fees and token ids as the chain counts them. Arithmetic
// never wraps: what does not fit is empty.
#pragma once

#include <array>
#include <compare>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/bytes.hpp"

namespace dnc {

class U256 {
 public:
  constexpr U256() = default;
  constexpr U256(std::uint64_t value) : limbs_{0, 0, 0, value} {}

  static U256 from_word(const Hash& word);                         // 32 big-endian bytes
  static std::optional<U256> from_be(ByteView bytes);              // up to 32 big-endian bytes
  static std::optional<U256> from_decimal(std::string_view text);  // "1000000000"
  static std::optional<U256> from_hex(std::string_view text);      // "0x3b9aca00", digits required

  Hash to_word() const;
  std::string to_decimal() const;
  std::string to_hex0x() const;  // a JSON-RPC quantity: no leading zeros, "0x0" for zero
  std::optional<std::uint64_t> to_u64() const;

  auto operator<=>(const U256&) const = default;
  bool is_zero() const { return *this == U256{}; }

  std::optional<U256> plus(const U256& other) const;
  std::optional<U256> minus(const U256& other) const;
  std::optional<U256> times(std::uint64_t factor) const;
  // Rounds down. Requires: divisor > 0.
  U256 divided_by(std::uint64_t divisor) const;

 private:
  // Most significant first, so that comparing the arrays compares the numbers.
  std::array<std::uint64_t, 4> limbs_{};
};

}  // namespace dnc
