// Commands and answers of the key-value service, read by every node and by clients.
#include "core/services/key_value_codec.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace {

template <class Decoded>
void check(const Decoded& decoded, dnc::ByteView bytes) {
  if (!decoded) return;
  const dnc::Bytes again = dnc::kv::encode(*decoded);
  dnc::fuzz::require(std::equal(again.begin(), again.end(), bytes.begin(), bytes.end()));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const dnc::ByteView bytes(data, size);
  if (const auto request = dnc::kv::decode_request(bytes))
    dnc::fuzz::require(request->key.size() <= size);
  check(dnc::kv::decode_write(bytes), bytes);
  check(dnc::kv::decode_get(bytes), bytes);
  check(dnc::kv::decode_list(bytes), bytes);
  return 0;
}
