#include "io/api/page.hpp"

#include <algorithm>

#include "core/base/check.hpp"
#include "io/api/page_files.hpp"

namespace dnc {
namespace {

const PageFile* find_file(const std::string& path) {
  const auto files = page_files();
  const auto found = std::find_if(files.begin(), files.end(),
                                  [&](const PageFile& file) { return file.path == path; });
  return found == files.end() ? nullptr : &*found;
}

}  // namespace

bool is_page_request(const HttpRequest& request) {
  if (request.method != "GET" && request.method != "HEAD") return false;
  if (!find_file(request.path)) return false;
  const auto accept = request.header("Accept").value_or("");
  return request.path != "/" || accept.find("text/html") != std::string_view::npos;
}

HttpResponse revalidated(const HttpRequest& request, std::string_view etag) {
  HttpResponse response;
  // A node may be of another version tomorrow: ask each time, and mostly hear 304.
  response.headers = {{"Cache-Control", "no-cache"}, {"ETag", std::string(etag)}};
  if (request.header("If-None-Match") == etag) response.status = 304;
  return response;
}

HttpResponse page_answer(const HttpRequest& request) {
  const PageFile* const file = find_file(request.path);
  CHECK(file != nullptr);
  HttpResponse response = revalidated(request, file->etag);
  response.headers.insert(response.headers.end(), {{"Vary", "Accept"},
                                                   {"Content-Security-Policy", page_policy()},
                                                   {"X-Content-Type-Options", "nosniff"},
                                                   {"Referrer-Policy", "no-referrer"}});
  if (response.status == 304) return response;
  response.content_type = file->type;
  response.headers.emplace_back("Content-Encoding", "gzip");
  response.body.assign(file->gzip.begin(), file->gzip.end());
  return response;
}

}  // namespace dnc
