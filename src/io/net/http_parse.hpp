// One connection's bytes into requests. Wraps the HTTP parser library; nobody else names it.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "io/net/http_server.hpp"

namespace dnc {

std::string_view reason_of(int status);  // "Not Found"

// The response a server writes by itself, in the form of every error body.
HttpResponse error_response(int status, std::string_view code, std::string_view message);

// Appends status line, headers and, unless `head`, the body.
void serialise(const HttpResponse& response, bool keep_alive, bool head, std::string& out);

// Appends status line and headers of a response whose body ends with the connection.
void serialise_stream(const HttpResponse& response, std::string& out);

class HttpParser {
 public:
  enum class [[nodiscard]] Event{
      more,     // all bytes are used up
      request,  // take() it, then feed the rest again
      refused,  // answer with refusal(), then close; feed nothing more
  };

  explicit HttpParser(const HttpLimits& limits);
  ~HttpParser();
  HttpParser(const HttpParser&) = delete;
  HttpParser& operator=(const HttpParser&) = delete;

  // Takes what it has read off the front of `bytes`.
  Event feed(std::string_view& bytes);

  HttpRequest take();
  bool keep_alive() const;  // of the request just completed
  bool between() const;     // no request has begun since the last one was taken
  bool wants_continue();    // once per request: its client waits for "100 Continue"
  HttpResponse refusal() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace dnc
