// What every fuzz program starts with.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "core/base/bytes.hpp"

namespace dnc::fuzz {

// A property that does not hold ends the program, and libFuzzer keeps the input.
inline void require(bool holds) {
  if (!holds) std::abort();
}

inline std::string_view as_text(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// Takes up to `size` bytes off the front.
inline ByteView take(ByteView& bytes, std::size_t size) {
  const ByteView head = bytes.first(std::min(size, bytes.size()));
  bytes = bytes.subspan(head.size());
  return head;
}

inline std::size_t take_byte(ByteView& bytes) {
  const ByteView one = take(bytes, 1);
  return one.empty() ? 0 : one[0];
}

}  // namespace dnc::fuzz
