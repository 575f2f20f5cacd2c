// Serves the dashboard's files.
#pragma once

#include "io/net/http_server.hpp"

namespace dnc {

// Does the request ask for a file of the page? "/" is one for browsers alone: everybody else gets
// the list of paths there.
bool is_page_request(const HttpRequest& request);
// 200 with the file, compressed, or 304. Requires: is_page_request().
HttpResponse page_answer(const HttpRequest& request);

}  // namespace dnc
