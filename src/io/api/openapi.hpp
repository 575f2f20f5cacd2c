// GET /openapi.json: the HTTP API for programs. The document's parts stand in openapi/, whose
// embed.mjs makes the source behind the first two.
#pragma once

#include <string_view>

#include "io/net/http_server.hpp"

namespace dnc {

std::string_view openapi_document();  // JSON
std::string_view openapi_etag();      // with its quotes

// 200 with the document, or 304.
HttpResponse openapi_answer(const HttpRequest& request);

}  // namespace dnc
