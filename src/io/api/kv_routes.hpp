// The HTTP face of the key-value service: /kv/{key} and /kv, as docs/operations.md describes them.
#pragma once

#include "io/api/node_view.hpp"
#include "io/net/http_server.hpp"

namespace dnc {

// As GET / lists them.
inline constexpr const char* kKvPaths[] = {"GET /kv", "GET /kv/{key}", "PUT /kv/{key}",
                                           "DELETE /kv/{key}"};

// Is it a path of this service? The method is its business.
bool is_kv_path(std::string_view path);

// Answers GET, PUT and DELETE of a key, and GET of a range.
void handle_kv(NodeView& node, const HttpRequest& request, const HttpReplier& reply);

}  // namespace dnc
