#include "core/eth/rlp.hpp"

namespace dnc {
namespace {

constexpr std::uint8_t kStringBase = 0x80;
constexpr std::uint8_t kListBase = 0xc0;
constexpr std::size_t kShortMax = 55;

void append_header(Bytes& out, std::uint8_t base, std::size_t size) {
  if (size <= kShortMax) {
    out.push_back(static_cast<std::uint8_t>(base + size));
    return;
  }
  int size_bytes = 1;
  while (size_bytes < 8 && size >> (8 * size_bytes) != 0)
    ++size_bytes;
  out.push_back(static_cast<std::uint8_t>(base + kShortMax + size_bytes));
  for (int i = size_bytes - 1; i >= 0; --i) {
    out.push_back(static_cast<std::uint8_t>(size >> (8 * i)));
  }
}

}  // namespace

void RlpList::bytes(ByteView value) {
  const bool is_its_own_encoding = value.size() == 1 && value[0] < kStringBase;
  if (!is_its_own_encoding) append_header(payload_, kStringBase, value.size());
  payload_.insert(payload_.end(), value.begin(), value.end());
}

void RlpList::number(const U256& value) {
  const Hash word = value.to_word();
  std::size_t zeros = 0;
  while (zeros < Hash::kSize && word.bytes[zeros] == 0)
    ++zeros;
  bytes(word.view().subspan(zeros));
}

void RlpList::list(const RlpList& value) {
  const Bytes encoded = value.encode();
  payload_.insert(payload_.end(), encoded.begin(), encoded.end());
}

Bytes RlpList::encode() const {
  Bytes out;
  out.reserve(payload_.size() + 9);
  append_header(out, kListBase, payload_.size());
  out.insert(out.end(), payload_.begin(), payload_.end());
  return out;
}

}  // namespace dnc
