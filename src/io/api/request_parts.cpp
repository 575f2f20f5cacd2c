#include "io/api/request_parts.hpp"

#include <algorithm>
#include <charconv>

namespace dnc {
namespace {

constexpr std::size_t kIdempotencyKeyMax = 64;

}  // namespace

Error bad_request(std::string message, std::string hint) {
  return {"bad_request", std::move(message), std::move(hint)};
}

Result<Bytes> idempotency_key(const HttpRequest& request) {
  const auto header = request.header("Idempotency-Key");
  if (!header) return Bytes{};
  const bool visible =
      std::all_of(header->begin(), header->end(), [](char c) { return c > ' ' && c < '\x7f'; });
  if (header->empty() || header->size() > kIdempotencyKeyMax || !visible) {
    return bad_request("Idempotency-Key is not 1 to 64 visible ASCII characters", "a UUID will do");
  }
  const ByteView bytes = as_bytes(*header);
  return Bytes(bytes.begin(), bytes.end());
}

Result<bool> wants_linearizable(const HttpRequest& request) {
  const auto consistency = request.query_value("consistency").value_or("linearizable");
  if (consistency == "linearizable") return true;
  if (consistency == "stale") return false;
  return bad_request("unknown consistency \"" + std::string(consistency) + "\"",
                     "linearizable (the default) or stale");
}

Result<std::uint64_t> query_number(const HttpRequest& request, std::string_view name,
                                   std::uint64_t fallback, std::uint64_t min,
                                   std::string_view example) {
  const auto text = request.query_value(name);
  if (!text) return fallback;
  std::uint64_t value = 0;
  const auto [end, failure] = std::from_chars(text->data(), text->data() + text->size(), value);
  if (failure != std::errc{} || end != text->data() + text->size() || value < min) {
    return bad_request(
        "\"" + std::string(name) + "\" is not an integer of at least " + std::to_string(min),
        "for example " + std::string(example));
  }
  return value;
}

}  // namespace dnc
