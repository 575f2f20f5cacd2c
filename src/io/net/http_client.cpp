#include "io/net/http_client.hpp"

#include <curl/curl.h>

#include <array>
#include <atomic>
#include <chrono>

#include "core/base/check.hpp"

namespace dnc {
namespace {

// How often a call looks around when nothing happens; abort() and arriving data wake it at once.
constexpr int kPollMillis = 1000;

struct EasyCleanup {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
struct MultiCleanup {
  void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
};
struct ListCleanup {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using HeaderList = std::unique_ptr<curl_slist, ListCleanup>;

void ensure_library() {
  static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
  CHECK(started == CURLE_OK);
}

// Scheme and host only: paths and user names of RPC URLs hold secrets.
std::string origin_of(const std::string& url) {
  const std::size_t scheme = url.find("://");
  const std::size_t host = scheme == std::string::npos ? 0 : scheme + 3;
  const std::size_t end = std::min(url.find_first_of("/?#", host), url.size());
  const std::size_t at = url.rfind('@', end);
  const std::size_t start = at == std::string::npos || at < host || at >= end ? host : at + 1;
  return url.substr(0, host) + url.substr(start, end - start);
}

using Clock = std::chrono::steady_clock;

struct Body {
  std::string text;
  std::size_t size_max = 0;
  bool too_large = false;
  // Of a stream alone:
  const HttpClient::Take* take = nullptr;
  CURL* easy = nullptr;
  Clock::time_point heard = Clock::now();
  bool enough = false;
};

bool is_stream(CURL* easy) {
  long status = 0;
  const char* type = nullptr;
  curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
  curl_easy_getinfo(easy, CURLINFO_CONTENT_TYPE, &type);
  return status == 200 && type != nullptr &&
         std::string_view(type).starts_with("text/event-stream");
}

// Returning less than was given makes the library give up.
std::size_t append_body(char* data, std::size_t, std::size_t size, void* user) {
  Body& body = *static_cast<Body*>(user);
  body.heard = Clock::now();
  if (body.take != nullptr && is_stream(body.easy)) {
    body.enough = !(*body.take)({data, size});
    return body.enough ? 0 : size;
  }
  if (size > body.size_max - body.text.size()) {
    body.too_large = true;
    return 0;
  }
  body.text.append(data, size);
  return size;
}

const char* code_of(CURLcode result) {
  switch (result) {
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
      return "http_unreachable";
    case CURLE_OPERATION_TIMEDOUT:
      return "http_timeout";
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
      return "http_bad_url";
    default:
      return "http_interrupted";
  }
}

}  // namespace

struct HttpClient::Impl {
  explicit Impl(HttpClientOptions given) : options(std::move(given)) {
    ensure_library();
    multi.reset(curl_multi_init());
    easy.reset(curl_easy_init());
    CHECK(multi != nullptr && easy != nullptr);
  }

  void prepare(const std::string& url, Body& body);
  Result<HttpReply> perform(std::string_view target, Body body = {});
  Result<HttpReply> send_body(const char* method, std::string_view target, std::string_view body,
                              std::string_view content_type);
  CURLcode drive(const Body& body);
  bool fell_silent(const Body& body) const;
  Error failed(CURLcode result, bool too_large) const;

  HttpClientOptions options;
  std::atomic<bool> aborted{false};
  std::array<char, CURL_ERROR_SIZE> detail{};
  // The pool of open connections belongs to the multi handle, so it goes last.
  std::unique_ptr<CURLM, MultiCleanup> multi;
  std::unique_ptr<CURL, EasyCleanup> easy;
};

void HttpClient::Impl::prepare(const std::string& url, Body& body) {
  CURL* const handle = easy.get();
  detail[0] = '\0';
  curl_easy_setopt(handle, CURLOPT_URL, url.c_str());
  curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(handle, CURLOPT_PROXY, "");
  curl_easy_setopt(handle, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);    // signals belong to the program
  curl_easy_setopt(handle, CURLOPT_QUICK_EXIT, 1L);  // do not wait for a name server that hangs
  curl_easy_setopt(handle, CURLOPT_TCP_NODELAY, 1L);
  curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS,
                   static_cast<long>(options.connect_timeout.count()));
  const auto total = body.take == nullptr ? options.total_timeout : Duration{0};  // 0: no end
  curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, static_cast<long>(total.count()));
  curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, detail.data());
  curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, &append_body);
  curl_easy_setopt(handle, CURLOPT_WRITEDATA, &body);
  if (!options.unix_socket.empty()) {
    curl_easy_setopt(handle, CURLOPT_UNIX_SOCKET_PATH, options.unix_socket.c_str());
  }
}

