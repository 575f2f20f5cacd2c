// Byte strings and fixed-size byte values. Everything that is hashed, signed or sent is one of
// these.
#pragma once

#include <algorithm>
#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dnc {

using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;

inline ByteView as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

inline std::string as_text(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// A value of exactly N bytes. The tag keeps a hash from being taken for a key.
template <std::size_t N, class Tag>
struct FixedBytes {
  static constexpr std::size_t kSize = N;
  std::array<std::uint8_t, N> bytes{};

  auto operator<=>(const FixedBytes&) const = default;
  bool is_zero() const {
    return std::all_of(bytes.begin(), bytes.end(), [](std::uint8_t byte) { return byte == 0; });
  }
  ByteView view() const { return bytes; }

  // Empty unless `source` has exactly N bytes.
  static std::optional<FixedBytes> from(ByteView source) {
    if (source.size() != N) return std::nullopt;
    FixedBytes value;
    std::copy(source.begin(), source.end(), value.bytes.begin());
    return value;
  }
};

using Hash = FixedBytes<32, struct HashTag>;
using Address = FixedBytes<20, struct AddressTag>;
// r (32) | s (32) | recovery id (0 or 1); s is in the lower half of the curve order.
using Signature = FixedBytes<65, struct SignatureTag>;

}  // namespace dnc
