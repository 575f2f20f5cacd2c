// What an RPC endpoint answers: any mix of reads stays within the answer, and a failure lasts.
#include "core/eth/abi.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace {

void read(dnc::AbiDecoder& decoder, dnc::ByteView& plan, int depth) {
  for (int reads = 0; reads < 16 && !plan.empty(); ++reads) {
    switch (dnc::fuzz::take_byte(plan) % 9) {
      case 0:
        (void)decoder.word();
        break;
      case 1:
        (void)decoder.number();
        break;
      case 2:
        (void)decoder.u64();
        break;
      case 3:
        (void)decoder.flag();
        break;
      case 4:
        (void)decoder.address();
        break;
      case 5:
        (void)decoder.bytes();
        break;
      case 6:
        (void)decoder.text();
        break;
      case 7: {
        if (depth > 4) return;
        auto inner = decoder.tuple();
        read(inner, plan, depth + 1);
        break;
      }
      default: {
        auto array = decoder.array();
        for (std::size_t i = 0; i < array.size && decoder.ok(); ++i)
          (void)array.items.bytes();
      }
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  dnc::ByteView bytes(data, size);
  dnc::ByteView plan = dnc::fuzz::take(bytes, 16);
  dnc::AbiDecoder decoder(bytes);
  read(decoder, plan, 0);
  const bool ok = decoder.ok();
  if (!ok) {
    (void)decoder.word();
    dnc::fuzz::require(!decoder.ok());
  }
  return 0;
}