// The multi interface for one transfer: unlike curl_easy_perform it can be woken up.
CURLcode HttpClient::Impl::drive(const Body& body) {
  if (curl_multi_add_handle(multi.get(), easy.get()) != CURLM_OK) return CURLE_FAILED_INIT;
  CURLcode result = CURLE_ABORTED_BY_CALLBACK;
  bool done = false;
  while (!done && !aborted) {
    int running = 0;
    CURLMcode state = curl_multi_perform(multi.get(), &running);
    if (state == CURLM_OK && running > 0) {
      state = curl_multi_poll(multi.get(), nullptr, 0, kPollMillis, nullptr);
    }
    if (state != CURLM_OK || fell_silent(body)) {
      result = state == CURLM_OK ? CURLE_OPERATION_TIMEDOUT : CURLE_FAILED_INIT;
      break;
    }
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi.get(), &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      result = message->data.result;
      done = true;
    }
  }
  curl_multi_remove_handle(multi.get(), easy.get());
  return result;
}

// The library's own idea of a slow transfer is bytes in a second: a heartbeat is less.
bool HttpClient::Impl::fell_silent(const Body& body) const {
  return body.take != nullptr && Clock::now() - body.heard > options.total_timeout;
}

Error HttpClient::Impl::failed(CURLcode result, bool too_large) const {
  const std::string peer =
      options.unix_socket.empty() ? origin_of(options.url) : options.unix_socket;
  if (aborted) return {"http_aborted", "call to " + peer + " was aborted", ""};
  if (too_large) {
    return {"http_too_large",
            "reply of " + peer + " exceeds " + std::to_string(options.reply_size_max) + " bytes",
            ""};
  }
  long sent = 0;
  curl_easy_getinfo(easy.get(), CURLINFO_REQUEST_SIZE, &sent);
  // An answer that is not HTTP is reported like a URL that is not.
  const bool answered = result == CURLE_UNSUPPORTED_PROTOCOL && sent > 0;
  return {answered ? "http_interrupted" : code_of(result),
          peer + ": " + (detail[0] != '\0' ? detail.data() : curl_easy_strerror(result)), ""};
}

Result<HttpReply> HttpClient::Impl::perform(std::string_view target, Body body) {
  body.size_max = options.reply_size_max;
  prepare(options.url + std::string(target), body);
  const CURLcode result = drive(body);
  if (body.enough) return HttpReply{200, {}};
  if (result != CURLE_OK || aborted) return failed(result, body.too_large);
  long status = 0;
  curl_easy_getinfo(easy.get(), CURLINFO_RESPONSE_CODE, &status);
  return HttpReply{static_cast<int>(status), std::move(body.text)};
}

HttpClient::HttpClient(HttpClientOptions options)
    : impl_(std::make_unique<Impl>(std::move(options))) {}
HttpClient::~HttpClient() = default;
HttpClient::HttpClient(HttpClient&&) noexcept = default;
HttpClient& HttpClient::operator=(HttpClient&&) noexcept = default;

Result<HttpReply> HttpClient::get(std::string_view target) {
  curl_easy_reset(impl_->easy.get());
  return impl_->perform(target);
}

Result<HttpReply> HttpClient::listen(std::string_view target, const Take& take) {
  CURL* const handle = impl_->easy.get();
  curl_easy_reset(handle);
  const HeaderList headers(curl_slist_append(nullptr, "Accept: text/event-stream"));
  curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers.get());
  Body body;
  body.take = &take;
  body.easy = handle;
  return impl_->perform(target, std::move(body));
}

Result<HttpReply> HttpClient::Impl::send_body(const char* method, std::string_view target,
                                              std::string_view body,
                                              std::string_view content_type) {
  CURL* const handle = easy.get();
  curl_easy_reset(handle);
  HeaderList headers(
      curl_slist_append(nullptr, ("Content-Type: " + std::string(content_type)).c_str()));
  // Without this a large body waits for a "100 Continue" that many servers never send.
  curl_slist_append(headers.get(), "Expect:");
  curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(handle, CURLOPT_CUSTOMREQUEST, method);
  curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
  curl_easy_setopt(handle, CURLOPT_POSTFIELDS, body.data() == nullptr ? "" : body.data());
  return perform(target);
}

Result<HttpReply> HttpClient::post(std::string_view target, std::string_view body,
                                   std::string_view content_type) {
  return impl_->send_body("POST", target, body, content_type);
}

Result<HttpReply> HttpClient::put(std::string_view target, std::string_view body) {
  return impl_->send_body("PUT", target, body, "application/octet-stream");
}

Result<HttpReply> HttpClient::remove(std::string_view target) {
  curl_easy_reset(impl_->easy.get());
  curl_easy_setopt(impl_->easy.get(), CURLOPT_CUSTOMREQUEST, "DELETE");
  return impl_->perform(target);
}

void HttpClient::abort() {
  impl_->aborted = true;
  curl_multi_wakeup(impl_->multi.get());
}

}  // namespace dnc
