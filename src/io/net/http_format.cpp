// Writing responses.
#include <algorithm>
#include <array>
#include <charconv>

#include "io/net/http_parse.hpp"

namespace dnc {

namespace {

struct Reason {
  int status;
  std::string_view text;
};

constexpr std::array kReasons{
    Reason{200, "OK"},
    Reason{201, "Created"},
    Reason{202, "Accepted"},
    Reason{204, "No Content"},
    Reason{301, "Moved Permanently"},
    Reason{302, "Found"},
    Reason{304, "Not Modified"},
    Reason{307, "Temporary Redirect"},
    Reason{308, "Permanent Redirect"},
    Reason{400, "Bad Request"},
    Reason{401, "Unauthorized"},
    Reason{403, "Forbidden"},
    Reason{404, "Not Found"},
    Reason{405, "Method Not Allowed"},
    Reason{408, "Request Timeout"},
    Reason{409, "Conflict"},
    Reason{410, "Gone"},
    Reason{412, "Precondition Failed"},
    Reason{413, "Content Too Large"},
    Reason{415, "Unsupported Media Type"},
    Reason{421, "Misdirected Request"},
    Reason{422, "Unprocessable Content"},
    Reason{429, "Too Many Requests"},
    Reason{431, "Request Header Fields Too Large"},
    Reason{500, "Internal Server Error"},
    Reason{501, "Not Implemented"},
    Reason{502, "Bad Gateway"},
    Reason{503, "Service Unavailable"},
    Reason{504, "Gateway Timeout"},
};

void append_number(std::size_t value, std::string& out) {
  std::array<char, 20> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  out.append(digits.data(), end);
}

// A line break in a value would let whoever chose the value write headers of their own.
void append_header(std::string_view name, std::string_view value, std::string& out) {
  out.append(name).append(": ");
  for (const char c : value) {
    out.push_back(c == '\r' || c == '\n' || c == '\0' ? ' ' : c);
  }
  out.append("\r\n");
}

}  // namespace

std::string_view reason_of(int status) {
  const auto* const found = std::find_if(kReasons.begin(), kReasons.end(),
                                         [&](const Reason& r) { return r.status == status; });
  return found == kReasons.end() ? "Unknown" : found->text;
}

static void append_status(int status, std::string& out) {
  out.append("HTTP/1.1 ");
  append_number(static_cast<std::size_t>(status), out);
  out.append(" ").append(reason_of(status)).append("\r\n");
}

// What to do about it depends on the status alone.
static std::string_view hint_of(int status) {
  switch (status) {
    case 400:
      return "send a well-formed HTTP/1.1 request";
    case 405:
      return "use a method that the path takes";
    case 408:
      return "send the whole request at once";
    case 413:
    case 431:
      return "send less";
    default:
      return "send it again later, with the same Idempotency-Key if it was a write";
  }
}

HttpResponse error_response(int status, std::string_view code, std::string_view message) {
  HttpResponse response;
  response.status = status;
  if (status == 503) response.headers.emplace_back("Retry-After", "1");
  response.body.append(R"({"error":{"code":")").append(code);
  response.body.append(R"(","message":")").append(message);
  response.body.append(R"(","hint":")").append(hint_of(status)).append("\"}}\n");
  return response;
}

void serialise_stream(const HttpResponse& response, std::string& out) {
  append_status(response.status, out);
  append_header("Content-Type", response.content_type, out);
  for (const auto& [name, value] : response.headers)
    append_header(name, value, out);
  out.append("Connection: close\r\n\r\n");
}

void serialise(const HttpResponse& response, bool keep_alive, bool head, std::string& out) {
  const bool bodiless = response.status == 204 || response.status == 304;
  append_status(response.status, out);
  if (!bodiless) {
    append_header("Content-Type", response.content_type, out);
    out.append("Content-Length: ");
    append_number(response.body.size(), out);
    out.append("\r\n");
  }
  for (const auto& [name, value] : response.headers)
    append_header(name, value, out);
  out.append(keep_alive ? "Connection: keep-alive\r\n\r\n" : "Connection: close\r\n\r\n");
  if (!bodiless && !head) out.append(response.body);
}

}  // namespace dnc
