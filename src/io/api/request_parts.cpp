#include "io/api/request_parts.hpp"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "io/base/random.hpp"

namespace dnc {
namespace {

constexpr std::size_t kIdempotencyKeyMax = 64;

}  // namespace

Error bad_request(std::string message, std::string hint) {
  return {"bad_request", std::move(message), std::move(hint)};
}

namespace {

// The Idempotency-Key header; empty bytes when there is none.
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

// ?receipt=: 1 or 0.
Result<bool> wants_receipt(const HttpRequest& request) {
  const auto wanted = request.query_value("receipt").value_or("0");
  if (wanted == "1") return true;
  if (wanted == "0") return false;
  return bad_request("\"receipt\" is neither 1 nor 0", "?receipt=1 asks for a receipt");
}

}  // namespace

Result<WriteParts> write_parts(const HttpRequest& request) {
  auto key = idempotency_key(request);
  if (!key) return key.error();
  const auto receipt = wants_receipt(request);
  if (!receipt) return receipt.error();
  if (*receipt && key->empty()) {
    const auto random = random_bytes<16>();
    key->assign(random.begin(), random.end());
  }
  return WriteParts{std::move(*key), *receipt};
}

Result<Json> object_in(const std::string& body, const char* hint) {
  auto json = parse_json(body);
  if (!json) return bad_request("the body is not JSON: " + json.error().message, hint);
  if (!json->is_object()) return bad_request("the body is not a JSON object", hint);
  return json;
}

Status read_numbers(const Json& json,
                    std::initializer_list<std::pair<const char*, std::uint64_t*>> numbers,
                    const char* hint) {
  for (const auto& [name, value] : numbers) {
    const auto number = json_u64(json, name);
    if (!number) return bad_request(number.error().message, hint);
    *value = *number;
  }
  return ok_status();
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
