// Serves the dashboard's files.
#pragma once

#include <string_view>

#include "io/net/http_server.hpp"

namespace dnc {

// Does the request ask for a file of the page? "/" is one for browsers alone: everybody else gets
// the list of paths there.
bool is_page_request(const HttpRequest& request);
// 200 with the file, compressed, or 304. Requires: is_page_request().
HttpResponse page_answer(const HttpRequest& request);

inline constexpr const char* kPageFilePath = "GET /dashboard/{file}";

// What the program carries and the client may keep: 304 if it has what `etag` (with its quotes)
// stands for, else 200 with the body still to be filled in.
HttpResponse revalidated(const HttpRequest& request, std::string_view etag);

}  // namespace dnc
