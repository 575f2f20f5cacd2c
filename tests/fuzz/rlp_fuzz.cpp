// We only write RLP. Whatever is written is what a strict reader, made here, takes as one item.
#include "core/eth/rlp.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace {

using dnc::ByteView;

// Reads one item off the front; the strict form only: shortest lengths, no padding.
bool skip_item(ByteView& bytes) {
  if (bytes.empty()) return false;
  const std::uint8_t first = bytes[0];
  if (first < 0x80) return dnc::fuzz::take(bytes, 1).size() == 1;
  const bool list = first >= 0xc0;
  std::size_t size = first - (list ? 0xc0 : 0x80);
  dnc::fuzz::take(bytes, 1);
  if (size > 55) {
    const ByteView length = dnc::fuzz::take(bytes, size - 55);
    if (length.empty() || length[0] == 0) return false;
    size = 0;
    for (const auto byte : length)
      size = size << 8 | byte;
    if (size < 56) return false;
  }
  ByteView body = dnc::fuzz::take(bytes, size);
  if (body.size() != size) return false;
  if (!list) return size != 1 || body[0] >= 0x80;
  while (!body.empty()) {
    if (!skip_item(body)) return false;
  }
  return true;
}

dnc::RlpList build(ByteView& bytes, int depth) {
  dnc::RlpList list;
  while (!bytes.empty()) {
    const std::size_t what = dnc::fuzz::take_byte(bytes);
    if (what == 255) break;
    if (what >= 250 && depth < 8) {
      list.list(build(bytes, depth + 1));
    } else if (what >= 240) {
      std::uint64_t number = 0;
      for (const auto byte : dnc::fuzz::take(bytes, what - 240))
        number = number << 8 | byte;
      list.number(dnc::U256(number));
    } else {
      list.bytes(dnc::fuzz::take(bytes, what));
    }
  }
  return list;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ByteView bytes(data, size);
  const dnc::Bytes encoded = build(bytes, 0).encode();
  ByteView rest(encoded);
  dnc::fuzz::require(skip_item(rest) && rest.empty());
  return 0;
}
