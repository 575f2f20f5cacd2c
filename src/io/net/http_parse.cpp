#include "io/net/http_parse.hpp"

#include <http_parser.h>

#include <algorithm>
#include <charconv>
#include <climits>

#include "core/base/check.hpp"

namespace dnc {

namespace {

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool same_name(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(),
                                            [](char x, char y) { return lower(x) == lower(y); });
}

// False for a broken escape or a NUL, which no path or query of ours has.
bool percent_decode(std::string_view text, bool plus_is_space, std::string& out) {
  out.clear();
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '%') {
      unsigned value = 0;
      const char* const digits = text.data() + at + 1;
      if (at + 2 >= text.size()) return false;
      const auto parsed = std::from_chars(digits, digits + 2, value, 16);
      if (parsed.ptr != digits + 2 || value == 0) return false;
      out.push_back(static_cast<char>(value));
      at += 2;
    } else {
      out.push_back(plus_is_space && text[at] == '+' ? ' ' : text[at]);
    }
  }
  return true;
}

bool parse_query(std::string_view text, NameValues& out) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('&'), text.size());
    const std::string_view pair = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (pair.empty()) continue;
    const std::size_t equals = std::min(pair.find('='), pair.size());
    auto& [name, value] = out.emplace_back();
    if (!percent_decode(pair.substr(0, equals), true, name)) return false;
    if (!percent_decode(pair.substr(std::min(equals + 1, pair.size())), true, value)) return false;
  }
  return true;
}

// Origin form ("/a?b=c"), or absolute form ("http://host/a?b=c") as sent to a proxy.
bool parse_target(std::string_view target, HttpRequest& request) {
  if (const std::size_t scheme = target.find("://");
      !target.starts_with('/') && scheme != std::string_view::npos) {
    target.remove_prefix(std::min(target.find_first_of("/?", scheme + 3), target.size()));
  }
  target = target.substr(0, target.find('#'));
  const std::size_t mark = std::min(target.find('?'), target.size());
  if (!percent_decode(target.substr(0, mark), false, request.path)) return false;
  if (request.path.empty()) request.path = "/";
  return parse_query(target.substr(std::min(mark + 1, target.size())), request.query);
}

struct Refusal {
  int status = 0;
  std::string_view code;
  std::string_view message;
};

}  // namespace

struct HttpParser::Impl {
  HttpLimits limits;
  http_parser parser{};
  HttpRequest request;
  std::string target;
  std::size_t header_bytes = 0;
  bool in_value = false;      // the last callback was for a header's value
  bool headers_done = false;  // what follows as headers are trailers, and ignored
  bool begun = false;
  bool complete = false;
  bool keep_alive = false;
  bool wants_continue = false;
  Refusal refusal;

  int refuse(int status, std::string_view code, std::string_view message) {
    if (refusal.status == 0) refusal = {status, code, message};
    return 1;
  }

  int on_begin() {
    request = {};
    target.clear();
    header_bytes = 0;
    in_value = headers_done = complete = wants_continue = false;
    begun = true;
    return 0;
  }

  bool count(std::size_t size) {
    header_bytes += size + 2;
    return header_bytes <= limits.header_bytes_max;
  }

  int too_big() {
    return refuse(431, "headers_too_large", "the request line and headers exceed the limit");
  }

  int on_target(std::string_view part) {
    if (!count(part.size())) return too_big();
    target += part;
    return 0;
  }

  int on_name(std::string_view part) {
    if (!count(part.size())) return too_big();
    if (headers_done) return 0;
    if (in_value || request.headers.empty()) request.headers.emplace_back();
    in_value = false;
    request.headers.back().first += part;
    return 0;
  }

  int on_value(std::string_view part) {
    if (!count(part.size())) return too_big();
    if (headers_done) return 0;
    in_value = true;
    request.headers.back().second += part;
    return 0;
  }

  int on_headers_complete();
  int on_body(std::string_view part);
  int on_complete();
  static const http_parser_settings& settings();
};

