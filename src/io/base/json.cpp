#include "io/base/json.hpp"

#include <nlohmann/json.hpp>

namespace dnc {
namespace {

Error field_error(std::string_view field, const char* problem) {
  return {"json_field", "field \"" + std::string(field) + "\" " + problem, ""};
}

// The deepest nesting of brackets, without building anything.
std::size_t depth_of(std::string_view text) {
  std::size_t depth = 0;
  std::size_t deepest = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') ++i;
      if (c == '"') in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '[' || c == '{') {
      deepest = std::max(deepest, ++depth);
    } else if ((c == ']' || c == '}') && depth > 0) {
      --depth;
    }
  }
  return deepest;
}

const Json* find(const Json& object, std::string_view field) {
  if (!object.is_object()) return nullptr;
  const auto found = object.find(field);
  return found == object.end() ? nullptr : &*found;
}

}  // namespace

Result<Json> parse_json(std::string_view text, const JsonLimits& limits) {
  if (text.size() > limits.size_max) {
    return Error{"json_too_large",
                 "JSON of " + std::to_string(text.size()) + " bytes exceeds the limit of " +
                     std::to_string(limits.size_max),
                 ""};
  }
  if (depth_of(text) > limits.depth_max) {
    return Error{"json_malformed", "JSON is nested too deeply", ""};
  }
  Json json = Json::parse(text, nullptr, false);
  if (json.is_discarded()) return Error{"json_malformed", "text is not JSON", ""};
  return json;
}

std::string dump_json(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

bool json_has(const Json& object, std::string_view field) {
  const Json* value = find(object, field);
  return value != nullptr && !value->is_null();
}

Result<std::string> json_text(const Json& object, std::string_view field) {
  const Json* value = find(object, field);
  if (value == nullptr) return field_error(field, "is missing");
  if (!value->is_string()) return field_error(field, "is not text");
  return *value->get_ptr<const std::string*>();
}

Result<std::uint64_t> json_u64(const Json& object, std::string_view field) {
  const Json* value = find(object, field);
  if (value == nullptr) return field_error(field, "is missing");
  if (!value->is_number_unsigned()) return field_error(field, "is not an unsigned number");
  return *value->get_ptr<const std::uint64_t*>();
}

Result<bool> json_flag(const Json& object, std::string_view field) {
  const Json* value = find(object, field);
  if (value == nullptr) return field_error(field, "is missing");
  if (!value->is_boolean()) return field_error(field, "is not true or false");
  return *value->get_ptr<const bool*>();
}

Result<Bytes> json_hex(const Json& object, std::string_view field) {
  const auto text = json_text(object, field);
  if (!text) return text.error();
  auto bytes = from_hex(*text);
  if (!bytes) return field_error(field, "is not hex");
  return std::move(*bytes);
}

Result<const Json*> json_object(const Json& object, std::string_view field) {
  const Json* value = find(object, field);
  if (value == nullptr) return field_error(field, "is missing");
  if (!value->is_object()) return field_error(field, "is not an object");
  return value;
}

Result<const Json*> json_array(const Json& object, std::string_view field) {
  const Json* value = find(object, field);
  if (value == nullptr) return field_error(field, "is missing");
  if (!value->is_array()) return field_error(field, "is not an array");
  return value;
}

}  // namespace dnc
