// What the key-value service reads and writes; the public half stands in key_value.hpp.
#pragma once

#include "core/services/key_value.hpp"

namespace dnc::kv {

enum class Verb : std::uint8_t { kPut = 1, kRemove = 2, kGet = 3, kList = 4 };

struct Request {
  Verb verb{};
  std::string key;  // of a list: the prefix
  Bytes value;
  Condition condition;
  std::string after;
  std::uint64_t entries_max = 0;
};

// Empty for bytes that are no request of this service.
std::optional<Request> decode_request(ByteView bytes);

Bytes encode(const WriteAnswer& answer);
Bytes encode(const GetAnswer& answer);
Bytes encode(const ListAnswer& answer);

}  // namespace dnc::kv
