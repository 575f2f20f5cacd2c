#include "core/base/wire.hpp"

#include <array>

#include "core/base/check.hpp"

namespace dnc {

namespace {

template <std::size_t N>
std::array<std::uint8_t, N> big_endian(std::uint64_t value) {
  std::array<std::uint8_t, N> bytes;
  for (std::size_t at = N; at > 0; value >>= 8)
    bytes[--at] = static_cast<std::uint8_t>(value);
  return bytes;
}

}  // namespace

void Writer::u32(std::uint32_t value) {
  raw(big_endian<4>(value));
}

void Writer::u64(std::uint64_t value) {
  raw(big_endian<8>(value));
}

void Writer::raw(ByteView bytes) {
  out_.insert(out_.end(), bytes.begin(), bytes.end());
}

void Writer::blob(ByteView bytes) {
  CHECK(bytes.size() <= UINT32_MAX);
  u32(static_cast<std::uint32_t>(bytes.size()));
  raw(bytes);
}

ByteView Reader::raw(std::size_t size) {
  if (!ok_ || rest_.size() < size) {
    ok_ = false;
    return {};
  }
  const ByteView taken = rest_.first(size);
  rest_ = rest_.subspan(size);
  return taken;
}

std::uint8_t Reader::u8() {
  const ByteView taken = raw(1);
  return taken.empty() ? 0 : taken[0];
}

std::uint32_t Reader::u32() {
  std::uint32_t value = 0;
  for (const std::uint8_t byte : raw(4))
    value = value << 8 | byte;
  return value;
}

std::uint64_t Reader::u64() {
  std::uint64_t value = 0;
  for (const std::uint8_t byte : raw(8))
    value = value << 8 | byte;
  return value;
}

bool Reader::flag() {
  const std::uint8_t value = u8();
  if (value > 1) ok_ = false;
  return value == 1;
}

Bytes Reader::blob(std::size_t size_max) {
  const std::uint32_t size = u32();
  if (size > size_max) ok_ = false;
  const ByteView taken = raw(ok_ ? size : 0);
  return {taken.begin(), taken.end()};
}

std::string Reader::text(std::size_t size_max) {
  return as_text(blob(size_max));
}

std::uint32_t Reader::count(std::size_t item_size_min) {
  const std::uint32_t items = u32();
  if (item_size_min * items > rest_.size()) ok_ = false;
  return ok_ ? items : 0;
}

}  // namespace dnc
