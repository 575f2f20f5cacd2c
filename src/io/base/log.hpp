// Structured logging: one event, one line, to stderr. An event is a stable snake_case name; what it
// is about goes into fields, never into the name. Safe from any thread; never throws, never blocks
// on anything but the write itself.
//
//   log_info("leader_elected", {{"term", term}, {"seat", seat}});
//   2026-08-07T12:00:00.123Z info  leader_elected term=4 seat=2
#pragma once

#include <concepts>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "core/base/bytes.hpp"
#include "core/base/hex.hpp"
#include "core/base/ids.hpp"
#include "core/base/result.hpp"

namespace dnc {

enum class LogLevel { debug, info, warn, error };
enum class LogFormat { text, json };

struct LogOptions {
  LogLevel level = LogLevel::info;  // below it nothing is written
  LogFormat format = LogFormat::text;
  int fd = 2;
};

void configure_log(const LogOptions& options);
bool log_enabled(LogLevel level);
std::optional<LogLevel> log_level_from(std::string_view name);  // "debug" "info" "warn" "error"

class LogValue {
 public:
  LogValue(bool value) : value_(value) {}
  LogValue(std::signed_integral auto value) : value_(static_cast<std::int64_t>(value)) {}
  LogValue(std::unsigned_integral auto value) : value_(static_cast<std::uint64_t>(value)) {}
  LogValue(std::string_view value) : value_(std::string(value)) {}
  LogValue(const char* value) : value_(std::string(value)) {}
  LogValue(std::string value) : value_(std::move(value)) {}
  template <class Tag>
  LogValue(StrongId<Tag> value) : value_(value.value) {}
  template <std::size_t N, class Tag>
  LogValue(const FixedBytes<N, Tag>& value) : value_(to_hex0x(value)) {}

  const std::variant<bool, std::int64_t, std::uint64_t, std::string>& get() const { return value_; }

 private:
  std::variant<bool, std::int64_t, std::uint64_t, std::string> value_;
};

struct LogField {
  std::string_view key;
  LogValue value;
};

using LogFields = std::initializer_list<LogField>;

void log_event(LogLevel level, std::string_view event, std::span<const LogField> fields) noexcept;
inline void log_event(LogLevel level, std::string_view event, LogFields fields) noexcept {
  log_event(level, event, std::span(fields.begin(), fields.size()));
}

inline void log_debug(std::string_view event, LogFields fields = {}) {
  log_event(LogLevel::debug, event, fields);
}
inline void log_info(std::string_view event, LogFields fields = {}) {
  log_event(LogLevel::info, event, fields);
}
inline void log_warn(std::string_view event, LogFields fields = {}) {
  log_event(LogLevel::warn, event, fields);
}
inline void log_error(std::string_view event, LogFields fields = {}) {
  log_event(LogLevel::error, event, fields);
}
// An error with its code, message and hint as fields.
void log_failure(std::string_view event, const Error& error) noexcept;

}  // namespace dnc
