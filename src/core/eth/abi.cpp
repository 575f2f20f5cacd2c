#include "core/eth/abi.hpp"

#include <algorithm>

#include "core/base/check.hpp"
#include "core/base/wire.hpp"
#include "core/crypto/keccak256.hpp"
#include "core/eth/eip712.hpp"

namespace dnc {
namespace {

constexpr std::size_t kWord = Hash::kSize;

std::size_t padded(std::size_t size) {
  return (size + kWord - 1) / kWord * kWord;
}

}  // namespace

Selector selector(std::string_view signature) {
  const Hash digest = keccak256(as_bytes(signature));
  Selector first;
  std::copy_n(digest.bytes.begin(), first.size(), first.begin());
  return first;
}

AbiEncoder& AbiEncoder::word(const Hash& value) {
  fields_.push_back({value, {}, false});
  return *this;
}

AbiEncoder& AbiEncoder::number(const U256& value) {
  return word(value.to_word());
}

AbiEncoder& AbiEncoder::flag(bool value) {
  return word(abi_word(value));
}

AbiEncoder& AbiEncoder::address(const Address& value) {
  return word(abi_word(value));
}

AbiEncoder& AbiEncoder::fixed_bytes(ByteView value) {
  CHECK(value.size() <= kWord);
  Hash head;
  std::copy(value.begin(), value.end(), head.bytes.begin());
  return word(head);
}

AbiEncoder& AbiEncoder::bytes(ByteView value) {
  Writer tail;
  tail.fixed(abi_word(std::uint64_t{value.size()}));
  tail.raw(value);
  tail.raw(Bytes(padded(value.size()) - value.size(), 0));
  return dynamic(tail.take());
}

AbiEncoder& AbiEncoder::tuple(const AbiEncoder& value) {
  if (!value.is_static()) return dynamic(value.encode());
  for (const Field& field : value.fields_)
    word(field.head);
  return *this;
}

AbiEncoder& AbiEncoder::words(const std::vector<Hash>& items) {
  Writer tail;
  tail.fixed(abi_word(std::uint64_t{items.size()}));
  for (const Hash& item : items) {
    tail.fixed(item);
  }
  return dynamic(tail.take());
}

AbiEncoder& AbiEncoder::tuples(const std::vector<AbiEncoder>& items) {
  AbiEncoder body;
  for (const AbiEncoder& item : items) {
    body.tuple(item);
  }
  return array(items.size(), body);
}

AbiEncoder& AbiEncoder::blobs(const std::vector<Bytes>& items) {
  AbiEncoder body;
  for (const Bytes& item : items) {
    body.bytes(item);
  }
  return array(items.size(), body);
}

AbiEncoder& AbiEncoder::array(std::size_t size, const AbiEncoder& body) {
  Writer tail;
  tail.fixed(abi_word(std::uint64_t{size}));
  tail.raw(body.encode());
  return dynamic(tail.take());
}

Bytes AbiEncoder::encode() const {
  Writer heads;
  Writer tails;
  for (const Field& field : fields_) {
    const std::uint64_t offset = kWord * fields_.size() + tails.size();
    heads.fixed(field.dynamic ? abi_word(offset) : field.head);
    tails.raw(field.tail);
  }
  heads.raw(tails.bytes());
  return heads.take();
}

Bytes AbiEncoder::call(std::string_view signature) const {
  Writer data;
  data.raw(selector(signature));
  data.raw(encode());
  return data.take();
}

AbiEncoder& AbiEncoder::dynamic(Bytes tail) {
  fields_.push_back({{}, std::move(tail), true});
  return *this;
}

bool AbiEncoder::is_static() const {
  return std::none_of(fields_.begin(), fields_.end(),
                      [](const Field& field) { return field.dynamic; });
}

AbiDecoder::AbiDecoder(ByteView data) : data_(data), state_(std::make_shared<State>()) {
  state_->bytes_left = data.size();
}

AbiDecoder::AbiDecoder(ByteView data, std::shared_ptr<State> state)
    : data_(data), state_(std::move(state)) {}

void AbiDecoder::fail() {
  state_->ok = false;
}

ByteView AbiDecoder::take(ByteView from, std::size_t size) {
  if (!ok() || from.size() < size || state_->bytes_left < size) {
    fail();
    return {};
  }
  state_->bytes_left -= size;
  return from.first(size);
}

Hash AbiDecoder::word() {
  const auto value = Hash::from(take(data_.subspan(next_), kWord));
  if (!value) return {};
  next_ += kWord;
  return *value;
}

std::uint64_t AbiDecoder::u64() {
  const auto value = number().to_u64();
  if (!value) fail();
  return value.value_or(0);
}

bool AbiDecoder::flag() {
  const std::uint64_t value = u64();
  if (value > 1) fail();
  return value == 1;
}

Address AbiDecoder::address() {
  const Hash value = word();
  const auto split = value.bytes.begin() + 12;
  if (std::any_of(value.bytes.begin(), split, [](std::uint8_t byte) { return byte != 0; })) fail();
  Address address;
  if (ok()) std::copy(split, value.bytes.end(), address.bytes.begin());
  return address;
}

ByteView AbiDecoder::follow_offset() {
  const std::uint64_t offset = u64();
  if (offset > data_.size()) fail();
  return ok() ? data_.subspan(offset) : ByteView{};
}

Bytes AbiDecoder::bytes() {
  AbiDecoder tail(follow_offset(), state_);
  const std::uint64_t size = tail.u64();
  const ByteView value = take(tail.data_.subspan(tail.next_), size);
  return {value.begin(), value.end()};
}

std::string AbiDecoder::text() {
  return as_text(bytes());
}

AbiDecoder AbiDecoder::tuple() {
  return {follow_offset(), state_};
}

AbiDecoder::Array AbiDecoder::array(std::size_t item_words) {
  CHECK(item_words > 0);
  AbiDecoder tail(follow_offset(), state_);
  const std::uint64_t size = tail.u64();
  const ByteView items = tail.data_.subspan(tail.next_);
  if (size > items.size() / (kWord * item_words)) fail();
  return {ok() ? static_cast<std::size_t>(size) : 0, AbiDecoder(items, state_)};
}

}  // namespace dnc
