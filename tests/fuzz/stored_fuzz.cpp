// What a disk holds: blocks, certificates, contradictions, the evidence of a commit. The first byte
// says which.
#include "core/consensus/codec.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace {

template <class Decoded>
void check(const Decoded& decoded, dnc::ByteView bytes) {
  if (!decoded) return;
  const dnc::Bytes again = dnc::encode(*decoded);
  dnc::fuzz::require(std::equal(again.begin(), again.end(), bytes.begin(), bytes.end()));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  dnc::ByteView bytes(data, size);
  switch (dnc::fuzz::take_byte(bytes) % 4) {
    case 0:
      check(dnc::decode_block(bytes), bytes);
      break;
    case 1:
      check(dnc::decode_new_term(bytes), bytes);
      break;
    case 2:
      check(dnc::decode_contradictions(bytes), bytes);
      break;
    default:
      check(dnc::decode_accepts(bytes), bytes);
      break;
  }
  return 0;
}
