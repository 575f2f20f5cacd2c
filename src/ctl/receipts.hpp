// Receipts from a node, judged without one.
#pragma once

#include <cstdint>
#include <string>

#include "ctl/connection.hpp"
#include "ctl/node_client.hpp"
#include "ctl/receipt_file.hpp"
#include "ctl/report.hpp"

namespace dnc::ctl {

struct ReceiptGetOptions {
  NodeOptions nodes;
  std::uint64_t seq = 0;
  std::uint64_t operation = 0;
};

// Errors: those of read_input() and parse_key_history().
Result<KeyHistoryFile> read_key_history(const std::string& path);

// The receipt on stdout, from the first node that has it.
ExitCode run_receipt_get(const ReceiptGetOptions& options);
// The key history on stdout.
ExitCode run_receipt_keys(const ChainOptions& options);
// Judges a receipt by a key history, offline.
ExitCode run_receipt_verify(const VerifyOptions& options, Output output);
// What to send to the contract: verifyReceipt or anchor.
ExitCode run_receipt_calldata(const std::string& file, bool anchor);

}  // namespace dnc::ctl
