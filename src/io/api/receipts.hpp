// Receipts over HTTP: GET /receipt/{seq}/{operation}, and ?receipt=1 of a write. Forms and errors
// are those of docs/formats.md and docs/operations.md.
#pragma once

#include <cstdint>
#include <string_view>

#include "io/api/node_view.hpp"
#include "io/api/request_parts.hpp"
#include "io/net/http_server.hpp"

namespace dnc {

inline constexpr const char* kReceiptPath = "GET /receipt/{seq}/{operation}";

bool is_receipt_path(std::string_view path);
void handle_receipt(NodeView& node, const HttpRequest& request, const HttpReplier& reply);

// The answer to a write that led to a number: where it stands in the log, and, if its client wants
// it, the `receipt`, or null and `receipt_error`. `name` sorts behind "term".
HttpResponse written_answer(const NodeView& node, const WriteReply& reply, const WriteParts& parts,
                            std::string_view name, std::uint64_t number);

}  // namespace dnc
