// Receipts over HTTP: GET /receipt/{seq}/{operation}, and ?receipt=1 of a write. Forms and errors
// are those of docs/formats.md and docs/operations.md.
#pragma once

#include "io/api/node_view.hpp"
#include "io/base/json.hpp"
#include "io/net/http_server.hpp"

namespace dnc {

inline constexpr const char* kReceiptPath = "GET /receipt/{seq}/{operation}";

bool is_receipt_path(std::string_view path);
void handle_receipt(NodeView& node, const HttpRequest& request, const HttpReplier& reply);

// Puts the receipt of the operation with this key into the answer to its write: `receipt`, or null
// and `receipt_error`.
void add_receipt(Json& body, const NodeView& node, SeqNo seq, const Bytes& key);

}  // namespace dnc
