#include "core/base/wire.hpp"

#include <bit>
#include <cstring>

#include "core/base/check.hpp"

namespace dnc {

namespace {

std::uint32_t big_endian(std::uint32_t value) {
  return std::endian::native == std::endian::little ? __builtin_bswap32(value) : value;
}

std::uint64_t big_endian(std::uint64_t value) {
  return std::endian::native == std::endian::little ? __builtin_bswap64(value) : value;
}

template <class Integer>
void append(Bytes& out, Integer value) {
  const Integer ordered = big_endian(value);
  const std::size_t at = out.size();
  out.resize(at + sizeof ordered);
  std::memcpy(out.data() + at, &ordered, sizeof ordered);
}

template <class Integer>
Integer read(ByteView taken) {
  Integer ordered = 0;
  if (taken.size() == sizeof ordered) std::memcpy(&ordered, taken.data(), sizeof ordered);
  return big_endian(ordered);
}

}  // namespace

void Writer::u32(std::uint32_t value) {
  append(out_, value);
}

void Writer::u64(std::uint64_t value) {
  append(out_, value);
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
  return read<std::uint32_t>(raw(4));
}

std::uint64_t Reader::u64() {
  return read<std::uint64_t>(raw(8));
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
