#include "sim/trace.hpp"

#include <algorithm>
#include <cstring>

#include "core/base/check.hpp"

namespace dnc {

void Trace::mix(Time now, Seat seat, std::string_view what, ByteView detail) {
  fold(static_cast<std::uint64_t>(now.count()));
  fold(seat.value);
  fold(as_bytes(what));
  fold(detail);
}

void Trace::fold(ByteView bytes) {
  // Eight bytes at a step: messages are most of what is folded, and speed is seeds per hour.
  fold(bytes.size());
  std::uint64_t word = 0;
  for (; bytes.size() >= sizeof word; bytes = bytes.subspan(sizeof word)) {
    std::memcpy(&word, bytes.data(), sizeof word);
    fold(word);
  }
  word = 0;
  std::copy(bytes.begin(), bytes.end(), reinterpret_cast<std::uint8_t*>(&word));
  fold(word);
}

void Trace::line(Time now, Seat seat, const std::string& text) const {
  CHECK(readable());
  std::string stamp = std::to_string(now.count());
  stamp.insert(0, stamp.size() < 8 ? 8 - stamp.size() : 0, ' ');
  const std::string who = seat.value == 0 ? "world" : "seat " + std::to_string(seat.value);
  sink_(stamp + " ms  " + who + "  " + text);
}

}  // namespace dnc
