// Lower-case hexadecimal text, with and without the 0x that Ethereum writes.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/base/bytes.hpp"

namespace dnc {

std::string to_hex(ByteView bytes);    // "00ff"
std::string to_hex0x(ByteView bytes);  // "0x00ff"

template <std::size_t N, class Tag>
std::string to_hex0x(const FixedBytes<N, Tag>& value) {
  return to_hex0x(value.view());
}

// Accepts either case and an optional 0x; empty for an odd length or a character that is not hex.
std::optional<Bytes> from_hex(std::string_view text);

// Empty unless the text holds exactly the bytes of a T, a FixedBytes.
template <class T>
std::optional<T> fixed_from_hex(std::string_view text) {
  const auto bytes = from_hex(text);
  return bytes ? T::from(*bytes) : std::nullopt;
}

}  // namespace dnc
