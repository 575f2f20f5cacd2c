// The byte order of everything we write: big-endian integers, byte strings behind a 32-bit length.
// A Reader never reads past its end: after the first failure it returns zeros and ok() is false.
#pragma once

#include <string>

#include "core/base/bytes.hpp"
#include "core/base/ids.hpp"

namespace dnc {

class Writer {
 public:
  Writer() { out_.reserve(kUsualSize); }  // growing byte by byte costs more than the space

  void u8(std::uint8_t value) { out_.push_back(value); }
  void u32(std::uint32_t value);
  void u64(std::uint64_t value);
  void flag(bool value) { u8(value ? 1 : 0); }
  void raw(ByteView bytes);
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

  std::size_t size() const { return out_.size(); }
  const Bytes& bytes() const { return out_; }
  Bytes take() { return std::move(out_); }

 private:
  static constexpr std::size_t kUsualSize = 256;

  Bytes out_;
};

class Reader {
 public:
  explicit Reader(ByteView bytes) : rest_(bytes) {}

  std::uint8_t u8();
  std::uint32_t u32();
  std::uint64_t u64();
  bool flag();  // anything but 0 and 1 is a failure: one value has one encoding
  ByteView raw(std::size_t size);
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
  ByteView rest_;
  bool ok_ = true;
};

}  // namespace dnc
