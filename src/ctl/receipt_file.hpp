// Receipts and key histories as files, and a receipt as the contract takes it (docs/formats.md).
#pragma once

#include <string>

#include "core/consensus/receipt.hpp"
#include "io/base/json.hpp"

namespace dnc::ctl {

inline constexpr std::size_t kReceiptBytesMax = 4u << 20;
inline constexpr std::size_t kKeyHistoryBytesMax = 64u << 20;

struct ReceiptFile {
  Eip712Domain domain;
  Receipt receipt;
};

struct KeyHistoryFile {
  Eip712Domain domain;
  KeyHistory history;
};

// A file to be judged offline, and the key history to judge it by.
struct VerifyOptions {
  std::string file = "-";
  std::string keys;
};

// Errors: bad_receipt, bad_key_history. A receipt may also stand in the answer to a write.
Result<ReceiptFile> parse_receipt(std::string_view text);
Result<KeyHistoryFile> parse_key_history(std::string_view text);

// "verifyReceipt" or "anchor" with this receipt: the calldata.
Bytes receipt_call(const std::string& function, const Receipt& receipt);

}  // namespace dnc::ctl
