// What a peer sends. A message has one encoding: what decodes encodes to the same bytes.
#include "core/consensus/codec.hpp"
#include "tests/fuzz/fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const dnc::ByteView bytes(data, size);
  if (const auto envelope = dnc::decode_envelope(bytes)) {
    const dnc::Bytes again = dnc::encode(*envelope);
    dnc::fuzz::require(std::equal(again.begin(), again.end(), bytes.begin(), bytes.end()));
  }
  return 0;
}
