// The byte order of everything we write: big-endian integers, byte strings behind a 32-bit length.
// A Reader never reads past its end: after the first failure it returns zeros and ok() is false.
#pragma once

#include <bit>
#include <cstring>
#include <string>

#include "core/base/bytes.hpp"
#include "core/base/ids.hpp"

namespace dnc {

constexpr std::uint32_t big_endian(std::uint32_t value) {
  return std::endian::native == std::endian::little ? __builtin_bswap32(value) : value;
}
constexpr std::uint64_t big_endian(std::uint64_t value) {
  return std::endian::native == std::endian::little ? __builtin_bswap64(value) : value;
}

class Writer {
 public:
  Writer() : out_(kUsualSize) {}  // growing byte by byte costs more than the space

  void u8(std::uint8_t value) { *grow(1) = value; }
  void u32(std::uint32_t value) { integer(big_endian(value)); }
  void u64(std::uint64_t value) { integer(big_endian(value)); }
  void flag(bool value) { u8(value ? 1 : 0); }
  void raw(ByteView bytes) { std::copy(bytes.begin(), bytes.end(), grow(bytes.size())); }
  void blob(ByteView bytes);  // length, then the bytes
  void text(std::string_view value) { blob(as_bytes(value)); }

  template <class Tag>
  void id(StrongId<Tag> value) {
    u64(value.value);
  }
  template <std::size_t N, class Tag>
  void fixed(const FixedBytes<N, Tag>& value) {
    raw(value.view());
  }

  std::size_t size() const { return size_; }
  ByteView bytes() const { return {out_.data(), size_}; }
  Bytes take() {
    out_.resize(size_);
    return std::move(out_);
  }

 private:
  static constexpr std::size_t kUsualSize = 256;

  // Room for `more` bytes, to be filled in at once.
  std::uint8_t* grow(std::size_t more) {
    const std::size_t at = size_;
    size_ += more;
    if (size_ > out_.size()) out_.resize(std::max(size_, 2 * out_.size()));
    return out_.data() + at;
  }
  template <class Integer>
  void integer(Integer ordered) {
    std::memcpy(grow(sizeof ordered), &ordered, sizeof ordered);
  }

  Bytes out_;  // as large as it may get without growing
  std::size_t size_ = 0;
};

class Reader {
 public:
  explicit Reader(ByteView bytes) : rest_(bytes) {}

  std::uint8_t u8() { return integer<std::uint8_t>(); }
  std::uint32_t u32() { return big_endian(integer<std::uint32_t>()); }
  std::uint64_t u64() { return big_endian(integer<std::uint64_t>()); }
  bool flag();  // anything but 0 and 1 is a failure: one value has one encoding
  ByteView raw(std::size_t size) {
    if (!ok_ || rest_.size() < size) {
      ok_ = false;
      return {};
    }
    const ByteView taken = rest_.first(size);
    rest_ = rest_.subspan(size);
    return taken;
  }
  Bytes blob(std::size_t size_max);
  std::string text(std::size_t size_max);
  // A count of items that follow, each at least `item_size_min` bytes: never larger than what is
  // left.
  std::uint32_t count(std::size_t item_size_min);

  template <class Id>
  Id id() {
    return Id{u64()};
  }
  template <class Fixed>
  Fixed fixed() {
    const auto value = Fixed::from(raw(Fixed::kSize));
    return value ? *value : Fixed{};
  }

  void fail() { ok_ = false; }
  bool ok() const { return ok_; }
  bool at_end() const { return ok_ && rest_.empty(); }

 private:
  template <class Integer>
  Integer integer() {
    Integer ordered = 0;
    const ByteView taken = raw(sizeof ordered);
    if (!taken.empty()) std::memcpy(&ordered, taken.data(), sizeof ordered);
    return ordered;
  }

  ByteView rest_;
  bool ok_ = true;
};

}  // namespace dnc
