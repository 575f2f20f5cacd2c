// JSON that comes from outside: parsed with limits, read field by field, never by exception. Every
// getter names the field that is missing or wrong. This header costs little to include; a source
// file that parses or builds JSON includes <nlohmann/json.hpp> beside it.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "core/base/bytes.hpp"
#include "core/base/hex.hpp"
#include "core/base/result.hpp"

namespace dnc {

using Json = nlohmann::json;

struct JsonLimits {
  std::size_t size_max = 8u << 20;
  std::size_t depth_max = 32;
};

// Errors: json_too_large, json_malformed (also for what is nested too deeply).
Result<Json> parse_json(std::string_view text, const JsonLimits& limits = {});
// Compact; text that is not UTF-8 comes out with replacement characters.
std::string dump_json(const Json& json);

// A member of an object. Error: json_field, when it is missing, of another type or out of range.
bool json_has(const Json& object, std::string_view field);  // present and not null
Result<std::string> json_text(const Json& object, std::string_view field);
Result<std::uint64_t> json_u64(const Json& object, std::string_view field);
Result<bool> json_flag(const Json& object, std::string_view field);
Result<Bytes> json_hex(const Json& object, std::string_view field);  // 0x optional
// Points into `object`.
Result<const Json*> json_object(const Json& object, std::string_view field);
Result<const Json*> json_array(const Json& object, std::string_view field);

// A FixedBytes written as hex.
template <class Fixed>
Result<Fixed> json_fixed(const Json& object, std::string_view field) {
  const auto text = json_text(object, field);
  if (!text) return text.error();
  const auto value = fixed_from_hex<Fixed>(*text);
  if (value) return *value;
  return Error{"json_field",
               "field \"" + std::string(field) + "\" is not hex of " +
                   std::to_string(Fixed::kSize) + " bytes",
               ""};
}

}  // namespace dnc