int HttpParser::Impl::on_headers_complete() {
  headers_done = true;
  for (auto& [name, value] : request.headers)  // blanks around a value are none of it (RFC 9110)
    value.erase(value.find_last_not_of(" \t") + 1);
  request.method = http_method_str(static_cast<http_method>(parser.method));
  if (parser.method == HTTP_CONNECT) {
    return refuse(405, "method_not_allowed", "this server is not a proxy");
  }
  parser.upgrade = 0;  // an offer to speak something else; declined by answering as usual
  const bool http11 = parser.http_major == 1 && parser.http_minor >= 1;
  if (http11 && !request.header("host")) {
    return refuse(400, "bad_request", "an HTTP/1.1 request has a Host header");
  }
  if (!parse_target(target, request)) {
    return refuse(400, "bad_request", "the request target has a broken percent escape");
  }
  const bool has_length = parser.content_length != ULLONG_MAX;
  if (has_length && parser.content_length > limits.body_bytes_max) {
    return refuse(413, "body_too_large", "the request body exceeds the limit");
  }
  if (has_length) request.body.reserve(std::min<std::size_t>(parser.content_length, 64u << 10));
  const auto expect = request.header("expect");
  wants_continue = http11 && expect && same_name(*expect, "100-continue");
  return 0;
}

int HttpParser::Impl::on_body(std::string_view part) {
  if (request.body.size() + part.size() > limits.body_bytes_max) {
    return refuse(413, "body_too_large", "the request body exceeds the limit");
  }
  request.body += part;
  return 0;
}

int HttpParser::Impl::on_complete() {
  complete = true;
  wants_continue = false;
  keep_alive = http_should_keep_alive(&parser) != 0;
  http_parser_pause(&parser, 1);  // one request at a time: feed() goes on when it is asked again
  return 0;
}

const http_parser_settings& HttpParser::Impl::settings() {
  static const http_parser_settings all = [] {
    http_parser_settings made;
    http_parser_settings_init(&made);
    made.on_message_begin = [](http_parser* p) { return static_cast<Impl*>(p->data)->on_begin(); };
    made.on_url = [](http_parser* p, const char* at, std::size_t size) {
      return static_cast<Impl*>(p->data)->on_target({at, size});
    };
    made.on_header_field = [](http_parser* p, const char* at, std::size_t size) {
      return static_cast<Impl*>(p->data)->on_name({at, size});
    };
    made.on_header_value = [](http_parser* p, const char* at, std::size_t size) {
      return static_cast<Impl*>(p->data)->on_value({at, size});
    };
    // 1 would mean "no body follows"; a refusal is any other value.
    made.on_headers_complete = [](http_parser* p) {
      return static_cast<Impl*>(p->data)->on_headers_complete() == 0 ? 0 : -1;
    };
    made.on_body = [](http_parser* p, const char* at, std::size_t size) {
      return static_cast<Impl*>(p->data)->on_body({at, size});
    };
    made.on_message_complete = [](http_parser* p) {
      return static_cast<Impl*>(p->data)->on_complete();
    };
    return made;
  }();
  return all;
}

HttpParser::HttpParser(const HttpLimits& limits) : impl_(std::make_unique<Impl>()) {
  impl_->limits = limits;
  http_parser_init(&impl_->parser, HTTP_REQUEST);
  impl_->parser.data = impl_.get();
}

HttpParser::~HttpParser() = default;

HttpParser::Event HttpParser::feed(std::string_view& bytes) {
  Impl& self = *impl_;
  CHECK(self.refusal.status == 0 && !self.complete);
  const std::size_t used =
      http_parser_execute(&self.parser, &Impl::settings(), bytes.data(), bytes.size());
  bytes.remove_prefix(std::min(used, bytes.size()));
  const http_errno error = HTTP_PARSER_ERRNO(&self.parser);
  if (self.complete) return Event::request;
  if (error == HPE_OK) return Event::more;
  if (error == HPE_HEADER_OVERFLOW) {
    self.too_big();
  } else {
    self.refuse(400, "bad_request", http_errno_description(error));
  }
  return Event::refused;
}

HttpRequest HttpParser::take() {
  CHECK(impl_->complete);
  http_parser_pause(&impl_->parser, 0);
  impl_->complete = false;
  impl_->begun = false;
  return std::move(impl_->request);
}

bool HttpParser::keep_alive() const {
  return impl_->keep_alive;
}
bool HttpParser::between() const {
  return !impl_->begun;
}
bool HttpParser::wants_continue() {
  return std::exchange(impl_->wants_continue, false);
}

HttpResponse HttpParser::refusal() const {
  const Refusal& refusal = impl_->refusal;
  return error_response(refusal.status, refusal.code, refusal.message);
}

std::optional<std::string_view> HttpRequest::header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (same_name(key, name)) return value;
  }
  return std::nullopt;
}

std::optional<std::string_view> HttpRequest::query_value(std::string_view name) const {
  for (const auto& [key, value] : query) {
    if (key == name) return value;
  }
  return std::nullopt;
}

}  // namespace dnc
