// Quotes and event logs that strangers hand in. What is read is what was there, and nobody's
// signature leads to Intel.
#include "io/dstack/measured_machine.hpp"
#include "io/dstack/tdx_signature.hpp"
#include "tests/fuzz/fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  dnc::ByteView bytes(data, size);
  const std::size_t log_size = dnc::fuzz::take_byte(bytes) * 8;
  const dnc::ByteView log = dnc::fuzz::take(bytes, log_size);
  const auto quote = dnc::parse_tdx_quote(bytes);
  if (!quote) return 0;
  dnc::fuzz::require(quote->signed_part.size() + 4 + 128 <= bytes.size());
  dnc::fuzz::require(
      std::equal(quote->signed_part.begin(), quote->signed_part.end(), bytes.begin()));
  dnc::fuzz::require(!verify_tdx_signature(*quote, dnc::kIntelSgxRoot, 1'800'000'000));
  const auto machine = dnc::measured_machine(*quote, dnc::fuzz::as_text(log));
  if (machine && machine->app_id) dnc::fuzz::require(log.size() > 0);
  return 0;
}
