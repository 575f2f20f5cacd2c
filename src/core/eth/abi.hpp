// The ABI of contract calls: heads of one word each, then the tails that offsets in the heads point
// to.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/bytes.hpp"
#include "core/eth/u256.hpp"

namespace dnc {

using Selector = std::array<std::uint8_t, 4>;

Selector selector(std::string_view signature);  // "castVote(address,bool)"

// The fields of one tuple (the arguments of a call are a tuple), added in order.
class AbiEncoder {
 public:
  AbiEncoder& word(const Hash& value);
  AbiEncoder& number(const U256& value);  // any uintN
  AbiEncoder& flag(bool value);
  AbiEncoder& address(const Address& value);
  AbiEncoder& fixed_bytes(ByteView value);  // bytesN. Requires: at most 32 bytes
  AbiEncoder& bytes(ByteView value);
  AbiEncoder& text(std::string_view value) { return bytes(as_bytes(value)); }
  // A struct. It takes part in the heads when all its fields are static, else it is a tail.
  AbiEncoder& tuple(const AbiEncoder& value);
  AbiEncoder& words(const std::vector<Hash>& items);         // T[] of static one-word items
  AbiEncoder& tuples(const std::vector<AbiEncoder>& items);  // T[] of structs
  AbiEncoder& blobs(const std::vector<Bytes>& items);        // bytes[] or string[]

  Bytes encode() const;
  Bytes call(std::string_view signature) const;  // selector, then the arguments

 private:
  struct Field {
    Hash head;   // the value, or nothing when dynamic
    Bytes tail;  // the encoding behind the offset
    bool dynamic;
  };
  AbiEncoder& dynamic(Bytes tail);
  AbiEncoder& array(std::size_t size, const AbiEncoder& body);
  bool is_static() const;

  std::vector<Field> fields_;
};

// Reads the fields of one tuple in order. What a node of the chain answers is not trusted: nothing
// is read outside the data, and no byte is read twice, so that overlapping offsets cannot turn a
// small answer into a large one. After the first failure it and all its children return zeros.
class AbiDecoder {
 public:
  explicit AbiDecoder(ByteView data);  // Requires: data outlives the decoder and its children

  Hash word();
  U256 number() { return U256::from_word(word()); }
  std::uint64_t u64();  // fails if it does not fit
  bool flag();          // fails on anything but 0 and 1
  Address address();    // fails if the upper 12 bytes are not zero
  Bytes bytes();
  std::string text();
  AbiDecoder
  tuple();  // a struct with a dynamic field; the fields of a static one are read in place

  struct Array;
  // The items are read from `Array::items`. `item_words` is the size of an item's head in words: 1
  // for a value or anything dynamic, the number of words for a static struct.
  Array array(std::size_t item_words = 1);

  void fail();
  bool ok() const { return state_->ok; }

 private:
  struct State {
    bool ok = true;
    std::size_t bytes_left = 0;  // of the whole answer, over all children
  };
  AbiDecoder(ByteView data, std::shared_ptr<State> state);
  ByteView take(ByteView from, std::size_t size);
  ByteView follow_offset();

  ByteView data_;
  std::size_t next_ = 0;
  std::shared_ptr<State> state_;
};

struct AbiDecoder::Array {
  std::size_t size;
  AbiDecoder items;
};

}  // namespace dnc
