#include "core/base/wire.hpp"

#include "core/base/check.hpp"

namespace dnc {

void Writer::blob(ByteView bytes) {
  CHECK(bytes.size() <= UINT32_MAX);
  u32(static_cast<std::uint32_t>(bytes.size()));
  raw(bytes);
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
