// The small pieces of the codec: how lists, optionals and whole values are framed. Private to the
// codec's files.
#pragma once

#include <optional>
#include <vector>

#include "core/base/wire.hpp"
#include "core/consensus/codec.hpp"

namespace dnc::wire {

// No statement takes fewer: a count of them is held against what is left to read.
inline constexpr std::size_t kStatementBytesMin = 100;

void put(Writer& out, const Identity& value);
void get(Reader& in, Identity& value);
void put(Writer& out, const Scope& value);
void get(Reader& in, Scope& value);
void put(Writer& out, const LogHead& value);
void get(Reader& in, LogHead& value);
void put(Writer& out, const Operation& value);
void get(Reader& in, Operation& value);
void put(Writer& out, const Rejoin& value);
void get(Reader& in, Rejoin& value);
void put(Writer& out, const SeatChange& value);
void get(Reader& in, SeatChange& value);
void put(Writer& out, const BlockHeader& value);
void get(Reader& in, BlockHeader& value);
void put(Writer& out, const Block& value);
void get(Reader& in, Block& value);
void put(Writer& out, const Accept& value);
void get(Reader& in, Accept& value);
void put(Writer& out, const NoConfidence& value);
void get(Reader& in, NoConfidence& value);
void put(Writer& out, const Grant& value);
void get(Reader& in, Grant& value);
void put(Writer& out, const NewTerm& value);
void get(Reader& in, NewTerm& value);
void put(Writer& out, const RestartReport& value);
void get(Reader& in, RestartReport& value);
void put(Writer& out, const RecoveryConsent& value);
void get(Reader& in, RecoveryConsent& value);
void put(Writer& out, const Founder& value);
void get(Reader& in, Founder& value);
void put(Writer& out, const StartGeneration& value);
void get(Reader& in, StartGeneration& value);
void put(Writer& out, const Report& value);
void get(Reader& in, Report& value);
void put(Writer& out, const Statement& value);
void get(Reader& in, Statement& value);
void put(Writer& out, const Contradiction& value);
void get(Reader& in, Contradiction& value);

template <class T>
void put_list(Writer& out, const std::vector<T>& items) {
  out.u32(static_cast<std::uint32_t>(items.size()));
  for (const auto& item : items)
    put(out, item);
}

template <class T>
void get_list(Reader& in, std::vector<T>& items, std::size_t item_size_min, std::size_t count_max) {
  const std::uint32_t count = in.count(item_size_min);
  if (count > count_max) in.fail();
  if (in.ok()) items.reserve(count);
  for (std::uint32_t i = 0; i < count && in.ok(); ++i)
    get(in, items.emplace_back());
}

template <class T>
void put_optional(Writer& out, const std::optional<T>& value) {
  out.flag(value.has_value());
  if (value) put(out, *value);
}

template <class T>
void get_optional(Reader& in, std::optional<T>& value) {
  if (in.flag()) get(in, value.emplace());
}

// Every stored or sent value starts with the version of its encoding.
template <class T>
Bytes to_bytes(const T& value) {
  Writer out;
  out.u8(kWireVersion);
  put(out, value);
  return out.take();
}

template <class T>
std::optional<T> from_bytes(ByteView bytes) {
  Reader in(bytes);
  if (in.u8() != kWireVersion) return std::nullopt;
  T value;
  get(in, value);
  if (!in.at_end()) return std::nullopt;
  return value;
}

template <class T>
Bytes list_to_bytes(const std::vector<T>& items) {
  Writer out;
  out.u8(kWireVersion);
  put_list(out, items);
  return out.take();
}

template <class T>
std::optional<std::vector<T>> list_from_bytes(ByteView bytes, std::size_t item_size_min,
                                              std::size_t count_max) {
  Reader in(bytes);
  if (in.u8() != kWireVersion) return std::nullopt;
  std::vector<T> items;
  get_list(in, items, item_size_min, count_max);
  if (!in.at_end()) return std::nullopt;
  return items;
}

}  // namespace dnc::wire
