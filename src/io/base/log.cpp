#include "io/base/log.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <iterator>
#include <mutex>
#include <nlohmann/json.hpp>

namespace dnc {
namespace {

// A peer chooses some of what we log: one event must not fill the disk.
constexpr std::size_t kValueSizeMax = 2048;

struct Sink {
  std::atomic<LogLevel> level{LogLevel::info};
  std::atomic<LogFormat> format{LogFormat::text};
  std::atomic<int> fd{2};
  std::mutex writing;
};

// Never destroyed: threads may log while the process exits.
Sink& sink() {
  static Sink* const shared = new Sink;
  return *shared;
}

constexpr std::string_view kLevelNames[] = {"debug", "info", "warn", "error"};

std::string_view name_of(LogLevel level) {
  return kLevelNames[static_cast<std::size_t>(level)];
}

std::string timestamp() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const auto millis = std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", fmt::gmtime(static_cast<time_t>(millis / 1000)),
                     millis % 1000);
}

std::string clipped(const std::string& text) {
  if (text.size() <= kValueSizeMax) return text;
  return text.substr(0, kValueSizeMax) + "...";
}

bool is_plain(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return c > ' ' && c < 0x7f && c != '"' && c != '=' && c != '\\';
  });
}

// Quoted unless plain; control characters are escaped, so that nobody can forge a line of the log.
void append_text(std::string& line, const std::string& value) {
  if (is_plain(value)) {
    line += value;
    return;
  }
  line += '"';
  for (const char c : value) {
    if (c == '"' || c == '\\') {
      line += {'\\', c};
    } else if (c == '\n') {
      line += "\\n";
    } else if (static_cast<unsigned char>(c) < ' ' || c == 0x7f) {
      fmt::format_to(std::back_inserter(line), "\\x{:02x}", static_cast<unsigned char>(c));
    } else {
      line += c;
    }
  }
  line += '"';
}

std::string text_line(LogLevel level, std::string_view event, std::span<const LogField> fields) {
  std::string line = fmt::format("{} {:<5} {}", timestamp(), name_of(level), event);
  for (const LogField& field : fields) {
    line += ' ';
    line += field.key;
    line += '=';
    std::visit(
        [&line](const auto& value) {
          if constexpr (std::is_same_v<std::decay_t<decltype(value)>, std::string>) {
            append_text(line, clipped(value));
          } else {
            fmt::format_to(std::back_inserter(line), "{}", value);
          }
        },
        field.value.get());
  }
  return line + '\n';
}

std::string json_line(LogLevel level, std::string_view event, std::span<const LogField> fields) {
  nlohmann::ordered_json object;
  object["time"] = timestamp();
  object["level"] = name_of(level);
  object["event"] = event;
  for (const LogField& field : fields) {
    std::visit(
        [&](const auto& value) {
          if constexpr (std::is_same_v<std::decay_t<decltype(value)>, std::string>) {
            object[std::string(field.key)] = clipped(value);
          } else {
            object[std::string(field.key)] = value;
          }
        },
        field.value.get());
  }
  return object.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + '\n';
}

void write_line(std::string_view line) {
  const std::lock_guard lock(sink().writing);
  while (!line.empty()) {
    const ssize_t written = ::write(sink().fd, line.data(), line.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;  // nowhere left to complain
    line.remove_prefix(static_cast<std::size_t>(written));
  }
}

}  // namespace

void configure_log(const LogOptions& options) {
  const std::lock_guard lock(sink().writing);
  sink().level = options.level;
  sink().format = options.format;
  sink().fd = options.fd;
}

bool log_enabled(LogLevel level) {
  return level >= sink().level.load();
}

std::optional<LogLevel> log_level_from(std::string_view name) {
  for (std::size_t i = 0; i < std::size(kLevelNames); ++i) {
    if (kLevelNames[i] == name) return static_cast<LogLevel>(i);
  }
  return std::nullopt;
}

void log_event(LogLevel level, std::string_view event, std::span<const LogField> fields) noexcept {
  if (!log_enabled(level)) return;
  try {
    write_line(sink().format == LogFormat::json ? json_line(level, event, fields)
                                                : text_line(level, event, fields));
  } catch (...) {
    // Out of memory: losing a line is better than losing the node.
  }
}

void log_failure(std::string_view event, const Error& error) noexcept {
  try {
    log_event(LogLevel::error, event,
              LogFields{{"code", error.code}, {"message", error.message}, {"hint", error.hint}});
  } catch (...) {
  }
}

}  // namespace dnc
