// A blocking HTTP client for worker threads: chain RPC, guest agent, other nodes' public pages.
// Every call is bounded in time and size, and another thread can end it.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "core/base/result.hpp"
#include "core/base/time.hpp"

namespace dnc {

struct HttpClientOptions {
  std::string url;  // "http://127.0.0.1:8545"; may hold a path or a secret, never logged whole
  std::string unix_socket;  // when set, connects there, whatever the host of the URL
  Duration connect_timeout{2'000};
  Duration total_timeout{10'000};  // of one call, connecting included
  std::size_t reply_size_max = 8u << 20;
};

struct HttpReply {
  int status = 0;
  std::string body;
};

// Keeps its connection open between calls. One thread at a time, abort() excepted. Follows no
// redirects and asks no proxy: it speaks to whom it was told to, or to nobody.
//
// Errors: http_unreachable (nothing was sent), http_timeout, http_interrupted (the connection broke
// or what came was not HTTP; the request may have been executed), http_too_large, http_aborted,
// http_bad_url. A status other than 200 is a reply, not an error.
class HttpClient {
 public:
  explicit HttpClient(HttpClientOptions options);
  ~HttpClient();
  HttpClient(HttpClient&&) noexcept;
  HttpClient& operator=(HttpClient&&) noexcept;

  // `target` is appended to the URL: "/Info", or nothing.
  Result<HttpReply> get(std::string_view target = {});
  Result<HttpReply> post(std::string_view target, std::string_view body,
                         std::string_view content_type = "application/json");
  Result<HttpReply> put(std::string_view target, std::string_view body);  // bytes as they are
  Result<HttpReply> remove(std::string_view target);                      // DELETE

  // Asks for a stream of server-sent events. `take` gets what comes, as it comes, until it returns
  // false or the server ends the stream: then the reply is a 200 without a body. Whoever has no
  // stream gives an ordinary reply. http_timeout: nothing came for total_timeout.
  using Take = std::function<bool(std::string_view bytes)>;
  Result<HttpReply> listen(std::string_view target, const Take& take);

  // From any thread: ends the call that runs, and all later ones at once, with http_aborted.
  void abort();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace dnc
