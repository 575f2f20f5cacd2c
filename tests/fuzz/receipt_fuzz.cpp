// Receipts that strangers hand in: read, judged, and put into the contract's form. Nobody's key is
// registered, so none may hold.
#include "core/consensus/receipt.hpp"
#include "ctl/receipt_file.hpp"
#include "tests/fuzz/fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto file = dnc::ctl::parse_receipt(dnc::fuzz::as_text({data, size}));
  if (!file) return 0;
  dnc::KeyHistory history;
  for (std::uint64_t nonce = 0; nonce < 4; ++nonce)
    history.configs[{nonce}] = {{1}, {2}, {3}};
  dnc::fuzz::require(!verify_receipt(file->receipt, history, dnc::Signing(file->domain)));
  dnc::fuzz::require(!dnc::ctl::receipt_call("verifyReceipt", file->receipt).empty());
  return 0;
}
